"""Rates of events: against statsmodels' regression, and the exact bound of nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.event_rate import rate

YEAR = 28 / 365.25


def test_the_rate_is_that_of_the_regression_with_the_dispersion_of_pearson() -> None:
    counts = pd.Series([3, 0, 5, 1, 9, 2, 0, 4, 4, 1, 7, 0, 3])
    found = rate(counts, years_per_period=YEAR)
    model = sm.GLM(counts, np.ones(13), family=sm.families.Poisson(), exposure=np.full(13, YEAR)).fit(scale="X2")
    assert found.dispersion == pytest.approx(model.scale)
    assert found.per_year == pytest.approx(np.exp(model.params.iloc[0]))
    assert (found.low, found.high) == pytest.approx(tuple(np.exp(model.conf_int().iloc[0])))
    assert (found.events, found.years) == (39, pytest.approx(13 * YEAR))
    assert repr(found).startswith("Rate(39.1 a year, ")


def test_equal_counts_leave_no_doubt_about_a_schedule() -> None:
    found = rate(pd.Series([2] * 13), years_per_period=YEAR)
    assert found.dispersion == 0
    assert found.low == found.per_year == found.high == pytest.approx(2 / YEAR)


def test_no_event_leaves_the_rule_of_three() -> None:
    """Nothing in n trials leaves at most about 3/n (Hanley and Lippman-Hand 1983, JAMA 249, 1743-1745)."""
    found = rate(pd.Series([0] * 13), years_per_period=1.0)
    assert found.per_year == found.low == 0
    assert found.high == pytest.approx(3 / 13, rel=0.005)
    assert np.isnan(found.dispersion)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=20))
def test_the_rate_is_in_its_interval_and_scales_with_the_period(values: list[int]) -> None:
    counts = pd.Series(values)
    found, half = rate(counts, years_per_period=1.0), rate(counts, years_per_period=0.5)
    assert found.low <= found.per_year * (1 + 1e-9)
    assert found.per_year <= found.high * (1 + 1e-9)
    assert half.per_year == pytest.approx(2 * found.per_year)


@pytest.mark.parametrize(
    ("counts", "years", "message"),
    [
        (pd.Series([1, 2]), 1.0, "at least 3 periods"),
        (pd.Series([1, -1, 2]), 1.0, "zero or more"),
        (pd.Series([1.0, np.nan, 2.0]), 1.0, "zero or more"),
        (pd.Series([1, 1, 2]), 0.0, "has no length"),
    ],
)
def test_what_has_no_rate_is_refused(counts: pd.Series, years: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rate(counts, years_per_period=years)
