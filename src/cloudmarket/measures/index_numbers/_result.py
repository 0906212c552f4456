"""What every index comes back as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cloudmarket.measures.index_numbers._cells import Array, Cells, Mask

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Index:
    """A price index with its sampling error and what it rests on.

    Attributes
    ----------
    index : Series
        Price level by period; the first is 1. Of base ``period``: each period over the one before, the first 1.
    standard_errors : Series
        Of the natural logarithm of ``index``; missing where none was computed, 0 in the base period.
    matched : DataFrame
        By period: ``products``, the number compared with another period, and ``expenditure_share``, their fraction
        of the period's expenditure (missing without quantities).
    n_price_changes : int
        How often a product's price differs from its last one seen, over the whole panel. An interval that rests on
        few says little.
    method : str
        The formula, and how periods are linked.
    degrees_of_freedom : float
        Of the t distribution of intervals: clusters less one for regressions, infinite for the bootstrap.
    """

    index: pd.Series[float]
    standard_errors: pd.Series[float]
    matched: pd.DataFrame
    n_price_changes: int
    method: str
    degrees_of_freedom: float = float("inf")

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return the confidence interval of each period, symmetric in the logarithm.

        Parameters
        ----------
        level : float
            Coverage, in (0, 1).

        Returns
        -------
        DataFrame
            ``low`` and ``high`` by period; missing where there is no standard error.

        Raises
        ------
        ValueError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; say a fraction between 0 and 1, as 0.95")
        # SciPy is slow and large to import, and an index alone does not need it.
        from scipy.special import stdtrit

        width = stdtrit(self.degrees_of_freedom, (1 + level) / 2) * self.standard_errors
        return pd.DataFrame({"low": self.index * np.exp(-width), "high": self.index * np.exp(width)})

    def __repr__(self) -> str:
        periods = self.index.index
        last, error = self.index.iloc[-1], self.standard_errors.iloc[-1]
        low, high = self.interval().iloc[-1]
        known = f"95 % interval {low:.4f} to {high:.4f}" if np.isfinite(error) else "no standard error"
        return (
            f"Index({self.method}: {last:.4f} in {periods[-1]} ({known}), 1 in {periods[0]}; {len(periods)} periods,"
            f" {self.matched['products'].iloc[-1]} products matched in the last, {self.n_price_changes} price changes)"
        )

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw the index with its interval, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        periods = self.index.index
        at = periods.to_timestamp() if isinstance(periods, pd.PeriodIndex) else periods
        axes.plot(at, self.index.to_numpy(), label=self.method)
        if self.standard_errors.notna().any():
            band = self.interval(level)
            axes.fill_between(at, band.low.to_numpy(), band.high.to_numpy(), alpha=0.2, linewidth=0)
        axes.set_ylabel(f"{periods[0]} = 1")
        axes.set_title(f"{self.method}, {self.n_price_changes} price changes")
        return axes


def result(
    cells: Cells, logs: Array, errors: Array, matched: Mask, method: str, degrees: float = float("inf")
) -> Index:
    """Return the result of log levels (T), their standard errors (T) and where products are matched (T, N)."""

    def series(values: Array, name: str) -> pd.Series[Any]:
        return pd.Series(values, index=cells.periods, name=name)

    total = cells.value.sum(axis=1)
    share = np.where(matched, cells.value, 0.0).sum(axis=1) / total
    share = np.where(np.isfinite(total), share, np.nan)
    table = pd.DataFrame({"products": matched.sum(axis=1), "expenditure_share": share}, index=cells.periods)
    return Index(
        series(np.exp(logs), "index"),
        series(errors, "standard_error"),
        table,
        cells.price_changes(),
        method,
        degrees,
    )
