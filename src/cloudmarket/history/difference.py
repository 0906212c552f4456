"""What changed in a folded source between two days."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cloudmarket.history.vintage import end_of

CHANGES = ("added", "removed", "changed")


def changes(folded: ir.Table, columns: pa.Schema, key_count: int, before: date, after: date) -> ir.Table:
    """Return what a source printed otherwise at the end of one day than at the end of another.

    Parameters
    ----------
    folded : Ibis table
        A folded history.
    columns : pyarrow.Schema
        The source's columns; the first ``key_count`` of them identify a row.
    key_count : int
    before, after : date

    Returns
    -------
    Ibis table
        The key, ``change`` (one of ``CHANGES``), and every other column twice, as ``<name>_before`` and
        ``<name>_after``.
    """
    keys, values = columns.names[:key_count], columns.names[key_count:]
    old, new = (_printed_on(folded, day).select(*columns.names) for day in (before, after))
    # A key may be missing in part, and nothing equals what is missing: compare keys as text, always there.
    old, new = (side.mutate(identity=_identity(side, keys)) for side in (old, new))
    both = old.outer_join(new, "identity", lname="{name}_before", rname="{name}_after")
    is_new, is_gone = both.identity_before.isnull(), both.identity_after.isnull()
    # Rows that are nothing but a key come and go; none changes.
    steps = (~both[f"{v}_before"].identical_to(both[f"{v}_after"]) for v in values)
    differs = reduce(or_, steps, ibis.literal(False))
    kind = ibis.cases((is_new, "added"), (is_gone, "removed"), (differs, "changed"))
    named = {key: ibis.coalesce(both[f"{key}_after"], both[f"{key}_before"]) for key in keys}
    told = both.mutate(**named, change=kind)
    told = told.filter(told.change.notnull()).order_by(keys)
    return told.select(*keys, "change", *(f"{v}_{side}" for v in values for side in ("before", "after")))


def _printed_on(folded: ir.Table, day: date) -> ir.Table:
    end = ibis.literal(end_of(day))
    return folded.filter((folded.observed_first_at < end) & (folded.ended_at.isnull() | (folded.ended_at >= end)))


def _identity(rows: ir.Table, keys: list[str]) -> ir.StringValue:
    return ibis.literal("\x1f").join([rows[key].cast("string").fill_null("\x1e") for key in keys])
