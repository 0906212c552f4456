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
    seen_again = cells.sold.sum(axis=0) > 1
    kept, weight = cells.of_products(seen_again), weight[:, seen_again]
    logs, totals = kept.log_price, weight.sum(axis=0)
    per_product = weight / totals
    schur = np.diag(weight.sum(axis=1)) - weight @ per_product.T
    demeaned = np.where(kept.sold, logs - (per_product * logs).sum(axis=0), 0.0)
    inverse = np.linalg.inv(schur[1:, 1:])
    level = np.concatenate([[0.0], inverse @ (weight * demeaned).sum(axis=1)[1:]])
    residual = demeaned - (level[:, None] - level @ per_product)
    errors, clusters = np.full(len(level), np.nan), int(seen_again.sum())
    if clusters > 1:
        scores = (weight * np.where(kept.sold, residual, 0.0))[1:]
        covariance = inverse @ (scores @ scores.T) @ inverse * _correction(kept, clusters)
        errors = np.concatenate([[0.0], np.sqrt(np.maximum(np.diag(covariance), 0.0))])
    return Fit(level, errors, clusters)


def _correction(cells: Cells, clusters: int) -> float:
    """Return the correction for few clusters and estimated parameters: G / (G - 1) times (n - 1) / (n - T)."""
    observations, periods = float(cells.rows.sum()), len(cells.periods)
    return clusters / (clusters - 1) * (observations - 1) / (observations - periods)
