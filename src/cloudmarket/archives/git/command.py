"""Run git: the reader's own, with the reader's proxy, credentials and mirrors, and without any question asked."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cloudmarket.errors import ArchiveError

ADDRESS = "https://github.com/{}"
"""Where a repository is; a mirror is configured the ordinary way, with git's ``url.<base>.insteadOf``."""

_SAFE = (
    # Nothing of a repository runs here, and a server that stalls is given up.
    "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false",
    "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
    "-c", "log.showRoot=true", "-c", "core.quotePath=false", "-c", "diff.renameLimit=5000",
)  # fmt: skip
_KEPT = "What was read before is kept."


def _environment() -> dict[str, str]:
    # A caller's GIT_DIR would send every command to another repository.
    own = {key: value for key, value in os.environ.items() if key not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    return {**own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def run(source: str, arguments: Iterable[str], *, folder: Path, stdin: bytes = b"") -> bytes:
    """Run a git command in a bare repository and return what it prints.

    Raises
    ------
    ArchiveError
        If git is missing or the command fails; the message ends with git's own last words.
    """
    command = ["git", *_SAFE, "--git-dir", str(folder), *arguments]
    return _completed(source, command, stdin)


def run_outside(source: str, arguments: Iterable[str]) -> bytes:
    """Run a git command that needs no repository, such as a clone. Raises as :func:`run`."""
    return _completed(source, ["git", *_SAFE, *arguments], b"")


def _completed(source: str, command: list[str], stdin: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, env=_environment(), check=False)
    except FileNotFoundError:
        raise _no_git(source) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        remedy = f"Check the network, and that git reaches the repository, then run again. {_KEPT}"
        raise ArchiveError(source, f"git {_verb(command)} failed ({said[-1]})", remedy)
    return done.stdout


def _verb(command: list[str]) -> str:
    verbs = ("clone", "fetch", "log", "rev-list", "diff-tree", "ls-tree", "cat-file", "init")
    return next((word for word in command if word in verbs), command[-1])


def _no_git(source: str) -> ArchiveError:
    return ArchiveError(source, "there is no git on this machine", "Install git (2.31 or later), then run again.")


@contextmanager
def conversation(source: str, arguments: Iterable[str], *, folder: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Give the two ends (questions, answers) of a git command that answers line by line, and end it after.

    Raises
    ------
    ArchiveError
        If git is missing.
    """
    try:
        process = subprocess.Popen(
            ["git", *_SAFE, "--git-dir", str(folder), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
    except FileNotFoundError:
        raise _no_git(source) from None
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdin, process.stdout
        finally:
            # A reader that stops half-way leaves an answer in the pipe: end git rather than wait for it.
            process.kill()
