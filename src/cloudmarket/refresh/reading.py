"""Read a source's new snapshots and fold them onto what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa

from cloudmarket import history
from cloudmarket.archives import Release
from cloudmarket.errors import ArchiveError, ParseError, SourceError
from cloudmarket.history import Moment
from cloudmarket.refresh.reader import Reader
from cloudmarket.sources import Source, sidecar
from cloudmarket.tables import inputs

Progress = Callable[[str, int, int], None]
"""Called with (source, snapshots done, snapshots in all)."""

_CANNOT_BE_HAD = ("absent", "gap", "oversized", "future")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh of one source read: the snapshots list, the folded history, and what is new.

    ``problem`` says why the history is not as new as it might be, if so; ``error`` is the failure behind it.
    """

    source: str
    snapshots: pd.DataFrame
    folded: pa.Table
    moments: list[Moment]
    before: Moment | None
    added: int
    folded_added: int
    problem: str = ""
    error: SourceError | None = None


def unchanged(source: str, error: SourceError | None = None) -> Refreshed:
    """Return a source as it is on disk; ``error`` says why it was not read further.

    Raises
    ------
    SourceError
        If nothing was ever read of it: then there is nothing to go on with.
    """
    moments = inputs.moments(source)
    if not moments and error is not None:
        raise error
    problem = "" if error is None else str(error)
    return Refreshed(
        source, inputs.snapshots(source), inputs.folded(source), moments, moments[-1], 0, 0, problem, error
    )


def read(source: Source, rebuild: bool, whole_wheels: bool, progress: Progress | None) -> Refreshed:
    """Read a source's new snapshots and fold them onto what is there."""
    before = inputs.snapshots(source.name).iloc[:0] if rebuild else inputs.snapshots(source.name)
    moments = [] if rebuild else inputs.moments(source.name)
    earlier = inputs.folded(source.name) if moments else None
    archive = source.archive(whole_wheels=whole_wheels)
    releases = archive.releases()
    known = set(before.version)
    _check_rewritten(source.name, before, releases, archive.holds(known))
    fresh = [release for release in releases if release.version not in known]

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(source.name, done, total)

    told(0, len(fresh))
    reader = Reader(source, moments, earlier["ended_at"].null_count if earlier is not None else None)
    wanted = reader.set_aside(fresh, datetime.now(UTC))
    rows = reader.parsed(archive.read(wanted, told))
    try:
        folded = history.fold(rows, source.columns, source.key_count, earlier=earlier, moments=moments)
    except ValueError as error:
        raise ParseError.of_release(source.name, str(error), reader.moments[-1].version) from error
    seen = pd.DataFrame(reader.listed, columns=inputs.SNAPSHOT_COLUMNS)
    listed = pd.concat([before, seen], ignore_index=True) if len(before) else seen
    listed = listed.sort_values(["observed_at", "version", "filename"], ignore_index=True)
    newest = moments[-1] if moments else None
    count = len(reader.moments) - len(moments)
    problem = "; ".join([*archive.failures, *_newest_problem(source, listed, releases)])
    return Refreshed(source.name, listed, folded, reader.moments, newest, len(fresh), count, problem)


def _newest_problem(source: Source, listed: pd.DataFrame, releases: list[Release]) -> Iterator[str]:
    """Say why the newest snapshot of a repository could not be read, if so and if the sidecar does not say it.

    The newest is the last on the branch: a date in the future says nothing of the order.
    """
    # A round that lacks some files is read all the same: its own row comes with theirs.
    own = listed[listed.version == releases[-1].version]
    newest = own.iloc[(own.role == "gap").argmin()]
    has_ended = newest.role == "absent" and "ended" in sidecar(source.name)
    if not source.origin.is_versioned and newest.role in _CANNOT_BE_HAD and not has_ended:
        why = "was removed or moved" if newest.role == "absent" else f"cannot be read ({newest.role})"
        yield f"{source.origin.what} {why} at {newest.version[:12]} of {newest.observed_at:%Y-%m-%d}"


def _check_rewritten(source: str, before: pd.DataFrame, releases: list[Release], held: set[str]) -> None:
    """Refuse an archive that has lost what was read before, or serves another file under its version."""
    gone = before[~before.version.isin(held)]
    if len(gone):
        raise ArchiveError(
            source,
            f"the history was rewritten upstream: {gone.version.nunique()} of {before.version.nunique()} snapshots"
            f" that were read are gone, the first {gone.version.iloc[0][:12]} of {gone.observed_at.iloc[0]:%Y-%m-%d}",
            "What was folded is kept. To read the new history instead, run `cloudmarket refresh --rebuild`.",
        )
    # A commit that removed the file has no digest; a round has one per file that cannot be had beside its own.
    digests = dict(zip(zip(before.version, before.filename, strict=True), before.file_digest.fillna(""), strict=True))
    for release in releases:
        known = digests.get((release.version, release.filename))
        if known and known != release.file_digest:
            raise ArchiveError(
                source,
                f"{release.filename} has another SHA-256 than when it was read",
                "A release must not change. Check the index; to accept it, run `cloudmarket refresh --rebuild`.",
                release.version,
            )
