"""From a frame to arrays, refusing what no index can be made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._memory import Memory, centre
from cloudmarket.measures.hedonic._scoring import unit
from cloudmarket.measures.hedonic._sums import EXPENDITURE, Array, Codes, Columns


def read(frame: pd.DataFrame, columns: Columns) -> Memory:
    """Return a frame as arrays.

    Raises
    ------
    ValueError
        As :func:`cloudmarket.measures.hedonic.index` says of panels.
    """
    _refusals.require_columns(list(frame.columns), columns)
    frame = frame[[*columns.needed, *([columns.quantity] if columns.quantity in frame else [])]]
    frame = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    _require_values(frame, columns)
    frame = frame.sort_values([columns.period, columns.product], kind="stable", ignore_index=True)
    codes, periods = _in_time(frame[columns.period])
    products = pd.factorize(frame[columns.product])[0]
    groups = np.arange(len(frame)) if columns.grouped_by is None else pd.factorize(frame[columns.grouped_by])[0]
    _refusals.require_clusters(int(groups.max()) + 1)
    starts = np.searchsorted(codes, np.arange(len(periods) + 1))
    weight, expenditure = _weight(frame, codes, columns)
    log_price, traits = np.log(_numbers(frame[columns.price])), _traits(frame, columns)
    moments = centre(starts, groups, weight, log_price, traits)
    return Memory(
        periods, starts, products, groups, columns.cluster is not None, log_price, weight, traits, expenditure, moments
    )


def _require_values(frame: pd.DataFrame, columns: Columns) -> None:
    if frame.empty:
        raise ValueError(_refusals.EMPTY)
    for name in columns.needed:
        if frame[name].isna().any():
            where = frame.loc[frame[name].isna()].iloc[0]
            raise ValueError(_refusals.missing(int(frame[name].isna().sum()), name, where[columns.product]))
    wrong = frame[~(frame[columns.price] > 0) | np.isinf(frame[columns.price])]
    if len(wrong):
        raise ValueError(_refusals.not_positive(wrong[columns.product].iloc[0], wrong[columns.price].iloc[0]))
    twice = frame[frame.duplicated([columns.period, columns.product])]
    if len(twice):
        raise ValueError(_refusals.twice(twice[columns.product].iloc[0], twice[columns.period].iloc[0]))
    if frame[columns.period].nunique() < 2:
        raise ValueError(_refusals.one_period(frame[columns.period].iloc[0]))


def _in_time(labels: pd.Series[Any]) -> tuple[Codes, pd.Index[Any]]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.cat.remove_unused_categories()
        return np.asarray(labels.cat.codes, dtype="int64"), pd.Index(labels.cat.categories)
    codes, found = pd.factorize(labels, sort=True)
    periods = pd.Index(found)
    _refusals.require_in_time(periods)
    return np.asarray(codes, dtype="int64"), periods


def _weight(frame: pd.DataFrame, codes: Codes, columns: Columns) -> tuple[Array, Array]:
    """Return weights, as shares of their period if there are any, and expenditure."""
    has_quantity = columns.quantity in frame
    amount = np.full(len(frame), np.nan)
    if has_quantity:
        amount = _numbers(frame[columns.price]) * _numbers(frame[columns.quantity])
    if columns.weights is None:
        return np.ones(len(frame)), amount
    stated = amount if columns.weights == EXPENDITURE else _numbers(frame[columns.weights])
    is_good = np.isfinite(stated) & (stated > 0)
    if not is_good.all():
        raise ValueError(_refusals.bad_weight(frame.loc[~is_good, columns.product].iloc[0]))
    return stated / np.bincount(codes, stated)[codes], amount


def _traits(frame: pd.DataFrame, columns: Columns) -> Array:
    """Return characteristics (rows, K), numbers around their mean in units of their range, categories as indicators."""
    found = []
    for name in dict.fromkeys(columns.characteristics):
        column = frame[name]
        if column.nunique() < 2:
            raise ValueError(_refusals.constant(name))
        if pd.api.types.is_numeric_dtype(column):
            numbers = _numbers(column)
            if not np.isfinite(numbers).all():
                raise ValueError(_refusals.infinite(name))
            found.append(((numbers - numbers.mean()) / unit(numbers.min(), numbers.max()))[:, None])
        else:
            found.append(pd.get_dummies(column.astype("str"), drop_first=True).to_numpy(dtype="float64"))
    return np.hstack(found)


def _numbers(column: pd.Series[Any]) -> Array:
    return np.asarray(column, dtype="float64")
