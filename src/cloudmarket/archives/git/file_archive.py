"""The history of one file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.git.blobs import blobs
from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.log import file_commits
from cloudmarket.archives.git.trees import MAX_BYTES, Tree, apply, nothing, release_of, thinned


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
        tree: Tree = {}
        found: list[Release] = []
        for commit in thinned(file_commits(self.clone, self.paths), self.one_per_day):
            apply(tree, commit)
            # Several names may be there at once while a file moves: the one named first counts.
            path = next((name for name in (*self.paths, *commit.changes) if name in tree), "")
            found.append(release_of(self.clone, commit, path or self.paths[0], tree.get(path, "")))
        if not found:
            raise nothing(self.source, self.clone.repository, self.paths)
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
