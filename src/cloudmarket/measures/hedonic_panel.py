"""A panel of prices with characteristics, checked and as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
EXPENDITURE = "expenditure"


@dataclass(frozen=True)
class Prices:
    """One row per product and period, in order of period.

    ``period`` and ``product`` are positions; ``cluster`` that of the group whose errors may be related; ``weight`` adds
    up to 1 within each period where prices are weighted, and is 1 where they are not; ``traits`` (rows, K) are the
    characteristics, categories as indicators without the first, each with mean 0 and standard deviation 1 over the
    panel, which changes no index; ``expenditure`` is missing without quantities.
    """

    periods: pd.Index[Any]
    period: Codes
    product: Codes
    cluster: Codes
    log_price: Array
    weight: Array
    traits: Array
    expenditure: Array

    @property
    def clusters(self) -> int:
        """Number of groups of related errors."""
        return int(self.cluster.max()) + 1

    def price_changes(self) -> int:
        """Return how often a product's price differs from its last one seen."""
        order = np.lexsort((self.period, self.product))
        same = np.diff(self.product[order]) == 0
        return int((same & (np.abs(np.diff(self.log_price[order])) > 1e-12)).sum())

    def matched(self) -> pd.DataFrame:
        """Return by period how many products are seen in another one too, and their share of expenditure."""
        again = np.bincount(self.product)[self.product] > 1
        total = np.bincount(self.period, self.expenditure)
        share = np.bincount(self.period, np.where(again, self.expenditure, self.expenditure * 0.0)) / total
        counts = np.bincount(self.period, again).astype("int64")
        return pd.DataFrame({"products": counts, "expenditure_share": share}, index=self.periods)


def read(
    panel: Any,
    characteristics: Sequence[str],
    *,
    period: str,
    product: str,
    price: str,
    quantity: str,
    weights: str | None,
    cluster: str | None,
) -> Prices:
    """Return a panel as arrays; parameters are those of :func:`~cloudmarket.measures.hedonic.index`.

    Raises
    ------
    ValueError
        If a column is absent, a value is missing, a price or weight is not above zero, a product has two prices in
        one period, there is one period only, periods are texts that may not sort in order of time, a characteristic
        never differs, or there are fewer than two clusters.
    """
    if isinstance(characteristics, str) or not characteristics:
        raise ValueError("characteristics is a list of at least one column")
    frame = _frame(panel).reset_index(drop=True)
    extra = [
        name for name in (quantity if weights == EXPENDITURE else weights, cluster) if name not in (None, "product")
    ]
    needed = list(dict.fromkeys([period, product, price, *characteristics, *map(str, extra)]))
    absent = [name for name in needed if name not in frame]
    if absent:
        raise ValueError(f"the panel has no column {absent[0]!r}")
    _require_values(frame, needed, period, product, price)
    frame = frame.sort_values([period, product], kind="stable", ignore_index=True)
    codes, periods = _in_time(frame[period])
    amount = frame[price] * frame[quantity] if quantity in frame else pd.Series(np.nan, index=frame.index)
    stated = (
        amount if weights == EXPENDITURE else pd.Series(1.0, index=frame.index) if weights is None else frame[weights]
    )
    positive = _numbers(stated)
    if not (np.isfinite(positive) & (positive > 0)).all():
        where = frame.loc[~(np.isfinite(positive) & (positive > 0)), product].iloc[0]
        raise ValueError(f"the weight of {where!r} is missing or not above zero: leave out what was not sold")
    products = pd.factorize(frame[product])[0]
    groups = np.arange(len(frame)) if cluster is None else products
    if cluster not in (None, "product", product):
        groups = pd.factorize(frame[cluster])[0]
    if groups.max() == 0:
        raise ValueError("there is one cluster of errors only, from which nothing can be said of sampling")
    return Prices(
        periods=periods,
        period=codes,
        product=products,
        cluster=groups,
        log_price=np.log(frame[price].to_numpy(dtype="float64")),
        weight=positive if weights is None else np.asarray(positive / np.bincount(codes, positive)[codes]),
        traits=_traits(frame, characteristics),
        expenditure=_numbers(amount),
    )


def _frame(panel: Any) -> pd.DataFrame:
    """Return a frame from a frame, a Parquet path, a DuckDB relation or an Ibis table."""
    if isinstance(panel, pd.DataFrame):
        return panel
    if isinstance(panel, str | Path):
        return pd.read_parquet(panel)
    for method in ("to_arrow_table", "to_pyarrow"):
        if hasattr(panel, method):
            return pd.DataFrame(getattr(panel, method)().to_pandas())
    raise ValueError(
        f"a panel is a frame, a Parquet path, a DuckDB relation or an Ibis table, not {type(panel).__name__}"
    )


def _require_values(frame: pd.DataFrame, needed: list[str], period: str, product: str, price: str) -> None:
    if frame.empty:
        raise ValueError("the panel is empty")
    for name in needed:
        if frame[name].isna().any():
            where = frame.loc[frame[name].isna()].iloc[0]
            raise ValueError(f"{int(frame[name].isna().sum())} rows have no {name}, as {where[product]!r}")
    wrong = frame[~(frame[price] > 0) | np.isinf(frame[price])]
    if len(wrong):
        raise ValueError(f"the price of {wrong[product].iloc[0]!r} is {wrong[price].iloc[0]}, which is not above zero")
    twice = frame[frame.duplicated([period, product])]
    if len(twice):
        raise ValueError(f"{twice[product].iloc[0]!r} has two prices in {twice[period].iloc[0]}: one product, one row")
    if frame[period].nunique() < 2:
        raise ValueError(f"there is one period only, {frame[period].iloc[0]}: an index compares at least two")


def _in_time(labels: pd.Series) -> tuple[Codes, pd.Index[Any]]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.cat.remove_unused_categories()
        return np.asarray(labels.cat.codes, dtype="int64"), pd.Index(labels.cat.categories)
    codes, found = pd.factorize(labels, sort=True)
    periods = pd.Index(found)
    if len({len(name) for name in periods if isinstance(name, str)}) > 1:
        raise ValueError(
            f"periods such as {periods[0]!r} and {periods[-1]!r} are texts of several lengths, whose order may not be"
            " that of time: give dates, numbers or ISO texts as 2024-01"
        )
    return np.asarray(codes, dtype="int64"), periods


def _numbers(column: pd.Series) -> Array:
    return np.asarray(column, dtype="float64")


def _traits(frame: pd.DataFrame, characteristics: Sequence[str]) -> Array:
    columns = []
    for name in dict.fromkeys(characteristics):
        column = frame[name]
        if column.nunique() < 2:
            raise ValueError(f"the characteristic {name!r} never differs: it explains nothing, leave it out")
        is_number = pd.api.types.is_numeric_dtype(column)
        wide = column.to_frame() if is_number else pd.get_dummies(column.astype("str"), drop_first=True)
        columns.append(wide.to_numpy(dtype="float64"))
    traits = np.hstack(columns)
    if not np.isfinite(traits).all():
        raise ValueError("a characteristic is infinite")
    return np.asarray((traits - traits.mean(axis=0)) / traits.std(axis=0))
