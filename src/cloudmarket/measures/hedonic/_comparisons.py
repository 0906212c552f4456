"""Indices from one regression per period: characteristics and double imputation.

The logarithm of each comparison is the mean of two: over the products of the first period with its weights, and over
those of the second with its own (a Tornqvist index with expenditure weights). The relative of a product is that of its
two imputed prices; where observed ones are kept, that of its two prices if it has both.

Errors have two parts: those of the regressions, and which products are in the sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from cloudmarket.measures.hedonic._fit import Fit, one_period
from cloudmarket.measures.hedonic._sums import (
    Array,
    Base,
    Codes,
    Moments,
    Observed,
    Pairs,
    Slots,
    Sums,
    steps,
)


@dataclass(frozen=True, slots=True)
class Side:
    """How rows of one period of a comparison score.

    Regression: ``constant`` and ``slope`` (K,), with the period's ``coefficients`` (K,). Sampling: ``share`` of the
    deviation of the relative from its ``mean``: imputed, ``offset + direct' z``.
    """

    constant: float
    slope: Array
    coefficients: Array
    share: float
    offset: float
    direct: Array
    mean: float


def levels(sums: Sums, base: Base, *, keeps_observed: bool) -> tuple[Array, Array]:
    """Return log levels (T,) and their variances (T,)."""
    count, width = sums.moments.trait.shape
    pairs = sums.pairs(base) if keeps_observed else Pairs.none(count - 1, width)
    fits = cache(lambda period: one_period(sums, period))
    pairs_of_periods = steps(count, base)
    changes, sides = np.zeros(count), []
    for number, (first, second) in enumerate(pairs_of_periods):
        is_all_observed = bool((pairs.rows[number] == sums.moments.rows[[first, second]]).all())
        both = None if is_all_observed else (fits(first), fits(second))
        changes[number + 1], found = _comparison(sums.moments, pairs, number, (first, second), both)
        sides.append(found)
    if base == "chained":
        factors = np.tril(np.ones((count, count - 1)), -1)
        gram = sums.scores([_chained(sides, uses_pairs=keeps_observed)], count - 1, [], base).gram
        return np.cumsum(changes), np.asarray(((factors @ gram) * factors).sum(axis=1))
    gram = sums.scores([_fixed(sides, uses_pairs=keeps_observed)], count - 1, [], base).gram
    return changes, np.concatenate([[0.0], np.diag(gram)])


def _comparison(
    moments: Moments, pairs: Pairs, number: int, periods: tuple[int, int], fits: tuple[Fit, Fit] | None
) -> tuple[float, list[Side]]:
    """Return the change of the logarithm, and how rows of both periods score. No fits: no price is imputed."""
    at, width = list(periods), moments.trait.shape[1]
    weight, rows, trait = moments.weight[at], moments.rows[at], moments.trait[at]
    observed, observed_trait = pairs.weight[number] / weight, pairs.trait[number] / weight[:, None]
    relative = pairs.relative[number] / weight
    imputed = np.where(pairs.rows[number] == rows, 0.0, 1 - observed)
    observed_trait[imputed == 0] = 0.0
    coefficients = np.zeros((2, width)) if fits is None else np.array([fit.coefficients for fit in fits])
    change = coefficients[1] - coefficients[0]
    # Of a product with the mean characteristics of either side, by the regressions of both periods.
    offset = np.diff(moments.price[at])[0] + np.array(
        [(own - trait[1]) @ coefficients[1] - (own - trait[0]) @ coefficients[0] for own in trait]
    )
    mean = relative + imputed * offset - observed_trait @ change
    share = np.sqrt(rows / np.maximum(rows - 1, 1)) / 2 / weight
    sides = []
    for side in (0, 1):
        constant, slope = 0.0, np.zeros(width)
        if fits is not None:
            scale = (-1.0, 1.0)[side] * np.sqrt(fits[side].correction(int(moments.clusters[periods[side]])))
            constant = scale * imputed.mean() / weight[side]
            target = (imputed[:, None] * (trait - trait[side]) - observed_trait).mean(axis=0)
            slope = scale * fits[side].inverse @ target
        sides.append(
            Side(constant, slope, coefficients[side], share[side], offset[side] - mean[side], change, mean[side])
        )
    return float(mean.mean()), sides


def _chained(sides: list[list[Side]], *, uses_pairs: bool) -> Slots:
    """Return slots by period: of the comparison with the period before, and of that with the one after."""
    count = len(sides) + 1
    none = np.zeros(len(sides[0][0].slope))
    nothing = Side(0.0, none, none, 0.0, 0.0, none, 0.0)
    before, after = [nothing, *(side[1] for side in sides)], [*(side[0] for side in sides), nothing]
    target = np.column_stack([np.arange(-1, count - 1), [*range(count - 1), -1]])
    return _slots(np.arange(count), list(zip(before, after, strict=True)), target, uses_pairs=uses_pairs)


def _fixed(sides: list[list[Side]], *, uses_pairs: bool) -> Slots:
    """Return the slot of each later period, then those of the first period in each comparison."""
    later = np.arange(1, len(sides) + 1)
    keys = np.concatenate([later, later + len(sides) + 1])
    rows = [(side[1],) for side in sides] + [(side[0],) for side in sides]
    return _slots(keys, rows, np.concatenate([later - 1, later - 1])[:, None], uses_pairs=uses_pairs)


def _slots(keys: Codes, rows: Sequence[tuple[Side, ...]], target: Codes, *, uses_pairs: bool) -> Slots:
    def collect(name: str) -> Array:
        return np.array([[getattr(side, name) for side in row] for row in rows])

    observed = Observed(collect("share"), collect("offset"), collect("direct"), collect("mean"), uses_pairs)
    return Slots(keys, collect("constant"), collect("slope"), collect("coefficients"), target, observed)
