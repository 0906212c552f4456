"""Archives of dated snapshots: bytes with a date, a version and a digest, whatever they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Progress = Callable[[int, int], None]
"""Called with (snapshots done, snapshots in all) each time one more is ready."""


@dataclass(frozen=True, slots=True)
class Release:
    """A snapshot that an archive lists, not yet read.

    ``observed_at`` is the archive's own date in UTC; ``file_sha256`` and ``file_bytes`` are what the archive
    states about the file that holds the snapshot.
    """

    version: str
    observed_at: datetime
    filename: str
    file_sha256: str
    file_bytes: int
    url: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that was read and checked. ``content`` is None where the file holds no such member.

    ``digest`` is the SHA-256 of ``content``, the empty string where there is none.
    """

    release: Release
    content: bytes | None
    digest: str


class Archive(Protocol):
    """What every kind of archive offers."""

    source: str

    def releases(self) -> list[Release]:
        """List what the archive holds, by date, then version. Raises ArchiveError."""
        ...

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order asked for, from the cache where they are there. Raises ArchiveError."""
        ...
