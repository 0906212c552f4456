"""Shares of a market of which a part is unknown: what they may be, and the extremes of what follows from them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Interval = tuple[float, float]

UNITS = {"fraction": 1.0, "percent": 100.0}
MOST_INTERVALS = 12
MOST_FIRMS = 25
# Sums of decimal fractions are off by some units of the last place.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Market:
    """What is known, as fractions.

    Each known share lies between ``low`` and ``high``; the rest, of all other firms together, between ``rest_low``
    and ``rest_high``; no other firm is larger than ``largest_unknown``.
    """

    low: Array
    high: Array
    rest_low: float
    rest_high: float
    largest_unknown: float


def fractions(shares: pd.Series | Mapping[Hashable, float], unit: str) -> Array:
    """Return shares as fractions. Raises ValueError if one is missing, negative or above the whole."""
    if unit not in UNITS:
        raise ValueError(f"unit is {unit!r}; say 'fraction' or 'percent'")
    values = pd.Series(shares, dtype="float64")
    if values.empty:
        raise ValueError("there are no shares")
    wrong = ~values.between(0, UNITS[unit] * (1 + _SLACK))
    if wrong.any():
        name = values.index[wrong][0]
        raise ValueError(f"{name!r} has {values[name]}, which is no share in {unit}")
    return values.to_numpy() / UNITS[unit]


def unit_of(numbers: pd.Series[float], unit: str | None) -> str:
    """Return the unit that is stated, or the one that the numbers can be in.

    A number above 1 is a percentage. With none, they are fractions: of percentages that small a market would consist of
    a hundred firms at least.
    """
    if unit is not None:
        return unit
    return "percent" if float(numbers.max(skipna=True)) > 1 + _SLACK else "fraction"


def market(
    shares: Mapping[Hashable, float | Interval],
    unit: str,
    rest: float | Interval | None,
    largest_unknown: float | None,
) -> Market:
    """Return what is known of a market, with intervals no wider than the others allow. Raises ValueError."""
    if len(shares) > MOST_FIRMS:
        raise ValueError(f"{len(shares)} firms are known by name; more than {MOST_FIRMS} are not supported")
    pairs = {name: _pair(name, share) for name, share in shares.items()}
    high = fractions({name: pair[1] for name, pair in pairs.items()}, unit)
    low = np.array([pair[0] for pair in pairs.values()]) / UNITS[unit]
    others: Interval = (0.0, UNITS[unit]) if rest is None else _pair("rest", rest)
    limit = UNITS[unit] if largest_unknown is None else largest_unknown
    for name, value in {"rest": others[0], "the rest": others[1], "largest_unknown": limit}.items():
        if not 0 <= value <= UNITS[unit]:
            raise ValueError(f"{name} is {value}, which is no share in {unit}")
    rest_low = max(others[0] / UNITS[unit], 1 - float(high.sum()))
    rest_high = min(others[1] / UNITS[unit], 1 - float(low.sum()))
    if abs(rest_high) <= _SLACK:
        rest_high = max(rest_high, 0.0)
    rest_low = max(rest_low, 0.0)
    if rest_low > rest_high + _SLACK:
        raise ValueError(
            f"known shares of {low.sum():.6g} to {high.sum():.6g} and a rest of {others[0] / UNITS[unit]:.6g} to"
            f" {others[1] / UNITS[unit]:.6g} cannot add up to 1"
        )
    if rest_high > _SLACK and limit == 0 and rest_low > _SLACK:
        raise ValueError("there is a rest, but no unknown firm may have any of it")
    if limit == 0:
        rest_high = rest_low
    if np.sum(high - low > _SLACK) > MOST_INTERVALS:
        raise ValueError(f"more than {MOST_INTERVALS} shares are intervals")
    return Market(low, high, min(rest_low, rest_high), rest_high, limit / UNITS[unit])


def _pair(name: Hashable, share: float | Interval) -> Interval:
    low, high = share if isinstance(share, tuple) else (share, share)
    if not 0 <= low <= high:
        raise ValueError(f"{name!r} has {share}: an interval is a pair of least and largest share")
    return float(low), float(high)


def most_even(known: Market) -> Array:
    """Return the known shares as small and even as allowed: all at one level, or at their limit (water filling).

    They are majorised by all others of their sum, so every measure that grows with inequality is least here
    (Veinott 1971, Least d-Majorized Network Flows, Management Science 17(9)).
    """
    needed = 1 - known.rest_high
    if known.low.sum() >= needed - _SLACK:
        return known.low
    # The sum of clipped shares is piecewise linear in the level: find the piece, then the level in it.
    levels = np.unique(np.concatenate([known.low, known.high]))
    sums = np.array([np.clip(level, known.low, known.high).sum() for level in levels])
    level = float(np.interp(needed, sums, levels))
    even: Array = np.clip(level, known.low, known.high)
    return even


def largest_sum_of_squares(known: Market) -> float:
    """Return the largest sum of squared shares of all firms.

    In each piece of the rest that holds a given number of unknown firms of the largest size, the sum is convex in
    the known shares, so it is largest at a vertex: all known shares at a limit but at most one, which then follows
    from the rest being at the end of the piece.
    """
    free = np.flatnonzero(known.high - known.low > _SLACK)
    fixed = np.delete(known.low, free)
    low, high = known.low[free], known.high[free]
    corners = (np.arange(2 ** len(free))[:, None] >> np.arange(len(free))) & 1
    at = np.where(corners == 1, high, low)
    best = _largest_of(at, fixed, known)
    for total in 1 - _ends(known) - fixed.sum():
        for one in range(len(free)):
            moved = at.copy()
            moved[:, one] = total - np.delete(at, one, axis=1).sum(axis=1)
            is_allowed = (moved[:, one] >= low[one] - _SLACK) & (moved[:, one] <= high[one] + _SLACK)
            best = max(best, _largest_of(moved[is_allowed], fixed, known))
    return best


def _largest_of(points: Array, fixed: Array, known: Market) -> float:
    """Return the largest sum of squares at these values of the free shares, of those that leave an allowed rest."""
    rest = 1 - fixed.sum() - points.sum(axis=1)
    is_allowed = (rest >= known.rest_low - _SLACK) & (rest <= known.rest_high + _SLACK)
    sums = (points**2).sum(axis=1) + _squares_of_rest(np.clip(rest, 0, None), known.largest_unknown)
    return float((fixed**2).sum() + sums[is_allowed].max(initial=-np.inf))


def _ends(known: Market) -> Array:
    """Return the values of the rest at which pieces end: its limits, and whole numbers of the largest unknown."""
    ends = [known.rest_low, known.rest_high]
    size = known.largest_unknown
    if 0 < size < 1:
        firms = np.arange(np.ceil(known.rest_low / size), np.floor(known.rest_high / size) + 1)
        ends = [*ends, *(firms * size)]
    return np.unique(np.array(ends))


def _squares_of_rest(rest: Array, size: float) -> Array:
    """Return the largest sum of squares of a rest in firms of at most one size: whole ones, and what is left."""
    if size <= 0:
        return np.zeros_like(rest)
    whole = np.floor(rest / size + _SLACK)
    left = np.clip(rest - whole * size, 0, None)
    return whole * size**2 + left**2


def largest_ratio(known: Market, count: int) -> float:
    """Return the largest joint share of the ``count`` largest firms.

    It is the largest, over sets of known firms and numbers of unknown ones, of what they can have together: the
    known ones of the set as much as allowed, those outside as little as allowed, the unknown ones the rest up to
    their largest size. Both limits are linear, and one choice meets both.
    """
    best = 0.0
    for taken in range(min(count, len(known.low)) + 1):
        unknown = (count - taken) * known.largest_unknown if taken < count else 0.0
        for chosen in combinations(range(len(known.low)), taken):
            inside = np.isin(np.arange(len(known.low)), chosen)
            least = float(known.low[~inside].sum())
            most = min(float(known.high[inside].sum()), 1 - known.rest_low - least)
            outside = max(least, 1 - known.rest_high - most)
            best = max(best, min(most + unknown, 1 - outside))
    return min(best, 1.0)
