"""Load published tables, whole or as they stood on a day."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from cloudmarket import engine, history, store
from cloudmarket.errors import CloudMarketError
from cloudmarket.tables import coverage, inputs, price_change
from cloudmarket.tables.base import Table
from cloudmarket.tables.knowledge import known_facts
from cloudmarket.tables.registry import TABLES, get

Day = str | date | pd.Timestamp


def load(name: str, *, as_of: Day | None = None, on: Day | None = None, known_on: Day | None = None) -> pd.DataFrame:
    """Return a published table, whole or as it stood on a day.

    Parameters
    ----------
    name : str
        A table's name, such as ``token_price``.
    as_of : day, optional
        The vintage: rows as printed that were valid on that day and had been observed by its end, with the
        errors of the time. For tables without validity: what had been observed by then.
    on : day, optional
        That day by today's knowledge, corrections applied; with ``known_on``, by the knowledge of that day.
    known_on : day, optional
        The whole history by the knowledge of a day: nothing learnt later is in it.

    Returns
    -------
    pandas.DataFrame
        Columns as the codebook lists them; days as ``datetime64[s]``, instants in UTC.

    Raises
    ------
    CloudMarketError
        If the table is unknown or not built, a day cannot be read, or ``as_of`` comes with another day.
    """
    table = get(name)
    store.settle()
    path = store.processed() / f"{name}.parquet"
    if not path.exists():
        raise CloudMarketError(f"{path} is missing. Run `cloudmarket tables build`.")
    if as_of is not None and not (on is None and known_on is None):
        raise CloudMarketError("as_of is a vintage of its own: give it alone, or use on with known_on")
    days = {
        key: _day(value) for key, value in (("as_of", as_of), ("on", on), ("known_on", known_on)) if value is not None
    }
    if table.name == coverage.TABLE.name and days:
        return _coverage(days)
    if not table.has_history:
        return _facts(table, path, days)
    rows = engine.parquet(path)
    if "as_of" in days:
        rows = history.as_of(rows, table.identity, days["as_of"], inputs.latest(table.sources, days["as_of"]))
    elif days:
        known = days.get("known_on")
        latest = inputs.latest(table.sources, known) if known else None
        if "on" in days:
            rows = history.on(rows, table.identity, days["on"], known, latest)
        else:
            rows = history.known_on(rows, table.identity, known, latest)
    return table.frame(rows.to_pyarrow().to_pandas(date_as_object=False))


def report_day(chosen: Day | None = None) -> date:
    """Return the day of which a report speaks: the chosen one, ``CLOUDMARKET_AS_OF``, or that of the newest snapshot.

    Raises
    ------
    CloudMarketError
        If the choice is no date, or no token price had been observed by that day: other tables reach further back,
        but the report argues from prices.
    """
    sources = tuple(sorted({source for table in TABLES.values() for source in table.sources}))
    chosen = chosen or os.environ.get("CLOUDMARKET_AS_OF")
    if not chosen:
        return inputs.last_observed_on(sources)
    day = _day(chosen)
    if not inputs.latest(TABLES["token_price"].sources, day):
        raise CloudMarketError(f"nothing had been observed by {day}: the first snapshot of token prices is later")
    return day


def _coverage(days: dict[str, date]) -> pd.DataFrame:
    """Return what the tables covered by the knowledge of a day."""
    day = days.get("as_of") or days.get("known_on")
    if day is None or "on" in days:
        raise CloudMarketError("coverage tells of all months, which hold on no day: use known_on")
    sources = {source for table in TABLES.values() for source in table.sources}
    lines = coverage.until({source: inputs.moments(source) for source in sources}, day)
    known = {name: load(name, known_on=day) for name in TABLES if name != coverage.TABLE.name}
    return coverage.build(known, TABLES, lines)


def _facts(table: Table, path: Path, days: dict[str, date]) -> pd.DataFrame:
    """Return a table of facts or events, whole or as it was known on a day."""
    if "on" in days:
        raise CloudMarketError(f"{table.name} lists what happened, which holds on no day: use known_on")
    rows = table.frame(pq.read_table(path).to_pandas(date_as_object=False))
    known = days.get("as_of") or days.get("known_on")
    if known is None:
        return rows
    if table.name == price_change.TABLE.name:
        return price_change.known_on(rows, pd.Timestamp(known))
    return known_facts(table, rows, known, inputs.latest(table.sources, known))


def _day(value: Day) -> date:
    refused = CloudMarketError(f"{value!r} is no date; write it as 2025-06-30")
    try:
        instant = pd.Timestamp(value)
    except ValueError as error:
        raise refused from error
    # The last day of the calendar has no next one, and a day is over when the next begins.
    if pd.isna(instant) or instant.date() == date.max:
        raise refused
    return instant.date()
