"""Append what the archives have published since, rebuild the tables, and put all of it in place at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from cloudmarket import store, tables
from cloudmarket.errors import SourceError
from cloudmarket.refresh.reading import Progress, Refreshed, read, unchanged
from cloudmarket.refresh.report import Report, compare
from cloudmarket.sources import SOURCES, Source
from cloudmarket.tables import inputs
from cloudmarket.tables.checks import check_coverage
from cloudmarket.tables.inputs import Evidence

__all__ = ["Progress", "Report", "rebuild_tables", "refresh"]


def refresh(
    names: Sequence[str] = (), *, rebuild: bool = False, whole_wheels: bool = False, progress: Progress | None = None
) -> Report:
    """Read new snapshots of the named sources (of all without names), and write histories and tables.

    Parameters
    ----------
    names : sequence of str
    rebuild : bool
        Fold every release again, in order of date, instead of appending.
    whole_wheels : bool
        Read whole files instead of ranges; slow, for servers without range requests.
    progress : callable, optional

    Returns
    -------
    Report
        A source that could not be read is as it was, and marked stale (``data/raw/stale.csv``); the others go on.

    Raises
    ------
    SourceError
        If a source cannot be read of which nothing was ever read. Nothing on disk has changed then, but for the
        cache.
    CheckError, BusyError
        The same.
    """
    with store.lock():
        store.recover(store.root() / "data")
        done = [_read(source, names, rebuild, whole_wheels, progress) for source in SOURCES.values()]
        built = tables.build(_evidence(done))
        report = compare(done, built)
        if not rebuild:
            _check_coverage(built)
        try:
            _write(done, built, names)
        except OSError:
            # A full disk that stopped a source stops the writing too: what it stopped first says more.
            for source in done:
                if source.error is not None:
                    raise source.error from None
            raise
    return report


def _read(
    source: Source, names: Sequence[str], rebuild: bool, whole_wheels: bool, progress: Progress | None
) -> Refreshed:
    if names and source.name not in names and inputs.moments(source.name):
        return unchanged(source.name)
    try:
        return read(source, rebuild, whole_wheels, progress)
    except SourceError as error:
        return unchanged(source.name, error)


def _evidence(done: Sequence[Refreshed]) -> Evidence:
    return Evidence({d.source: d.folded for d in done}, {d.source: d.moments for d in done})


def rebuild_tables() -> dict[str, int]:
    """Build all tables again from the histories on disk, and write them; return rows per table."""
    with store.lock():
        store.recover(store.root() / "data")
        evidence = inputs.evidence(SOURCES)
        built = tables.build(evidence)
        newest = max(line[-1].observed_at for line in evidence.moments.values())
        with store.transaction(store.root() / "data") as folder:
            tables.write_all(built, folder / "processed", newest.date())
    return {name: len(rows) for name, rows in built.items()}


def _check_coverage(built: dict[str, pd.DataFrame]) -> None:
    for name, rows in built.items():
        if tables.TABLES[name].has_history and (store.processed() / f"{name}.parquet").exists():
            check_coverage(tables.TABLES[name], tables.load(name), rows)


def _write(done: list[Refreshed], built: dict[str, pd.DataFrame], names: Sequence[str]) -> None:
    with store.transaction(store.root() / "data") as folder:
        sums = ""
        for source in done:
            files = {"history.parquet": tables.to_parquet(source.folded), "snapshots.csv": _listing(source.snapshots)}
            for name, content in files.items():
                store.write_atomic(folder / "raw" / source.source / name, content)
                sums += f"{hashlib.sha256(content).hexdigest()}  {source.source}/{name}\n"
        store.write_atomic(folder / "raw" / inputs.SUMS, sums.encode())
        store.write_atomic(folder / "raw" / inputs.STALE, _stale(done, names))
        newest = max(source.moments[-1].observed_at for source in done)
        tables.write_all(built, folder / "processed", newest.date())


def _stale(done: list[Refreshed], names: Sequence[str]) -> bytes:
    """Return the list of sources that are not as new as they might be: since when, and why."""
    before = inputs.stale().set_index("source")
    today = datetime.now(UTC).date().isoformat()
    rows = []
    for each in done:
        was_asked = not names or each.source in names
        if each.problem:
            since = before.since_on.get(each.source, today)
            rows.append((each.source, since, " ".join(each.problem.split())))
        elif not was_asked and each.source in before.index:
            rows.append((each.source, *before.loc[each.source, ["since_on", "problem"]]))
    return pd.DataFrame(rows, columns=inputs.STALE_COLUMNS).to_csv(index=False, lineterminator="\n").encode()


def _listing(snapshots: pd.DataFrame) -> bytes:
    """Return the list of snapshots as CSV, every date to the microsecond."""
    dates = snapshots.observed_at.map(lambda moment: moment.isoformat(" ", "microseconds"))
    return snapshots.assign(observed_at=dates).to_csv(index=False, lineterminator="\n").encode()
