"""Where a source is read: which member of which package, or which files of which repository.

An origin says whether its snapshots have versions that order them (else their dates do) and whether each snapshot
says all that holds (``is_cumulative``) or only what is new, as the rounds of a benchmark do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cloudmarket.archives import Archive
from cloudmarket.archives.git import MAX_BYTES, FileArchive, RoundArchive, TreeArchive
from cloudmarket.archives.packages import PackageArchive
from cloudmarket.archives.release_dates import ReleaseDates


class Origin(Protocol):
    """What every kind of origin offers; ``what`` names what is read, for messages."""

    what: str
    is_versioned: bool
    is_cumulative: bool

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> Archive:
        """Return the archive that holds the snapshots."""
        ...


class PackageMember:
    """One member of a package's wheels, a snapshot per release.

    ``listing`` is a folder within the wheels whose names are wanted beside the member; ``one_per_week`` keeps the last
    release of each ISO week.
    """

    is_versioned = True
    is_cumulative = True

    def __init__(self, project: str, member: str, *, listing: str | None = None, one_per_week: bool = False) -> None:
        self.project, self.member = project, member
        self.listing, self.one_per_week = listing, one_per_week
        self.what = member

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> PackageArchive:
        """Return the archive that holds the snapshots."""
        return PackageArchive(
            source, self.project, self.member, listing=self.listing, one_per_week=self.one_per_week, cache=cache,
            whole_wheels=whole_wheels,
        )  # fmt: skip


class GitFile:
    """A file of a repository, a snapshot per commit that changed it.

    ``paths`` lists the file's name, then older names under which git does not see it as the same file.
    ``one_per_day`` keeps the last commit of each UTC day. A blob larger than ``max_bytes`` is refused.
    """

    is_versioned = False
    is_cumulative = True

    def __init__(self, repository: str, *paths: str, one_per_day: bool = False, max_bytes: int = MAX_BYTES) -> None:
        self.repository, self.paths, self.one_per_day, self.max_bytes = repository, paths, one_per_day, max_bytes
        self.what = f"{paths[0]} in {repository}"

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> FileArchive:
        """Return the archive that holds the snapshots."""
        return FileArchive(
            source, self.repository, self.paths, cache=cache, one_per_day=self.one_per_day, max_bytes=self.max_bytes
        )


class GitTree:
    """All files of a repository that match glob pathspecs, a snapshot per day (or commit) that changed any."""

    is_versioned = False
    is_cumulative = True

    def __init__(self, repository: str, *pathspecs: str, one_per_day: bool = True, max_bytes: int = MAX_BYTES) -> None:
        self.repository, self.pathspecs = repository, pathspecs
        self.one_per_day, self.max_bytes = one_per_day, max_bytes
        self.what = f"{', '.join(pathspecs)} in {repository}"

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> TreeArchive:
        """Return the archive that holds the snapshots."""
        return TreeArchive(
            source, self.repository, self.pathspecs, cache=cache, one_per_day=self.one_per_day, max_bytes=self.max_bytes
        )


class GitRounds:
    """A repository per published round, one snapshot each: what its files say at the tip of its branch."""

    is_versioned = False
    is_cumulative = False

    def __init__(self, rounds: Mapping[str, str], *pathspecs: str, max_bytes: int = MAX_BYTES) -> None:
        self.rounds, self.pathspecs, self.max_bytes = rounds, pathspecs, max_bytes
        self.what = f"{', '.join(pathspecs)} of each round"

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> RoundArchive:
        """Return the archive that holds the snapshots."""
        return RoundArchive(source, self.rounds, self.pathspecs, cache=cache, max_bytes=self.max_bytes)


class PackageReleases:
    """Releases of some packages, a snapshot each that says when it came."""

    is_versioned = False
    is_cumulative = False

    def __init__(self, *projects: str) -> None:
        self.projects: Sequence[str] = projects
        self.what = "releases of packages"

    def archive(self, source: str, cache: Path, *, whole_wheels: bool = False) -> ReleaseDates:
        """Return the archive that holds the snapshots."""
        return ReleaseDates(source, self.projects)
