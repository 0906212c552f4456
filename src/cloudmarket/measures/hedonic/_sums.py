"""What a panel is asked for: sums by period, and sums of scores by cluster and period.

Everything that a hedonic regression needs of prices is sums. With log price y and characteristics z taken around their
means of the period, and weights w, the coefficients follow from the sums of w z z' and w z y of each period (the
dummies of time are eliminated by hand: Frisch, Waugh and Lovell), and a standard error from sums of scores w (c + h'z)
(y - b'z) within clusters, with c, h and b known by then. Two passes, so; nothing that crosses has more rows than there
are clusters in periods, and rows never cross as they are.

References
----------
Wong, Forsell, Lewis, Mao and Wardrop (2021), You Only Compress Once: Optimal Data Compression for Estimating Linear
Models, arXiv 2102.11297, for regressions from sums with clustered errors. Instead of its cross-products within
clusters, K (K + 1) / 2 numbers each, scores are asked for once coefficients are known: as few numbers as there are
levels to have errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Base = Literal["fixed", "chained"]

EXPENDITURE = "expenditure"
PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the panel say what; ``weight`` and ``cluster`` None where prices or errors are all alike."""

    period: str
    product: str
    price: str
    quantity: str
    weights: str | None
    cluster: str | None
    characteristics: tuple[str, ...]

    @property
    def weighted_by(self) -> str | None:
        """The column of which weights are made, other than price."""
        return self.quantity if self.weights == EXPENDITURE else self.weights

    @property
    def grouped_by(self) -> str | None:
        """The column of clusters."""
        return self.product if self.cluster == PRODUCT else self.cluster

    @property
    def needed(self) -> list[str]:
        """Columns in which no value may be missing."""
        stated = [self.period, self.product, self.price, *self.characteristics, self.weighted_by, self.grouped_by]
        return list(dict.fromkeys(name for name in stated if name is not None))


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums by period (T), K characteristics; weights add up to 1 in a period, or to its rows if all are alike.

    ``price`` (T) and ``trait`` (T, K) are means, of the logarithm and in a unit common to all periods; ``cross``
    (T, K, K) and ``cross_price`` (T, K) sums of weighted products of deviations from them; ``clusters`` (T) how many
    have a price in the period.
    """

    rows: Codes
    clusters: Codes
    weight: Array
    price: Array
    trait: Array
    cross: Array
    cross_price: Array


@dataclass(frozen=True, slots=True)
class Observed:
    """How the price relative of a product, imputed or observed, adds to a score: (keys, S) arrays.

    ``share`` times the deviation from the mean: ``offset + slope' z`` imputed; the relative less ``mean`` observed,
    if ``uses_pairs``.
    """

    share: Array
    offset: Array
    slope: Array
    mean: Array
    uses_pairs: bool

    def of(self, chosen: NDArray[np.bool_]) -> Observed:
        """Return what is said of some keys."""
        return Observed(self.share[chosen], self.offset[chosen], self.slope[chosen], self.mean[chosen], self.uses_pairs)


@dataclass(frozen=True, slots=True)
class Slots:
    """Scores w (constant + slope' z) (y - coefficients' z) of the rows of some keys, S for each row.

    ``keys`` (k) are periods, or what :class:`Sums` says of ``base``. ``constant`` (k, S), ``slope`` and
    ``coefficients`` (k, S, K). ``target`` (k, S) says which sum a score belongs to, -1 to none.
    """

    keys: Codes
    constant: Array
    slope: Array
    coefficients: Array
    target: Codes
    observed: Observed | None = None

    def of(self, chosen: NDArray[np.bool_]) -> Slots:
        """Return the slots of some keys."""
        return Slots(
            self.keys[chosen],
            self.constant[chosen],
            self.slope[chosen],
            self.coefficients[chosen],
            self.target[chosen],
            None if self.observed is None else self.observed.of(chosen),
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """Sums over clusters of products of their sums of scores, (J, J), and clusters seen by span of periods."""

    gram: Array
    clusters: Codes


@dataclass(frozen=True, slots=True)
class Pairs:
    """Products with a price in both periods of a comparison, (T - 1, 2): sums over its first and second period.

    ``rows``; ``weight``; ``trait`` (T - 1, 2, K) around the mean of that period; ``relative``, weighted logarithms.
    """

    rows: Codes
    weight: Array
    trait: Array
    relative: Array

    @classmethod
    def none(cls, comparisons: int, traits: int) -> Pairs:
        """Return pairs as they are where all prices are imputed."""
        weight, relative = np.zeros((2, comparisons, 2))
        return cls(np.zeros((comparisons, 2), "int64"), weight, np.zeros((comparisons, 2, traits)), relative)


class Sums(Protocol):
    """A panel that was found sound, in memory or in an engine.

    ``base`` says which rows go with which keys. None: rows of period t with key t. ``chained``: likewise, and slots 0
    and 1 know the price relatives of the product to the period before and to the one after. ``fixed``: rows of period
    t with key t, slot 0 knowing the relative to the first period, and rows of the first period once more with key
    T + t for each t, slot 0 knowing the relative to t.
    """

    @property
    def periods(self) -> pd.Index[Any]:
        """Labels (T,) in order of time."""

    @property
    def moments(self) -> Moments:
        """Sums by period."""

    @property
    def clusters(self) -> int:
        """Number of groups of related errors."""

    @property
    def matched(self) -> pd.DataFrame:
        """By period, how many products are seen in another one too, and their share of expenditure."""

    @property
    def price_changes(self) -> int:
        """How often a product's price differs from its last one seen."""

    def scores(self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None) -> Scores:
        """Return products of sums of scores, for that many sums, and clusters in each span (first, one past last)."""

    def pairs(self, base: Base) -> Pairs:
        """Return sums over products with a price in both periods of each comparison."""


def steps(count: int, base: Base) -> list[tuple[int, int]]:
    """Return the pairs of periods that are compared: with the first, or each with the one before."""
    return [(later - 1 if base == "chained" else 0, later) for later in range(1, count)]
