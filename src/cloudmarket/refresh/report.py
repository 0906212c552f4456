"""What a refresh changed."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from cloudmarket import engine, history, store, tables
from cloudmarket.refresh.reading import Refreshed
from cloudmarket.sources import SOURCES
from cloudmarket.tables import labels


@dataclass(frozen=True)
class Report:
    """What a refresh did: per source, in what the sources print, in prices, and in rows of the tables.

    ``printed`` counts rows added, removed and changed per source (see :func:`cloudmarket.history.changes`);
    ``rows`` gives the number of rows per table before and after.
    """

    sources: list[Refreshed]
    printed: pd.DataFrame
    changes: pd.DataFrame
    unmatched: pd.DataFrame
    rows: dict[str, tuple[int, int]]


def compare(done: list[Refreshed], built: dict[str, pd.DataFrame]) -> Report:
    """Say what is new against the tables on disk."""
    counts, changes = {}, built["price_change"]
    for name, rows in built.items():
        is_there = (store.processed() / f"{name}.parquet").exists()
        old = tables.load(name) if is_there else None
        counts[name] = (0 if old is None else len(old), len(rows))
        if name == "price_change" and old is not None:
            key = list(tables.price_change.TABLE.key)
            merged = rows.merge(old[key], on=key, how="left", indicator=True)
            changes = rows[(merged["_merge"] == "left_only").to_numpy()]
    folded = {d.source: d.folded for d in done}
    unmatched = labels.unmatched(
        folded["litellm"], folded["genai_prices"], folded.get("models_dev"), folded.get("tokencost")
    )
    return Report(done, printed(done), changes, unmatched, counts)


def printed(done: list[Refreshed]) -> pd.DataFrame:
    """Return per source how many printed rows the new snapshots add, remove and change: source, change, rows."""
    found = []
    for read in done:
        if read.before is not None and read.folded_added:
            source = SOURCES[read.source]
            days = (moment.observed_at.date() for moment in (read.before, read.moments[-1]))
            steps = history.changes(ibis.memtable(read.folded), source.columns, source.key_count, *days)
            counts = engine.connection().to_pyarrow(steps.change.value_counts(name="rows")).to_pandas()
            found.append(counts.assign(source=read.source))
    columns = ["source", "change", "rows"]
    return pd.concat(found)[columns].sort_values(columns[:2]) if found else pd.DataFrame(columns=columns)
