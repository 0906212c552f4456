"""Which revenue could have been forecast better than by a line, and what those models say of the next year.

Models work on logarithms, as revenue grows in proportion to itself. A model counts as better than drift only if its
mean absolute scaled error is below that of drift on both scales: constant growth, and a straight line. It is shown
only if its intervals held what came as well: a band that failed in the past would mislead. Whether it is better by more
than chance is tested on the losses of the origins, and Holm's correction counts every model that was tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cloudmarket.arguments.market import facts
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, MILLION_PER_BILLION, SEGMENTS, Reported, Segment
from cloudmarket.measures import forecast
from cloudmarket.measures.event_study import holm
from cloudmarket.measures.forecast import Backtest
from cloudmarket.measures.forecast_scores import better
from cloudmarket.tables.series import Series

HORIZON = 4
TRIED = ("ets", "unobserved-components")
LEAST_COVERAGE = 0.8
"""What a 95 % interval must have held in the backtest to be drawn: origins overlap and are few, so not 95 %."""

NAMES = {
    "ets": "damped trend (ETS)",
    "unobserved-components": "local linear trend",
}


@dataclass(frozen=True, eq=False)
class Trial:
    """A revenue series and how its past could be forecast.

    ``tested`` is None where the series is too short, as ``problem`` says. ``scores``: one row per model tried, with
    mase, mase_drift (the better of the two drifts), p_value, coverage_80, coverage_95, origins, beats_drift, is_shown.
    ``values`` in USD bn by quarter, the last run without a gap.
    """

    segment: Segment
    series: Series | None
    values: pd.Series
    tested: Backtest | None
    scores: pd.DataFrame
    problem: str

    @property
    def model(self) -> str | None:
        """The model of least error of those that beat drift and whose intervals held."""
        winners = self.scores[self.scores.is_shown] if len(self.scores) else self.scores
        return str(winners.mase.idxmin()) if len(winners) else None

    def ahead(self) -> pd.DataFrame:
        """Return the forecast of the model that beats drift, by quarter, in USD bn; empty if none does."""
        if self.tested is None or self.model is None:
            return pd.DataFrame()
        last = self.values.index[-1]
        quarters = pd.period_range(last + 1, periods=HORIZON, freq="Q")
        return self.tested.forecast(self.model, HORIZON).set_axis(quarters).drop(columns="step")


def trials(known: Reported) -> list[Trial]:
    """Return the trial of each segment's revenue on the basis that reaches furthest."""
    return [_trial(one, facts.furthest(known[one.revenue])) for one in (*SEGMENTS, MICROSOFT_CLOUD)]


def scoreboard(found: list[Trial]) -> pd.DataFrame:
    """Return the scores of all models and series, with ``holm``: p-values corrected for all of them."""
    parts = [one.scores.assign(label=one.segment.label).reset_index() for one in found if len(one.scores)]
    if not parts:
        return pd.DataFrame()
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(holm=holm(rows.p_value).to_numpy())


def drawn(found: list[Trial]) -> pd.DataFrame:
    """Return what is drawn: a row per segment and quarter, with the forecast where a model beats drift."""
    ends = [f"{end}_{level}" for level in (80, 95) for end in ("low", "high")]
    parts = []
    for one in found:
        past = pd.DataFrame({"value": one.values, "is_forecast": False}).reindex(
            columns=["value", "is_forecast", *ends]
        )
        ahead = one.ahead().rename(columns={"mean": "value"})
        for rows in (past, ahead.assign(is_forecast=True)):
            if len(rows):
                quarters = pd.PeriodIndex(rows.index)
                parts.append(rows.assign(
                    label=one.segment.label, cloud=one.segment.cloud, quarter=quarters.astype("str"),
                    day=quarters.end_time.normalize(),
                ))  # fmt: skip
    if not parts:
        return pd.DataFrame()
    columns = ["label", "cloud", "quarter", "day", "value", "is_forecast", *ends]
    rows = pd.concat([part.astype(dict.fromkeys(ends, "float64")) for part in parts], ignore_index=True)
    return rows[columns].assign(is_forecast=rows.is_forecast.astype("bool"))


def _trial(one: Segment, found: Series | None) -> Trial:
    if found is None:
        return Trial(one, None, pd.Series(dtype="float64"), None, pd.DataFrame(), "nothing is known of it")
    values = facts.by_quarter(found)
    if found.gaps:
        values = values[values.index > pd.Period(max(found.gaps), "Q")]
    values = values / MILLION_PER_BILLION
    try:
        tested = forecast.backtest(values, TRIED, HORIZON, log=True)
        straight = forecast.backtest(values, {}, HORIZON)
    except ValueError:
        return Trial(one, found, values, None, pd.DataFrame(), f"{len(values)} quarters without a break are too few")
    return Trial(one, found, values, tested, _scores(tested, straight), "")


def _scores(tested: Backtest, straight: Backtest) -> pd.DataFrame:
    """Return how each model did against the better of drift in logarithms and drift in levels."""
    log, level = (one.scores.mase["drift"] for one in (tested, straight))
    benchmark = _losses(tested if log <= level else straight, "drift")
    rows = tested.scores.loc[list(TRIED)]
    p_values = [better(_losses(tested, name), benchmark, HORIZON) for name in rows.index]
    least = float(np.minimum(log, level))
    kept = rows[["mase", "coverage_80", "coverage_95", "origins", "failures", "doubts"]]
    return kept.assign(
        mase_drift=least, p_value=p_values, beats_drift=(kept.mase < least) & (kept.failures == 0)
    ).assign(is_shown=lambda rows: rows.beats_drift & (rows.coverage_95 >= LEAST_COVERAGE))


def _losses(tested: Backtest, model: str) -> pd.Series:
    rows = tested.forecasts[tested.forecasts.model == model]
    errors = (rows["mean"] - rows.actual).abs() / rows.scale
    return errors.groupby(rows.origin).mean()
