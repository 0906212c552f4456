"""Tests that the mean cumulative abnormal return is zero, each with the convention it follows.

References
----------
Campbell, Lo and MacKinlay (1997), section 4.4: J1 and J2. Patell (1976), Corporate Forecasts of Earnings Per Share
and Stock Price Behavior, Journal of Accounting Research 14(2), 246-276. Boehmer, Musumeci and Poulsen (1991),
Event-study methodology under conditions of event-induced variance, Journal of Financial Economics 30(2), 253-272.
Corrado (1989), A nonparametric test for abnormal security-price performance in event studies, Journal of Financial
Economics 23(2), 385-395; Corrado and Zivney (1992), Journal of Financial and Quantitative Analysis 27(3), 465-478, for
missing returns; Cowan (1992), Review of Quantitative Finance and Accounting 2, 343-358, for several days. Kolari and
Pynnonen (2010), Event Study Testing with Cross-sectional Correlation of Abnormal Returns, Review of Financial Studies
23(11), 3996-4025.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket.measures.event_study_models import Fit
from cloudmarket.measures.event_study_windows import Array

EXACT = "variance of the CAR exact, with the error of the estimated model; residual variance over days less parameters"
CONVENTIONS = {
    "cross_sectional": "mean CAR over its cross-sectional standard error, N - 1; t with N - 1 degrees",
    "cluster": "cross-sectional t of the mean CARs of the events, one cluster each; t with events - 1 degrees",
    "bhar_cross_sectional": "mean BHAR over its cross-sectional standard error, N - 1; t with N - 1 degrees",
    "j1": f"mean CAR over its standard error; {EXACT}; normal",
    "j2": f"mean of CARs over their standard errors, whose variance is d / (d - 2); {EXACT}; normal",
    "patell": (
        "sum of daily abnormal returns, each over its forecast error, covariance of days ignored; residual variance"
        " over T - 2 (market model), variance d / (d - 2); normal"
    ),
    "boehmer_musumeci_poulsen": f"mean of CARs over their standard errors, cross-sectional variance; {EXACT}; t, N - 1",
    "corrado_rank": (
        "mean rank over event and estimation days together, less 1/2, ranks over 1 + days known; standard deviation of"
        " the daily means over all days; sum over the event days over its square root of days; normal"
    ),
    "kolari_pynnonen": (
        "Boehmer-Musumeci-Poulsen times sqrt((1 - r) / (1 + (N - 1) r)), r the mean correlation of residuals; t, N - 1"
    ),
    "kolari_pynnonen_patell": "Patell over sqrt(1 + (N - 1) r), r the mean correlation; normal",
}
# Those that stay valid when several firms are hit on the same days.
ROBUST = ("cluster", "corrado_rank", "kolari_pynnonen", "kolari_pynnonen_patell")


def mean_correlation(residuals: Array, cluster: Array) -> float:
    """Return the mean correlation of estimation residuals over all pairs, 0 between different events.

    ``residuals`` is (days x observations), NaN where missing: pairs are compared on the days both have; those with
    fewer than three such days count as 0. NaN with a single observation.
    """
    count = residuals.shape[1]
    if count < 2:
        return math.nan
    total = 0.0
    for event in np.unique(cluster):
        block = residuals[:, cluster == event]
        seen = np.isfinite(block).astype(float)
        filled = np.where(seen > 0, block, 0.0)
        days, sums, squares = seen.T @ seen, filled.T @ seen, (filled**2).T @ seen
        with np.errstate(divide="ignore", invalid="ignore"):
            product = filled.T @ filled - sums * sums.T / days
            spread = (squares - sums**2 / days) * (squares.T - sums.T**2 / days)
            correlation = product / np.sqrt(spread)
        usable = (days >= 3) & np.isfinite(correlation) & ~np.eye(block.shape[1], dtype=bool)
        total += float(correlation[usable].sum())
    return float(total / (count * (count - 1)))


def table(fitted: Fit, bhar: Array, cluster: Array) -> tuple[pd.DataFrame, float]:
    """Return all tests, two-sided, and the mean correlation they use.

    The frame has test as index, then statistic, degrees (of t; NaN for the normal), p_value, assumes_independence and
    convention. What cannot be computed (one firm, one event) is NaN.
    """
    car, count = fitted.car, len(fitted.car)
    correlation = mean_correlation(fitted.residuals, cluster)
    standardised = car / np.sqrt(fitted.car_variance)
    noise = fitted.degrees / (fitted.degrees - 2)
    patell = _patell(fitted, noise)
    bmp = _t(standardised)
    # Beyond these limits no correlation matrix exists; the adjustment would be of a negative number.
    inside = -1 / (count - 1) < correlation < 1 if count > 1 else False
    inflation = 1 + (count - 1) * correlation if inside else math.nan
    means = np.array([car[cluster == event].mean() for event in np.unique(cluster)])
    found = {
        "cross_sectional": (_t(car), count - 1),
        "cluster": (_t(means), len(means) - 1),
        "bhar_cross_sectional": (_t(bhar), count - 1),
        "j1": (car.sum() / np.sqrt(fitted.car_variance.sum()), math.inf),
        "j2": (standardised.sum() / np.sqrt(noise.sum()), math.inf),
        "patell": (patell, math.inf),
        "boehmer_musumeci_poulsen": (bmp, count - 1),
        "corrado_rank": (_rank(fitted), math.inf),
        "kolari_pynnonen": (bmp * math.sqrt((1 - correlation) / inflation) if inside else math.nan, count - 1),
        "kolari_pynnonen_patell": (patell / math.sqrt(inflation) if inside else math.nan, math.inf),
    }
    rows = [
        (name, value, degrees, p_value(value, degrees), name not in ROBUST, CONVENTIONS[name])
        for name, (value, degrees) in found.items()
    ]
    columns = ["test", "statistic", "degrees", "p_value", "assumes_independence", "convention"]
    frame = pd.DataFrame(rows, columns=columns).set_index("test")
    return frame.assign(degrees=frame.degrees.replace(math.inf, math.nan)), correlation


def p_value(statistic: float, degrees: float) -> float:
    """Return the two-sided p-value under Student's t, or under the normal for infinite degrees."""
    if math.isnan(statistic) or degrees < 1:
        return math.nan
    law = stats.norm if math.isinf(degrees) else stats.t(degrees)
    return float(2 * law.sf(abs(statistic)))


def _t(values: Array) -> float:
    if len(values) < 2:
        return math.nan
    spread = float(values.std(ddof=1))
    return float(values.mean() / (spread / math.sqrt(len(values)))) if spread > 0 else math.nan


def _patell(fitted: Fit, noise: Array) -> float:
    daily = fitted.abnormal / np.sqrt(fitted.variance * fitted.day_factor)
    length = np.isfinite(daily).sum(axis=0)
    return float((np.nansum(daily, axis=0) / np.sqrt(length)).sum() / np.sqrt(noise.sum()))


def _rank(fitted: Fit) -> float:
    """Return Corrado's rank statistic over the event window; ties have their mean rank."""
    both = pd.DataFrame(np.vstack([fitted.residuals, fitted.abnormal]))
    scaled = (both.rank() / (1 + both.count()) - 0.5).to_numpy()
    present = np.isfinite(scaled).sum(axis=1)
    used = present > 0
    daily = np.nansum(scaled, axis=1) / np.sqrt(np.maximum(present, 1))
    spread = math.sqrt(float(np.mean(daily[used] ** 2)))
    event = slice(len(fitted.residuals), None)
    return float(daily[event].sum() / (spread * math.sqrt(int(used[event].sum()))))
