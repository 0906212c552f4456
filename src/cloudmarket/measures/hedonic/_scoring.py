"""Scores of rows, and their sums within clusters."""

from __future__ import annotations

import numpy as np

from cloudmarket.measures.hedonic._sums import Array, Codes, Slots


def unit(low: float, high: float) -> float:
    """Return the unit that a number is measured in, so that products of its deviations are of order one."""
    half = high / 2 - low / 2
    return float(2 * half) if np.isfinite(2 * half) and half > 0 else 1.0


def score(plan: Slots, at: int, weight: Array, price: Array, traits: Array, relatives: Array | None) -> Array:
    """Return the scores (rows, S) of rows of one key.

    ``price`` and ``traits`` are deviations from means of the period, ``relatives`` (rows, S) missing where none is
    observed.
    """
    slope = plan.constant[at] + traits @ plan.slope[at].T
    found = slope * (price[:, None] - traits @ plan.coefficients[at].T)
    if plan.observed is not None:
        how = plan.observed
        deviation = how.offset[at] + traits @ how.slope[at].T
        if relatives is not None:
            deviation = np.where(np.isnan(relatives), deviation, relatives - how.mean[at])
        found += how.share[at] * deviation
    return np.asarray(found * weight[:, None])


class Gatherer:
    """Sums of scores within clusters, (clusters, J), or the sum of their products row by row if there are none."""

    def __init__(self, clusters: int, sums: int) -> None:
        self._sums = np.zeros((clusters, sums), order="F")
        self._gram = np.zeros((sums, sums))
        self._is_grouped = clusters > 0

    def add(self, cluster: Codes, target: Codes, scores: Array) -> None:
        """Add the scores (rows, S) of one key; ``target`` (S) says to which sums, -1 to none."""
        used = np.flatnonzero(target >= 0)
        if self._is_grouped:
            for slot in used:
                np.add.at(self._sums[:, target[slot]], cluster, scores[:, slot])
        else:
            self.add_products(target[used], scores[:, used].T @ scores[:, used])

    def add_each(self, cluster: Codes, target: Codes, scores: Array) -> None:
        """Add scores (rows,), each to a sum of its own, -1 to none."""
        is_used = target >= 0
        np.add.at(self._sums, (cluster[is_used], target[is_used]), scores[is_used])

    def add_products(self, target: Codes, products: Array) -> None:
        """Add products of scores (S, S) whose rows have errors of their own."""
        self._gram[np.ix_(target, target)] += products

    def gram(self) -> Array:
        """Return the sum over clusters of products of their sums, (J, J)."""
        return np.asarray(self._sums.T @ self._sums) if self._is_grouped else self._gram
