"""The state of a tree of files as commits change it, and the snapshots that this makes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from cloudmarket.archives import Release
from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.log import Commit
from cloudmarket.errors import ArchiveError

MAX_BYTES = 64_000_000
"""Largest blob that is read unless a source says otherwise; a larger one is listed as oversized."""

Tree = dict[str, str]
"""Blobs by path."""


def thinned(history: Sequence[Commit], one_per_day: bool) -> Iterator[Commit]:
    """Yield the commits, or one per run of commits of a UTC day with all that the day changed."""
    if not one_per_day:
        yield from history
        return
    for _, group in groupby(history, key=lambda commit: commit.committed_at.date()):
        day = list(group)
        changes = {path: blob for commit in day for path, blob in commit.changes.items()}
        yield Commit(day[-1].id, day[-1].committed_at, changes)


def apply(tree: Tree, commit: Commit) -> None:
    """Bring a tree to the state after a commit."""
    for path, blob in commit.changes.items():
        if blob is None:
            tree.pop(path, None)
        else:
            tree[path] = blob


def release_of(clone: Clone, commit: Commit, path: str, digest: str) -> Release:
    """Return a commit as a release, named by the file's path or, without one, by the repository."""
    return Release(commit.id, commit.committed_at, path or clone.repository, digest, 0, clone.address)


def tree_digest(tree: Tree) -> str:
    """Return a digest of names and blobs of a tree's files."""
    listing = "".join(f"{blob} {path}\n" for path, blob in sorted(tree.items()))
    return hashlib.sha256(listing.encode(errors="surrogateescape")).hexdigest()


def nothing(source: str, repository: str, paths: Sequence[str]) -> ArchiveError:
    """Return the error of a repository whose history holds no such file."""
    problem = f"{repository} has no {' or '.join(paths)}; it was never there, or the history was rewritten"
    return ArchiveError(source, problem, "Look where the file went and change the source's origin.")
