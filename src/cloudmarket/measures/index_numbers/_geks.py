"""GEKS: the transitive index closest to all bilateral ones.

References
----------
Gini (1931), Elteto and Koves (1964), Szulc (1964); Ivancic, Diewert and Fox (2011), Scanner data, time aggregation and
the construction of price indexes, Journal of Econometrics 161, 24-35; on Tornqvist: Caves, Christensen and Diewert
(1982). CPI Manual: Concepts and Methods (2020), chapter 10.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array, Cells, require_linked


def fisher(cells: Cells, reach: int) -> Array:
    """Return the logarithm of Fisher's index of every pair of periods, base by comparison, missing without overlap."""

    def costs(part: Cells) -> tuple[Array, Array]:
        price, quantity = _sold(part, part.price), _sold(part, part.quantity)
        return _products(quantity, price, reach), _products(part.value, _one(part), reach)

    cost, matched = _sums(cells, costs)
    return (_log(cost) - _log(matched) + _log(matched.T) - _log(cost.T)) / 2


def tornqvist(cells: Cells, reach: int) -> Array:
    """Return the logarithm of Tornqvist's index of every pair, shares being those of the matched products."""

    def changes(part: Cells) -> tuple[Array, Array]:
        value, logs, sold = part.value, part.log_price, _one(part)
        at_own = _products(value * logs, sold, reach)
        return _products(value, logs, reach) - at_own, _products(value, sold, reach)

    change, matched = _sums(cells, changes)
    with np.errstate(invalid="ignore"):
        mean = change / matched
    pairs: Array = (mean - mean.T) / 2
    return pairs


def walsh(cells: Cells, reach: int) -> Array:
    """Return the logarithm of Walsh's index of every pair."""

    def costs(part: Cells) -> tuple[Array, ...]:
        root = np.sqrt(_sold(part, part.quantity))
        return (_products(root, root * _sold(part, part.price), reach),)

    (cost,) = _sums(cells, costs)
    return _log(cost) - _log(cost.T)


def jevons(cells: Cells, reach: int) -> Array:
    """Return the logarithm of Jevons' index of every pair."""

    def totals(part: Cells) -> tuple[Array, Array]:
        sold = _one(part)
        return _products(sold, part.log_price, reach), _products(sold, sold, reach)

    total, count = _sums(cells, totals)
    with np.errstate(invalid="ignore"):
        pairs: Array = (total - total.T) / count
    return pairs


def _sums(cells: Cells, of: Callable[[Cells], tuple[Array, ...]]) -> tuple[Array, ...]:
    """Return sums over products, (T, T) each, block by block."""
    parts = (of(part) for part in cells.blocks())
    totals = next(parts)
    for matrices in parts:
        for total, matrix in zip(totals, matrices, strict=True):
            total += matrix
    return totals


def _products(left: Array, right: Array, reach: int) -> Array:
    """Return ``left @ right.T`` of pairs of periods at most ``reach`` apart; of those farther apart some, or zeros."""
    periods = len(left)
    if 3 * reach >= periods:
        found: Array = left @ right.T
        return found
    found = np.zeros((periods, periods))
    for start in range(0, periods, reach):
        strip, near = slice(start, start + reach), slice(max(start - reach, 0), start + 2 * reach)
        found[strip, near] = left[strip] @ right[near].T
    return found


def _sold(cells: Cells, values: Array) -> Array:
    return np.where(cells.sold, values, 0.0)


def _one(cells: Cells) -> Array:
    return cells.sold.astype("float64")


def _log(values: Array) -> Array:
    return np.log(np.where(values > 0, values, np.nan))


PAIRS: dict[str, Callable[[Cells, int], Array]] = {
    "geks-fisher": fisher,
    "geks-tornqvist": tornqvist,
    "ccdi": tornqvist,
    "geks-walsh": walsh,
    "geks-jevons": jevons,
}


def levels(pairs: Array, cells: Cells) -> Array:
    """Return the log levels, first 0, whose differences are closest to the pairs known, in least squares.

    With all pairs known it is the geometric mean over all links. A pair without overlap is no observation: left out
    of the sum of squares, the result stays transitive, which a mean over the links left would not.

    Parameters
    ----------
    pairs : array (T, T)
        Antisymmetric, missing where two periods share no product.
    cells : Cells
        Of the T periods, to name them.

    Raises
    ------
    ValueError
        If groups of periods are not linked.
    """
    known = np.isfinite(pairs)
    require_linked(known, cells.periods)
    np.fill_diagonal(known, False)
    laplacian = np.diag(known.sum(axis=1)) - known.astype("float64")
    right = -np.where(known, pairs, 0.0).sum(axis=1)
    solved = np.linalg.solve(laplacian[1:, 1:], right[1:])
    return np.concatenate([[0.0], solved])
