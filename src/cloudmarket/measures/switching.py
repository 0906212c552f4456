"""What moving to the cheapest offer each period would have saved against staying with the first choice.

Two movers bound what could have been had. The one with perfect foresight pays each period's lowest cost: nobody could
have paid less. The one who acts on what was known moves to the offer that was cheapest in the period before, and pays
what it costs now. What moving itself costs is not in it: the saving per move says how much a move may cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAY, LAGGED, FORESIGHT = POLICIES = ("stay", "by yesterday's prices", "perfect foresight")
COLUMNS = ("line", "period", "choice", "cost")


@dataclass(frozen=True, repr=False, eq=False)
class Switching:
    """Three ways to buy the same lines through the same periods.

    Attributes
    ----------
    paths : DataFrame
        One row per policy, line and period: policy, line, period, choice, cost, is_move (another choice than in the
        period before), is_forced (the choice before is no longer offered).
    totals : DataFrame
        One row per policy: policy, cost, saved (against staying), share (of what staying costs), moves, forced,
        saved_per_move (what a move that is not forced may cost at most before it does not pay; missing without one).
    """

    paths: pd.DataFrame
    totals: pd.DataFrame

    def __repr__(self) -> str:
        by = self.totals.set_index("policy")
        parts = [f"{name} saves {by.share[name]:.1%} in {by.moves[name]} moves" for name in POLICIES[1:]]
        return f"Switching({'; '.join(parts)})"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each policy costs by period, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        for policy, rows in self.paths.groupby("policy"):
            total = rows.groupby("period").cost.sum()
            axes.step(total.index, total, where="post", label=policy)
        axes.legend()
        return axes


def switching(offers: pd.DataFrame) -> Switching:
    """Return what three policies would have paid.

    Parameters
    ----------
    offers : DataFrame
        One row per line, period and choice: line, period (sortable), choice, cost. Each line must be offered by
        somebody in each period between its first and last; amounts are those bought in each period.

    Returns
    -------
    Switching
        A line begins with its cheapest choice of the first period. Where a choice is no longer offered, all policies
        move to the cheapest there is: that move is forced.

    Raises
    ------
    ValueError
        If a column is absent, there are no rows, a choice has two costs in a period, a cost is missing or below zero,
        or a line is offered by nobody in a period in which other lines are bought.
    """
    absent = [name for name in COLUMNS if name not in offers]
    if absent:
        raise ValueError(f"the offers have no column {absent[0]!r}")
    if offers.empty:
        raise ValueError("there are no offers")
    if offers.duplicated(list(COLUMNS[:3])).any():
        raise ValueError("a choice has two costs in one period")
    if not (np.isfinite(offers.cost) & (offers.cost >= 0)).all():
        raise ValueError("a cost is missing or below zero")
    periods = sorted(offers.period.unique())
    if offers.groupby("line").period.nunique().min() < len(periods):
        raise ValueError("a line has no offer in one of the periods: give the periods in which all lines are offered")
    paths = pd.DataFrame(
        [row for line, rows in offers.groupby("line", sort=True) for row in _paths(str(line), rows, periods)],
        columns=["policy", "line", "period", "choice", "cost", "is_move", "is_forced"],
    )
    return Switching(paths, _totals(paths))


def _paths(line: str, rows: pd.DataFrame, periods: list[Any]) -> list[tuple[object, ...]]:
    costs = rows.pivot(index="period", columns="choice", values="cost").sort_index(axis=1)
    found: list[tuple[object, ...]] = []
    for policy in POLICIES:
        held: Any = None
        for place, period in enumerate(periods):
            now = costs.loc[period].dropna()
            wanted = _wanted(policy, held, now, costs.loc[periods[place - 1]].dropna() if place else now)
            choice = wanted if wanted in now.index else now.idxmin()
            is_move = held is not None and choice != held
            is_forced = is_move and held not in now.index
            found.append((policy, line, period, choice, float(now[choice]), is_move, is_forced))
            held = choice
    return found


def _wanted(policy: str, held: Any, now: pd.Series[float], before: pd.Series[float]) -> object:
    """Return the choice a policy asks for; of equal costs the one held, because a move for nothing is none."""
    if policy == STAY and held is not None:
        return held
    seen = before if policy == LAGGED else now
    return held if held in seen.index and seen[held] <= seen.min() else seen.idxmin()


def _totals(paths: pd.DataFrame) -> pd.DataFrame:
    groups = paths.groupby("policy", sort=False)
    found = groups.agg(cost=("cost", "sum"), moves=("is_move", "sum"), forced=("is_forced", "sum")).reindex(POLICIES)
    found["saved"] = found.cost[STAY] - found.cost
    found["share"] = found.saved / found.cost[STAY] if found.cost[STAY] else np.nan
    chosen = found.moves - found.forced
    found["saved_per_move"] = (found.saved / chosen).where(chosen > 0)
    return found.reset_index()[["policy", "cost", "saved", "share", "moves", "forced", "saved_per_move"]]
