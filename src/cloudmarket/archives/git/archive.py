"""The three shapes in which a repository keeps a history: one file, a tree of files, a repository per round."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.git.blobs import blobs
from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.files import Files
from cloudmarket.archives.git.log import Commit, commits, file_commits
from cloudmarket.errors import ArchiveError

MAX_BYTES = 64_000_000
"""Largest blob that is read unless a source says otherwise; a larger one is listed as oversized."""

_Tree = dict[str, str]


class FileArchive:
    """The history of one file.

    Parameters
    ----------
    source : str
        Name of the source.
    repository : str
        ``owner/name``.
    paths : sequence of str
        The file's name, then older names; moves that leave the content alone are found without being named.
    cache : Path
        Folder for clones.
    one_per_day : bool
        Keep the last commit of each UTC day only.
    max_bytes : int
        Larger blobs are refused.
    """

    def __init__(
        self, source: str, repository: str, paths: Sequence[str], *, cache: Path, one_per_day: bool = False,
        max_bytes: int = MAX_BYTES,
    ) -> None:  # fmt: skip
        self.source, self.paths = source, paths
        self.clone = Clone(source, repository, cache)
        self.one_per_day, self.max_bytes = one_per_day, max_bytes
        self.failures: list[str] = []

    def releases(self) -> list[Release]:
        """List the commits that changed the file, in the order of the branch. Needs the network.

        Raises
        ------
        ArchiveError
            If the repository cannot be reached or has no such file.
        """
        self.clone.update()
        tree: _Tree = {}
        found: list[Release] = []
        for commit in _thinned(file_commits(self.clone, self.paths), self.one_per_day):
            _apply(tree, commit)
            # Several names may be there at once while a file moves: the one named first counts.
            path = next((name for name in (*self.paths, *commit.changes) if name in tree), "")
            found.append(_release(self.clone, commit, path or self.paths[0], tree.get(path, "")))
        if not found:
            raise _nothing(self.source, self.clone.repository, self.paths)
        return found

    def holds(self, versions: set[str]) -> set[str]:
        """Return those of the commits that are still on the branch."""
        return versions & self.clone.commits()

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order asked for, one at a time."""
        wanted = list(releases)
        self.clone.fetch_blobs([release.file_digest for release in wanted if release.file_digest])
        with blobs(self.clone, self.max_bytes) as reader:
            for done, release in enumerate(wanted, start=1):
                if release.file_digest:
                    blob = reader.read(release.file_digest)
                    sized = replace(release, file_bytes=blob.size)
                    digest = "" if blob.content is None else hashlib.sha256(blob.content).hexdigest()
                    yield Snapshot(sized, blob.content, digest, blob.problem)
                else:
                    yield Snapshot(release, None, "")
                if progress:
                    progress(done, len(wanted))


class TreeArchive:
    """The history of all files that match some pathspecs; parameters as of :class:`FileArchive`.

    The content of a snapshot is a mapping from path to bytes. Files that did not change are the same objects
    from snapshot to snapshot.
    """

    def __init__(
        self, source: str, repository: str, pathspecs: Sequence[str], *, cache: Path, one_per_day: bool = True,
        max_bytes: int = MAX_BYTES,
    ) -> None:  # fmt: skip
        self.source, self.pathspecs = source, [f":(glob){spec}" for spec in pathspecs]
        self.clone = Clone(source, repository, cache)
        self.one_per_day, self.max_bytes = one_per_day, max_bytes
        self.failures: list[str] = []
        self._commits: list[Commit] = []

    def releases(self) -> list[Release]:
        """List the commits that changed any file, in the order of the branch. Needs the network.

        Raises
        ------
        ArchiveError
            If the repository cannot be reached or has no such files.
        """
        self.clone.update()
        self._commits = list(_thinned(commits(self.clone, self.pathspecs), self.one_per_day))
        if not self._commits:
            raise _nothing(self.source, self.clone.repository, self.pathspecs)
        tree: _Tree = {}
        found = []
        for commit in self._commits:
            _apply(tree, commit)
            found.append(_release(self.clone, commit, "", _tree_digest(tree) if tree else ""))
        return found

    def holds(self, versions: set[str]) -> set[str]:
        """Return those of the commits that are still on the branch."""
        return versions & self.clone.commits()

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order of the branch, one at a time."""
        wanted = {release.version: release for release in releases}
        changed = [blob for commit in self._commits for blob in commit.changes.values() if blob]
        self.clone.fetch_blobs(changed if wanted else [])
        tree: _Tree = {}
        done = 0
        with blobs(self.clone, self.max_bytes) as reader:
            files = Files(reader)
            for commit in self._commits:
                _apply(tree, commit)
                if commit.id not in wanted:
                    continue
                release = wanted[commit.id]
                content, gaps = files.read(tree)
                if gaps or not tree:
                    yield Snapshot(release, None, "", gaps[0].problem if gaps else "", tuple(gaps))
                else:
                    sized = replace(release, file_bytes=sum(map(len, content.values())))
                    yield Snapshot(sized, content, release.file_digest)
                done += 1
                if progress:
                    progress(done, len(wanted))


class RoundArchive:
    """Publications that come as a repository each: one snapshot a round, its files at the tip.

    A round is dated by the first commit that has a matching file. The content of a snapshot is a mapping whose
    files are read when they are asked for, so that a round is never held whole.
    """

    def __init__(
        self, source: str, rounds: Mapping[str, str], pathspecs: Sequence[str], *, cache: Path,
        max_bytes: int = MAX_BYTES,
    ) -> None:  # fmt: skip
        self.source, self.pathspecs, self.max_bytes = source, [f":(glob){spec}" for spec in pathspecs], max_bytes
        self.clones = {label: Clone(source, repository, cache) for label, repository in rounds.items()}
        self.failures: list[str] = []
        self._trees: dict[str, _Tree] = {}

    def releases(self) -> list[Release]:
        """List the rounds that can be had, by date; ``failures`` names the others. Needs the network.

        Raises
        ------
        ArchiveError
            If no round can be had.
        """
        found, self.failures = [], []
        for label, clone in self.clones.items():
            try:
                clone.update()
                history = commits(clone, self.pathspecs)
                if not history:
                    raise _nothing(self.source, clone.repository, self.pathspecs)
            except ArchiveError as error:
                self.failures.append(f"{label} cannot be had: {error.problem}")
                continue
            tree: _Tree = {}
            for commit in history:
                _apply(tree, commit)
            self._trees[label] = tree
            release = _release(clone, history[0], "", _tree_digest(tree))
            found.append(replace(release, version=label))
        if not found:
            raise ArchiveError(self.source, self.failures[0], "No round can be had. Check the network, run again.")
        return sorted(found, key=lambda release: (release.observed_at, release.version))

    def holds(self, versions: set[str]) -> set[str]:
        """Return those of the rounds that are still listed."""
        return versions & self.clones.keys()

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read rounds in the order asked for."""
        wanted = list(releases)
        for done, release in enumerate(wanted, start=1):
            clone, tree = self.clones[release.version], self._trees[release.version]
            clone.fetch_blobs(list(tree.values()))
            with blobs(clone, self.max_bytes) as reader:
                files = Files(reader)
                gaps = files.missing(tree, clone)
                there = {path: blob for path, blob in tree.items() if path not in {gap.path for gap in gaps}}
                yield Snapshot(release, files.lazily(there), release.file_digest, "", tuple(gaps))
            if progress:
                progress(done, len(wanted))


def _thinned(history: Sequence[Commit], one_per_day: bool) -> Iterator[Commit]:
    """Yield the commits, or one per run of commits of a UTC day with all that the day changed."""
    if not one_per_day:
        yield from history
        return
    for _, group in groupby(history, key=lambda commit: commit.committed_at.date()):
        day = list(group)
        changes = {path: blob for commit in day for path, blob in commit.changes.items()}
        yield Commit(day[-1].id, day[-1].committed_at, changes)


def _apply(tree: _Tree, commit: Commit) -> None:
    for path, blob in commit.changes.items():
        if blob is None:
            tree.pop(path, None)
        else:
            tree[path] = blob


def _release(clone: Clone, commit: Commit, path: str, digest: str) -> Release:
    return Release(commit.id, commit.committed_at, path or clone.repository, digest, 0, clone.address)


def _tree_digest(tree: _Tree) -> str:
    """Return a digest of names and blobs of a tree's files."""
    listing = "".join(f"{blob} {path}\n" for path, blob in sorted(tree.items()))
    return hashlib.sha256(listing.encode(errors="surrogateescape")).hexdigest()


def _nothing(source: str, repository: str, paths: Sequence[str]) -> ArchiveError:
    problem = f"{repository} has no {' or '.join(paths)}; it was never there, or the history was rewritten"
    return ArchiveError(source, problem, "Look where the file went and change the source's origin.")
