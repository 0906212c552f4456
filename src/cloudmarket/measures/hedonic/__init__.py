"""Price indices that hold quality constant by regression on characteristics.

References
----------
Triplett (2006), Handbook on Hedonic Indexes and Quality Adjustments in Price Indexes, OECD, chapter III; de Haan
(2010), Hedonic Price Indexes: A Comparison of Imputation, Time Dummy and 'Re-Pricing' Methods, Jahrbuecher fuer
Nationaloekonomie und Statistik 230(6), 772-791; Consumer Price Index Manual: Concepts and Methods (2020), chapter 8;
Kennedy (1981), Estimation with Correctly Interpreted Dummy Variables, American Economic Review 71(4), 801.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from cloudmarket.measures.hedonic import _comparisons, _time_dummies
from cloudmarket.measures.hedonic._read import read
from cloudmarket.measures.hedonic._sums import Array, Base, Columns, Sums
from cloudmarket.measures.index_numbers import Index

Method = Literal["pooled", "adjacent", "rolling", "characteristics", "imputation"]


def index(
    panel: Any,
    characteristics: Sequence[str],
    method: Method = "pooled",
    window: int | None = None,
    weights: str | None = None,
    cluster: str | None = "product",
    *,
    base: Base = "fixed",
    kennedy: bool = False,
    splice: str = "movement",
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
) -> Index:
    """Return a hedonic price index with its sampling error.

    Log prices are regressed on characteristics, linearly: numbers as they are, texts and truth values as categories.

    Parameters
    ----------
    panel : DataFrame, path of a Parquet file, DuckDB relation or Ibis table
        One row per product and period.
    characteristics : list of str
        Columns that describe quality, at least one.
    method : str
        ``pooled``: dummies of time in one regression over all periods. ``adjacent``: over each two adjacent periods,
        chained. ``rolling``: over each ``window`` of periods, spliced; published periods are not revised.
        ``characteristics``: one regression per period, its coefficients applied to the mean characteristics of both
        periods compared. ``imputation``: prices as observed where a product is in both periods, both imputed where it
        is in one.
    window : int, optional
        Periods per regression, of ``rolling`` only; at least 2.
    weights : str, optional
        ``expenditure`` (price times quantity) or a column; shares within each period. By default every price counts
        the same.
    cluster : str or None
        Column within which errors may be related; ``product``, the default, is the column of products. None: errors
        are unrelated, of unequal variance (HC1).
    base : str
        Of ``characteristics`` and ``imputation``: each period compared with the first, or with the one before.
    splice : str
        Of ``rolling``: how each new window is linked, as in :func:`~cloudmarket.measures.index_numbers.multilateral`:
        ``movement``, ``window``, ``half``, ``mean``; on published values ``wisp``, ``hasp``, ``mean_pub``.
    kennedy : bool
        Take half the variance off the logarithm of each level (Kennedy 1981). Off by default: it corrects the mean of
        the level, and the interval keeps its width.
    period, product, price, quantity : str
        Names of columns. Without quantities, shares of expenditure are missing.

    Returns
    -------
    Index
        ``standard_errors`` are those of the logarithm, over samples of clusters.

    Raises
    ------
    ValueError
        If the panel has gaps, duplicates, prices that are not above zero, one period or one cluster, or does not
        identify what the method asks for; the message names the first case.

    Notes
    -----
    A frame is summed where it is. Every other panel stays in its engine, which is asked for sums by period, and then
    for sums of scores by cluster and period, a block of clusters at a time: memory grows with clusters times
    characteristics and periods up to the size of a block, and no further with rows. What crosses for errors clustered
    by product is a number for each product, period and regression that the period is in; for unrelated errors
    (``cluster=None``) nothing but sums by period. Both ways agree to 1e-12.
    """
    _require_sense(characteristics, method, window, splice, base)
    names = tuple(characteristics)
    columns = Columns(period, product, price, quantity, weights, cluster, names)
    with read(panel, columns) as sums:
        logs, variances, how = _levels(sums, method, window, splice, base)
    errors = np.sqrt(np.maximum(variances, 0.0))
    if kennedy:
        logs, how = logs - errors**2 / 2, f"{how}, Kennedy's correction"
    return Index(
        index=pd.Series(np.exp(logs), index=sums.periods, name="index"),
        standard_errors=pd.Series(errors, index=sums.periods, name="standard_error"),
        matched=sums.matched,
        n_price_changes=sums.price_changes,
        method=f"hedonic, {how}, {'unweighted' if weights is None else f'weighted by {weights}'}",
        degrees_of_freedom=float(sums.clusters - 1),
    )


def _levels(sums: Sums, method: Method, window: int | None, splice: str, base: Base) -> tuple[Array, Array, str]:
    """Return log levels (T,), their variances (T,), and the name of how they were made."""
    count = len(sums.periods)
    if window is not None and window > count:
        raise ValueError(f"window is {window}: this panel takes one of 2 to {count} periods")
    if method in ("characteristics", "imputation"):
        logs, variances = _comparisons.levels(sums, base, keeps_observed=method == "imputation")
        return logs, variances, f"{method}, {base} base"
    span = {"pooled": count, "adjacent": 2}.get(method, window or 2)
    how = f"rolling time dummies of {span} periods, {splice} splice" if window else f"{method} time dummies"
    return *_time_dummies.levels(sums, span, splice), how


def _require_sense(characteristics: Sequence[str], method: str, window: int | None, splice: str, base: str) -> None:
    """Raise ValueError if what is asked for does not exist, whatever the panel."""
    if method not in get_args(Method):
        raise ValueError(f"no method {method!r}: use one of {', '.join(get_args(Method))}")
    if base not in get_args(Base):
        raise ValueError(f"base is {base!r}: say {' or '.join(get_args(Base))}")
    if splice not in _time_dummies.SPLICES:
        raise ValueError(f"splice is {splice!r}: use one of {', '.join(_time_dummies.SPLICES)}")
    if isinstance(characteristics, str) or not characteristics:
        raise ValueError("characteristics is a list of at least one column")
    if (window is not None) != (method == "rolling") or (window is not None and window < 2):
        raise ValueError(f"window is {window}: the rolling method, and no other, takes one, of 2 periods or more")
    if splice != "movement" and method != "rolling":
        raise ValueError(f"splice is {splice!r}: the rolling method, and no other, takes one")
