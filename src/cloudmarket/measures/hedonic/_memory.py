"""A panel that is a frame: sums by numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._scoring import Gatherer, score
from cloudmarket.measures.hedonic._sums import (
    Array,
    Base,
    Codes,
    Moments,
    Pairs,
    Scores,
    Slots,
    steps,
)


@dataclass(frozen=True)
class Memory:
    """One row per product and period, in order of period.

    ``starts`` (T + 1) says where periods begin; ``product`` and ``cluster`` are positions; ``weight`` adds up to 1
    within each period where prices are weighted, and is 1 where they are not; ``log_price`` and ``traits`` (rows, K),
    categories as indicators without the first, are deviations from means of the period; ``expenditure`` is missing
    without quantities.
    """

    periods: pd.Index[Any]
    starts: Codes
    product: Codes
    cluster: Codes
    is_grouped: bool
    log_price: Array
    weight: Array
    traits: Array
    expenditure: Array
    moments: Moments

    @property
    def clusters(self) -> int:
        """Number of groups of related errors."""
        return int(self.cluster.max()) + 1

    @cached_property
    def period(self) -> Codes:
        """Position of each row's period."""
        return np.repeat(np.arange(len(self.periods)), np.diff(self.starts))

    @property
    def price_changes(self) -> int:
        """How often a product's price differs from its last one seen."""
        order = np.lexsort((self.period, self.product))
        same = np.diff(self.product[order]) == 0
        raw = (self.log_price + self.moments.price[self.period])[order]
        return int((same & (np.abs(np.diff(raw)) > _refusals.SAME_PRICE)).sum())

    @property
    def matched(self) -> pd.DataFrame:
        """By period, how many products are seen in another one too, and their share of expenditure."""
        again = np.bincount(self.product)[self.product] > 1
        total = np.bincount(self.period, self.expenditure)
        share = np.bincount(self.period, np.where(again, self.expenditure, self.expenditure * 0.0)) / total
        counts = np.bincount(self.period, again).astype("int64")
        return pd.DataFrame({"products": counts, "expenditure_share": share}, index=self.periods)

    def scores(self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None) -> Scores:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        gatherer = Gatherer(self.clusters if self.is_grouped else 0, sums)
        for plan in plans:
            for at, (rows, relatives) in self._rows(plan, base):
                found = score(plan, at, self.weight[rows], self.log_price[rows], self.traits[rows], relatives)
                gatherer.add(self.cluster[rows], plan.target[at], found)
        return Scores(gatherer.gram(), self._clusters_of(spans))

    def pairs(self, base: Base) -> Pairs:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        found = Pairs.none(len(self.periods) - 1, self.traits.shape[1])
        for number, pair in enumerate(steps(len(self.periods), base)):
            both = self._both(*pair)
            relative = self._relative(pair, both)
            for side, rows in enumerate(both):
                found.rows[number, side] = len(rows)
                found.weight[number, side] = self.weight[rows].sum()
                found.trait[number, side] = self.weight[rows] @ self.traits[rows]
                found.relative[number, side] = self.weight[rows] @ relative
        return found

    def _rows(self, plan: Slots, base: Base | None) -> Iterator[tuple[int, tuple[slice, Array | None]]]:
        """Return by key its place in the plan, its rows and, by slot, the relatives they know: missing if none."""
        count = len(self.periods)
        for at, key in enumerate(plan.keys):
            period = int(key) if key < count else 0
            rows = slice(self.starts[period], self.starts[period + 1])
            if plan.observed is None or not plan.observed.uses_pairs:
                yield at, (rows, None)
                continue
            relatives = np.full((rows.stop - rows.start, plan.target.shape[1]), np.nan)
            pairs = {"fixed": [(0, int(key) % count)], "chained": [(period - 1, period), (period, period + 1)]}
            for slot, pair in enumerate(pairs[str(base)]):
                if plan.target[at, slot] >= 0 and plan.observed.share[at, slot] != 0:
                    both = self._both(*pair)
                    # With the first period fixed, keys after T say that the row is the earlier of the two.
                    own = both[0] if key >= count or slot == 1 else both[1]
                    relatives[own - rows.start, slot] = self._relative(pair, both)
            yield at, (rows, relatives)

    def _both(self, first: int, second: int) -> tuple[Codes, Codes]:
        """Return rows, in each of two periods, of the products that are in both."""
        one, two = (slice(self.starts[at], self.starts[at + 1]) for at in (first, second))
        _, before, after = np.intersect1d(self.product[one], self.product[two], assume_unique=True, return_indices=True)
        return before + self.starts[first], after + self.starts[second]

    def _relative(self, pair: tuple[int, int], both: tuple[Codes, Codes]) -> Array:
        step = self.moments.price[pair[1]] - self.moments.price[pair[0]]
        return np.asarray(self.log_price[both[1]] - self.log_price[both[0]] + step)

    def _clusters_of(self, spans: list[tuple[int, int]]) -> Codes:
        seen = [self.cluster[self.starts[first] : self.starts[stop]] for first, stop in spans]
        return np.array([len(np.unique(codes)) if self.is_grouped else len(codes) for codes in seen], dtype="int64")


def centre(starts: Codes, groups: Codes, weight: Array, log_price: Array, traits: Array) -> Moments:
    """Take log prices and characteristics around their means of the period, in place, and return sums by period."""
    count, width = len(starts) - 1, traits.shape[1]
    total, price, trait = np.zeros(count), np.zeros(count), np.zeros((count, width))
    cross, cross_price, clusters = np.zeros((count, width, width)), np.zeros((count, width)), np.zeros(count, int)
    for at in range(count):
        rows = slice(starts[at], starts[at + 1])
        shares = weight[rows] / weight[rows].sum()
        total[at], clusters[at] = weight[rows].sum(), len(np.unique(groups[rows]))
        price[at], trait[at] = shares @ log_price[rows], shares @ traits[rows]
        log_price[rows] -= price[at]
        traits[rows] -= trait[at]
        weighted = traits[rows].T * weight[rows]
        cross[at], cross_price[at] = weighted @ traits[rows], weighted @ log_price[rows]
    return Moments(np.diff(starts), clusters, total, price, trait, cross, cross_price)
