"""Weighted least squares from sums by period.

The dummies of time are eliminated by hand: coefficients follow from deviations from means of the period (Frisch, Waugh
and Lovell), levels from these means. Standard errors are those of Liang and Zeger (1986), Biometrika 73(1), 13-22,
with the correction for few clusters that statsmodels and Stata use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpstrf

from cloudmarket.measures.hedonic._sums import Array, Codes, Moments, Sums

# A characteristic that varies less than this, as a fraction of its range, varies by rounding.
_ROUNDING = 1e-13
# A share of variance below which a column counts as following from others: correlations of 0.99999999995.
_COLLINEAR = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (K,) of characteristics, 0 of those that follow from others, and the inverse (K, K) they rest on.

    ``start`` and ``stop`` are periods, from first to one past the last; ``degrees`` is rows less coefficients.
    """

    start: int
    stop: int
    coefficients: Array
    inverse: Array
    rows: int
    degrees: int

    def levels(self, moments: Moments) -> Array:
        """Return log levels of the periods, the first 0."""
        price, trait = moments.price[self.start : self.stop], moments.trait[self.start : self.stop]
        return np.asarray(price - price[0] - (trait - trait[0]) @ self.coefficients)

    def correction(self, clusters: int) -> float:
        """Return by what the variance is too small with few clusters and estimated coefficients."""
        return clusters / max(clusters - 1, 1) * (self.rows - 1) / self.degrees


def time_dummies(sums: Sums, start: int, stop: int) -> Fit:
    """Return the regression on dummies of time and characteristics over periods, from first to one past the last.

    Raises
    ------
    ValueError
        If characteristics differ between periods as time does, so that the two cannot be told apart, or there are no
        more prices than coefficients.
    """
    moments, span = sums.moments, slice(start, stop)
    weight, trait = moments.weight[span], moments.trait[span]
    within = moments.cross[span].sum(axis=0)
    between = trait - weight @ trait / weight.sum()
    total = within + (between.T * weight) @ between
    kept = _independent(total, float(weight.sum()))
    what = f"the regression of {sums.periods[start]} to {sums.periods[stop - 1]}"
    if _is_singular(within[np.ix_(kept, kept)], np.diag(total)[kept]):
        raise ValueError(
            f"{what} is not identified: a mix of characteristics differs between periods and not within any, and"
            " cannot be told from time"
        )
    return _solve(moments, start, stop, kept, what)


def one_period(sums: Sums, period: int) -> Fit:
    """Return the regression on characteristics of one period.

    Raises
    ------
    ValueError
        If characteristics are collinear in the period, so that other products' prices cannot be imputed, or there are
        no more prices than coefficients.
    """
    moments, what = sums.moments, f"period {sums.periods[period]}"
    within = moments.cross[period]
    variance = np.diag(within)
    constant = variance <= _ROUNDING**2 * moments.weight[period]
    if moments.rows[period] > len(within) + 1 and (constant.any() or _is_singular(within, variance)):
        raise ValueError(
            f"{what} does not identify every characteristic (one never differs in it, or follows from others): use"
            " fewer characteristics or a pooled regression"
        )
    return _solve(moments, period, period + 1, np.arange(len(within)), what)


def _solve(moments: Moments, start: int, stop: int, kept: Codes, what: str) -> Fit:
    rows, width, traits = int(moments.rows[start:stop].sum()), len(kept) + stop - start, moments.cross.shape[1]
    if rows <= width:
        raise ValueError(
            f"{what} has {rows} prices for {width} coefficients: use fewer characteristics or a pooled regression"
        )
    coefficients, inverse = np.zeros(traits), np.zeros((traits, traits))
    if len(kept):
        within = moments.cross[start:stop].sum(axis=0)[np.ix_(kept, kept)]
        scale = 1 / np.sqrt(np.diag(within))
        factor = cho_factor(within * np.outer(scale, scale))
        right = moments.cross_price[start:stop].sum(axis=0)[kept]
        coefficients[kept] = cho_solve(factor, right * scale) * scale
        inverse[np.ix_(kept, kept)] = cho_solve(factor, np.diag(scale)) * scale[:, None]
    return Fit(start, stop, coefficients, inverse, rows, rows - width)


def _independent(total: Array, weight: float) -> Codes:
    """Return as many columns as are linearly independent; which ones does not matter to the effect of time."""
    varying = np.flatnonzero(np.diag(total) > _ROUNDING**2 * weight)
    if not len(varying):
        return varying
    scale = 1 / np.sqrt(np.diag(total)[varying])
    _, order, rank, _ = dpstrf(total[np.ix_(varying, varying)] * np.outer(scale, scale), tol=_COLLINEAR)
    return np.asarray(varying[np.sort(order[:rank] - 1)])


def _is_singular(cross: Array, variance: Array) -> bool:
    """Return whether a column follows from others, its own variance being what it has of these cross-products."""
    if not len(cross):
        return False
    scale = 1 / np.sqrt(variance)
    return bool(np.linalg.eigvalsh(cross * np.outer(scale, scale))[0] < _COLLINEAR)
