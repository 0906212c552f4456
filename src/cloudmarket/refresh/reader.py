"""Decide what becomes of each snapshot of a source as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cloudmarket.archives import Release, Snapshot
from cloudmarket.errors import ArchiveError, ParseError
from cloudmarket.history import Line, Moment
from cloudmarket.sources import Source, excluded
from cloudmarket.tables import inputs

# A committer's clock may run ahead of ours by so much.
CLOCK_SKEW = timedelta(days=1)


class Reader:
    """Decide what becomes of each snapshot as it comes, and count what it says."""

    def __init__(self, source: Source, moments: list[Moment], row_count: int | None) -> None:
        self.source = source
        self.moments = list(moments)
        self.listed: list[tuple[object, ...]] = []
        self.line = Line(moments[-1] if moments else None, is_versioned=source.origin.is_versioned)
        self.row_count = row_count

    def set_aside(self, releases: list[Release], now: datetime) -> list[Release]:
        """List the releases that the sidecar excludes, or that say they are of the future; return the others.

        Excluded ones are not read: their file may be broken. A date ahead of the clock would keep all that comes
        after it off the line.
        """
        set_aside, wanted = excluded(self.source.name), []
        for release in releases:
            if release.version in set_aside:
                self._list(release, "excluded", "")
            elif release.observed_at > now + CLOCK_SKEW:
                self._list(release, "future", "")
            else:
                wanted.append(release)
        return wanted

    def _list(self, release: Release, role: str, digest: str) -> None:
        self.listed.append(
            (release.version, release.observed_at, role, release.filename, release.file_digest,
             release.file_bytes, digest)
        )  # fmt: skip

    def parsed(self, snapshots: Iterator[Snapshot]) -> Iterator[tuple[Moment, list[tuple[object, ...]]]]:
        """Yield the snapshots on the line with their rows."""
        for snapshot in snapshots:
            role = self._role(snapshot)
            release = snapshot.release
            self._list(release, role, snapshot.digest)
            for gap in snapshot.gaps:
                self._list(replace(release, filename=gap.path, file_digest=gap.digest, file_bytes=0), "gap", "")
            if role == inputs.FOLDED and snapshot.content is not None:
                rows = list(self.source.parse(snapshot.content, release.version))
                self._check_shrink(len(rows), release)
                self.moments.append(Moment(release.version, release.observed_at))
                yield self.moments[-1], rows

    def _role(self, snapshot: Snapshot) -> str:
        release = snapshot.release
        if snapshot.content is None:
            return self._without_content(snapshot)
        newest = self.line.newest
        is_later = newest is None or release.observed_at > newest.observed_at
        if newest and self.source.origin.is_versioned and self.line.is_newer(release) and not is_later:
            raise ArchiveError(
                self.source.name,
                f"the index dates it {release.observed_at:%Y-%m-%d %H:%M}, not after {newest.version}"
                f" ({newest.observed_at:%Y-%m-%d %H:%M}), which is already folded",
                "Nothing was changed. If the index's dates are right now, run `cloudmarket refresh --rebuild`.",
                release.version,
            )
        return inputs.FOLDED if self.line.admits(release) else "audit"

    def _without_content(self, snapshot: Snapshot) -> str:
        release = snapshot.release
        if snapshot.problem:
            return "oversized" if snapshot.problem == "oversized" else "gap"
        if self.source.origin.is_versioned and self.line.newest and self.line.is_newer(release):
            raise ArchiveError(
                self.source.name,
                f"{release.filename} holds no {self.source.origin.what}; it was removed or renamed upstream",
                "Nothing was changed. Look where it went and change the source's member, or add the release"
                " as an [[exclude]] to its source.toml.",
                release.version,
            )
        return "absent"

    def _check_shrink(self, count: int, release: Release) -> None:
        if self.row_count and count < self.source.smallest_rest * self.row_count:
            raise ParseError(
                self.source.name,
                f"prints {count} rows where the snapshot before had {self.row_count}",
                "Nothing was changed. If the file is broken, add the release as an [[exclude]] to source.toml.",
                release.version,
            )
        self.row_count = count
