"""Rows as they are, for a panel of one row per product and period: no grouping, one pass over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from cloudmarket import engine
from cloudmarket.measures.index_numbers._cells import Array
from cloudmarket.measures.index_numbers._sums import Columns, Panel, asked

Source: TypeAlias = pd.DataFrame | duckdb.DuckDBPyRelation | ir.Table
Labels: TypeAlias = dict[str, Any]
# The estimate of distinct values is off by some percent.
_SLACK = 1.5


def source(panel: Panel) -> Source:
    """Return what can be read, a path being opened.

    Raises
    ------
    ValueError
        If there is no such file.
    TypeError
        If the panel is nothing that holds one.
    """
    if isinstance(panel, (str, Path)):
        return engine.scan(panel)
    if not isinstance(panel, (pd.DataFrame, duckdb.DuckDBPyRelation, ir.Table)):
        raise TypeError(f"a panel is a frame, a Parquet path, a DuckDB relation or an Ibis table, not {type(panel)}")
    return panel


def may_be_cells(panel: Source, columns: Columns) -> bool:
    """Return whether there are no more rows than cells, roughly: then reading them brings no more than sums would.

    With more rows some product has several in a period. The engine estimates the numbers of periods and products
    (HyperLogLog), for no more than a look at two columns.
    """
    if isinstance(panel, pd.DataFrame):
        return True
    names = _names(list(panel.columns), columns)
    found = asked(
        panel,
        lambda table, total: table.aggregate(
            rows=table.count(), periods=table[names[0]].approx_nunique(), products=table[names[1]].approx_nunique()
        ),
    ).to_pylist()[0]
    return bool(found["rows"] <= _SLACK * max(found["periods"], 1) * max(found["products"], 1))


def rows(panel: Source, columns: Columns) -> pd.DataFrame:
    """Return the columns of :func:`_sums.sums`, one row per row of the panel, in its order.

    Whether a product has several rows in a period is left to who puts them into cells, which finds out for nothing.

    Raises
    ------
    ValueError
        If a column does not exist.
    """
    labels, numbers = _in_memory(panel, columns) if isinstance(panel, pd.DataFrame) else _read(panel, columns)
    price = numbers[0]
    quantity = numbers[1] if len(numbers) > 1 else np.full(len(price), np.nan)
    with np.errstate(invalid="ignore"):
        good_price, good_quantity = (np.isfinite(numbers) & (numbers > 0) for numbers in (price, quantity))
        value = price * quantity
    found = {"rows": np.ones(len(price), np.int8), "bad_prices": ~good_price, "bad_quantities": ~good_quantity}
    return pd.DataFrame({**labels, **found, "value": value, "price": price}, copy=False)


def _names(present: list[str], columns: Columns) -> list[str]:
    """Return the names of the columns to read; without quantities the last is left out."""
    needed = [columns.period, columns.product, columns.price] + [columns.quantity] * columns.is_weighted
    absent = [name for name in needed if name not in present]
    if absent:
        raise ValueError(f"the panel has no column {absent[0]!r}; its columns are {', '.join(map(str, present))}")
    return [*needed[:3], columns.quantity] if columns.quantity in present else needed


def _in_memory(panel: pd.DataFrame, columns: Columns) -> tuple[Labels, list[Array]]:
    period, product, *numbers = _names(list(panel.columns), columns)
    # Without the index of the frame, which has no say and would be aligned on.
    labels = {"period": panel[period].array, "product": panel[product].array}
    return labels, [pd.to_numeric(panel[name]).to_numpy(dtype=np.float64) for name in numbers]


def _read(panel: duckdb.DuckDBPyRelation | ir.Table, columns: Columns) -> tuple[Labels, list[Array]]:
    names = _names(list(panel.columns), columns)
    if isinstance(panel, duckdb.DuckDBPyRelation):
        table = panel.select(*map(duckdb.ColumnExpression, names)).to_arrow_table()
    else:
        table = engine.fetch(panel.select(*names))
    # Dictionaries keep each period and product once: a name per row would be most of the memory.
    labels = {
        role: table.column(name).dictionary_encode().to_pandas().array
        for role, name in zip(("period", "product"), names[:2], strict=True)
    }
    return labels, [table.column(name).cast(pa.float64()).to_numpy() for name in names[2:]]
