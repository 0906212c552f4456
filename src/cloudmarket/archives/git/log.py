"""The history of paths: which commits of the default branch changed them, and to which blobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cloudmarket.archives.git.clone import TIP, Clone

_COMMIT = "\x01"
_LINKS = ("120000", "160000")
"""Modes of symbolic links and submodules: neither is a file."""


@dataclass(slots=True)
class Commit:
    """A commit that touched the paths asked for; ``changes`` maps a path to its blob, None where it was removed."""

    id: str
    committed_at: datetime
    changes: dict[str, str | None] = field(default_factory=dict)


def commits(clone: Clone, pathspecs: Sequence[str]) -> list[Commit]:
    """Return the commits of the default branch's own line that touch any of the pathspecs, oldest first.

    A merge counts once, as the step from its first parent, at the time of the merge: what was merged was not
    there before.
    """
    printed = clone.log(
        "--raw", "-z", "--no-abbrev", "--no-renames", "--reverse", f"--format={_COMMIT}%H %ct", TIP, "--", *pathspecs
    )
    return list(_read(printed.decode(errors="surrogateescape").split("\0")))


def _read(parts: list[str]) -> Iterator[Commit]:
    commit: Commit | None = None
    cells = iter(parts)
    for cell in cells:
        text = cell.lstrip("\n")
        if text.startswith(_COMMIT):
            if commit is not None:
                yield commit
            name, seconds = text[1:].split()
            commit = Commit(name, datetime.fromtimestamp(int(seconds), UTC))
        elif text.startswith(":") and commit is not None:
            _, mode, _, blob, status = text.split(" ")
            path = next(cells)
            commit.changes[path] = None if status == "D" or mode in _LINKS else blob
    if commit is not None:
        yield commit


def file_commits(clone: Clone, paths: Sequence[str]) -> list[Commit]:
    """Return the commits that touch a file, through renames: under ``paths`` and whatever they were moved from."""
    known = list(paths)
    found = commits(clone, [f":(literal){path}" for path in known])
    checked: set[tuple[str, str]] = set()
    while True:
        earlier = [path for path in _origins(clone, found, checked) if path not in known]
        if not earlier:
            paths_of = dict.fromkeys(known)
            return [_in_order(commit, list(paths_of)) for commit in found]
        known.extend(dict.fromkeys(earlier))
        found = commits(clone, [f":(literal){path}" for path in known])


def _origins(clone: Clone, found: Sequence[Commit], checked: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the paths from which files were moved at the commits where they first appear."""
    there: set[str] = set()
    for number, commit in enumerate(found):
        for path, blob in commit.changes.items():
            is_new = blob is not None and path not in there
            if is_new and (commit.id, path) not in checked:
                checked.add((commit.id, path))
                # The very first commit of a repository has no parent to move from.
                origin = clone.renamed_from(commit.id, path) if number or clone.has_parent(commit.id) else None
                if origin is not None:
                    yield origin
            if blob is None:
                there.discard(path)
            else:
                there.add(path)


def _in_order(commit: Commit, paths: list[str]) -> Commit:
    changes = {path: commit.changes[path] for path in paths if path in commit.changes}
    return Commit(commit.id, commit.committed_at, changes)
