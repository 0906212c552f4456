"""Normal returns by ordinary least squares, and the exact variance of what departs from them.

References
----------
Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, sections 4.3 and 4.4: with the design X of
the estimation window and X* of the event window, abnormal returns have the covariance
sigma^2 (I + X* (X'X)^-1 X*'), hence the sum over L days has the variance
sigma^2 (L + L^2 / M + (sum of x* - mean x)^2 / Sxx). MacKinlay (1997), Event Studies in Economics and Finance, Journal
of Economic Literature 35(1), 13-39, sections 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from cloudmarket.measures.event_study_windows import Array, Sample

Model = Literal["market", "mean-adjusted", "market-adjusted"]
PARAMETERS = {"market": 2, "mean-adjusted": 1, "market-adjusted": 0}
# Residuals that small against the returns are rounding: the price never moved on its own.
NO_VARIANCE = 1e-20


@dataclass(frozen=True, slots=True)
class Fit:
    """One column per observation.

    ``alpha``, ``beta``, ``variance`` (residual, per day, divided by ``degrees``: days less parameters), ``days`` (of
    estimation), ``residuals`` (estimation days x observations), ``abnormal`` and ``expected`` (event days x
    observations), ``day_factor`` and ``sum_factor``: variance of one abnormal return, and of their sum, over the
    residual variance.
    """

    alpha: Array
    beta: Array
    variance: Array
    degrees: Array
    days: Array
    residuals: Array
    abnormal: Array
    expected: Array
    day_factor: Array
    sum_factor: Array

    @property
    def car(self) -> Array:
        """Cumulative abnormal return, over the days known."""
        return np.asarray(np.nansum(self.abnormal, axis=0))

    @property
    def car_variance(self) -> Array:
        """Exact variance of the cumulative abnormal return."""
        return self.variance * self.sum_factor


def check(model: str) -> None:
    """Refuse a model that is none of the three."""
    if model not in get_args(Model):
        raise ValueError(f"no model {model!r}: say one of {', '.join(get_args(Model))}")


def fit(sample: Sample, model: Model) -> Fit:
    """Fit the model of each observation over its own estimation days.

    ``market``: R = alpha + beta Rm. ``mean-adjusted``: R = alpha. ``market-adjusted``: R = Rm, nothing estimated,
    the variance is the mean square of R - Rm.
    """
    y, seen = sample.estimation, np.isfinite(sample.estimation)
    event_seen = np.isfinite(sample.event)
    days = seen.sum(axis=0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_y = np.where(seen, y, 0).sum(axis=0) / days
        mean_x = np.where(seen, sample.estimation_market, 0).sum(axis=0) / days
        x = np.where(seen, sample.estimation_market - mean_x, 0)
        squares = (x**2).sum(axis=0)
        if model == "market":
            beta = (x * np.where(seen, y - mean_y, 0)).sum(axis=0) / squares
        else:
            beta = np.full(len(days), 0.0 if model == "mean-adjusted" else 1.0)
        alpha = np.zeros(len(days)) if model == "market-adjusted" else mean_y - beta * mean_x
        residuals = y - alpha - beta * sample.estimation_market
        degrees = days - PARAMETERS[model]
        variance = np.nansum(residuals**2, axis=0) / degrees
        flat = np.nansum(residuals**2, axis=0) <= NO_VARIANCE * np.nansum(y**2, axis=0)
        if model == "market":
            flat |= squares <= NO_VARIANCE * (np.where(seen, sample.estimation_market, 0) ** 2).sum(axis=0)
        distance = np.where(event_seen, sample.event_market - mean_x, 0)
        length = event_seen.sum(axis=0)
        day_factor = np.ones(sample.event.shape)
        sum_factor = length.astype(float)
        if model != "market-adjusted":
            day_factor, sum_factor = day_factor + 1 / days, sum_factor + length**2 / days
        if model == "market":
            day_factor = day_factor + distance**2 / squares
            sum_factor = sum_factor + distance.sum(axis=0) ** 2 / squares
    expected = alpha + beta * sample.event_market
    return Fit(
        alpha,
        beta,
        np.where(flat, 0.0, variance),
        degrees,
        days,
        residuals,
        sample.event - expected,
        np.where(event_seen, expected, np.nan),
        day_factor,
        sum_factor,
    )


def buy_and_hold(sample: Sample, fitted: Fit) -> Array:
    """Return each firm's compounded return less that expected, over the event days known."""
    held = np.nanprod(1 + sample.event, axis=0)
    return np.asarray(held - np.nanprod(1 + fitted.expected, axis=0))


def unusable(sample: Sample, fitted: Fit, estimation_days: int, event_days: int) -> list[str]:
    """Return why each observation cannot be used; empty for those that can."""
    seen = np.isfinite(sample.event).sum(axis=0)
    reasons = []
    for days, present, variance in zip(fitted.days, seen, fitted.variance, strict=True):
        if days < estimation_days:
            reasons.append(f"{int(days)} estimation days, {estimation_days} needed")
        elif present < event_days:
            reasons.append(f"{int(present)} event days, {event_days} needed")
        else:
            reasons.append("" if variance > 0 else "no variance in the estimation window")
    return reasons
