"""Forecasts with their variance: naive and drift in closed form, the others from statsmodels.

References
----------
Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd edition, sections 5.2 and 5.5 (naive,
seasonal naive, drift and the variance of their errors), chapter 8 (ETS), chapter 9 (ARIMA). Box and Jenkins (1970): the
airline model. Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, chapter 2: the basic
structural model.

Of naive, seasonal naive and drift the error over its estimated standard deviation is exactly Student's t under normal
changes (:func:`degrees`). Models of statsmodels take fitted parameters as known: their intervals cover less than they
say in short series, and a backtest shows how much.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

Array = npt.NDArray[np.float64]
Forecast = tuple[Array, Array]
# From values in order of time, a season (1: none) and a horizon to means and variances of the next values.
Method = Callable[[Array, int, int], Forecast]


def naive(values: Array, season: int, horizon: int) -> Forecast:
    """Repeat the last value."""
    del season
    return np.full(horizon, values[-1]), np.mean(np.diff(values) ** 2) * np.arange(1.0, horizon + 1)


def seasonal_naive(values: Array, season: int, horizon: int) -> Forecast:
    """Repeat the last season; the variance grows with each season ahead."""
    steps = np.arange(horizon)
    variance = np.mean((values[season:] - values[:-season]) ** 2)
    return values[-season + steps % season], variance * (1.0 + steps // season)


def drift(values: Array, season: int, horizon: int) -> Forecast:
    """Continue the line from the first to the last value; the variance includes the error of its slope."""
    del season
    changes = np.diff(values)
    steps = np.arange(1.0, horizon + 1)
    slope = float(changes.mean())
    return values[-1] + slope * steps, changes.var(ddof=1) * steps * (1 + steps / len(changes))


def degrees(method: Method, observations: int, season: int) -> float:
    """Return the degrees of freedom of a method's variance; infinite where it is taken as known."""
    used: dict[Method, int] = {naive: 1, drift: 2, seasonal_naive: season}
    return float(observations - used[method]) if method in used else float("inf")


def ets(values: Array, season: int, horizon: int) -> Forecast:
    """Return additive error, damped additive trend, and additive season if there is one: ETS(A,Ad,A)."""
    seasonal = {"seasonal": "add", "seasonal_periods": season} if season > 1 else {}
    series = pd.Series(values)
    fitted = ETSModel(series, error="add", trend="add", damped_trend=True, **seasonal).fit(disp=False)
    found = fitted.get_prediction(start=len(values), end=len(values) + horizon - 1)
    return np.asarray(found.predicted_mean), np.asarray(found.forecast_variance)


def sarimax(values: Array, season: int, horizon: int) -> Forecast:
    """Return the airline model (0,1,1)(0,1,1); without a season (0,1,1) with drift."""
    options = {"seasonal_order": (0, 1, 1, season)} if season > 1 else {"trend": "c"}
    found = SARIMAX(values, order=(0, 1, 1), **options).fit(disp=False).get_forecast(horizon)
    return np.asarray(found.predicted_mean), np.asarray(found.var_pred_mean)


def unobserved_components(values: Array, season: int, horizon: int) -> Forecast:
    """Return local linear trend, season if there is one, and noise: the basic structural model."""
    model = UnobservedComponents(values, level="lltrend", seasonal=season if season > 1 else None)
    found = model.fit(disp=False).get_forecast(horizon)
    return np.asarray(found.predicted_mean), np.asarray(found.var_pred_mean)


BENCHMARKS: dict[str, Method] = {"naive": naive, "drift": drift}
MODELS: dict[str, Method] = {"ets": ets, "sarimax": sarimax, "unobserved-components": unobserved_components}


def attempt(method: Method, values: Array, season: int, horizon: int) -> tuple[Array, Array, str]:
    """Return means, variances and what went wrong; NaN if there is no forecast, with the reason."""
    nothing = np.full(horizon, np.nan)
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            mean, variance = method(values, season, horizon)
        except (ValueError, np.linalg.LinAlgError) as error:
            return nothing, nothing, str(error)
    if mean.shape != (horizon,) or variance.shape != (horizon,):
        return nothing, nothing, f"not {horizon} means and variances"
    if not (np.isfinite(mean).all() and np.isfinite(variance).all() and (variance >= 0).all()):
        return nothing, nothing, "no finite forecast with a variance"
    doubts = [str(item.message) for item in caught if issubclass(item.category, ModelWarning)]
    return mean, variance, doubts[0] if doubts else ""
