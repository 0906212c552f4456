"""How closely two measures of the same things go together in rank, with an interval in closed form.

References
----------
Bonett and Wright (2000), Sample Size Requirements for Estimating Pearson, Kendall and Spearman Correlations,
Psychometrika 65(1), 23-28, equation 4: the variance of Fisher's transform of Spearman's coefficient r is
(1 + r^2 / 2) / (n - 3). The coefficient is that of scipy, ties at their mean rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

FEWEST = 5


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's coefficient of ``count`` pairs, with ``low`` and ``high`` at ``level``."""

    value: float
    low: float
    high: float
    count: int
    level: float

    def __repr__(self) -> str:
        return (
            f"RankCorrelation({self.value:.2f}, {self.level:.0%} {self.low:.2f} to {self.high:.2f}, n = {self.count})"
        )


def spearman(x: Sequence[float] | ArrayLike, y: Sequence[float] | ArrayLike, *, level: float = 0.95) -> RankCorrelation:
    """Return the rank correlation of two measures.

    Parameters
    ----------
    x, y : array-like, (n,)
        Pairs with a missing side are left out.
    level : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the lengths differ, fewer than ``FEWEST`` pairs are whole, one side is constant, or the level is off 0 to 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, not between 0 and 1")
    first, second = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"{first.shape} and {second.shape} are not two measures of the same things")
    whole = np.isfinite(first) & np.isfinite(second)
    first, second = first[whole], second[whole]
    if len(first) < FEWEST:
        raise ValueError(f"{len(first)} pairs are too few: {FEWEST} are needed")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise ValueError("one side is constant: it has no ranks")
    value = float(stats.spearmanr(first, second).statistic)
    if abs(value) > 1 - 1e-12:
        return RankCorrelation(value, value, value, len(first), level)
    width = float(stats.norm.ppf((1 + level) / 2)) * np.sqrt((1 + value**2 / 2) / (len(first) - 3))
    low, high = np.tanh(np.arctanh(value) + np.array([-width, width]))
    return RankCorrelation(value, float(low), float(high), len(first), level)
