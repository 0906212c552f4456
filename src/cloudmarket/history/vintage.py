"""What held on a day: as it read then, by today's knowledge, or by the knowledge of another day.

Published tables have valid time (``valid_from``, ``valid_to``) and knowledge time (``observed_first_at``,
``superseded_at``). The questions are Ibis expressions, so they run where the table is; Snodgrass, *Developing
Time-Oriented Database Applications in SQL* (2000), ch. 8-10, is the source of the bitemporal reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir


def end_of(day: date) -> datetime:
    """Return the first instant after a UTC day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _valid_on(table: ir.Table, day: date) -> ir.BooleanValue:
    return (table.valid_from <= day) & (table.valid_to.isnull() | (table.valid_to > day))


Latest = Mapping[str, datetime]
"""The newest snapshot of each source that had been observed by the day asked for."""


def _clip(table: ir.Table, day: date, latest: Latest, identity: Sequence[str]) -> ir.Table:
    """Hide what was learnt after a day: later ends, later observations, later corrections.

    An end after the day was known by then only if it was announced, with the row that takes over.
    """
    end = ibis.literal(end_of(day))
    announced = table.valid_from.lead().over(group_by=identity, order_by="valid_from")
    seen_by_then = table.source.cases(*latest.items(), else_=end) if latest else end
    return table.mutate(
        valid_to=ibis.ifelse(table.valid_to <= day, table.valid_to, announced),
        observed_last_at=ibis.ifelse(table.observed_last_at >= end, seen_by_then, table.observed_last_at),
        superseded_at=ibis.ifelse(
            table.superseded_at >= end, ibis.null(table.superseded_at.type()), table.superseded_at
        ),
    )


def known_on(
    table: ir.Table, identity: Sequence[str], day: date | None = None, latest: Latest | None = None
) -> ir.Table:
    """Return the whole history by the knowledge of a day (of today without one), corrections applied.

    ``identity`` names the columns that say what a row is about: at most one row of each is valid on a day.
    """
    if day is None:
        return table.filter(table.superseded_at.isnull())
    end = ibis.literal(end_of(day))
    believed = table.superseded_at.isnull() | (table.superseded_at >= end)
    return _clip(table.filter((table.observed_first_at < end) & believed), day, latest or {}, identity)


def as_of(table: ir.Table, identity: Sequence[str], day: date, latest: Latest | None = None) -> ir.Table:
    """Return the vintage of a day: rows as printed, observed by its end and valid on it, errors included."""
    vintage = known_on(table.filter(table.is_printed), identity, day, latest)
    return vintage.filter(_valid_on(vintage, day))


def on(
    table: ir.Table, identity: Sequence[str], day: date, known: date | None = None, latest: Latest | None = None
) -> ir.Table:
    """Return what held on a day by today's knowledge, or by that of ``known``, corrections applied."""
    history = known_on(table, identity, known, latest)
    return history.filter(_valid_on(history, day))
