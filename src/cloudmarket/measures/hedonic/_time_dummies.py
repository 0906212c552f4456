"""Indices from dummies of time: one regression over all periods, or one for each window, spliced.

What is published is a sum of changes, each a mix of the levels of one or two windows, so that its error is that of a
sum too: contributions of clusters to the changes add up before they are squared, and windows that share prices are not
taken for independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from cloudmarket.measures.hedonic._fit import Fit, time_dummies
from cloudmarket.measures.hedonic._sums import Array, Slots, Sums
from cloudmarket.measures.index_numbers import _windows

SPLICES = tuple(name for name in _windows.SPLICES if not name.startswith("fb"))


@dataclass(frozen=True, slots=True)
class Part:
    """A change: a mix (periods of the window,) of the levels of one window, whose factors add up to 0."""

    fit: Fit
    mix: Array


def levels(sums: Sums, window: int, splice: str) -> tuple[Array, Array]:
    """Return log levels (T,) and their variances (T,)."""
    count = len(sums.periods)
    fits = cache(lambda start, stop: time_dummies(sums, start, stop))
    logs = _windows.extend(
        lambda start, stop: fits(start, stop).levels(sums.moments), count, window, splice if window < count else None
    )
    if window >= count:
        return logs, _pooled(sums, fits(0, count))
    parts, factors = _published(sums, [fits(*span) for span in _windows.spans(count, window, splice)], splice)
    plans = _plans(sums, parts, window)
    spans = [(part.fit.start, part.fit.stop) for part in parts]
    found = sums.scores(plans, len(parts), spans, None)
    scale = [part.fit.correction(int(number)) for part, number in zip(parts, found.clusters, strict=True)]
    factors = factors * np.sqrt(scale)
    return logs, np.asarray(((factors @ found.gram) * factors).sum(axis=1))


def _pooled(sums: Sums, fit: Fit) -> Array:
    """Return variances (T,) of one regression: scores are summed by dummy and by characteristic."""
    moments, (count, width) = sums.moments, sums.moments.trait.shape
    constant, slope = np.zeros((count, width + 1)), np.zeros((count, width + 1, width))
    constant[:, 0], slope[:, 1:] = 1.0, np.eye(width)
    target = np.column_stack([np.arange(count), np.tile(np.arange(count, count + width), (count, 1))])
    coefficients = np.broadcast_to(fit.coefficients, slope.shape)
    plan = Slots(np.arange(count), constant, slope, coefficients, target)
    found = sums.scores([plan], count + width, [(0, count)], None)
    factors = np.hstack([np.diag(1 / moments.weight), -(moments.trait - moments.trait[0]) @ fit.inverse])
    factors[:, 0] -= 1 / moments.weight[0]
    factors[0] = 0.0
    return np.asarray(((factors @ found.gram) * factors).sum(axis=1) * fit.correction(int(found.clusters[0])))


def _published(sums: Sums, fits: list[Fit], splice: str) -> tuple[list[Part], Array]:
    """Return the parts and their factors (T, parts) in each published log level.

    ``fits`` are, by period, the window that its level was published from. See ``index_numbers._windows.extend``, of
    which this is the derivative.
    """
    window, count = fits[0].stop, len(sums.periods)
    unit = np.eye(window)
    parts = [Part(fits[0], unit[at] - unit[0]) for at in range(1, window)]
    links = _windows._links(splice, window)
    rows = [np.zeros(0), *np.eye(window - 1)]
    for last in range(window, count):
        before = np.arange(last - window + 1, last)[links] if splice in ("wisp", "hasp", "mean_pub") else [last - 1]
        # Rows grow with the parts: what is not yet there has no factor.
        longest = max(len(rows[at]) for at in before)
        known = np.mean([np.pad(rows[at], (0, longest - len(rows[at]))) for at in before], axis=0)
        added = [Part(fits[last], unit[-1] - unit[:-1][links].mean(axis=0))]
        if splice not in ("wisp", "hasp", "mean_pub", "movement"):
            added.append(Part(fits[last - 1], unit[1:][links].mean(axis=0) - unit[-1]))
        row = np.zeros(len(parts) + len(added))
        row[: len(known)] = known
        row[len(parts) :] = 1.0
        parts += added
        rows.append(row)
    return parts, np.array([np.pad(row, (0, len(parts) - len(row))) for row in rows])


def _plans(sums: Sums, parts: list[Part], window: int) -> list[Slots]:
    """Return the scores to sum: those of rows of the first window, which have more, and those of later rows."""
    count = len(sums.periods)
    of_period: list[list[int]] = [
        [number for number, part in enumerate(parts) if part.fit.start <= period < part.fit.stop]
        for period in range(count)
    ]
    return [_plan(sums, parts, of_period, keys) for keys in (range(window), range(window, count))]


def _plan(sums: Sums, parts: list[Part], of_period: list[list[int]], keys: range) -> Slots:
    moments, width = sums.moments, sums.moments.trait.shape[1]
    slots = max(len(of_period[key]) for key in keys)
    constant, target = np.zeros((len(keys), slots)), np.full((len(keys), slots), -1)
    slope, coefficients = np.zeros((2, len(keys), slots, width))
    slopes = [part.fit.inverse @ (part.mix @ moments.trait[part.fit.start : part.fit.stop]) for part in parts]
    for at, key in enumerate(keys):
        for slot, number in enumerate(of_period[key]):
            part = parts[number]
            constant[at, slot] = part.mix[key - part.fit.start] / moments.weight[key]
            slope[at, slot], coefficients[at, slot] = -slopes[number], part.fit.coefficients
            target[at, slot] = number
    return Slots(np.array(keys), constant, slope, coefficients, target)
