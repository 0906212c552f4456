"""The trend of a short series: closed forms, a hand-made Newey-West error, and how often the truth is covered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cloudmarket.measures.growth_trend import trend

MONTHS = pd.date_range("2025-06-01", periods=10, freq="MS")
YEARS = np.asarray((MONTHS - MONTHS[0]) / pd.Timedelta(days=365.25))


def series(logs: np.ndarray) -> pd.Series:
    return pd.Series(np.exp(logs), index=MONTHS[: len(logs)])


def test_a_level_that_doubles_each_year_grows_twofold_for_sure() -> None:
    found = trend(series(np.log(2) * YEARS))
    assert (found.factor, found.low, found.high) == pytest.approx((2, 2, 2))
    assert found.observations == len(MONTHS)
    assert repr(found) == "Trend(2.00 times a year, 2.00 to 2.00, n=10)"


def test_the_line_has_the_error_of_newey_and_west_written_out() -> None:
    logs = 0.7 * YEARS + np.array([0.1, -0.2, 0.05, 0.3, -0.1, 0.0, -0.25, 0.15, 0.2, -0.05])
    x = np.column_stack([np.ones(10), YEARS])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ logs
    scores = x * (logs - x @ beta)[:, None]
    middle = scores.T @ scores
    for lag in (1, 2):  # floor(4 (10/100)^(2/9)) = 2
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / 3) * (cross + cross.T)
    error = np.sqrt((inverse @ middle @ inverse)[1, 1] * 10 / 8)
    half = stats.t.ppf(0.975, 8) * error
    found = trend(series(logs))
    assert found.factor == pytest.approx(np.exp(beta[1]))
    assert found.line == pytest.approx((np.exp(beta[1] - half), np.exp(beta[1] + half)))


def test_the_walk_has_the_error_of_the_mean_change_when_times_are_even() -> None:
    days = pd.date_range("2024-01-01", periods=8, freq="30D")
    changes = np.array([0.1, 0.3, -0.05, 0.2, 0.0, 0.15, 0.1])
    found = trend(pd.Series(np.exp(np.cumsum([0.0, *changes])), index=days))
    low, high = stats.t.interval(0.95, 6, changes.mean(), changes.std(ddof=1) / np.sqrt(7))
    per_year = 365.25 / 30
    assert found.walk == pytest.approx((np.exp(low * per_year), np.exp(high * per_year)))


@pytest.mark.parametrize("kind", ["line", "walk"])
def test_the_hull_covers_the_truth_where_the_line_alone_does_not(kind: str) -> None:
    rng = np.random.default_rng(20260331)
    alone = hull = 0
    draws = 150
    for _ in range(draws):
        shocks = rng.normal(scale=0.15, size=60)
        errors = np.zeros(60)
        for place in range(1, 60):
            errors[place] = (1.0 if kind == "walk" else 0.5) * errors[place - 1] + shocks[place]
        found = trend(series(0.7 * YEARS + errors[-10:]))
        alone += found.line[0] <= np.exp(0.7) <= found.line[1]
        hull += found.low <= np.exp(0.7) <= found.high
    assert hull / draws >= 0.92
    assert alone / draws < 0.8


@given(st.lists(st.floats(-2, 2), min_size=5, max_size=10), st.floats(0.01, 1000))
def test_the_unit_does_not_matter_and_the_estimate_is_in_its_interval(logs: list[float], unit: float) -> None:
    levels = series(np.array(logs))
    found, scaled = trend(levels), trend(unit * levels)
    assert found.low <= found.factor * (1 + 1e-9)
    assert found.factor <= found.high * (1 + 1e-9)
    assert np.log(scaled.factor) == pytest.approx(np.log(found.factor), abs=1e-6)


def test_missing_levels_are_left_out() -> None:
    levels = series(np.log(2) * YEARS)
    levels.iloc[[2, 5]] = np.nan
    assert trend(levels).factor == pytest.approx(2)
    assert trend(levels).observations == 8


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (series(np.zeros(4)), "4 levels are known: a trend needs at least 5"),
        (pd.Series([1.0, 2.0, 0.0, 1.0, 1.0], index=MONTHS[:5]), "is not above zero"),
        (series(np.zeros(5)).iloc[::-1], "out of order or repeat"),
    ],
)
def test_what_has_no_trend_is_refused(levels: pd.Series, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trend(levels)
