"""The history of a tree of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.git.blobs import blobs
from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.files import Files
from cloudmarket.archives.git.log import Commit, commits
from cloudmarket.archives.git.trees import MAX_BYTES, Tree, apply, nothing, release_of, thinned, tree_digest


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
        self._commits = list(thinned(commits(self.clone, self.pathspecs), self.one_per_day))
        if not self._commits:
            raise nothing(self.source, self.clone.repository, self.pathspecs)
        tree: Tree = {}
        found = []
        for commit in self._commits:
            apply(tree, commit)
            found.append(release_of(self.clone, commit, "", tree_digest(tree) if tree else ""))
        return found

    def holds(self, versions: set[str]) -> set[str]:
        """Return those of the commits that are still on the branch."""
        return versions & self.clone.commits()

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order of the branch, one at a time."""
        wanted = {release.version: release for release in releases}
        changed = [blob for commit in self._commits for blob in commit.changes.values() if blob]
        self.clone.fetch_blobs(changed if wanted else [])
        tree: Tree = {}
        done = 0
        with blobs(self.clone, self.max_bytes) as reader:
            files = Files(reader)
            for commit in self._commits:
                apply(tree, commit)
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
