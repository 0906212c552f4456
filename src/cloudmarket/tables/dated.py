"""Read a source that states its own dates: what it printed, and when, becomes what was believed, and when.

At each snapshot such a source prints a timeline: entries with a first day, the earliest one often without. The
belief about the past changes only where a dated entry says so; an entry without a first day that is overwritten
tells that somebody edited it, not since when it holds, so it counts from the snapshot on. The result is
bitemporal: a belief that was given up keeps its row, with ``superseded_at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A printed entry: valid in [starts_on, ends_on), None where not stated; printed in [first, ended)."""

    starts_on: date | None
    ends_on: date | None
    cells: Cells
    first_at: datetime
    last_at: datetime
    ended_at: datetime | None


@dataclass(slots=True)
class Belief:
    """A row of the result: cells held in [valid_from, valid_to), believed since observed_first_at."""

    valid_from: date
    valid_to: date | None
    cells: Cells
    observed_first_at: datetime
    observed_last_at: datetime
    superseded_at: datetime | None = None


Segment = tuple[date, date | None, Cells]


def beliefs(entries: Sequence[Entry]) -> list[Belief]:
    """Return what was believed about one offer, in order of knowledge, then validity.

    Parameters
    ----------
    entries : sequence of Entry
        All entries that were ever printed for the offer.
    """
    times = {entry.first_at for entry in entries} | {entry.ended_at for entry in entries if entry.ended_at}
    rows: list[Belief] = []
    timeline: list[Segment] = []
    for now in sorted(times):
        printed = [e for e in entries if e.first_at <= now and (e.ended_at is None or now < e.ended_at)]
        timeline = _revise(timeline, printed, now.date())
        _record(rows, timeline, printed, now)
    return rows


def _revise(before: list[Segment], printed: list[Entry], today: date) -> list[Segment]:
    """Return the timeline believed after a snapshot, given the one before it."""
    past = [clipped for segment in before if (clipped := _clip(segment, None, today))]
    for entry in printed:
        if entry.starts_on is not None and entry.starts_on < today:
            stated = _clip((entry.starts_on, entry.ends_on, entry.cells), None, today)
            if stated:
                past = [rest for segment in past for rest in _without(segment, stated)] + [stated]
    ahead = [
        clipped
        for entry in printed
        if (clipped := _clip((entry.starts_on or today, entry.ends_on, entry.cells), today, None))
    ]
    return _join(sorted([*past, *ahead], key=lambda segment: segment[0]))


def _clip(segment: Segment, start: date | None, end: date | None) -> Segment | None:
    """Return the part of a segment in [start, end), None if there is none."""
    first = max(segment[0], start) if start else segment[0]
    ends = [day for day in (segment[1], end) if day is not None]
    last = min(ends) if ends else None
    return (first, last, segment[2]) if last is None or first < last else None


def _without(segment: Segment, cut: Segment) -> Iterable[Segment]:
    """Yield what is left of a segment outside another one."""
    before = _clip(segment, None, cut[0])
    after = _clip(segment, cut[1], None) if cut[1] is not None else None
    return (part for part in (before, after) if part)


def _join(segments: list[Segment]) -> list[Segment]:
    """Join segments that meet and say the same."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1][1] == segment[0] and joined[-1][2] == segment[2]:
            segment = (joined.pop()[0], segment[1], segment[2])
        joined.append(segment)
    return joined


def _record(rows: list[Belief], timeline: list[Segment], printed: list[Entry], now: datetime) -> None:
    """Bring the rows in line with the timeline believed from now on."""
    live = {(row.valid_from, row.cells): row for row in rows if row.superseded_at is None}
    kept = set()
    for first, last, cells in timeline:
        row = live.get((first, cells))
        if row is not None and row.valid_to != last and _is_past(row.valid_to, last, now.date()):
            row = None
        if row is None:
            row = Belief(first, last, cells, now, now)
            rows.append(row)
        # An end that is not yet past was not known before; queries hide ends after the day they ask for.
        row.valid_to = last
        seen = [entry.last_at for entry in printed if _states(entry, (first, last, cells))]
        row.observed_last_at = max([row.observed_last_at, *seen])
        kept.add(id(row))
    for row in live.values():
        if id(row) not in kept:
            row.superseded_at = now


def _states(entry: Entry, segment: Segment) -> bool:
    """Whether an entry says what a segment says, of at least a part of its time."""
    stated = (entry.starts_on or entry.first_at.date(), entry.ends_on, entry.cells)
    return entry.cells == segment[2] and _clip(stated, segment[0], segment[1]) is not None


def _is_past(old: date | None, new: date | None, today: date) -> bool:
    """Whether another end changes what was believed about days before today."""
    ends = [day for day in (old, new) if day is not None]
    return min(ends) < today
