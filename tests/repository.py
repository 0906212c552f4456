"""Small git repositories, made on the spot, that stand for those on the code host."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
Files = Mapping[str, bytes | None]
"""Contents by path; None removes the file."""


class Repository:
    """A repository with a work tree, which answers as a server does; every commit is a day after the one before."""

    def __init__(self, folder: Path, name: str = "example/prices", *, is_partial_allowed: bool = True) -> None:
        self.folder, self.name = folder, name
        self.now = START
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            self.git("config", key, str(is_partial_allowed).lower())

    def git(self, *arguments: str, at: datetime | None = None) -> str:
        """Run git in the work tree as a committer of its own; return what it prints."""
        seconds = f"{int((at or self.now).timestamp())} +0000"
        who = {f"GIT_{role}_{what}": f"{role.lower()}@example.org" for role in ("AUTHOR", "COMMITTER")
               for what in ("NAME", "EMAIL")}  # fmt: skip
        own = {"GIT_AUTHOR_DATE": seconds, "GIT_COMMITTER_DATE": seconds, "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, env=os.environ | who | own, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, files: Files, *, at: datetime | None = None) -> str:
        """Write and remove files, commit them a day after the last commit or at a time; return the commit."""
        for path, content in files.items():
            target = self.folder / path
            if content is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        self.now = at or self.now + timedelta(days=1)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=change")
        return self.git("rev-parse", "HEAD")

    def move(self, old: str, new: str) -> str:
        """Move a file and commit that."""
        (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", old, new)
        return self.commit({})

    def blob(self, path: str, commit: str = "HEAD") -> str:
        """Return the id of a file's blob."""
        return self.git("rev-parse", f"{commit}:{path}")

    def lose(self, blob: str) -> None:
        """Forget a blob, as a mirror does that was copied in part."""
        (self.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


@contextmanager
def mirrored(*repositories: Repository) -> Iterator[dict[str, str]]:
    """Give the environment in which git reads these repositories in place of those on the code host.

    No other address can be reached in it.
    """
    pairs = [(f"url.file://{each.folder}.insteadOf", f"https://github.com/{each.name}") for each in repositories]
    pairs += [("protocol.https.allow", "never")]
    settings = {"GIT_CONFIG_COUNT": str(len(pairs)), "GIT_CONFIG_GLOBAL": os.devnull}
    for number, (key, value) in enumerate(pairs):
        settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield settings
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
