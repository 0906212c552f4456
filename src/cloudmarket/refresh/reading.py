"""Read a source's new releases and fold them onto what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from cloudmarket import history
from cloudmarket.archives import Release, Snapshot
from cloudmarket.errors import ArchiveError, ParseError
from cloudmarket.history import Line, Moment
from cloudmarket.sources import Source, excluded
from cloudmarket.tables import inputs

Progress = Callable[[str, int, int], None]
"""Called with (source, snapshots done, snapshots in all)."""

# Half of all rows gone from one release to the next is a broken file. The largest true loss was 12 %.
SMALLEST_REST = 0.5


@dataclass(frozen=True)
class Refreshed:
    """What a refresh of one source read: the snapshots list, the folded history, and what is new."""

    source: str
    snapshots: pd.DataFrame
    folded: pa.Table
    moments: list[Moment]
    before: Moment | None
    added: int
    folded_added: int


def read(source: Source, is_wanted: bool, rebuild: bool, whole_wheels: bool, progress: Progress | None) -> Refreshed:
    """Read a source's new releases and fold them onto what is there."""
    is_fresh = rebuild and is_wanted
    before = inputs.snapshots(source.name).iloc[:0] if is_fresh else inputs.snapshots(source.name)
    moments = [] if is_fresh else inputs.moments(source.name)
    earlier = inputs.folded(source.name) if moments else None
    if not is_wanted and earlier is not None:
        return Refreshed(source.name, before, earlier, moments, moments[-1], 0, 0)
    archive = source.archive(whole_wheels=whole_wheels)
    releases = archive.releases()
    _check_rewritten(source.name, before, releases)
    known = set(before.version)
    fresh = [release for release in releases if release.version not in known]

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(source.name, done, total)

    told(0, len(fresh))
    reader = Reader(source, moments, earlier["ended_at"].null_count if earlier is not None else None)
    reader.set_aside(fresh)
    wanted = [release for release in fresh if release.version not in reader.excluded]
    rows = reader.parsed(archive.read(wanted, told))
    folded = history.fold(rows, source.columns, source.key_count, earlier=earlier, moments=moments)
    seen = pd.DataFrame(reader.listed, columns=inputs.SNAPSHOT_COLUMNS)
    listed = pd.concat([before, seen], ignore_index=True) if len(before) else seen
    listed = listed.sort_values(["observed_at", "version"], ignore_index=True)
    newest = moments[-1] if moments else None
    count = len(reader.moments) - len(moments)
    return Refreshed(source.name, listed, folded, reader.moments, newest, len(fresh), count)


class Reader:
    """Decide what becomes of each snapshot as it comes, and count what it says."""

    def __init__(self, source: Source, moments: list[Moment], row_count: int | None) -> None:
        self.source = source
        self.moments = list(moments)
        self.listed: list[tuple[object, ...]] = []
        self.line = Line(moments[-1] if moments else None)
        self.excluded = excluded(source.name)
        self.row_count = row_count

    def set_aside(self, releases: list[Release]) -> None:
        """List the releases that the sidecar excludes. They are not read: their file may be broken."""
        for release in releases:
            if release.version in self.excluded:
                self._list(release, "excluded", "")

    def _list(self, release: Release, role: str, digest: str) -> None:
        self.listed.append(
            (release.version, release.observed_at, role, release.filename, release.file_sha256,
             release.file_bytes, digest)
        )  # fmt: skip

    def parsed(self, snapshots: Iterator[Snapshot]) -> Iterator[tuple[Moment, list[tuple[object, ...]]]]:
        """Yield the snapshots on the line with their rows."""
        for snapshot in snapshots:
            role = self._role(snapshot)
            release = snapshot.release
            self._list(release, role, snapshot.digest)
            if role == inputs.FOLDED and snapshot.content is not None:
                rows = list(self.source.parse(snapshot.content, release.version))
                self._check_shrink(len(rows), release)
                self.moments.append(Moment(release.version, release.observed_at))
                yield self.moments[-1], rows

    def _role(self, snapshot: Snapshot) -> str:
        release = snapshot.release
        if snapshot.content is None:
            if self.line.newest and self.line.is_newer(release):
                raise ArchiveError(
                    self.source.name,
                    f"{release.filename} holds no {self.source.member}; it was removed or renamed upstream",
                    "Nothing was changed. Look where it went and change the source's member, or add the release"
                    " as an [[exclude]] to its source.toml.",
                    release.version,
                )
            return "absent"
        newest = self.line.newest
        if newest and self.line.is_newer(release) and release.observed_at <= newest.observed_at:
            raise ArchiveError(
                self.source.name,
                f"the index dates it {release.observed_at:%Y-%m-%d %H:%M}, not after {newest.version}"
                f" ({newest.observed_at:%Y-%m-%d %H:%M}), which is already folded",
                "Nothing was changed. If the index's dates are right now, run `cloudmarket refresh --rebuild`.",
                release.version,
            )
        return inputs.FOLDED if self.line.admits(release) else "audit"

    def _check_shrink(self, count: int, release: Release) -> None:
        if self.row_count and count < SMALLEST_REST * self.row_count:
            raise ParseError(
                self.source.name,
                f"prints {count} rows where the snapshot before had {self.row_count}",
                "Nothing was changed. If the file is broken, add the release as an [[exclude]] to source.toml.",
                release.version,
            )
        self.row_count = count


def _check_rewritten(source: str, before: pd.DataFrame, releases: list[Release]) -> None:
    """Refuse an index that serves another file under a version that was read before."""
    digests = dict(zip(before.version, before.file_sha256, strict=True))
    for release in releases:
        known = digests.get(release.version)
        names = before.filename[before.version == release.version]
        if known and known != release.file_sha256 and release.filename in set(names):
            raise ArchiveError(
                source,
                f"{release.filename} has another SHA-256 than when it was read",
                "A release must not change. Check the index; to accept it, run `cloudmarket refresh --rebuild`.",
                release.version,
            )
