"""What comes to the catalogues and goes from them, month by month, and how long a listing stands."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.catalogues.retirement import CLEAN_UP
from cloudmarket.arguments.catalogues.state import Catalogue
from cloudmarket.arguments.price_map import CLOUDS, gaps
from cloudmarket.measures import availability

FEWEST = 10
"""Fewer observations per cloud than this make no curve."""
BY_LIST, BY_DATE = "removed from the list", "retired by the printed date, or removed"


def flows(found: Catalogue, removed: pd.DataFrame) -> pd.DataFrame:
    """Return additions and removals per cloud and month; returns of what had been removed count as neither.

    Returns
    -------
    DataFrame
        month, seller, added, removed (single removals) and cleaned (those of clean-ups), both negative; missing in
        months in which nobody looked.
    """
    first = found.spells.sort_values("valid_from").drop_duplicates(["seller", "model"])
    first = first[~first.is_left_censored]
    if found.spells.empty:
        return pd.DataFrame(columns=["month", "seller", "added", "removed", "cleaned"])
    start = found.spells.valid_from.min().to_period("M")
    months = pd.period_range(start, pd.Timestamp(found.day).to_period("M"))
    index = pd.MultiIndex.from_product([months, CLOUDS], names=["month", "seller"])
    is_cleaned = removed.is_clean_up.astype("bool")
    parts = {
        "added": (first, "valid_from", 1),
        "removed": (removed[~is_cleaned], "valid_to", -1),
        "cleaned": (removed[is_cleaned], "valid_to", -1),
    }
    result = pd.DataFrame(index=index)
    for name, (rows, column, sign) in parts.items():
        counted = rows.groupby([rows[column].dt.to_period("M"), rows.seller]).size()
        result[name] = sign * counted.reindex(index, fill_value=0).astype("float64")
    result = result.reset_index()
    result["month"] = result.month.dt.start_time.astype("datetime64[s]")
    return _blank(result, found.day)


def _blank(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Blank the months that lie whole in a time without snapshots."""
    for last, first in gaps(day):
        ends = rows.month + pd.offsets.MonthEnd(0)
        unseen = (rows.month > pd.Timestamp(last)) & (ends < pd.Timestamp(first))
        rows.loc[unseen, ["added", "removed", "cleaned"]] = np.nan
    return rows


def clean_ups(removed: pd.DataFrame, fewest: int = CLEAN_UP) -> pd.DataFrame:
    """Return the days on which at least so many models went at once: valid_to, models."""
    days = removed.groupby("valid_to").model.size().rename("models").reset_index()
    return days[days.models >= fewest].reset_index(drop=True)


def stays(found: Catalogue, removed: pd.DataFrame, dates: pd.DataFrame) -> pd.DataFrame:
    """Return how long each model stood on a cloud's list, in days, as intervals, by two readings of its end.

    ``BY_LIST``: it ends when the list drops it. ``BY_DATE``: it ends on the retirement date that the list prints,
    once that is past, else when the list drops it. Listings that began with the first look at a cloud are left out:
    nobody knows how old they were. One whose printed date lies before its listing is dropped from the second.

    Returns
    -------
    DataFrame
        reading, seller, model, low, high (missing where it stands still at the last look).
    """
    spells = found.spells.sort_values(["seller", "model", "valid_from"])
    first = spells.drop_duplicates(["seller", "model"])
    first = first[~first.is_left_censored & first.first_listed_after_on.notna()]
    ends = removed[["seller", "model", "last_seen_on", "valid_to"]].rename(columns={"valid_to": "removed_on"})
    rows = first[["seller", "model", "first_listed_after_on", "valid_from"]].merge(
        ends, on=["seller", "model"], how="left"
    )
    rows = rows.merge(dates[["seller", "model", "retires_on"]], on=["seller", "model"], how="left")
    seen = found.spells.observed_last_at.max()
    looked = pd.Timestamp(found.day) if pd.isna(seen) else seen.tz_localize(None).normalize()
    by_list = rows.assign(end_low=rows.last_seen_on.fillna(looked), end_high=rows.removed_on, reading=BY_LIST)
    is_dated = rows.retires_on <= looked
    by_date = by_list.assign(reading=BY_DATE)
    by_date.loc[is_dated, "end_low"] = rows.retires_on
    by_date.loc[is_dated, "end_high"] = rows.retires_on
    both = pd.concat([by_list, by_date[~(by_date.end_high < by_date.valid_from)]], ignore_index=True)
    # A stay of t days is (t - 1, t]; it is shortest from the last day of a start to the first of an end.
    both["low"] = ((both.end_low - both.valid_from).dt.days.astype("float64") - 1).clip(lower=-1)
    both["high"] = (both.end_high - both.first_listed_after_on).dt.days.astype("float64")
    return both[["reading", "seller", "model", "low", "high"]]


def without_previews(stayed: pd.DataFrame) -> pd.DataFrame:
    """Return the stays of models whose name does not call them a preview or an experiment: these are meant to go."""
    return stayed[~stayed.model.str.contains(r"-(?:preview|exp|experimental|beta)(?:-|$)")]


def followed_until(rows: pd.DataFrame) -> float:
    """Return the day up to which at least ``FEWEST`` items (low, high) are still open: beyond it a curve is noise."""
    last = rows.high.fillna(rows.low)
    return float(last.nlargest(FEWEST).iloc[-1]) if len(last) >= FEWEST else 0.0


def curves(stayed: pd.DataFrame, reading: str, draws: int = 100) -> availability.Curves | None:
    """Return the share of listings that stand still by days since they began; nothing where too few were seen."""
    rows = stayed[stayed.reading == reading]
    sizes = rows.groupby("seller").size().reindex(CLOUDS, fill_value=0)
    if sizes.min() < FEWEST or rows.high.isna().all():
        return None
    return availability.curves(rows, "seller", low="low", high="high", start=-1, draws=draws)
