"""Event studies of returns: abnormal returns, their sums, and tests that hold for few firms hit at once.

References
----------
MacKinlay (1997), Event Studies in Economics and Finance, Journal of Economic Literature 35(1), 13-39. Campbell, Lo and
MacKinlay (1997), The Econometrics of Financial Markets, chapter 4. Those of each test: see ``event_study_tests``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket.measures import event_study_models as models
from cloudmarket.measures import event_study_tests as tests
from cloudmarket.measures import event_study_windows as windows
from cloudmarket.measures.event_study_models import Fit, Model
from cloudmarket.measures.event_study_placebo import Placebo, holm, placebo
from cloudmarket.measures.event_study_windows import Array, Sample, Window

__all__ = ["EventStudy", "Placebo", "holm", "placebo", "run"]


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """One column or row per observation: a firm, or (firm, trading day) with several events.

    ``abnormal_returns`` by day from the event; ``car``: car, standard_error, statistic, degrees and p_value (exact
    under normal returns), with event_days and estimation_days known; ``bhar``; ``estimates``: alpha, beta, residual
    standard deviation per day; ``tests`` of the mean CAR; ``mean_correlation`` of residuals between firms of one
    event; ``events``: firm, event, day_zero, cluster; ``left_out``: observations with the reason; ``notes`` a reader
    must know. Returns are fractions.
    """

    abnormal_returns: pd.DataFrame
    car: pd.DataFrame
    bhar: pd.Series
    tests: pd.DataFrame
    estimates: pd.DataFrame
    mean_correlation: float
    events: pd.DataFrame
    left_out: pd.DataFrame
    notes: tuple[str, ...]
    model: str
    event_window: tuple[int, int]
    estimation_window: tuple[int, int]

    def __repr__(self) -> str:
        clusters = self.events.cluster.nunique()
        lines = [
            f"EventStudy: {self.model} model, {len(self.car)} observations in {clusters} cluster(s), event window"
            f" {self.event_window}, estimation window {self.estimation_window}, mean CAR {self.car.car.mean():.4f}",
            self.tests[["statistic", "degrees", "p_value"]].to_string(float_format=lambda value: f"{value:.4f}"),
            *self.notes,
        ]
        return "\n".join(lines)

    def plot(self) -> Any:
        """Draw the mean cumulative abnormal return, each observation behind it, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1]
        paths = self.abnormal_returns.cumsum()
        axes.plot(paths.index, paths.to_numpy(), color="0.8", linewidth=0.7)
        axes.plot(paths.index, paths.mean(axis=1), color="C0", linewidth=2)
        axes.axhline(0, color="0.3", linewidth=0.7)
        axes.set(xlabel="Trading days from the event", ylabel="Cumulative abnormal return")
        return axes


def run(
    returns: pd.DataFrame,
    market: pd.Series | Hashable | None,
    firms: Sequence[Hashable] | None,
    event_date: Any,
    event_window: Window = (-1, 1),
    estimation_window: Window = (-279, -30),
    model: Model = "market",
    *,
    min_estimation_days: int = 30,
    min_event_days: int | None = None,
) -> EventStudy:
    """Measure what firms returned around events beyond what the model expects.

    Parameters
    ----------
    returns : DataFrame
        Simple returns as fractions, one column per firm, dates as index; missing where a firm did not trade.
    market : Series, column name or None
        Returns of the market, on the trading days. None only with ``mean-adjusted``.
    firms : sequence, optional
        Columns of ``returns``; by default all but the market.
    event_date : date, dates or mapping
        One date for all firms; several that hit all; or each firm's date or dates. A date without trading is
        answered on the next trading day.
    event_window, estimation_window : pair
        First and last day, both included: trading days from the event, or (with one event) dates. By default the
        estimation window has 250 trading days and ends 30 before the event.
    model : str
        ``market``, ``mean-adjusted`` or ``market-adjusted``.
    min_estimation_days, min_event_days : int
        Observations with fewer returns are left out, with the reason; by default every event day is needed. With
        fewer, the CAR is the sum over the days known, and its variance that of this sum.

    Raises
    ------
    ValueError
        If dates repeat or are not in order, event windows of different events overlap, a window leaves the
        calendar, a return is below -1, or no observation has enough returns.
    """
    models.check(model)
    if market is None and model != "mean-adjusted":
        raise ValueError(f"the {model} model needs the returns of a market")
    if min_estimation_days < 7:
        raise ValueError("min_estimation_days is below 7: the variance of standardised returns is not defined")
    data = windows.panel(returns, market, firms)
    frame = windows.pairs(data, event_date)
    event = windows.offsets(event_window, data, frame, "event")
    estimation = windows.offsets(estimation_window, data, frame, "estimation")
    length = event[1] - event[0] + 1
    needed = length if min_event_days is None else min_event_days
    if not 1 <= needed <= length:
        raise ValueError(f"min_event_days is {needed}, the event window has {length}")
    sample = windows.align(data, frame, event, estimation)
    reasons = models.unusable(sample, models.fit(sample, model), min_estimation_days, needed)
    kept = windows.keep(sample, reasons)
    left_out = sample.pairs.assign(reason=reasons)[["firm", "event", "reason"]]
    return _result(kept, model, event, left_out[left_out.reason != ""].reset_index(drop=True))


def _result(sample: Sample, model: Model, event: tuple[int, int], left_out: pd.DataFrame) -> EventStudy:
    fitted = models.fit(sample, model)
    bhar = models.buy_and_hold(sample, fitted)
    pairs = sample.pairs
    table, correlation = tests.table(fitted, bhar, pairs.cluster.to_numpy())
    names = pd.Index(pairs.firm, name="firm")
    if pairs.day_zero.nunique() > 1:
        names = pd.MultiIndex.from_frame(pairs[["firm", "day_zero"]])
    return EventStudy(
        pd.DataFrame(fitted.abnormal, index=pd.Index(sample.event_offsets, name="day"), columns=names),
        _cars(sample, fitted, names),
        pd.Series(bhar, index=names, name="bhar"),
        table,
        pd.DataFrame({"alpha": fitted.alpha, "beta": fitted.beta, "sigma": np.sqrt(fitted.variance)}, index=names),
        correlation,
        pairs,
        left_out,
        _notes(sample, left_out),
        model,
        event,
        sample.estimation_offsets,
    )


def _cars(sample: Sample, fitted: Fit, names: pd.Index) -> pd.DataFrame:
    error: Array = np.sqrt(fitted.car_variance)
    statistic = fitted.car / error
    columns = {
        "car": fitted.car,
        "standard_error": error,
        "statistic": statistic,
        "degrees": fitted.degrees,
        "p_value": 2 * stats.t.sf(np.abs(statistic), fitted.degrees),
        "event_days": np.isfinite(sample.event).sum(axis=0),
        "estimation_days": fitted.days.astype(int),
    }
    return pd.DataFrame(columns, index=names)


def _notes(sample: Sample, left_out: pd.DataFrame) -> tuple[str, ...]:
    pairs, notes = sample.pairs, []
    sizes = pairs.groupby("cluster").size()
    if (sizes > 1).any():
        notes.append(
            f"{len(pairs)} observations are {len(sizes)} cluster(s): firms hit by one event count as one; tests marked"
            " assumes_independence reject too often then, read Kolari-Pynnonen and the rank test."
        )
    moved = int((pairs.event != pairs.day_zero).sum())
    if moved:
        notes.append(f"{moved} observation(s) have an event without trading: day 0 is the next trading day.")
    if sample.masked:
        notes.append(f"{sample.masked} returns in windows of the firm's other events are left out of the estimation.")
    if len(left_out):
        notes.append(f"{len(left_out)} observation(s) left out for thin data: see left_out.")
    return tuple(notes)
