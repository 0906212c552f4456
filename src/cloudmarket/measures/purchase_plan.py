"""The cheapest way to buy a list of things from several sellers: split over them, or all from one.

Buying each line where it costs least is the optimum, because no price depends on another line: the plan separates, and
no solver is needed. Where sellers give discounts over a whole bill, this does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("line", "seller", "cost")


@dataclass(frozen=True, repr=False, eq=False)
class Plan:
    """What a list costs.

    Attributes
    ----------
    split : DataFrame
        The cheapest offer of each line, in the order of the lines: line and the columns of the offers. A line without
        an offer is not in it.
    single : DataFrame
        One row per seller, the cheapest first: seller, cost (missing unless it sells every line), lines (how many it
        sells), missing (names of the lines it does not sell).
    unmet : tuple of str
        Lines that nobody offers.
    cost : float
        Of the split plan; missing where a line is unmet.
    """

    split: pd.DataFrame
    single: pd.DataFrame
    unmet: tuple[str, ...]
    cost: float

    @property
    def cost_of_met(self) -> float:
        """What the lines cost that somebody offers; zero where nobody offers any."""
        return float(self.split.cost.sum())

    def __repr__(self) -> str:
        whole = f"{self.cost:,.2f}" if not np.isnan(self.cost) else f"not whole, without {', '.join(self.unmet)}"
        complete = self.single.dropna(subset="cost")
        alone = f"{complete.seller.iloc[0]} alone {complete.cost.iloc[0]:,.2f}" if len(complete) else "nobody sells all"
        return f"Plan(cheapest {whole}; {alone})"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what all lines cost split and at each seller that has all, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        complete = self.single.dropna(subset="cost")
        axes.barh(["split", *complete.seller], [self.cost, *complete.cost])
        axes.invert_yaxis()
        axes.set_xlabel("cost")
        return axes


def plan(offers: pd.DataFrame, lines: list[str]) -> Plan:
    """Return the cheapest plans for lines out of offers.

    Parameters
    ----------
    offers : DataFrame
        One row per offer: line, seller, cost (of the whole line, above or equal to zero), and whatever tells offers
        apart. Of equal costs the first by seller is taken.
    lines : list of str
        All that must be bought, each once.

    Raises
    ------
    ValueError
        If a column is absent, a line is named twice or not at all, or a cost is missing or below zero.
    """
    absent = [name for name in COLUMNS if name not in offers]
    if absent:
        raise ValueError(f"the offers have no column {absent[0]!r}")
    if len(set(lines)) < len(lines):
        raise ValueError("a line is named twice: each has one amount")
    strange = set(offers.line) - set(lines)
    if strange:
        raise ValueError(f"an offer is for {sorted(strange)[0]!r}, which is not among the lines")
    if not (np.isfinite(offers.cost) & (offers.cost >= 0)).all():
        raise ValueError("a cost is missing or below zero")
    best = offers.sort_values(["line", "seller", "cost"], kind="stable").drop_duplicates(["line", "seller"])
    split = best.sort_values(["line", "cost", "seller"], kind="stable").drop_duplicates("line").set_index("line")
    split = split.reindex([line for line in lines if line in split.index]).reset_index()
    unmet = tuple(line for line in lines if line not in set(split.line))
    cost = float("nan") if unmet or not lines else float(split.cost.sum())
    return Plan(split, _single(best, lines), unmet, cost)


def _single(best: pd.DataFrame, lines: list[str]) -> pd.DataFrame:
    rows = []
    for seller, own in best.groupby("seller", sort=True):
        missing = [line for line in lines if line not in set(own.line)]
        rows.append((seller, float(own.cost.sum()) if not missing else np.nan, len(own), ", ".join(missing)))
    found = pd.DataFrame(rows, columns=["seller", "cost", "lines", "missing"])
    return found.sort_values(["cost", "lines", "seller"], ascending=[True, False, True], ignore_index=True)
