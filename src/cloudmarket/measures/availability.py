"""How long something takes to become available, where each time lies between two snapshots.

References
----------
Klein and Moeschberger (2003), Survival Analysis, 2nd edition: section 4.3 (log-log intervals of Kaplan-Meier), section
5.2 (interval censoring), section 7.3 (log-rank). Turnbull (1976): see ``availability_turnbull``. Kaplan-Meier and
log-rank are those of statsmodels.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cloudmarket.measures import availability_bounds as bounds_of
from cloudmarket.measures.availability_turnbull import Array, turnbull

Band = Literal["bootstrap", "midpoint"]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Share not yet available, by group and time; times as given, or days from the origin.

    ``turnbull``: group, after, by, mass, survival at ``by``, low, high (pointwise band at ``by``). Between ``after``
    and ``by`` the curve is not known. ``bounds``: Kaplan-Meier with every time at its earliest, middle and latest:
    group, bound, time, survival, standard_error (Greenwood), low, high (log-log). ``medians``: group, after, by (the
    interval that holds Turnbull's median; infinite where fewer than half have come), observations, not_come.
    ``log_rank``: bound, statistic, degrees, p_value; empty with one group. ``band`` says how the band was made.
    """

    turnbull: pd.DataFrame
    bounds: pd.DataFrame
    medians: pd.DataFrame
    log_rank: pd.DataFrame
    level: float
    band: str

    def __repr__(self) -> str:
        lines = [f"Curves: {self.level:.0%} band by {self.band}", self.medians.to_string(index=False)]
        if len(self.log_rank):
            values = zip(self.log_rank.bound, self.log_rank.p_value, strict=True)
            lines.append("log-rank " + ", ".join(f"{bound} p = {value:.3g}" for bound, value in values))
        return "\n".join(lines)

    def plot(self) -> Any:
        """Draw Kaplan-Meier at the earliest and the latest times, the range between them shaded; return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1]
        for number, (name, rows) in enumerate(self.bounds.groupby("group", sort=False)):
            first, last = (rows[rows.bound == bound] for bound in ("earliest", "latest"))
            times = np.union1d(first.time, last.time)
            lower, upper = (
                bounds_of.at(part.time.to_numpy(), part.survival.to_numpy(), times) for part in (first, last)
            )
            axes.fill_between(times, lower, upper, step="post", alpha=0.3, color=f"C{number}", label=str(name))
            axes.step(times, upper, where="post", color=f"C{number}")
        axes.set(xlabel="Time", ylabel="Share not yet available", ylim=(0, 1.02))
        axes.legend()
        return axes


def curves(
    intervals: pd.DataFrame,
    by: Hashable | None = None,
    *,
    low: str = "after",
    high: str = "by",
    origin: str | pd.Timestamp | None = None,
    start: float = 0.0,
    level: float = 0.95,
    band: Band = "bootstrap",
    draws: int = 200,
    seed: int = 0,
) -> Curves:
    """Estimate how the share not yet available falls with time.

    Parameters
    ----------
    intervals : DataFrame
        One row per item. Its time is after ``low`` and not after ``high``; ``high`` is missing where it had not come
        by ``low`` (right-censored), ``low`` where the first snapshot has it (then it is ``start``). Numbers, or dates
        together with ``origin``. A day known exactly, t, is (t - 1, t].
    by : column, optional
        Groups; every row must have one.
    origin : column name or date, optional
        Where the clock starts; times are then days since.
    level, band, draws, seed
        Pointwise band of Turnbull's curve. ``bootstrap``: log-log, with the standard error over ``draws`` resamples of
        items, sound where snapshots are few against items; NaN where the curve is 1 or 0. ``midpoint``: log-log band
        of Kaplan-Meier at the middles.

    Raises
    ------
    ValueError
        If an interval is empty or upside down, a time is before ``start``, a group is missing, or nothing has come.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, not between 0 and 1")
    if band not in ("bootstrap", "midpoint"):
        raise ValueError(f"no band {band!r}: say 'bootstrap' or 'midpoint'")
    if band == "bootstrap" and draws < 2:
        raise ValueError(f"{draws} draws make no band")
    absent = [name for name in (low, high, *([] if by is None else [by])) if name not in intervals]
    if absent:
        raise ValueError(f"no columns {absent} in the intervals")
    lows, highs = _times(intervals, low, high, origin, start)
    groups = pd.Series("all", index=intervals.index) if by is None else intervals[by]
    if groups.isna().any():
        raise ValueError(f"{int(groups.isna().sum())} rows have no {by}")
    names = groups.drop_duplicates().sort_values().tolist()
    rng = np.random.default_rng(seed)
    masses, bounds, medians = [], [], []
    for name in names:
        inside = (groups == name).to_numpy()
        first, last = lows[inside], highs[inside]
        kaplan_meier = pd.concat([bounds_of.kaplan_meier(first, last, bound, level) for bound in bounds_of.BOUNDS])
        curve = _turnbull(first, last)
        if band == "bootstrap":
            curve["low"], curve["high"] = _bootstrap(first, last, curve, level, draws, rng)
        else:
            middle = kaplan_meier[kaplan_meier.bound == "midpoint"]
            for side in ("low", "high"):
                curve[side] = bounds_of.at(middle.time.to_numpy(), middle[side].to_numpy(), curve.by.to_numpy())
        curve.loc[np.isinf(curve.by), ["low", "high"]] = np.nan
        masses.append(curve.assign(group=name))
        bounds.append(kaplan_meier.assign(group=name))
        half = int(np.argmax(curve.mass.cumsum() >= 0.5 - 1e-9))
        medians.append((name, curve.after[half], curve.by[half], len(first), int(np.isinf(last).sum())))
    return Curves(
        pd.concat(masses, ignore_index=True)[["group", "after", "by", "mass", "survival", "low", "high"]],
        pd.concat(bounds, ignore_index=True)[["group", "bound", "time", "survival", "standard_error", "low", "high"]],
        pd.DataFrame(medians, columns=["group", "after", "by", "observations", "not_come"]),
        bounds_of.log_rank(lows, highs, groups) if len(names) > 1 else pd.DataFrame(columns=bounds_of.LOG_RANK),
        level,
        f"log-log with standard errors of {draws} bootstrap draws"
        if band == "bootstrap"
        else "log-log on midpoint Kaplan-Meier",
    )


def _times(frame: pd.DataFrame, low: str, high: str, origin: Any, start: float) -> tuple[Array, Array]:
    if frame.empty:
        raise ValueError("there are no intervals")
    sides = []
    for name in (low, high):
        values = frame[name]
        if origin is not None:
            begin = frame[origin] if isinstance(origin, str) and origin in frame else pd.Timestamp(origin)
            values = (pd.to_datetime(values) - pd.to_datetime(begin)) / pd.Timedelta(days=1)
        elif not pd.api.types.is_numeric_dtype(values) and values.notna().any():
            raise ValueError(f"{name!r} has no numbers; with dates, give the origin")
        sides.append(values.to_numpy(dtype=float, na_value=np.nan))
    if (np.isnan(sides[0]) & np.isnan(sides[1])).any():
        raise ValueError("a row has neither end of its interval")
    lows = np.where(np.isnan(sides[0]), start, sides[0])
    highs = np.where(np.isnan(sides[1]), np.inf, sides[1])
    if (lows < start).any() or not np.isfinite(lows).all():
        raise ValueError(f"an interval begins before {start:g}, or never")
    wrong = np.flatnonzero(lows >= highs)
    if wrong.size:
        at = wrong[0]
        what = f"row {frame.index[at]!r}: ({lows[at]:g}, {highs[at]:g}]"
        raise ValueError(f"{what} holds no time; give an exact t as (t - 1, t]")
    if np.isinf(highs).all():
        raise ValueError("nothing has come: there is no curve")
    return lows, highs


def _turnbull(low: Array, high: Array) -> pd.DataFrame:
    after, by, mass = turnbull(low, high)
    # After the last snapshot there is mass without a time: no value of the curve.
    survival = np.where(np.isinf(by), np.nan, np.clip(1 - np.cumsum(mass), 0, 1))
    return pd.DataFrame({"after": after, "by": by, "mass": mass, "survival": survival})


def _bootstrap(
    low: Array, high: Array, curve: pd.DataFrame, level: float, draws: int, rng: np.random.Generator
) -> Array:
    """Return the log-log band around the curve, shape (2, times), with the bootstrap's standard error."""
    at = curve.by.to_numpy()
    found = np.empty((draws, len(at)))
    for draw in range(draws):
        chosen = rng.integers(0, len(low), len(low))
        _, by, mass = turnbull(low[chosen], high[chosen])
        found[draw] = bounds_of.at(by, 1 - np.cumsum(mass), at)
    return bounds_of.log_log(curve.survival.to_numpy(), found.std(axis=0, ddof=1), level)
