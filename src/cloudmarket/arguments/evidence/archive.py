"""What is known, from where, since when and how surely: snapshots, freshness, grades and coverage on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.staleness import stale
from cloudmarket.sources import SOURCES, sidecar
from cloudmarket.tables import inputs
from cloudmarket.tables.coverage import CURATED

READ, UNREADABLE = "read", "listed, but cannot be read"
_KINDS = {inputs.FOLDED: READ} | dict.fromkeys(("gap", "oversized"), UNREADABLE)
LONG_DAYS = 45
"""A time without snapshots longer than this is named as a gap."""


def snapshots(day: date) -> pd.DataFrame:
    """Return the days on which sources were observed, until a day.

    Returns
    -------
    DataFrame
        source, day, kind (``READ`` or ``UNREADABLE``); a row per source, day and kind; sources in the order of
        their first snapshot. Snapshots that add nothing to the line (older branches, set aside) are left out.
    """
    found = []
    for name in SOURCES:
        listed = inputs.snapshots(name)
        # A round of which some files cannot be had is read all the same.
        is_read = listed.version.isin(listed.version[listed.role == inputs.FOLDED])
        listed = listed[(listed.role == inputs.FOLDED) | ~is_read]
        kinds = listed.role.map(_KINDS)
        days = listed.observed_at.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
        found.append(pd.DataFrame({"source": name, "day": days, "kind": kinds}).dropna())
    rows = pd.concat(found, ignore_index=True).drop_duplicates()
    rows = rows[rows.day <= pd.Timestamp(day)]
    first = rows[rows.kind == READ].groupby("source").day.min()
    rows = rows[rows.source.isin(first.index)]
    rows = rows.assign(since=rows.source.map(first), is_gap=rows.kind == UNREADABLE)
    ordered = rows.sort_values(["is_gap", "since", "source", "day"], ignore_index=True)
    return ordered[["source", "day", "kind"]]


def freshness(day: date) -> pd.DataFrame:
    """Return per source how far its snapshots reach by a day.

    Returns
    -------
    DataFrame
        source (index), title, first and newest (dates), days (on which it was observed), age_days, unreadable
        (days with a snapshot that cannot be had), longest_gap_days, and problem: why the last refresh could not
        bring it up to date, empty if it could (see :func:`stale`).
    """
    seen = snapshots(day)
    read = seen[seen.kind == READ]
    groups = read.groupby("source", sort=False).day
    result = groups.agg(["first", "last", "nunique"]).set_axis(["first", "newest", "days"], axis=1)
    result.insert(0, "title", [sidecar(str(name))["title"] for name in result.index])
    result["age_days"] = (pd.Timestamp(day) - result.newest).dt.days
    unreadable = seen[seen.kind == UNREADABLE].groupby("source").size()
    result["unreadable"] = unreadable.reindex(result.index, fill_value=0)
    result["longest_gap_days"] = groups.agg(lambda days: days.sort_values().diff().dt.days.max()).fillna(0).astype(int)
    result["problem"] = stale(day).problem.reindex(result.index).fillna("")
    return result


def gaps(day: date) -> pd.DataFrame:
    """Return the times longer than ``LONG_DAYS`` in which a source was not observed: source, after, before, days."""
    found = ((name, *gap) for name in SOURCES for gap in inputs.gaps(name, day, LONG_DAYS))
    rows = [(name, last, first, (first - last).days) for name, last, first in found]
    return pd.DataFrame(rows, columns=["source", "after", "before", "days"]).sort_values(
        "days", ascending=False, ignore_index=True
    )


def grades(known: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return rows per table and evidence grade: table, evidence, rows. Tables without grades are left out.

    Parameters
    ----------
    known : mapping of str to DataFrame
        Tables by name, as they were known on a day.
    """
    found = []
    for name, rows in known.items():
        if "evidence" in tables.TABLES[name].names:
            counted = rows.evidence.value_counts().rename_axis("evidence").rename("rows").reset_index()
            found.append(counted.assign(table=name))
    return pd.concat(found, ignore_index=True)[["table", "evidence", "rows"]].sort_values(
        ["table", "evidence"], ignore_index=True
    )


def covered(coverage: pd.DataFrame, sellers: list[str]) -> pd.DataFrame:
    """Return rows per table, month and seller, all sources and regions together: table, month, cloud, rows.

    Tables of what happened are left out: of a month in which nothing did they have no row. Months in which no source
    of a table was looked at are missing.

    Parameters
    ----------
    coverage : DataFrame
        The table of that name.
    sellers : list of str
    """
    standing = [name for name, table in tables.TABLES.items() if not table.period]
    own = coverage[coverage.table.isin(standing) & coverage.cloud.isin(sellers)]
    own = own.assign(is_seen=(own.snapshots > 0) | (own.source == CURATED))
    counted = own.groupby(["table", "cloud", "month"]).agg(rows=("rows", "sum"), is_seen=("is_seen", "any"))
    filled = []
    for (table, cloud), group in counted.groupby(level=["table", "cloud"]):
        known = group.rows.astype("float64").where(group.is_seen).droplevel(["table", "cloud"])
        months = pd.date_range(known.index.min(), known.index.max(), freq="MS", unit="s")
        filled.append(
            known.reindex(months).rename_axis("month").reset_index().assign(table=str(table), cloud=str(cloud))
        )
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["month", "rows", "table", "cloud"])


def regions(coverage: pd.DataFrame, sellers: list[str]) -> pd.DataFrame:
    """Return regions per table (rows) and seller (columns) in the newest month in which each was seen.

    Tables that name no region are left out; missing where a table tells of no region of a seller.
    """
    own = coverage[coverage.region.notna() & coverage.cloud.isin(sellers)]
    newest = own[own.month == own.groupby(["table", "cloud"]).month.transform("max")]
    return newest.groupby(["table", "cloud"]).region.nunique().unstack().reindex(columns=sellers)
