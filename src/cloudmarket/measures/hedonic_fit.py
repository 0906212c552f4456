"""Regressions of log prices, and what each cluster contributes to their error.

The contribution of a cluster to a coefficient is its sum of score times the inverse of the cross-products. Squares of
contributions add up to the cluster-robust variance (Liang and Zeger 1986, Biometrika 73(1), 13-22, with the correction
for few clusters that statsmodels and Stata use), and contributions to links of a chain add up before they are squared,
so that links that share prices are not taken for independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import statsmodels.api as sm
from scipy.linalg import qr

from cloudmarket.measures.hedonic_panel import Array, Codes, Prices

RANK_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Fit:
    """Coefficients (K,) and contributions to their errors (clusters, K)."""

    coefficients: Array
    contributions: Array


def fit(prices: Prices, rows: Codes, design: Array, what: str) -> Fit:
    """Return the weighted least squares of log prices on a design of full rank.

    Raises
    ------
    ValueError
        If there are no more prices than coefficients.
    """
    if len(rows) <= design.shape[1]:
        raise ValueError(
            f"{what} has {len(rows)} prices for {design.shape[1]} coefficients: use fewer characteristics or a pooled"
            " regression"
        )
    weight = prices.weight[rows]
    model = sm.WLS(prices.log_price[rows], design, weights=weight).fit()
    scores = design * (weight * model.resid)[:, None]
    sums = np.zeros((prices.clusters, design.shape[1]))
    np.add.at(sums, prices.cluster[rows], scores)
    groups, (count, width) = len(np.unique(prices.cluster[rows])), design.shape
    correction = groups / max(groups - 1, 1) * (count - 1) / (count - width)
    return Fit(np.asarray(model.params), sums @ model.normalized_cov_params * np.sqrt(correction))


def time_dummies(prices: Prices, first: int, last: int) -> Fit:
    """Return log levels of the periods after the first, from one regression over a range of periods.

    Raises
    ------
    ValueError
        If characteristics differ between periods as time does, so that the two cannot be told apart.
    """
    rows = np.flatnonzero((prices.period >= first) & (prices.period <= last))
    count = last - first
    dummies = (prices.period[rows][:, None] == np.arange(first + 1, last + 1)).astype("float64")
    traits = prices.traits[rows]
    base = np.column_stack([np.ones(len(rows)), independent(traits - traits.mean(axis=0))])
    design = np.column_stack([dummies, base])
    span = f"the regression of {prices.periods[first]} to {prices.periods[last]}"
    if is_singular(design):
        raise ValueError(
            f"{span} is not identified: a mix of characteristics differs between periods and not within any, and"
            " cannot be told from time"
        )
    found = fit(prices, rows, design, span)
    return Fit(found.coefficients[:count], found.contributions[:, :count])


def rolling(prices: Prices, window: int) -> tuple[Array, Array]:
    """Return log levels (T,) and contributions (clusters, T): each window adds the movement of its last period."""
    count = len(prices.periods)
    start = time_dummies(prices, 0, window - 1)
    levels, parts = [0.0, *start.coefficients], [np.zeros(prices.clusters), *start.contributions.T]
    for last in range(window, count):
        found = time_dummies(prices, last - window + 1, last)
        before, here = (found.coefficients[-2], found.coefficients[-1]) if window > 2 else (0.0, found.coefficients[-1])
        levels.append(levels[-1] + here - before)
        link = found.contributions[:, -1] - (found.contributions[:, -2] if window > 2 else 0.0)
        parts.append(parts[-1] + link)
    return np.array(levels), np.column_stack(parts)


def by_period(prices: Prices, period: int) -> Fit:
    """Return the coefficients of one period: constant and characteristics.

    Raises
    ------
    ValueError
        If characteristics are collinear in the period, so that other products' prices cannot be imputed.
    """
    rows = np.flatnonzero(prices.period == period)
    design = np.column_stack([np.ones(len(rows)), prices.traits[rows]])
    span = f"period {prices.periods[period]}"
    if len(rows) > design.shape[1] and is_singular(design):
        raise ValueError(
            f"{span} does not identify every characteristic (one never differs in it, or follows from others): use"
            " fewer characteristics or a pooled regression"
        )
    return fit(prices, rows, design, span)


def independent(columns: Array) -> Array:
    """Return as many columns as are linearly independent; which ones does not matter to the effect of time."""
    _, triangle, order = qr(columns, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(triangle))
    rank = int((diagonal > _tolerance(columns)).sum())
    return np.asarray(columns[:, np.sort(order[:rank])])


def steps(count: int, base: str) -> list[tuple[int, int]]:
    """Return the pairs of periods that are compared: with the first, or each with the one before."""
    return list(pairwise(range(count))) if base == "chained" else [(0, later) for later in range(1, count)]


def is_singular(columns: Array) -> bool:
    """Return whether a column follows from others, by the cosines between them: far cheaper than by the columns."""
    length = np.linalg.norm(columns, axis=0)
    if (length <= _tolerance(columns)).any():
        return True
    scaled = columns / length
    return bool(np.linalg.eigvalsh(scaled.T @ scaled)[0] < 1e-10)


def _tolerance(columns: Array) -> float:
    return RANK_TOLERANCE * float(np.sqrt(max(columns.shape[0], 1)))
