"""A repository in the cache: commits and trees of its default branch, blobs as they are asked for."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from cloudmarket.archives.git.command import ADDRESS, run, run_outside
from cloudmarket.errors import ArchiveError

log = logging.getLogger(__name__)

# Where the tip of the default branch is kept; no branch of upstream has this name.
TIP = "refs/cloudmarket/tip"
_PARTIAL = "--filter=blob:none"
# So many blobs are asked for in one request.
_BATCH = 1000


class Clone:
    """A bare clone in ``<cache>/git/<owner>+<name>.git``, shared by all sources that read the repository.

    Parameters
    ----------
    source : str
        Name of the source that asks; errors name it.
    repository : str
        ``owner/name``.
    cache : Path
    """

    def __init__(self, source: str, repository: str, cache: Path) -> None:
        self.source, self.repository = source, repository
        self.folder = cache / "git" / f"{repository.replace('/', '+')}.git"
        self.plain = cache / "git" / ".plain"

    @property
    def address(self) -> str:
        """Where the repository is read from, before git applies the reader's mirrors."""
        return ADDRESS.format(self.repository)

    def update(self) -> None:
        """Clone the repository, or fetch what is new. Needs the network.

        A clone is put in place whole, so one that was broken off leaves nothing.

        Raises
        ------
        ArchiveError
            If the repository cannot be reached.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.folder}.lock"):
            if not self.folder.exists():
                self._clone()
            self._git("fetch", "--quiet", "--force", "--no-tags", "origin", f"+HEAD:{TIP}")

    def _clone(self) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as folder:
            part = Path(folder) / "clone"
            command = ["clone", "--quiet", "--bare", "--single-branch", "--no-tags", self.address, str(part)]
            try:
                run_outside(self.source, [*command, _PARTIAL])
            except ArchiveError as refused:
                log.info("%s: no partial clone of %s (%s): a full one", self.source, self.repository, refused.problem)
                shutil.rmtree(part, ignore_errors=True)
                run_outside(self.source, command)
            part.rename(self.folder)

    def fetch_blobs(self, blobs: Sequence[str]) -> None:
        """Fetch those blobs that the clone does not have, many in one request.

        What the server does not have either stays absent; reading it then gives nothing.
        """
        wanted = sorted(self.absent(blobs))
        for start in range(0, len(wanted), _BATCH):
            self._fetch(wanted[start : start + _BATCH])

    def _fetch(self, blobs: list[str]) -> None:
        ids = "".join(f"{blob}\n" for blob in blobs).encode()
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", _PARTIAL, "--stdin")
        try:
            # As git itself does it for a partial clone: what is named is sent, whatever the filter.
            run(
                self.source, ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "origin", *options],
                folder=self.folder, stdin=ids,
            )  # fmt: skip
        except ArchiveError as error:
            if len(blobs) == 1:
                log.info("%s: blob %s of %s cannot be had (%s)", self.source, blobs[0], self.repository, error.problem)
                return
            # One blob that a mirror lacks fails the whole request: find it by halves.
            half = len(blobs) // 2
            self._fetch(blobs[:half])
            self._fetch(blobs[half:])

    def absent(self, blobs: Sequence[str]) -> set[str]:
        """Return those blobs that the clone does not have."""
        ids = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs)).encode()
        answers = run(self.source, ["cat-file", "--batch-check", "--buffer"], folder=self.reader(), stdin=ids)
        return {line.split()[0].decode() for line in answers.splitlines() if line.endswith(b" missing")}

    def reader(self) -> Path:
        """Return a repository that sees this clone's objects and never asks a server for one.

        A partial clone asks for every absent object by itself, one at a time, and ends when it gets none.
        """
        folder = self.plain / self.folder.name
        if not (folder / "HEAD").exists():
            run_outside(self.source, ["init", "--quiet", "--bare", str(folder)])
        (folder / "objects" / "info").mkdir(exist_ok=True)
        (folder / "objects" / "info" / "alternates").write_text(f"{self.folder.resolve()}/objects\n", encoding="utf-8")
        return folder

    def commits(self) -> set[str]:
        """Return all commits of the default branch's own line."""
        return set(self._git("rev-list", "--first-parent", TIP).decode().split())

    def has_parent(self, commit: str) -> bool:
        """Whether a commit is not the first of all."""
        return b" " in self._git("rev-list", "--parents", "-1", commit).strip()

    def _git(self, *arguments: str) -> bytes:
        return run(self.source, arguments, folder=self.folder)

    def log(self, *arguments: str) -> bytes:
        """Return what ``git log`` of the default branch's own line prints."""
        return self._git("log", "--first-parent", "--diff-merges=first-parent", *arguments)

    def renamed_from(self, commit: str, path: str) -> str | None:
        """Return the path from which a commit moved a file unchanged, if it did.

        Only unchanged files are matched: comparing contents would need blobs that a partial clone lacks.
        """
        parts = self._git(
            "diff-tree", "-r", "--root", "--diff-filter=R", "--find-renames=100%", "--name-status", "-z",
            f"{commit}^1", commit,
        ).decode(errors="surrogateescape").split("\0")  # fmt: skip
        moves = dict(zip(parts[2::3], parts[1::3], strict=False))
        return moves.get(path)
