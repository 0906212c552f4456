"""Append what the archives have published since, rebuild the tables, and put all of it in place at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd

from cloudmarket import store, tables
from cloudmarket.refresh.reading import Progress, Refreshed, read
from cloudmarket.refresh.report import Report, compare
from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs
from cloudmarket.tables.checks import check_coverage

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

    Raises
    ------
    ArchiveError, ParseError, CheckError, BusyError
        Nothing on disk has changed then, but for the cache of what was read.
    """
    with store.lock():
        store.recover(store.root() / "data")
        done = [read(SOURCES[name], name in names or not names, rebuild, whole_wheels, progress) for name in SOURCES]
        built = tables.build({d.source: d.folded for d in done}, {d.source: d.moments for d in done})
        report = compare(done, built)
        if not rebuild:
            _check_coverage(built)
        _write(done, built)
    return report


def rebuild_tables() -> dict[str, int]:
    """Build all tables again from the histories on disk, and write them; return rows per table."""
    with store.lock():
        store.recover(store.root() / "data")
        folded = {name: inputs.folded(name) for name in SOURCES}
        moments = {name: inputs.moments(name) for name in SOURCES}
        built = tables.build(folded, moments)
        newest = max(line[-1].observed_at for line in moments.values())
        with store.transaction(store.root() / "data") as folder:
            tables.write_all(built, folder / "processed", newest.date())
    return {name: len(rows) for name, rows in built.items()}


def _check_coverage(built: dict[str, pd.DataFrame]) -> None:
    for name, rows in built.items():
        if tables.TABLES[name].has_history and (store.processed() / f"{name}.parquet").exists():
            check_coverage(tables.TABLES[name], tables.load(name), rows)


def _write(done: list[Refreshed], built: dict[str, pd.DataFrame]) -> None:
    with store.transaction(store.root() / "data") as folder:
        sums = ""
        for source in done:
            files = {"history.parquet": tables.to_parquet(source.folded), "snapshots.csv": _listing(source.snapshots)}
            for name, content in files.items():
                store.write_atomic(folder / "raw" / source.source / name, content)
                sums += f"{hashlib.sha256(content).hexdigest()}  {source.source}/{name}\n"
        store.write_atomic(folder / "raw" / inputs.SUMS, sums.encode())
        newest = max(source.moments[-1].observed_at for source in done)
        tables.write_all(built, folder / "processed", newest.date())


def _listing(snapshots: pd.DataFrame) -> bytes:
    """Return the list of snapshots as CSV, every date to the microsecond."""
    dates = snapshots.observed_at.map(lambda moment: moment.isoformat(" ", "microseconds"))
    return snapshots.assign(observed_at=dates).to_csv(index=False, lineterminator="\n").encode()
