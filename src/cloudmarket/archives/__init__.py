"""Archives of dated snapshots: bytes with a date, a version and a digest, whatever they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Progress = Callable[[int, int], None]
"""Called with (snapshots done, snapshots in all) each time one more is ready."""


@dataclass(frozen=True, slots=True)
class Release:
    """A snapshot that an archive lists, not yet read.

    ``observed_at`` is the archive's own date in UTC; ``file_digest`` and ``file_bytes`` are what the archive
    states about the file that holds the snapshot: SHA-256 of a wheel, git's id of a blob, SHA-256 of a tree's listing.
    """

    version: str
    observed_at: datetime
    filename: str
    file_digest: str
    file_bytes: int
    url: str


Content = bytes | Mapping[str, bytes]
"""What a snapshot holds: the bytes of a file, or those of several by their paths."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A file that a snapshot names but the archive cannot give: its path, its digest, and why."""

    path: str
    digest: str
    problem: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that was read and checked.

    ``content`` is None where there is none: the release holds no such file, or, if ``problem`` says so, the file
    cannot be had (``absent``) or is larger than the source's limit (``oversized``). ``digest`` is the SHA-256 of the
    content; of a tree, that of its listing; the empty string where there is none. ``gaps`` lists files of a tree that
    cannot be had.
    """

    release: Release
    content: Content | None
    digest: str
    problem: str = ""
    gaps: tuple[Gap, ...] = ()


class Archive(Protocol):
    """What every kind of archive offers. ``failures`` names parts that could not be listed, after ``releases``."""

    source: str
    failures: list[str]

    def releases(self) -> list[Release]:
        """List what the archive holds, in its order. Raises ArchiveError."""
        ...

    def holds(self, versions: set[str]) -> set[str]:
        """Return those versions, read before, that the archive still has; to be asked after ``releases``."""
        ...

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order asked for, from the cache where they are there. Raises ArchiveError."""
        ...
