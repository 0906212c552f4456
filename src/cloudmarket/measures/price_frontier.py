"""The price of a given performance: the cheapest product at or above a score, and how fast it falls.

References
----------
Cottier, Snodin, Owen and Adamczewski (2025), LLM Inference Prices Have Fallen Rapidly but Unequally across Tasks, Epoch
AI: log prices of running-minimum points on time. The interval is that of ordinary least squares on those points; there
are few of them, each is lower than the one before by construction, and which ones they are is not sampled: it is the
least that is uncertain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_PER_YEAR = 365.25
FEWEST = 3


@dataclass(frozen=True, repr=False, eq=False)
class Frontier:
    """The running minimum of price at or above a score, and its trend.

    ``points``: the offers that lowered the minimum, in order of time. ``factor`` is how many times less is asked after
    a year, by the trend; ``low`` and ``high`` its interval at ``level``. All three are missing with fewer than three
    points. ``endpoints_factor`` is the same from the first point and the last alone, missing with fewer than two.
    """

    threshold: float
    points: pd.DataFrame
    factor: float
    low: float
    high: float
    endpoints_factor: float
    level: float

    def __repr__(self) -> str:
        if np.isnan(self.factor):
            return f"Frontier(at {self.threshold:.0f} or above: {len(self.points)} points, too few for a trend)"
        return (
            f"Frontier(at {self.threshold:.0f} or above: {self.factor:.3g} times cheaper per year, {self.level:.0%}"
            f" interval {self.low:.3g} to {self.high:.3g}, from {len(self.points)} points)"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the points as steps on a logarithmic scale, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        axes.step(self.points.iloc[:, 0], self.points.iloc[:, 1], where="post", marker="o")
        axes.set_yscale("log")
        axes.set_title(f"cheapest at {self.threshold:.0f} or above")
        return axes


def frontier(
    offers: pd.DataFrame,
    threshold: float,
    *,
    day: str = "day",
    price: str = "price",
    score: str = "score",
    level: float = 0.95,
) -> Frontier:
    """Return the offers that were cheaper than all before them at or above a score, and their trend.

    Parameters
    ----------
    offers : DataFrame
        One row per offer: the day from which it could be had, its price, above zero, and its score.
    threshold : float
        Offers below it are left out.
    day, price, score : str
        Names of columns.
    level : float
        Coverage of the interval, in (0, 1): t distribution, points less two degrees of freedom.

    Raises
    ------
    ValueError
        If a column is absent, a day or score is missing, a price is missing or not above zero, or level is no
        coverage.
    """
    absent = [name for name in (day, price, score) if name not in offers]
    if absent:
        raise ValueError(f"the offers have no column {absent[0]!r}")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; say a fraction between 0 and 1, as 0.95")
    if offers[[day, score]].isna().any(axis=None):
        raise ValueError(f"an offer has no {day} or no {score}")
    if not (np.isfinite(offers[price]) & (offers[price] > 0)).all():
        raise ValueError(f"a {price} is missing or not above zero")
    rows = offers[offers[score] >= threshold].sort_values([day, price], kind="stable")
    before = rows[price].astype("float64").cummin().shift(fill_value=np.inf)
    points = rows[rows[price] < before].drop_duplicates(day, keep="first").reset_index(drop=True)
    points = points[[day, price, *(name for name in points if name not in (day, price))]]
    factor, low, high = _trend(points, day, price, level)
    return Frontier(threshold, points, factor, low, high, _endpoints(points, day, price), level)


def _years(days: pd.Series) -> pd.Series:
    return (pd.to_datetime(days) - pd.Timestamp(days.iloc[0])).dt.days / DAYS_PER_YEAR


def _trend(points: pd.DataFrame, day: str, price: str, level: float) -> tuple[float, float, float]:
    if len(points) < FEWEST:
        return float("nan"), float("nan"), float("nan")
    found = stats.linregress(_years(points[day]), np.log(points[price]))
    width = float(stats.t.ppf((1 + level) / 2, len(points) - 2)) * float(found.stderr)
    # The far end of a line through three points can be beyond what a number holds.
    with np.errstate(over="ignore"):
        low, mid, high = np.exp(np.array([-found.slope - width, -found.slope, -found.slope + width], dtype="float64"))
    return float(mid), float(low), float(high)


def _endpoints(points: pd.DataFrame, day: str, price: str) -> float:
    if len(points) < 2:
        return float("nan")
    fall = np.log(points[price].iloc[0] / points[price].iloc[-1])
    return float(np.exp(fall / _years(points[day]).iloc[-1]))
