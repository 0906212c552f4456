"""Kaplan-Meier and log-rank with interval-censored times placed at either end of their intervals, or in the middle."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cloudmarket.measures.availability_turnbull import Array

ROUNDING = 1e-9
# Beyond this the limits are 0 and 1 to machine precision, and the exponential would overflow.
WIDEST = 50.0
BOUNDS = ("earliest", "midpoint", "latest")
LOG_RANK = ["bound", "statistic", "degrees", "p_value"]


def placed(low: Array, high: Array, bound: str) -> tuple[Array, Array]:
    """Return times and status for Kaplan-Meier, with events at one end, or the middle, of their intervals."""
    come = np.isfinite(high)
    weight = {"earliest": 0.0, "midpoint": 0.5, "latest": 1.0}[bound]
    return np.where(come, low + weight * (np.where(come, high, low) - low), low), come.astype(float)


def kaplan_meier(low: Array, high: Array, bound: str, level: float) -> pd.DataFrame:
    """Return time, survival, Greenwood's standard error and the log-log interval; NaN where survival is 0 or 1."""
    columns = ["bound", "time", "survival", "standard_error", "low", "high"]
    times, status = placed(low, high, bound)
    if not status.any():
        return pd.DataFrame([(bound, low.max(), 1.0, 0.0, np.nan, np.nan)], columns=columns)
    found = SurvfuncRight(times, status)
    survival = np.asarray(found.surv_prob)
    error = np.where((survival > 0) & (survival < 1), found.surv_prob_se, np.nan)
    lower, upper = log_log(survival, error, level)
    rows = (np.full(len(survival), bound, dtype=object), found.surv_times, survival, error, lower, upper)
    return pd.DataFrame(dict(zip(columns, rows, strict=True)))


def log_log(survival: Array, error: Array, level: float) -> Array:
    """Return lower and upper limits, shape (2, times), symmetric in log(-log S); NaN where survival is 0 or 1."""
    limits = np.full((2, len(survival)), np.nan)
    # Within rounding of 0 or 1 the curve is there: the logarithm would make an interval of nothing.
    inside = (survival > ROUNDING) & (survival < 1 - ROUNDING)
    known = survival[inside]
    width = stats.norm.ppf((1 + level) / 2) * error[inside] / (known * -np.log(known))
    width = np.minimum(width, WIDEST)
    limits[:, inside] = known ** np.exp(width), known ** np.exp(-width)
    return limits


def at(times: Array, values: Array, wanted: Array) -> Array:
    """Return the value of a step function from 1, at the times wanted."""
    return np.concatenate([[1.0], values])[np.searchsorted(times, wanted, side="right")]


def log_rank(low: Array, high: Array, groups: pd.Series) -> pd.DataFrame:
    """Return the log-rank test that all groups have one curve, at each bound."""
    rows = []
    for bound in BOUNDS:
        statistic, p_value = survdiff(*placed(low, high, bound), groups.to_numpy())
        rows.append((bound, float(statistic), groups.nunique() - 1, float(p_value)))
    return pd.DataFrame(rows, columns=LOG_RANK)
