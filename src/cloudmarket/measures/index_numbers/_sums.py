"""Sums by period and product, from wherever the rows are: one GROUP BY in the engine, or a grouping in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from cloudmarket import engine

Panel: TypeAlias = pd.DataFrame | str | Path | duckdb.DuckDBPyRelation | ir.Table

_VIEW = "cloudmarket_panel"


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
    quantity) and price: the only one, or the unit value, or for observations the geometric mean, by value where the
    method is weighted.

    Raises
    ------
    ValueError
        If a column or the file does not exist.
    TypeError
        If the panel is nothing that holds one.
    """
    if isinstance(panel, pd.DataFrame):
        return _in_memory(panel, columns)
    if isinstance(panel, duckdb.DuckDBPyRelation):
        return _in_connection(panel, columns)
    if isinstance(panel, (str, Path)):
        if not Path(panel).exists():
            raise ValueError(f"there is no file {panel}")
        panel = engine.parquet(Path(panel))
    if not isinstance(panel, ir.Table):
        raise TypeError(f"a panel is a frame, a Parquet path, a DuckDB relation or an Ibis table, not {type(panel)}")
    return _frame(_grouped(panel, columns).to_pyarrow())


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
    # What is not sound is counted and refused later: here it only must not spoil the arithmetic.
    price, quantity = np.where(good_price, price, 1.0), np.where(good_quantity, quantity, np.nan)
    log_price, value, is_unit_value = np.log(price), price * quantity, columns.aggregate == "unit_value"
    weight = value if columns.is_weighted else np.ones(len(panel))
    rows = pd.DataFrame(
        {
            "period": panel[columns.period].array,
            "product": panel[columns.product].array,
            "rows": 1,
            "bad_prices": ~good_price,
            "bad_quantities": ~good_quantity,
            "value": value,
            "above": value if is_unit_value else price if columns.aggregate is None else weight * log_price,
            "below": quantity if is_unit_value else weight,
        }
    )
    found: pd.DataFrame = rows.groupby(["period", "product"], sort=False, dropna=False, observed=True).sum()
    found["price"] = found.above if columns.aggregate is None else found.above / found.below
    if columns.aggregate == "observations":
        found["price"] = found.price.map(np.exp)
    return found.drop(columns=["above", "below"]).reset_index()


def _in_connection(relation: duckdb.DuckDBPyRelation, columns: Columns) -> pd.DataFrame:
    """Return the sums of a relation, which belongs to its own connection: compile the query, and run it there."""
    schema = ibis.Schema.from_pyarrow(relation.limit(0).to_arrow_table().schema)
    query = str(ibis.to_sql(_grouped(ibis.table(schema, name=_VIEW), columns), dialect="duckdb"))
    found = relation.query(_VIEW, query)
    assert found is not None, "a SELECT has a result"
    return _frame(found.to_arrow_table())


def _grouped(table: ir.Table, columns: Columns) -> ir.Table:
    has_quantity = _has_quantity(list(table.columns), columns)
    price = table[columns.price].cast("float64")
    quantity = table[columns.quantity].cast("float64") if has_quantity else price.nullif(price)
    # NaN compares above every number, so the upper bound leaves it out too.
    good_price = ((price > 0) & (price < float("inf"))).fill_null(False)
    good_quantity = ((quantity > 0) & (quantity < float("inf"))).fill_null(False)
    value = price * quantity
    if columns.aggregate is None:
        cell_price = price.sum()
    elif columns.aggregate == "unit_value":
        cell_price = value.sum() / quantity.sum()
    else:
        log_price = ibis.ifelse(good_price, price, 1.0).ln()
        mean = (value * log_price).sum() / value.sum() if columns.is_weighted else log_price.mean()
        cell_price = mean.exp()
    return table.group_by(period=table[columns.period], product=table[columns.product]).agg(
        rows=table.count(),
        bad_prices=(~good_price).sum(),
        bad_quantities=(~good_quantity).sum(),
        value=value.sum(),
        price=cell_price,
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    # Dictionaries keep each period and product once: a name per cell would be most of the memory.
    for name in ("period", "product"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(at).dictionary_encode())
    frame: pd.DataFrame = table.to_pandas()
    return frame
