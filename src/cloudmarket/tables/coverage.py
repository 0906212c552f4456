"""What the published tables cover: rows by table, source, cloud, region and month, and whether anybody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd

from cloudmarket.history import Moment
from cloudmarket.tables.base import DATE, INTEGER, TEXT, Column, Table

Lines = Mapping[str, Sequence[Moment]]
CURATED = "curated"
"""Source of the facts that people typed in: it has no snapshots, each row has its own date."""

TABLE = Table(
    "coverage",
    "What a table holds of a cloud and region in a month, from one source",
    ("table", "source", "cloud", "region", "month"),
    (
        Column("table", TEXT, "Name of the table."),
        Column("source", TEXT, "Name of the source, a folder in data/raw."),
        Column("cloud", TEXT, "Cloud or seller; missing where rows are about neither.", is_required=False),
        Column("region", TEXT, "Region as the cloud spells it; missing where rows name none.", is_required=False),
        Column("month", DATE, "First day of the month."),
        Column(
            "rows",
            INTEGER,
            "Believed rows that hold or stand on the last day of the month; of tables of what happened, rows about it.",
            above=0,
        ),
        Column(
            "snapshots",
            INTEGER,
            "Snapshots of the source in the month: with none, the rows are what was last seen before.",
        ),
    ),
    (),
)

# A row that holds through the last day of a month counts in it; the newest month is counted by its last snapshot.
_HELD = """
select source, {cloud} as cloud, {region} as region, month, count(*) as rows
from held join months on valid_from <= last and (valid_to is null or valid_to > last)
group by all
"""


def build(built: Mapping[str, pd.DataFrame], described: Mapping[str, Table], lines: Lines) -> pd.DataFrame:
    """Return the coverage of tables.

    Parameters
    ----------
    built : mapping of str to DataFrame
        Tables by name, whole or as they were known on a day.
    described : mapping of str to Table
    lines : mapping of str to sequence of Moment
        The folded snapshots of each source, by then, in order.
    """
    seen = _snapshots(lines)
    found = {name: _covered(described[name], rows, lines) for name, rows in built.items() if len(rows)}
    parts = [rows.assign(table=name) for name, rows in found.items() if len(rows)]
    if not parts:
        return TABLE.frame(pd.DataFrame())
    rows = pd.concat(parts, ignore_index=True).merge(seen, on=["source", "month"], how="left")
    return TABLE.frame(rows.assign(snapshots=rows.snapshots.fillna(0)))


def until(lines: Lines, day: date) -> Lines:
    """Return the snapshots up to the end of a day; sources without any are left out."""
    known = {name: [moment for moment in line if moment.observed_at.date() <= day] for name, line in lines.items()}
    return {name: line for name, line in known.items() if line}


def _snapshots(lines: Lines) -> pd.DataFrame:
    days = [(name, moment.observed_at.date()) for name, line in lines.items() for moment in line]
    seen = pd.DataFrame(days, columns=["source", "day"])
    return seen.groupby(["source", _month(seen.day).rename("month")]).size().rename("snapshots").reset_index()


def _covered(table: Table, rows: pd.DataFrame, lines: Lines) -> pd.DataFrame:
    cloud = next((name for name in ("seller", "cloud") if name in rows), None)
    region = "region" if "region" in rows else None
    if table.has_history:
        return _held(rows[rows.superseded_at.isna()], cloud, region, lines)
    if not table.period:
        return _held(rows.assign(valid_from=_day(rows.observed_first_at), valid_to=_day(rows.superseded_at)),
                     cloud, region, lines)  # fmt: skip
    keys = pd.DataFrame({
        "source": rows.source,
        "cloud": rows[cloud] if cloud else None,
        "region": rows[region] if region else None,
        "month": _month(rows[table.period]),
    })  # fmt: skip
    return keys.groupby(list(keys), dropna=False).size().rename("rows").reset_index()


def _held(rows: pd.DataFrame, cloud: str | None, region: str | None, lines: Lines) -> pd.DataFrame:
    """Count rows by month up to the newest snapshot; up to the newest of all for what people typed in.

    A source that states its own dates reaches back before its first snapshot.
    """
    connection = duckdb.connect(":memory:")
    counted = []
    for source, own in rows.groupby("source", sort=True):
        line = lines.get(str(source), []) if str(source) != CURATED else max(lines.values(), key=_newest, default=[])
        if line:
            newest = pd.Timestamp(_newest(line).date())
            starts = pd.date_range(own.valid_from.min().replace(day=1), newest, freq="MS", unit="s")
            ends = np.minimum((starts + pd.offsets.MonthEnd(0)).to_numpy(), np.datetime64(newest))
            connection.register("months", pd.DataFrame({"month": starts, "last": ends}))
            connection.register("held", own)
            query = _HELD.format(cloud=cloud or "null::varchar", region=region or "null::varchar")
            counted.append(connection.sql(query).df())
    connection.close()
    return pd.concat(counted, ignore_index=True) if counted else pd.DataFrame()


def _newest(line: Sequence[Moment]) -> datetime:
    return line[-1].observed_at


def _day(instants: pd.Series) -> pd.Series:
    days: pd.Series = instants.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    return days


def _month(days: pd.Series) -> pd.Series:
    months: pd.Series = pd.to_datetime(days).dt.to_period("M").dt.start_time.astype("datetime64[s]")
    return months
