"""What tables are built from: the list of snapshots and the folded history of each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cloudmarket import store
from cloudmarket.errors import CloudMarketError
from cloudmarket.history import Moment

SNAPSHOT_COLUMNS = ["version", "observed_at", "role", "filename", "file_digest", "file_bytes", "member_sha256"]
STALE = "stale.csv"
"""File in ``data/raw`` that lists the sources which the last refresh could not bring up to date."""
STALE_COLUMNS = ["source", "since_on", "problem"]
SUMS = "SHA256SUMS"
"""File in ``data/raw`` with the digests of all lists of snapshots and histories, as ``sha256sum`` writes them."""

FOLDED = "folded"
"""Role of a snapshot on the line. The others: ``audit`` (an older branch, or not later than one before), ``absent`` (no
such file), ``gap`` (the archive cannot give it), ``oversized``, ``future`` (dated after the day it was read) and
``excluded`` (set aside by a person)."""


@dataclass(frozen=True)
class Evidence:
    """What tables are built from: per source its folded history and the folded snapshots, in order."""

    folded: Mapping[str, pa.Table]
    moments: Mapping[str, Sequence[Moment]]


def evidence(sources: Iterable[str]) -> Evidence:
    """Return what is on disk of the sources. Raises CloudMarketError if one was never built."""
    names = list(sources)
    return Evidence({name: folded(name) for name in names}, {name: moments(name) for name in names})


def stale() -> pd.DataFrame:
    """Return the sources that the last refresh could not bring up to date: ``STALE_COLUMNS``, all text."""
    path = store.root() / "data" / "raw" / STALE
    return pd.read_csv(path, dtype="str") if path.exists() else pd.DataFrame(columns=STALE_COLUMNS)


def snapshots(source: str) -> pd.DataFrame:
    """Return every release of a source that was looked at, in order of date: ``SNAPSHOT_COLUMNS``."""
    path = store.raw(source) / "snapshots.csv"
    if not path.exists():
        return pd.DataFrame(columns=SNAPSHOT_COLUMNS)
    return pd.read_csv(path, dtype={"version": "str"}, parse_dates=["observed_at"], date_format="ISO8601")


def moments(source: str) -> list[Moment]:
    """Return the folded snapshots of a source in order."""
    rows = snapshots(source)
    rows = rows[rows.role == FOLDED]
    return [Moment(v, t.to_pydatetime()) for v, t in zip(rows.version, rows.observed_at, strict=True)]


def folded(source: str) -> pa.Table:
    """Return a source's folded history.

    Raises
    ------
    CloudMarketError
        If it was never built.
    """
    path = store.raw(source) / "history.parquet"
    if not path.exists():
        raise CloudMarketError(f"{path} is missing. Run `cloudmarket refresh {source}`.")
    return pq.read_table(path)


def _folded_times(source: str) -> list[datetime]:
    path = store.raw(source) / "snapshots.csv"
    return _times_in(source, path, path.stat().st_mtime_ns) if path.exists() else []


@lru_cache(maxsize=16)
def _times_in(source: str, path: Path, changed_at_ns: int) -> list[datetime]:
    """Return the dates of the folded snapshots; read again once a refresh has replaced the file."""
    return [moment.observed_at for moment in moments(source)]


def latest(sources: tuple[str, ...], day: date) -> dict[str, datetime]:
    """Return the newest folded snapshot of each source by the end of a day; sources without one are left out."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    found = {}
    for source in sources:
        seen = [moment for moment in _folded_times(source) if moment < end]
        if seen:
            found[source] = seen[-1]
    return found


def last_observed_on(sources: tuple[str, ...]) -> date:
    """Return the day of the newest folded snapshot of any of the sources.

    Raises
    ------
    CloudMarketError
        If no snapshot was folded yet.
    """
    found = latest(sources, date.max - timedelta(days=2))
    if not found:
        raise CloudMarketError("no snapshot has been read yet. Run `cloudmarket refresh`.")
    return max(found.values()).date()


def gaps(source: str, until: date, longer_than: int = 45) -> list[tuple[date, date]]:
    """Return the times without any folded snapshot: (last day before, first day after), longer than some days."""
    days = [moment.date() for moment in _folded_times(source) if moment.date() <= until]
    return [(a, b) for a, b in pairwise(days) if (b - a).days > longer_than]
