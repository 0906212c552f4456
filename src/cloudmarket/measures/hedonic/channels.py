"""Through which products a quality-adjusted price moves: those that stay, those that enter, those that leave.

With time dummies in one regression, quality-adjusted log prices (less characteristics times their coefficients) average
to the index of each period. The change between two periods is then, exactly, the mean change of the products in both,
plus the share of the products that enter times how far they stand above those that stay, less the same of those that
leave. The first part alone is the chained Jevons index of matched products: the rest is what matching misses.

References
----------
de Haan (2010), Hedonic Price Indexes: A Comparison of Imputation, Time Dummy and 'Re-Pricing' Methods, Jahrbuecher fuer
Nationaloekonomie und Statistik 230(6), 772-791, section 4; de Haan and Krsinich (2014), Scanner Data and the Treatment
of Quality Change in Nonrevisable Price Indexes, Journal of Business and Economic Statistics 32(3), 341-358. Errors by
leaving out one cluster at a time: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.linalg import qr

from cloudmarket.measures.hedonic import _frame
from cloudmarket.measures.hedonic._memory import Memory
from cloudmarket.measures.hedonic._sums import Columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
CHANNELS = ("staying", "entering", "leaving")
TOTAL = "total"
_MOST_LOST = 0.1
_COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True)
class _Rows:
    """One row per product and period, in order of period; ``traits`` is (rows, K), the others (rows,)."""

    periods: pd.Index[Any]
    period: NDArray[np.int64]
    product: NDArray[np.int64]
    cluster: NDArray[np.int64]
    log_price: Array
    traits: Array

    @property
    def clusters(self) -> int:
        return int(self.cluster.max()) + 1


@dataclass(frozen=True, repr=False, eq=False)
class Channels:
    """Parts of a hedonic time-dummy index, in logarithms since the first period.

    Attributes
    ----------
    table : DataFrame
        By period: ``staying``, ``entering``, ``leaving``, which add up to ``total``, the log of the index; and the
        number of products in each part since the period before (``n_staying``, ``n_entering``, ``n_leaving``).
    standard_errors : Series
        Of the last period's parts and total, by leaving out one cluster at a time; missing where too many of these
        panels identify no index.
    clusters : int
        Groups of related errors; intervals have one degree of freedom less.
    """

    table: pd.DataFrame
    standard_errors: pd.Series[float]
    clusters: int

    def last(self, level: float = 0.95) -> pd.DataFrame:
        """Return ``value``, ``low`` and ``high`` of the last period's parts and total, in logarithms.

        Raises
        ------
        ValueError
            If level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; say a fraction between 0 and 1, as 0.95")
        value = self.table.iloc[-1][[*CHANNELS, TOTAL]].astype("float64")
        width = float(stats.t.ppf((1 + level) / 2, max(self.clusters - 1, 1))) * self.standard_errors
        return pd.DataFrame({"value": value, "low": value - width, "high": value + width})

    def __repr__(self) -> str:
        last = self.table.iloc[-1]
        parts = ", ".join(f"{name} {last[name]:+.3f}" for name in (*CHANNELS, TOTAL))
        return (
            f"Channels(log change {self.table.index[0]} to {self.table.index[-1]}: {parts}; {self.clusters} clusters)"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the parts as lines, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        for name in (*CHANNELS, TOTAL):
            axes.plot(self.table.index, self.table[name], label=name)
        axes.legend()
        axes.set_ylabel("log points")
        return axes


def decompose(
    panel: pd.DataFrame,
    characteristics: Sequence[str],
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    cluster: str = "product",
) -> Channels:
    """Return what products that stay, enter and leave contribute to a pooled time-dummy hedonic index.

    Parameters
    ----------
    panel : DataFrame
        One row per product and period, in memory: each cluster is left out once, over all of the others. Every price
        counts the same within its period.
    characteristics : list of str
        Columns that describe quality; numbers as they are, texts and truth values as categories.
    period, product, price, cluster : str
        Names of columns; ``product`` as a cluster is the column of products.

    Raises
    ------
    ValueError
        If the panel is not sound (see :func:`cloudmarket.measures.hedonic.index`), or two periods that follow each
        other share no product: without any that stays, the others stand above or below nothing.
    """
    columns = Columns(period, product, price, "", None, cluster, tuple(characteristics))
    prices = _rows(_frame.read(panel, columns))
    parts = _parts(prices, np.ones(len(prices.period), dtype=bool))
    if parts is None:
        raise ValueError("a mix of characteristics differs between periods and not within any: leave one out")
    steps, counts = parts
    table = pd.DataFrame(np.vstack([np.zeros(3), np.cumsum(steps, axis=0)]), prices.periods, list(CHANNELS))
    table[TOTAL] = table.sum(axis=1)
    table[[f"n_{name}" for name in CHANNELS]] = np.vstack([np.zeros((1, 3), dtype="int64"), counts])
    return Channels(table, _jackknife(prices), prices.clusters)


def _rows(read: Memory) -> _Rows:
    """Return the rows with their levels: an index needs deviations from the periods' means only, parts need both."""
    at = read.period
    price, traits = read.log_price + read.moments.price[at], read.traits + read.moments.trait[at]
    return _Rows(read.periods, at, read.product, read.cluster, price, traits)


def _parts(prices: _Rows, kept: NDArray[np.bool_]) -> tuple[Array, NDArray[np.int64]] | None:
    """Return contributions and numbers of products, (T - 1, 3) each, of the rows kept; None where not identified."""
    count = len(prices.periods)
    rows = np.flatnonzero(kept)
    period, traits = prices.period[rows], prices.traits[rows]
    dummies = (period[:, None] == np.arange(count)).astype("float64")
    base = _independent(traits - traits.mean(axis=0))
    design = np.column_stack([dummies, base])
    if len(rows) <= design.shape[1] or np.linalg.matrix_rank(design, _COLLINEAR * np.sqrt(len(rows))) < design.shape[1]:
        return None
    slopes = np.linalg.lstsq(design, prices.log_price[rows], rcond=None)[0][count:]
    adjusted = prices.log_price[rows] - base @ slopes
    sets = [np.flatnonzero(period == place) for place in range(count)]
    for (before, after), (first, second) in zip(pairwise(sets), pairwise(prices.periods), strict=True):
        if not np.isin(prices.product[rows[after]], prices.product[rows[before]]).any():
            raise ValueError(f"no product is sold in both {first} and {second}: start later, or take longer periods")
    found = [_step(prices.product[rows], adjusted, before, after) for before, after in pairwise(sets)]
    return np.array([parts for parts, _ in found]), np.array([numbers for _, numbers in found])


def _independent(columns: Array) -> Array:
    """Return as many columns as are linearly independent; which ones does not matter to the effect of time."""
    _, triangle, order = qr(columns, mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > _COLLINEAR * np.sqrt(len(columns))).sum())
    return np.asarray(columns[:, np.sort(order[:rank])])


def _step(
    products: NDArray[np.int64], adjusted: Array, before: NDArray[np.intp], after: NDArray[np.intp]
) -> tuple[list[float], list[int]]:
    """Return the contributions of one step and the numbers of products that stay, enter and leave."""
    stays_old, stays_new = np.isin(products[before], products[after]), np.isin(products[after], products[before])
    at_old, at_new = adjusted[before][stays_old].mean(), adjusted[after][stays_new].mean()
    entering = (adjusted[after][~stays_new] - at_new).sum() / len(after)
    leaving = -(adjusted[before][~stays_old] - at_old).sum() / len(before)
    numbers = [int(stays_new.sum()), int((~stays_new).sum()), int((~stays_old).sum())]
    return [float(at_new - at_old), float(entering), float(leaving)], numbers


def _jackknife(prices: _Rows) -> pd.Series[float]:
    """Return the standard errors of the last period's cumulative parts and their total."""
    drawn = []
    for cluster in range(prices.clusters):
        try:
            parts = _parts(prices, prices.cluster != cluster)
        except ValueError:
            continue
        if parts is not None:
            sums = parts[0].sum(axis=0)
            drawn.append([*sums, sums.sum()])
    names = [*CHANNELS, TOTAL]
    if len(drawn) < 2 or len(drawn) < (1 - _MOST_LOST) * prices.clusters:
        return pd.Series(np.nan, index=names, name="standard_error")
    values = np.array(drawn)
    variance = (len(drawn) - 1) / len(drawn) * ((values - values.mean(axis=0)) ** 2).sum(axis=0)
    return pd.Series(np.sqrt(variance), index=names, name="standard_error")
