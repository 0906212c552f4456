"""Publications that come as a repository per round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.git.blobs import blobs
from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.files import Files
from cloudmarket.archives.git.log import commits
from cloudmarket.archives.git.trees import MAX_BYTES, Tree, apply, nothing, release_of, tree_digest
from cloudmarket.errors import ArchiveError


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
        self._trees: dict[str, Tree] = {}

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
                    raise nothing(self.source, clone.repository, self.pathspecs)
            except ArchiveError as error:
                self.failures.append(f"{label} cannot be had: {error.problem}")
                continue
            tree: Tree = {}
            for commit in history:
                apply(tree, commit)
            self._trees[label] = tree
            release = release_of(clone, history[0], "", tree_digest(tree))
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
