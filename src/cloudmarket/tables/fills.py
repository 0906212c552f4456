"""What a copy of a catalogue says of the time in which nobody saw the catalogue itself.

A copy is used only where the catalogue had not been seen for longer than ``GAP``, so whether it is used is known on
the day it is taken. Within such a gap the copy is the catalogue: what it prints unchanged goes on, what it prints
otherwise, or no longer, ends; what is new in it is a *fill*, which ends when the catalogue is seen again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

GAP = pd.Timedelta(days=45)
KEY = ("label", "suffix")

Row = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A gap as far as copies cover it: from the first copy to the catalogue's next snapshot, None if not yet there."""

    before: datetime
    copies: tuple[datetime, ...]
    end: datetime | None


def windows(own: Sequence[datetime], copies: Sequence[datetime]) -> list[Window]:
    """Return the gaps between a catalogue's own snapshots that its copies fill, in order."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for taken in copies:
        place = bisect_left(own, taken)
        if place and taken - own[place - 1] > GAP:
            found[place].append(taken)
    ends = [*own, None]
    return [Window(own[place - 1], tuple(taken), ends[place]) for place, taken in sorted(found.items())]


def line(own: Sequence[datetime], copies: Sequence[datetime]) -> list[datetime]:
    """Return when a catalogue was seen, itself or in a copy that fills a gap."""
    return sorted([*own, *(taken for window in windows(own, copies) for taken in window.copies)])


def filled(own: pd.DataFrame, copy: pd.DataFrame, gaps: Sequence[Window], same: Sequence[str]) -> pd.DataFrame:
    """Return a catalogue's intervals with the gaps filled from a copy; ``is_fill`` marks what is put in.

    Parameters
    ----------
    own, copy : DataFrame
        Folded histories of the same columns.
    gaps : sequence of Window
    same : sequence of str
        Columns in which a row of the copy must not differ for the catalogue's own row to go on.
    """
    rows: list[Row] = own.to_dict("records")
    told: list[Row] = copy.to_dict("records")
    fills: list[Row] = []
    for gap in gaps:
        rows, added = _fill(rows, _within(told, gap), gap, same)
        fills += added
    result = pd.DataFrame([row | {"is_fill": False} for row in rows] + [row | {"is_fill": True} for row in fills])
    result = result.reindex(columns=[*own.columns, "is_fill"])
    times = ["observed_first_at", "observed_last_at", "ended_at"]
    result[times] = result[times].apply(pd.to_datetime, utc=True)
    return result.astype({name: own[name].dtype for name in own.columns}).astype({"is_fill": "bool"})


def _within(told: list[Row], gap: Window) -> dict[tuple[Any, ...], list[Row]]:
    """Return the copy's rows in a gap by key, in order, cut to the gap."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in sorted(told, key=lambda row: row["observed_first_at"]):
        first, end = max(row["observed_first_at"], gap.copies[0]), _earlier(row["ended_at"], gap.end)
        if end is None or first < end:
            last = min(row["observed_last_at"], gap.copies[-1])
            times = {"observed_first_at": first, "observed_last_at": last, "ended_at": end}
            found[tuple(row[name] for name in KEY)].append(row | times)
    return found


def _fill(
    rows: list[Row], told: dict[tuple[Any, ...], list[Row]], gap: Window, same: Sequence[str]
) -> tuple[list[Row], list[Row]]:
    """Return the catalogue's rows, cut where the copy ends them, and the fills."""
    kept: list[Row] = []
    start = gap.copies[0]
    since: dict[tuple[Any, ...], datetime | None] = {}
    for row in rows:
        if row["observed_first_at"] >= start or (row["ended_at"] is not pd.NaT and row["ended_at"] <= start):
            kept.append(row)
            continue
        key = tuple(row[name] for name in KEY)
        since[key] = cut = _cut(row, told.get(key, []), gap, same)
        kept += [row] if cut is None else _pieces(row, cut, gap)
    fills = []
    for key, copied in told.items():
        begin = since.get(key, start)
        if begin is not None:
            fills += [row | {"observed_first_at": max(row["observed_first_at"], begin)} for row in copied
                      if row["ended_at"] is None or row["ended_at"] > begin]  # fmt: skip
    return kept, fills


def _cut(row: Row, copied: list[Row], gap: Window, same: Sequence[str]) -> datetime | None:
    """Return when the copy first prints a row otherwise, or no longer; None if it goes on to the end of the gap."""
    reached: datetime | None = gap.copies[0]
    for other in copied:
        if other["observed_first_at"] == reached and _cells(other, same) == _cells(row, same):
            reached = other["ended_at"]
    return None if reached is None or reached == gap.end else reached


def _pieces(row: Row, cut: datetime, gap: Window) -> list[Row]:
    """Return a row up to the cut and, if the catalogue prints it again after the gap, from then on."""
    first = row | {"ended_at": cut, "observed_last_at": min(row["observed_last_at"], gap.before)}
    goes_on = gap.end is not None and (row["ended_at"] is pd.NaT or row["ended_at"] > gap.end)
    return [first, row | {"observed_first_at": gap.end}] if goes_on else [first]


def _cells(row: Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(None if pd.isna(row[name]) else row[name] for name in names)


def _earlier(one: Any, other: datetime | None) -> datetime | None:
    days = [day for day in (one, other) if day is not None and day is not pd.NaT]
    return min(days) if days else None
