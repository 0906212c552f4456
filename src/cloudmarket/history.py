"""Fold dated snapshots into validity intervals, and ask what held on a day.

A folded table has the source's columns and five more: ``first_version``, ``last_version`` (the first and last
folded snapshots that print the row), ``observed_first_at``, ``observed_last_at`` (their dates) and
``ended_at`` (the date of the first later snapshot without the row; null while the newest one still prints it).
Folding is lossless: :func:`snapshot_rows` gives back what any folded snapshot printed.

Published tables add valid time to this knowledge time. :func:`as_of`, :func:`on` and :func:`known_on` are Ibis
expressions, so they run where the table is; Snodgrass, *Developing Time-Oriented Database Applications in SQL*
(2000), ch. 8-10, is the source of the bitemporal reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from packaging.version import InvalidVersion, Version

from cloudmarket.archives import Release

Row = tuple[Any, ...]
UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
OBSERVATION = pa.schema(
    [
        ("first_version", pa.string()),
        ("last_version", pa.string()),
        ("observed_first_at", UTC_MICROSECONDS),
        ("observed_last_at", UTC_MICROSECONDS),
        ("ended_at", UTC_MICROSECONDS),
    ]
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A folded snapshot: its version and date."""

    version: str
    observed_at: datetime


class Line:
    """The monotone line of versions to fold, decided one release at a time in order of date.

    A release is on the line if both its date and its version exceed those of all before it on the line. Patch
    releases of an old branch appear after newer ones; folding them would make prices flip back and forth.
    """

    def __init__(self, newest: Moment | None = None) -> None:
        self.newest = newest

    def is_newer(self, release: Release) -> bool:
        """Whether a release's version exceeds all versions on the line."""
        version = _version(release.version)
        return version is not None and (self.newest is None or version > Version(self.newest.version))

    def admits(self, release: Release) -> bool:
        """Whether a release goes on the line; if so, it is the newest from now on."""
        is_later = self.newest is None or release.observed_at > self.newest.observed_at
        if not (is_later and self.is_newer(release)):
            return False
        self.newest = Moment(release.version, release.observed_at)
        return True


def _version(printed: str) -> Version | None:
    try:
        return Version(printed)
    except InvalidVersion:
        return None


def fold(
    snapshots: Iterable[tuple[Moment, Iterable[Row]]],
    columns: pa.Schema,
    key_count: int,
    *,
    earlier: pa.Table | None = None,
    moments: Sequence[Moment] = (),
    on_repeat: Callable[[Moment, Row], None] | None = None,
) -> pa.Table:
    """Fold snapshots, in date order, into intervals during which a row was printed unchanged.

    Streaming: one snapshot is held at a time, beside the open intervals.

    Parameters
    ----------
    snapshots : iterable of (Moment, rows)
        Rows are tuples in the order of ``columns``; the first ``key_count`` cells identify a row in a snapshot.
    columns : pyarrow.Schema
    key_count : int
    earlier, moments : pyarrow.Table, sequence of Moment
        A table folded before and the snapshots it was folded from, in order, to append to.
    on_repeat : callable, optional
        Told of a row whose key the snapshot has printed already; the first one counts. Raises by default.

    Returns
    -------
    pyarrow.Table
        ``columns`` + ``OBSERVATION``, sorted by key, then date.

    Raises
    ------
    ValueError
        If snapshots are not in date order, or a key repeats and ``on_repeat`` is not given.
    """
    known = list(moments)
    closed, state = _resume(earlier, known, columns, key_count)
    for moment, rows in snapshots:
        if known and moment.observed_at <= known[-1].observed_at:
            raise ValueError(f"snapshot {moment.version} is not later than {known[-1].version}")
        known.append(moment)
        closed.extend(_advance(state, rows, len(known) - 1, key_count, moment, on_repeat))
    closed.extend((key, *kept) for key, kept in state.items())
    return _table(closed, known, columns)


_Interval = tuple[Row, Row, int, int]
_State = dict[Row, tuple[Row, int, int]]


def _advance(
    state: _State,
    rows: Iterable[Row],
    now: int,
    key_count: int,
    moment: Moment,
    on_repeat: Callable[[Moment, Row], None] | None,
) -> Iterator[_Interval]:
    """Move the open intervals on by one snapshot; yield those that it ends."""
    for row in rows:
        key, values = row[:key_count], row[key_count:]
        kept = state.get(key)
        if kept is None:
            state[key] = (values, now, now)
        elif kept[2] == now:
            if on_repeat is None:
                raise ValueError(f"snapshot {moment.version} prints {key!r} twice")
            on_repeat(moment, row)
        elif kept[2] == now - 1 and kept[0] == values:
            state[key] = (kept[0], kept[1], now)
        else:
            yield (key, *kept)
            state[key] = (values, now, now)


def _resume(
    earlier: pa.Table | None, known: list[Moment], columns: pa.Schema, key_count: int
) -> tuple[list[_Interval], _State]:
    """Turn a folded table back into ended intervals and the open ones."""
    if earlier is None:
        return [], {}
    number = {moment.version: place for place, moment in enumerate(known)}
    closed: list[_Interval] = []
    state: _State = {}
    names = [*columns.names, "first_version", "last_version"]
    for row in zip(*(earlier.column(name).to_pylist() for name in names), strict=True):
        key, values = row[:key_count], row[key_count:-2]
        first, last = number[row[-2]], number[row[-1]]
        if last == len(known) - 1:
            state[key] = (values, first, last)
        else:
            closed.append((key, values, first, last))
    return closed, state


def _table(intervals: list[_Interval], known: list[Moment], columns: pa.Schema) -> pa.Table:
    intervals.sort(key=lambda item: (tuple((cell is not None, cell) for cell in item[0]), item[2]))
    data = [list(cells) for cells in zip(*(key + values for key, values, _, _ in intervals), strict=True)]
    if not data:
        data = [[] for _ in columns.names]
    following = [*known[1:], None]
    firsts = [known[first] for _, _, first, _ in intervals]
    lasts = [known[last] for _, _, _, last in intervals]
    ends = [following[last] for _, _, _, last in intervals]
    data += [
        [moment.version for moment in firsts],
        [moment.version for moment in lasts],
        [moment.observed_at for moment in firsts],
        [moment.observed_at for moment in lasts],
        [moment.observed_at if moment else None for moment in ends],
    ]
    schema = pa.schema([*columns, *OBSERVATION])
    return pa.table([pa.array(cells, field.type) for cells, field in zip(data, schema, strict=True)], schema)


def snapshot_rows(folded: pa.Table, observed_at: datetime, columns: pa.Schema) -> pa.Table:
    """Rebuild what the folded snapshot of that date printed, sorted by key."""
    import pyarrow.compute as pc

    moment = pa.scalar(observed_at, UTC_MICROSECONDS)
    seen = pc.and_(
        pc.less_equal(folded["observed_first_at"], moment), pc.greater_equal(folded["observed_last_at"], moment)
    )
    return folded.filter(seen).select(columns.names)


def _end_of(day: date) -> datetime:
    """Return the first instant after a UTC day."""
    return datetime.combine(day + timedelta(days=1), time(), timezone.utc)


def _valid_on(table: ir.Table, day: date) -> ir.BooleanValue:
    return (table.valid_from <= day) & (table.valid_to.isnull() | (table.valid_to > day))


Latest = Mapping[str, datetime]
"""The newest snapshot of each source that had been observed by the day asked for."""


def _clip(table: ir.Table, day: date, latest: Latest) -> ir.Table:
    """Hide what was learnt after a day: later ends, later observations, later corrections."""
    end = ibis.literal(_end_of(day))
    seen_by_then = table.source.cases(*latest.items(), else_=end) if latest else end
    return table.mutate(
        valid_to=ibis.ifelse(table.valid_to > day, ibis.null(table.valid_to.type()), table.valid_to),
        observed_last_at=ibis.ifelse(table.observed_last_at >= end, seen_by_then, table.observed_last_at),
        superseded_at=ibis.ifelse(
            table.superseded_at >= end, ibis.null(table.superseded_at.type()), table.superseded_at
        ),
    )


def known_on(table: ir.Table, day: date | None = None, latest: Latest | None = None) -> ir.Table:
    """Return the whole history by the knowledge of a day (of today without one), corrections applied."""
    if day is None:
        return table.filter(table.superseded_at.isnull())
    end = ibis.literal(_end_of(day))
    believed = table.superseded_at.isnull() | (table.superseded_at >= end)
    return _clip(table.filter((table.observed_first_at < end) & believed), day, latest or {})


def as_of(table: ir.Table, day: date, latest: Latest | None = None) -> ir.Table:
    """Return the vintage of a day: rows as printed, observed by its end and valid on it, errors included."""
    vintage = known_on(table.filter(table.is_printed), day, latest)
    return vintage.filter(_valid_on(vintage, day))


def on(table: ir.Table, day: date, known: date | None = None, latest: Latest | None = None) -> ir.Table:
    """Return what held on a day by today's knowledge, or by that of ``known``, corrections applied."""
    history = known_on(table, known, latest)
    return history.filter(_valid_on(history, day))
