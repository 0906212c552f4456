"""Which models forecast better than a straight line, tried on the past from a rolling origin.

References
----------
Hyndman and Koehler (2006), Another look at measures of forecast accuracy, International Journal of Forecasting 22(4),
679-688: MASE. Winkler (1972), A Decision-Theoretic Approach to Interval Estimation, Journal of the American Statistical
Association 67(337), 187-191. Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of
Forecasting 16(4), 437-450: rolling origins. Models: see ``forecast_models``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket.measures import forecast_models as models
from cloudmarket.measures.forecast_models import Array, Method
from cloudmarket.measures.forecast_scores import LEVELS, score


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """How each model forecast what had happened.

    ``scores`` by model: mase (absolute errors over the training window's mean absolute change, seasonal with a
    season), winkler_80, winkler_95 (mean interval scores, in the unit of the series), coverage_80, coverage_95
    (fractions), origins, failures, doubts (origins whose fit statsmodels warns of), p_value (one-sided, of being no
    better than drift), beats_drift (by MASE; whether by more than chance, the p-value says). ``forecasts``: one row
    per model, origin and step, with target, mean, low_80, high_80, low_95, high_95, actual, scale and problem.
    ``offered``: models other than the benchmarks that forecast at every origin and have a smaller MASE than drift.
    """

    scores: pd.DataFrame
    forecasts: pd.DataFrame
    offered: tuple[str, ...]
    series: pd.Series
    season: int
    log: bool
    methods: Mapping[str, Method]

    def __repr__(self) -> str:
        verdict = ", ".join(self.offered) if self.offered else "none: show no forecast"
        table = self.scores.to_string(float_format=lambda value: f"{value:.3f}")
        return f"Backtest of {self.scores.origins.max()} origins\n{table}\nbetter than drift: {verdict}"

    def forecast(self, model: str, horizon: int) -> pd.DataFrame:
        """Return step, mean, low_80, high_80, low_95 and high_95 beyond the series, of a model that beats drift.

        Raises
        ------
        ValueError
            If the model does not beat drift, or gives no forecast from the whole series.
        """
        if model not in self.offered:
            raise ValueError(f"{model!r} does not forecast better than drift: it is not offered")
        if horizon < 1:
            raise ValueError(f"a horizon of {horizon} is no forecast")
        values = self.series.to_numpy(dtype=float)
        frame, problem = _one(self.methods[model], values, self.season, horizon, self.log)
        if frame["mean"].isna().any():
            raise ValueError(f"{model!r} gives no forecast: {problem}")
        return frame

    def plot(self) -> Any:
        """Draw the series, and the last origin's forecasts of drift and the models offered; return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1]
        axes.plot(range(len(self.series)), self.series.to_numpy(), color="0.3", linewidth=1)
        last = self.forecasts[self.forecasts.origin == self.forecasts.origin.max()]
        for number, name in enumerate(("drift", *self.offered)):
            rows = last[last.model == name]
            axes.plot(rows.target, rows["mean"], color=f"C{number}", label=name)
            axes.fill_between(rows.target, rows.low_80, rows.high_80, color=f"C{number}", alpha=0.2)
        axes.set(xlabel="Observation", ylabel=str(self.series.name or "Value"))
        axes.legend()
        return axes


def backtest(
    series: pd.Series,
    models: Sequence[str] | Mapping[str, Method] = ("ets", "sarimax", "unobserved-components"),
    horizon: int = 1,
    *,
    season: int = 1,
    initial: int | None = None,
    step: int = 1,
    log: bool = False,
) -> Backtest:
    """Forecast the past again and again, each time from what was known, and score it.

    Parameters
    ----------
    series : Series
        Values in order of time, evenly spaced, none missing.
    models : sequence or mapping
        Names of ``forecast_models.MODELS``, or functions by name: (values, season, horizon) to means and variances.
        Naive and drift always take part, and the seasonal naive with a season.
    horizon : int
        Steps ahead; all of 1 to horizon are scored.
    season : int
        Observations per season; 1 for none.
    initial, step : int
        Observations before the first origin (default: two thirds, at least 10 and two seasons and two), and between
        origins. The training window grows.
    log : bool
        Model logarithms; intervals are transformed back, and the forecast is the median.

    Raises
    ------
    ValueError
        If values are missing, out of order or (with ``log``) not positive, there are too few, none changes, or a
        model is unknown.
    """
    values = _checked(series, season, horizon, step, log)
    methods = _methods(models, season)
    least = max(10, 2 * season + 2)
    first = max(least, 2 * len(values) // 3) if initial is None else initial
    if first < least:
        raise ValueError(f"initial is {first}: at least {least} observations are needed before the first origin")
    origins = range(first, len(values) - horizon + 1, step)
    if not origins:
        raise ValueError(f"{len(values)} observations leave no origin with {first} before and {horizon} after it")
    parts = []
    for origin in origins:
        known, actual = values[:origin], values[origin : origin + horizon]
        scale = float(np.mean(np.abs(known[season:] - known[:-season])))
        if scale == 0:
            raise ValueError(f"the first {origin} observations do not change: errors have no scale")
        for name, method in methods.items():
            frame, problem = _one(method, known, season, horizon, log)
            target = np.arange(origin, origin + horizon)
            parts.append(
                frame.assign(model=name, origin=origin, target=target, actual=actual, scale=scale, problem=problem)
            )
    forecasts = pd.concat(parts, ignore_index=True)
    scores = score(forecasts, list(methods), overlap=-(-horizon // step))
    benchmarks = {"naive", "drift", "seasonal-naive"}
    better = [name for name in methods if name not in benchmarks and scores.beats_drift[name]]
    return Backtest(scores, forecasts, tuple(better), series.copy(), season, log, methods)


def _checked(series: pd.Series, season: int, horizon: int, step: int, log: bool) -> Array:
    if min(season, horizon, step) < 1:
        raise ValueError("season, horizon and step are whole numbers from 1")
    if not series.index.is_unique or not series.index.is_monotonic_increasing:
        raise ValueError("the series is not in order, or has a time twice")
    values = series.to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(values).all():
        raise ValueError(f"{int((~np.isfinite(values)).sum())} values are missing or infinite")
    if log and (values <= 0).any():
        raise ValueError("logarithms need positive values")
    return np.asarray(values)


def _methods(chosen: Sequence[str] | Mapping[str, Method], season: int) -> dict[str, Method]:
    methods = dict(models.BENCHMARKS)
    if season > 1:
        methods["seasonal-naive"] = models.seasonal_naive
    unknown = [] if isinstance(chosen, Mapping) else [name for name in chosen if name not in models.MODELS]
    if unknown:
        raise ValueError(f"no models {unknown}: say some of {', '.join(models.MODELS)}, or give functions")
    taken = [name for name in chosen if name in methods]
    if taken:
        raise ValueError(f"{taken} always take part: give others")
    return methods | (dict(chosen) if isinstance(chosen, Mapping) else {name: models.MODELS[name] for name in chosen})


def _one(method: Method, values: Array, season: int, horizon: int, log: bool) -> tuple[pd.DataFrame, str]:
    mean, variance, problem = models.attempt(method, np.log(values) if log else values, season, horizon)
    back = np.exp if log else np.asarray
    frame = pd.DataFrame({"step": np.arange(1, horizon + 1), "mean": back(mean)})
    law = stats.t(models.degrees(method, len(values), season))
    for level in LEVELS:
        width = law.ppf(0.5 + level / 200) * np.sqrt(variance)
        frame[f"low_{level}"], frame[f"high_{level}"] = back(mean - width), back(mean + width)
    return frame, problem
