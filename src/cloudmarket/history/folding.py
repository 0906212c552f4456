"""Fold dated snapshots into intervals during which a row was printed unchanged, without loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cloudmarket.history.line import Moment

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


def fold(
    snapshots: Iterable[tuple[Moment, Iterable[Row]]],
    columns: pa.Schema,
    key_count: int,
    *,
    earlier: pa.Table | None = None,
    moments: Sequence[Moment] = (),
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

    Returns
    -------
    pyarrow.Table
        ``columns`` + ``OBSERVATION``, sorted by key, then date.

    Raises
    ------
    ValueError
        If snapshots are not in date order, or a snapshot prints a key twice.
    """
    known = list(moments)
    closed, state = _resume(earlier, known, columns, key_count)
    for moment, rows in snapshots:
        if known and moment.observed_at <= known[-1].observed_at:
            raise ValueError(f"snapshot {moment.version} is not later than {known[-1].version}")
        known.append(moment)
        closed.extend(_advance(state, rows, len(known) - 1, key_count, moment))
    closed.extend(state.values())
    return _table(closed, known, columns, key_count)


class _Interval:
    """A row and the numbers of the first and last snapshots that print it."""

    __slots__ = ("first", "last", "row")

    def __init__(self, row: Row, first: int, last: int) -> None:
        self.row, self.first, self.last = row, first, last


_State = dict[Row, _Interval]


def _advance(
    state: _State,
    rows: Iterable[Row],
    now: int,
    key_count: int,
    moment: Moment,
) -> Iterator[_Interval]:
    """Move the open intervals on by one snapshot; yield those that it ends."""
    for row in rows:
        key = row[:key_count]
        kept = state.get(key)
        if kept is None:
            state[key] = _Interval(row, now, now)
        elif kept.last == now:
            raise ValueError(f"snapshot {moment.version} prints {key!r} twice")
        elif kept.last == now - 1 and (kept.row is row or kept.row == row):
            kept.last = now
        else:
            yield kept
            state[key] = _Interval(row, now, now)


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
        interval = _Interval(row[:-2], number[row[-2]], number[row[-1]])
        if interval.last == len(known) - 1:
            state[row[:key_count]] = interval
        else:
            closed.append(interval)
    return closed, state


def _table(intervals: list[_Interval], known: list[Moment], columns: pa.Schema, key_count: int) -> pa.Table:
    intervals.sort(key=lambda one: (*((cell is not None, cell) for cell in one.row[:key_count]), one.first))
    data = [list(cells) for cells in zip(*(one.row for one in intervals), strict=True)]
    if not data:
        data = [[] for _ in columns.names]
    following = [*known[1:], None]
    firsts = [known[one.first] for one in intervals]
    lasts = [known[one.last] for one in intervals]
    ends = [following[one.last] for one in intervals]
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
    moment = pa.scalar(observed_at, UTC_MICROSECONDS)
    seen = pc.and_(
        pc.less_equal(folded["observed_first_at"], moment), pc.greater_equal(folded["observed_last_at"], moment)
    )
    return folded.filter(seen).select(columns.names)
