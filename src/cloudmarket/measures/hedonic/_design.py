"""A panel in an engine under names of our own, with its characteristics as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._sums import EXPENDITURE, Columns


@dataclass(frozen=True, slots=True)
class Trait:
    """A number, or whether a category (``column``) is ``level``; ``name`` is that of the characteristic."""

    name: str
    column: str
    level: str | None = None

    def of(self, rows: ir.Table) -> ir.FloatingValue:
        """Return the values as an expression."""
        column = rows[self.column]
        return column if self.level is None else (column == self.level).cast("float64")


@dataclass(frozen=True, slots=True)
class Design:
    """Rows with ``period``, ``product``, ``price``, ``weight``, ``value``, ``cluster`` and a column by characteristic.

    ``stated`` maps columns of the panel, in which no value may be missing, to those of ``rows``.
    """

    rows: ir.Table
    stated: dict[str, str]
    traits: list[Trait]


def design(table: ir.Table, columns: Columns) -> Design:
    """Return a panel under names of our own.

    Raises
    ------
    ValueError
        If a column is absent, or a category never differs.
    """
    _refusals.require_columns(list(table.columns), columns)
    stated = {columns.period: "period", columns.product: "product", columns.price: "price"}
    wanted = {
        "period": table[columns.period],
        "product": table[columns.product],
        "price": _number(table[columns.price]),
    }
    wanted["value"] = ibis.literal(float("nan"))
    if columns.quantity in table.columns:
        wanted["value"] = (wanted["price"] * _number(table[columns.quantity])).fill_null(float("nan"))
    wanted["weight"] = ibis.literal(1.0)
    if columns.weighted_by is not None:
        stated.setdefault(columns.weighted_by, "measure")
        wanted["measure"] = _number(table[columns.weighted_by])
        wanted["weight"] = wanted["value"] if columns.weights == EXPENDITURE else wanted["measure"]
    if columns.grouped_by is not None:
        stated.setdefault(columns.grouped_by, "cluster")
        wanted["cluster"] = table[columns.grouped_by]
    names = list(dict.fromkeys(columns.characteristics))
    for number, name in enumerate(names):
        is_number = table[name].type().is_numeric() or table[name].type().is_boolean()
        wanted[f"trait{number}"] = _number(table[name]) if is_number else table[name].cast("string")
        stated.setdefault(name, f"trait{number}")
    rows = table.select(**wanted)
    traits = [trait for number, name in enumerate(names) for trait in _traits(rows, name, f"trait{number}")]
    return Design(rows, stated, traits)


def _number(column: ir.Value) -> ir.FloatingValue:
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number) if column.type().is_floating() else number


def _traits(rows: ir.Table, name: str, column: str) -> list[Trait]:
    if rows[column].type().is_floating():
        return [Trait(name, column)]
    found = rows.filter(rows[column].notnull()).select(column).distinct().to_pyarrow()
    levels = sorted(found.column(column).to_pylist())
    if len(levels) < 2:
        # One level, or none but gaps or rows at all: these are for the count of gaps to name.
        return [Trait(name, column, levels[0])] if levels else []
    return [Trait(name, column, level) for level in levels[1:]]
