"""Time-product dummy regression from cell sums.

References
----------
CPI Manual: Concepts and Methods (2020), chapter 10; Krsinich (2016), The FEWS Index; Diewert and Fox (2022),
Substitution Bias in Multilateral Methods for CPI Construction. Clustered errors from sums: Wong, Forsell, Lewis,
Mao and Wardrop (2021), You Only Compress Once, arXiv 2102.11297. Cameron and Miller (2015), A Practitioner's Guide to
Cluster-Robust Inference, Journal of Human Resources 50(2), section III.B: effects nested in clusters do not count as
parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array, Cells


@dataclass(frozen=True, slots=True)
class Fit:
    """Log levels (T) with the first 0, their standard errors (T), and how many products vouch for them."""

    logs: Array
    errors: Array
    clusters: int


def fit(cells: Cells, weight: Array) -> Fit:
    """Regress log price on period and product, and cluster by product.

    The product effects are eliminated by hand: what is left is one T x T system (a Schur complement), made of matrix
    products over cells. A product seen in one period fits itself and is left out, of the clusters too.

    Parameters
    ----------
    cells : Cells
    weight : array (T, N)
        Of each cell, above 0 where sold, 0 elsewhere.

    Raises
    ------
    ValueError
        If groups of periods share no product: levels between them are not identified.
    """
    cells.require_connected()
    periods = len(cells.periods)
    schur, right, clusters, observations = np.zeros((periods, periods)), np.zeros(periods), 0, 0.0
    for part in _parts(cells, weight):
        schur += np.diag(part.weight.sum(axis=1)) - part.weight @ part.per_product.T
        right += (part.weight * part.demeaned).sum(axis=1)
        clusters, observations = clusters + part.weight.shape[1], observations + part.observations
    inverse = np.linalg.inv(schur[1:, 1:])
    level = np.concatenate([[0.0], inverse @ right[1:]])
    if clusters < 2:
        return Fit(level, np.full(periods, np.nan), clusters)
    meat = np.zeros((periods - 1, periods - 1))
    for part in _parts(cells, weight):
        # Where not sold, the weight is 0 and so is the score.
        scores = (part.weight * (part.demeaned - level[:, None] + level @ part.per_product))[1:]
        meat += scores @ scores.T
    # Few clusters and estimated parameters: G / (G - 1) times (n - 1) / (n - T).
    correction = clusters / (clusters - 1) * (observations - 1) / (observations - periods)
    variance = np.diag(inverse @ meat @ inverse) * correction
    return Fit(level, np.concatenate([[0.0], np.sqrt(np.maximum(variance, 0.0))]), clusters)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some products seen more than once: (T, n) weights, these as fractions of a product's, and demeaned log prices."""

    weight: Array
    per_product: Array
    demeaned: Array
    observations: float


def _parts(cells: Cells, weight: Array) -> Iterator[_Part]:
    """Return the regression's sums over products by some thousand of them, so that copies of all are never made."""
    start = 0
    for block in cells.blocks():
        stop = start + len(block.products)
        again = np.flatnonzero(block.sold.sum(axis=0) > 1)
        kept, of_kept = block.of_products(again), weight[:, start:stop][:, again]
        per_product = of_kept / of_kept.sum(axis=0)
        demeaned = kept.log_price - (per_product * kept.log_price).sum(axis=0)
        yield _Part(of_kept, per_product, demeaned, float(kept.rows.sum()))
        start = stop
