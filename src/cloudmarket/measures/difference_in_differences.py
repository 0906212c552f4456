"""The effect of an event on few treated clusters, against untouched ones, with inference by permutation.

Each unit is reduced to one change, its mean after the event less its mean before: serial correlation then feigns no
precision (Bertrand, Duflo and Mullainathan 2004, section IV.C). Units are averaged within clusters; a cluster counts
one. Which clusters were treated is permuted: with few treated clusters no other error is of the right size (Conley and
Taber 2011; MacKinnon and Webb 2020).

References
----------
Bertrand, Duflo and Mullainathan (2004), How Much Should We Trust Differences-in-Differences Estimates?, Quarterly
Journal of Economics 119(1), 249-275. Conley and Taber (2011), Inference with "Difference in Differences" with a Small
Number of Policy Changes, Review of Economics and Statistics 93(1), 113-125. MacKinnon and Webb (2020), Randomization
Inference for Difference-in-Differences with Few Treated Clusters, Journal of Econometrics 218(2), 435-450. Intervals by
inversion of the test: Imbens and Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences,
section 5.7.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOST_EXACT = 20_000
"""Up to so many ways to choose the treated clusters all are visited; of more, a sample is drawn."""
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """Mean change of the treated clusters less that of the others, in the unit of the outcome.

    ``low`` and ``high`` are the effects, alike for all treated clusters, that the permutation test does not reject;
    infinite where there are too few clusters to reject any. ``p_value`` is two-sided, and at least one over the number
    of ``assignments``. ``changes``: cluster, is_treated, units, before, after, change. ``placebo``: the same difference
    for every assignment visited, the true one first. ``dropped`` units were not seen on both sides of the event.
    """

    effect: float
    low: float
    high: float
    p_value: float
    level: float
    assignments: int
    is_exact: bool
    changes: pd.DataFrame
    placebo: Array
    dropped: int

    def __repr__(self) -> str:
        treated = int(self.changes.is_treated.sum())
        return (
            f"Effect({self.effect:.4g}, {self.level:.0%} interval {self.low:.4g} to {self.high:.4g}, p = "
            f"{self.p_value:.2g}; {treated} treated and {len(self.changes) - treated} other clusters,"
            f" {self.assignments} assignments{'' if self.is_exact else ' drawn'})"
        )

    def plot(self) -> Any:
        """Draw the differences of all assignments with the true one; return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1]
        axes.hist(self.placebo, bins=40, color="C7")
        axes.axvline(self.effect, color="C3")
        axes.set(xlabel="Difference in differences", ylabel="Assignments")
        return axes


def estimate(
    panel: pd.DataFrame,
    *,
    since: Hashable,
    settled: Hashable | None = None,
    unit: str = "unit",
    period: str = "period",
    outcome: str = "outcome",
    treated: str = "treated",
    cluster: str = "cluster",
    level: float = 0.95,
    draws: int = 9_999,
    seed: int = 0,
) -> Effect:
    """Estimate the effect of an event.

    Parameters
    ----------
    panel : DataFrame
        One row per unit and period; periods that can be compared with ``since``.
    since, settled
        Periods before ``since`` are before the event, those from ``settled`` on after it; between them it may have
        happened, and they are left out. ``settled`` is ``since`` unless given.
    unit, period, outcome, treated, cluster : str
        Columns. ``treated`` is a truth value of the cluster, the same in all its rows.
    level, draws, seed
        Of the interval; of the sample of assignments, where there are more than ``MOST_EXACT``.

    Raises
    ------
    ValueError
        If a column is missing, an outcome is no number, a unit has two rows in a period, a cluster is treated in part,
        or no treated or no other cluster was seen on both sides of the event.
    """
    named = [unit, period, outcome, treated, cluster]
    _check(panel, named, level)
    after = since if settled is None else settled
    changes, dropped = _changes(
        panel[named].set_axis(["unit", "period", "outcome", "treated", "cluster"], axis=1), since, after
    )
    marks = changes.is_treated.to_numpy()
    if marks.all() or not marks.any():
        raise ValueError(
            f"no {'other' if marks.any() else 'treated'} cluster was seen before {since} and from {after} on"
        )
    chosen, is_exact = _assignments(marks, draws, seed)
    found = _difference(chosen, changes.change.to_numpy(dtype=float))
    effect = float(found[0])
    low, high = _interval(found, _difference(chosen, marks.astype(float)), effect, 1 - level)
    p_value = float((np.abs(found) >= abs(effect) - _ROUNDING).mean())
    return Effect(effect, low, high, p_value, level, len(found), is_exact, changes, found, dropped)


def _check(panel: pd.DataFrame, named: list[str], level: float) -> None:
    unit, period, outcome, treated, cluster = named
    absent = [name for name in named if name not in panel]
    if absent:
        raise ValueError(f"no columns {absent} in the panel")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, not between 0 and 1")
    if not np.isfinite(panel[outcome].astype(float)).all():
        raise ValueError(f"{outcome} is not a number in {int((~np.isfinite(panel[outcome].astype(float))).sum())} rows")
    twice = panel.duplicated([unit, period])
    if twice.any():
        raise ValueError(f"{panel.loc[twice, unit].iloc[0]} has two rows in {panel.loc[twice, period].iloc[0]}")
    mixed = panel.groupby(cluster)[treated].nunique()
    if (mixed > 1).any():
        raise ValueError(f"cluster {mixed.index[mixed > 1][0]} is treated in part: treat clusters whole")


def _changes(rows: pd.DataFrame, since: Any, settled: Any) -> tuple[pd.DataFrame, int]:
    """Return the change of each cluster, and the number of units not seen on both sides."""
    keys = ["cluster", "treated", "unit"]
    before = rows[rows.period < since].groupby(keys).outcome.mean().rename("before")
    after = rows[rows.period >= settled].groupby(keys).outcome.mean().rename("after")
    units = pd.concat([before, after], axis=1, join="inner").reset_index()
    changes = units.groupby(["cluster", "treated"]).agg(
        units=("unit", "size"), before=("before", "mean"), after=("after", "mean")
    )
    changes = changes.reset_index().rename(columns={"treated": "is_treated"})
    return changes.assign(change=changes.after - changes.before), rows.unit.nunique() - len(units)


def _assignments(marks: NDArray[np.bool_], draws: int, seed: int) -> tuple[NDArray[np.bool_], bool]:
    """Return ways to choose as many treated clusters, shape (assignments, clusters), the true one first."""
    count, treated = len(marks), int(marks.sum())
    if comb(count, treated) <= MOST_EXACT:
        places = np.array(list(combinations(range(count), treated)))
        ways = np.zeros((len(places), count), dtype=bool)
        np.put_along_axis(ways, places, values=True, axis=1)
        is_true = (ways == marks).all(axis=1)
        return np.concatenate([ways[is_true], ways[~is_true]]), True
    rng = np.random.default_rng(seed)
    drawn = rng.permuted(np.tile(marks, (draws, 1)), axis=1)
    return np.concatenate([marks[None, :], drawn]), False


def _difference(chosen: NDArray[np.bool_], values: Array) -> Array:
    """Return for each assignment the mean of the chosen less that of the others."""
    treated = int(chosen[0].sum())
    inside: Array = chosen @ values
    means: Array = inside / treated - (values.sum() - inside) / (len(values) - treated)
    return means


def _interval(found: Array, overlap: Array, effect: float, alpha: float) -> tuple[float, float]:
    """Return the effects that are not rejected.

    Under an effect t, an assignment's difference is ``found - t * overlap``, the true one's ``effect - t``. The former
    is as far from zero as the latter for t between two roots, an interval that holds ``effect``: so the share of
    assignments that do not reject falls on both sides of it, and the ends are order statistics of the roots.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(overlap < 1 - _ROUNDING, (effect - found) / (1 - overlap), np.inf)
        other = np.where(overlap > -1 + _ROUNDING, (effect + found) / (1 + overlap), -np.inf)
    is_true = overlap >= 1 - _ROUNDING
    is_opposite = overlap <= -1 + _ROUNDING
    lower = np.where(is_true | is_opposite, -np.inf, np.minimum(one, other))
    upper = np.where(is_true | is_opposite, np.inf, np.maximum(one, other))
    # An effect is kept while more than alpha of the assignments reach as far.
    place = int(np.floor(alpha * len(found) + 1e-9))
    return float(np.sort(lower)[place]), float(np.sort(upper)[::-1][place])
