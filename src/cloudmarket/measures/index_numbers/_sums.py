"""Sums by period and product, from wherever the rows are: one GROUP BY in the engine, or a grouping in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from cloudmarket import engine

Panel: TypeAlias = pd.DataFrame | str | Path | duckdb.DuckDBPyRelation | ir.Table

_VIEW = "cloudmarket_panel"
_COLUMNS = ["period", "product", "rows", "bad_prices", "bad_quantities", "value", "price"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the panel say what, whether the method needs quantities, and how rows become a cell."""

    period: str
    product: str
    price: str
    quantity: str
    is_weighted: bool
    aggregate: str | None = None


def sums(panel: Panel, columns: Columns) -> pd.DataFrame:
    """Return one row per period and product: all that every method is made of, and how many rows are not sound.

    Columns are period, product, rows, bad_prices, bad_quantities (numbers of rows), value (the sum of price times
    quantity, missing where a row is not sound) and price: the only one, or the unit value, or for observations the
    geometric mean, by value where the method is weighted.

    The engine passes once over the rows of a sound panel, and a second time over one that is to be refused. On DuckDB
    sums are compensated: the order of rows and the number of threads move a cell by units in the last place, so that
    an index repeats to a relative 1e-12, and to the byte where files below 512 MB are read, on one thread. On Spark
    and other engines sums are plain, and their error grows with the number of rows of a cell.

    Raises
    ------
    ValueError
        If a column or the file does not exist.
    TypeError
        If the panel is nothing that holds one.
    """
    if isinstance(panel, pd.DataFrame):
        return _in_memory(panel, columns)
    if isinstance(panel, (str, Path)):
        panel = engine.scan(panel)
    if not isinstance(panel, (ir.Table, duckdb.DuckDBPyRelation)):
        raise TypeError(f"a panel is a frame, a Parquet path, a DuckDB relation or an Ibis table, not {type(panel)}")
    return _in_engine(panel, columns)


def _has_quantity(names: list[str], columns: Columns) -> bool:
    needed = [columns.period, columns.product, columns.price] + [columns.quantity] * columns.is_weighted
    absent = [name for name in needed if name not in names]
    if absent:
        raise ValueError(f"the panel has no column {absent[0]!r}; its columns are {', '.join(map(str, names))}")
    return columns.quantity in names


def _in_memory(panel: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    has_quantity = _has_quantity(list(panel.columns), columns)
    price = pd.to_numeric(panel[columns.price]).astype("float64").to_numpy()
    quantity = np.full(len(panel), np.nan)
    if has_quantity:
        quantity = pd.to_numeric(panel[columns.quantity]).astype("float64").to_numpy()
    good_price, good_quantity = np.isfinite(price) & (price > 0), np.isfinite(quantity) & (quantity > 0)
    price, quantity = np.where(good_price, price, np.nan), np.where(good_quantity, quantity, np.nan)
    rows = pd.DataFrame(
        {
            "period": panel[columns.period].array,
            "product": panel[columns.product].array,
            "rows": 1,
            "bad_prices": ~good_price,
            "bad_quantities": ~good_quantity,
            **_terms(price, quantity, np.log(price), columns),
        }
    )
    groups = rows.groupby(["period", "product"], sort=False, dropna=False, observed=True)
    return _with_price(groups.sum(skipna=False).reset_index(), columns)


def _in_engine(panel: ir.Table | duckdb.DuckDBPyRelation, columns: Columns) -> pd.DataFrame:
    has_quantity = _has_quantity(list(panel.columns), columns)
    found = _frame(_run(panel, columns, counts_bad=False))
    if found.drop(columns=["period", "product"]).isna().any(axis=None):
        found = _frame(_run(panel, columns, counts_bad=True))
    found = found.assign(**{name: 0 for name in ("bad_prices", "bad_quantities") if name not in found})
    if not has_quantity:
        found = found.assign(value=np.nan, bad_quantities=found.rows)
    return _with_price(found, columns)


def _terms(price: Any, quantity: Any, log_price: Any, columns: Columns) -> dict[str, Any]:
    """Return what is summed, by row, of arrays or expressions: missing where the row is not sound, and so the sum."""
    value = price * quantity
    if columns.aggregate is None:
        return {"value": value, "above": price}
    if columns.aggregate == "unit_value":
        return {"value": value, "below": quantity}
    return {"value": value, "above": value * log_price if columns.is_weighted else log_price}


def _with_price(found: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Return the documented columns: the price of a cell is made here, and a cluster divides by no zero."""
    if columns.aggregate is None:
        found["price"] = found.above
    elif columns.aggregate == "unit_value":
        found["price"] = found.value / found.below
    else:
        found["price"] = np.exp(found.above / (found.value if columns.is_weighted else found.rows))
    return found[_COLUMNS]


def asked(
    panel: ir.Table | duckdb.DuckDBPyRelation, question: Callable[[ir.Table, engine.Total], ir.Table]
) -> pa.Table:
    """Return the answer to a question of aggregates, from the panel's own connection: nobody else knows its rows."""
    if isinstance(panel, ir.Table):
        return engine.fetch(question(panel, engine.total_of(panel)))
    schema = ibis.Schema.from_pyarrow(panel.limit(0).to_arrow_table().schema)
    query = ibis.to_sql(question(ibis.table(schema, name=_VIEW), engine.fsum), dialect="duckdb")
    found = panel.query(_VIEW, str(query))
    assert found is not None, "a SELECT has a result"
    return found.to_arrow_table()


def _run(panel: ir.Table | duckdb.DuckDBPyRelation, columns: Columns, *, counts_bad: bool) -> pa.Table:
    return asked(panel, lambda table, total: _grouped(table, columns, total, counts_bad=counts_bad))


def _grouped(table: ir.Table, columns: Columns, total: engine.Total, *, counts_bad: bool) -> ir.Table:
    has_quantity = columns.quantity in table.columns
    price, good_price = _sound(table[columns.price])
    quantity, good_quantity = _sound(table[columns.quantity]) if has_quantity else (price, ibis.literal(False))
    terms = _terms(price, quantity, price.ln(), columns)
    if not has_quantity:
        del terms["value"]
    bad = {"bad_prices": good_price, "bad_quantities": good_quantity} if counts_bad else {}
    return table.group_by(period=table[columns.period], product=table[columns.product]).agg(
        rows=table.count(),
        **{name: table.count(where=~is_good) for name, is_good in bad.items()},
        **{name: total(term) for name, term in terms.items()},
    )


def _sound(column: ir.Value) -> tuple[ir.FloatingValue, ir.BooleanValue]:
    """Return a column's values, NaN where they are not sound, and where they are.

    NaN compares above every number, so the upper bound leaves it out too. Arithmetic carries NaN into the sum, which
    says at no cost that something in the cell is wrong.
    """
    value = column.cast("float64")
    is_good = ((value > 0) & (value < float("inf"))).fill_null(False)
    return ibis.ifelse(is_good, value, float("nan")), is_good


def _frame(table: pa.Table) -> pd.DataFrame:
    # Dictionaries keep each period and product once: a name per cell would be most of the memory.
    for name in ("period", "product"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(at).dictionary_encode())
    frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return frame
