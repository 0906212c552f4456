"""From sums by period and product to cells, refusing what no index can be made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.measures.index_numbers._cells import Array, Cells
from cloudmarket.measures.index_numbers._rows import may_be_cells, rows, source
from cloudmarket.measures.index_numbers._sums import Columns, Panel, sums

_SEVERAL = "several rows; remove the duplicates, or ask for aggregate='unit_value'"
AGGREGATES = (None, "unit_value", "observations")


def cells(panel: Panel, columns: Columns) -> Cells:
    """Return a panel's cells.

    Raises
    ------
    ValueError
        If a column, a period, a product, a price or, for weighted methods, a quantity is missing or not above zero;
        if a product has several rows in a period and no aggregation is asked for; if there are fewer than two
        periods; or if periods are texts that do not sort in order of time.
    """
    if columns.aggregate not in AGGREGATES:
        raise ValueError(f"aggregate is {columns.aggregate!r}; say None, 'unit_value' or 'observations'")
    if columns.aggregate == "unit_value" and not columns.is_weighted:
        columns = replace(columns, is_weighted=True)
    opened = source(panel)
    is_of_rows = columns.aggregate is None and may_be_cells(opened, columns)
    found = rows(opened, columns) if is_of_rows else sums(opened, columns)
    _require_sound(found, columns)
    return _arrays(found, is_of_rows=is_of_rows)


def _require_sound(found: pd.DataFrame, columns: Columns) -> None:
    if found.empty:
        raise ValueError("the panel is empty")
    for name in ("period", "product"):
        if found[name].isna().any():
            raise ValueError(f"{int(found.loc[found[name].isna(), 'rows'].sum())} rows have no {name}")
    _refuse(found, found.bad_prices > 0, f"a {columns.price} that is missing or not above zero")
    if columns.is_weighted:
        remedy = ": what was not sold is left out, not given a quantity of zero"
        _refuse(found, found.bad_quantities > 0, f"a {columns.quantity} that is missing or not above zero{remedy}")
    if columns.aggregate is None:
        _refuse(found, found.rows > 1, _SEVERAL)


def _refuse(found: pd.DataFrame, wrong: pd.Series[bool], what: str) -> None:
    if wrong.any():
        at = found.loc[wrong.to_numpy(), ["product", "period"]]
        product, period = at["product"].iloc[0], at["period"].iloc[0]
        name = repr(product) if isinstance(product, str) else product
        raise ValueError(
            f"product {name} has in period {period!s} {what} ({len(at.drop_duplicates())} such products and periods)"
        )


def _arrays(found: pd.DataFrame, *, is_of_rows: bool) -> Cells:
    period, periods = _codes(found.period)
    product, products = _codes(found["product"])
    _require_in_time(found.period, periods)
    if len(periods) < 2:
        raise ValueError(f"the panel has a single period, {periods[0]}: an index compares at least two")
    at = period.astype(np.int64) * len(products)
    at += product
    if is_of_rows:
        _require_one_row(found, at)

    def spread(values: pd.Series[Any], empty: float) -> Array:
        array = np.full((len(periods), len(products)), empty)
        array.ravel()[at] = values.to_numpy()
        return array

    price, quantity = spread(found.price, np.nan), spread(found.value, np.nan)
    # A quantity that times the cell's price is the cell's expenditure, whatever the price is.
    quantity /= price
    quantity.ravel()[at[found.bad_quantities.to_numpy() > 0]] = np.nan
    return Cells(periods, products, price, quantity, spread(found.rows, 0.0))


def _require_one_row(found: pd.DataFrame, at: NDArray[np.int64]) -> None:
    """Raise ValueError if a cell is met twice."""
    count = np.bincount(at)
    if count.max() > 1:
        _refuse(found, pd.Series(count[at] > 1), _SEVERAL)


def _require_in_time(labels: pd.Series[Any], periods: pd.Index[Any]) -> None:
    """Raise ValueError if periods are texts whose order is not that of time, as month 10 before month 9."""
    is_ordered = isinstance(labels.dtype, pd.CategoricalDtype) and bool(labels.cat.ordered)
    if not is_ordered and len({len(name) for name in periods if isinstance(name, str)}) > 1:
        raise ValueError(
            f"periods such as {periods[0]!r} and {periods[-1]!r} are texts of several lengths, whose order may not be"
            " that of time: give dates, numbers or ISO texts as 2024-01"
        )


def _codes(labels: pd.Series[Any]) -> tuple[Any, pd.Index[Any]]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        codes = labels.cat.codes.to_numpy()
        used = np.flatnonzero(np.bincount(codes))
        # Categories of a reader's own order are kept in it; those of a dictionary are in order of appearance.
        if not labels.cat.ordered:
            used = used[np.asarray(labels.cat.categories[used].argsort())]
        rank = np.zeros(len(labels.cat.categories), dtype=np.intp)
        rank[used] = np.arange(len(used))
        return rank[codes], _plain(labels.cat.categories[used])
    codes, unique = pd.factorize(labels, sort=True)
    return codes, _plain(pd.Index(unique))


def _plain(values: pd.Index[Any]) -> pd.Index[Any]:
    values.name = None
    return values
