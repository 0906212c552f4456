"""Hedonic indices from one regression per period: characteristics and double imputation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from cloudmarket.measures.hedonic_fit import Fit, by_period, steps
from cloudmarket.measures.hedonic_panel import Array, Codes, Prices


def levels(prices: Prices, base: str, *, keeps_observed: bool) -> tuple[Array, Array]:
    """Return log levels (T,) and contributions of clusters (clusters, T).

    The logarithm of each comparison is the mean of two: over the products of the first period with its weights, and
    over those of the second with its own (a Tornqvist index with expenditure weights). The relative of a product
    is that of its two imputed prices; with ``keeps_observed``, that of its two prices where it has both.

    Contributions have two parts: errors of the regressions, and which products are in the sample.
    """
    fits = cache(lambda period: by_period(prices, period))
    count = len(prices.periods)
    log, parts = np.zeros(count), np.zeros((prices.clusters, count))
    for first, second in steps(count, base):
        change, share = _comparison(prices, first, second, keeps_observed, fits)
        log[second] = log[first] + change
        parts[:, second] = parts[:, first] + share
    return log, parts


def _comparison(
    prices: Prices, first: int, second: int, keeps_observed: bool, fits: Callable[[int], Fit]
) -> tuple[float, Array]:
    sides = [np.flatnonzero(prices.period == period) for period in (first, second)]
    products = [prices.product[rows] for rows in sides]
    _, one, two = np.intersect1d(products[0], products[1], assume_unique=True, return_indices=True)
    places = (one, two)
    observed = prices.log_price[sides[1]][two] - prices.log_price[sides[0]][one]
    matched = [np.isin(own, other) for own, other in (products, products[::-1])]
    known = [keeps_observed & mask for mask in matched]
    needs_fit = not all(mask.all() for mask in known)
    before, after = (fits(period) if needs_fit else None for period in (first, second))
    change, share = 0.0, np.zeros(prices.clusters)
    for rows, place, mask in zip(sides, places, known, strict=True):
        relative = np.zeros(len(rows))
        if keeps_observed:
            relative[place] = observed
        weight = prices.weight[rows] / prices.weight[rows].sum()
        if needs_fit:
            share += _imputed(prices, rows, relative, np.where(mask, 0.0, weight), before, after)
        mean = float(weight @ relative)
        change += mean / 2
        sampling = weight * (relative - mean) * np.sqrt(len(rows) / max(len(rows) - 1, 1)) / 2
        np.add.at(share, prices.cluster[rows], sampling)
    return change, share


def _imputed(
    prices: Prices, rows: Codes, relative: Array, weight: Array, before: Fit | None, after: Fit | None
) -> Array:
    """Set the relatives of the products that have a weight here, and return what their regressions contribute."""
    if before is None or after is None or not weight.any():
        return np.zeros(prices.clusters)
    design = np.column_stack([np.ones(len(rows)), prices.traits[rows]])
    is_imputed = weight > 0
    relative[is_imputed] = (design @ (after.coefficients - before.coefficients))[is_imputed]
    return np.asarray((after.contributions - before.contributions) @ (weight @ design) / 2)
