"""Growth: a printed example, closed forms, and exact additivity."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.growth import compound_rate, contributions, year_on_year


def quarters(first: str, *levels: float) -> pd.Series:
    return pd.Series(levels, index=pd.period_range(first, periods=len(levels), freq="Q"), dtype="float64")


def test_a_worked_example() -> None:
    # A market of 100 grows to 120: 10 of it from the first, 14 from the second, and the third shrinks by 4.
    found = contributions(
        pd.Series({"first": 50, "second": 30, "third": 20}), pd.Series({"first": 60, "second": 44, "third": 16})
    )
    assert found.index.tolist() == ["second", "first", "third"]
    assert found.contribution.to_dict() == pytest.approx({"second": 0.14, "first": 0.10, "third": -0.04})
    assert found.share_of_growth.to_dict() == pytest.approx({"second": 0.7, "first": 0.5, "third": -0.2})
    assert found.change.tolist() == [14, 10, -4]


def test_filed_figures_of_two_clouds() -> None:
    # AWS net sales and Google Cloud revenue of 2022 and 2023 in USD million, from the companies' annual reports.
    found = contributions(pd.Series({"AWS": 80_096, "GC": 26_280}), pd.Series({"AWS": 90_757, "GC": 33_088}))
    assert found.contribution["AWS"] == pytest.approx(10_661 / 106_376)
    assert found.contribution.sum() == pytest.approx(123_845 / 106_376 - 1)


LEVELS = st.dictionaries(
    st.text(min_size=1, max_size=3), st.tuples(*[st.floats(0.01, 1e6)] * 2), min_size=1, max_size=8
)


@given(LEVELS)
def test_contributions_add_up(levels: dict[str, tuple[float, float]]) -> None:
    table = pd.DataFrame(levels, index=["before", "after"]).T
    found = contributions(table.before, table.after)
    growth = table.after.sum() / table.before.sum() - 1
    assert math.isclose(found.contribution.sum(), growth, rel_tol=1e-9, abs_tol=1e-9)
    if abs(growth) > 1e-6:
        assert found.share_of_growth.sum() == pytest.approx(1, rel=1e-6)
    # Each part's weight before, times its own growth.
    weighted = table.before / table.before.sum() * (table.after / table.before - 1)
    assert found.contribution.to_dict() == pytest.approx(weighted.to_dict(), rel=1e-6, abs=1e-9)


def test_those_who_enter_or_leave_count_only_when_told_so() -> None:
    before, after = pd.Series({"old": 60.0, "left": 40.0}), pd.Series({"old": 60.0, "new": 50.0})
    with pytest.raises(ValueError, match=r"'(left|new)' is there in one of the periods only"):
        contributions(before, after)
    found = contributions(before, after, absent_is_zero=True)
    assert found.contribution.to_dict() == pytest.approx({"new": 0.5, "old": 0.0, "left": -0.4})


def test_a_whole_that_did_not_change_has_no_shares_of_growth() -> None:
    found = contributions(pd.Series({"a": 1.0, "b": 2.0}), pd.Series({"a": 2.0, "b": 1.0}))
    assert found.contribution.tolist() == pytest.approx([1 / 3, -1 / 3])
    assert found.share_of_growth.isna().all()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (pd.Series({"a": 0.0}), pd.Series({"a": 1.0}), "the whole before is 0"),
        (pd.Series({"a": -5.0, "b": 1.0}), pd.Series({"a": 1.0, "b": 1.0}), "the whole before is -4"),
        (pd.Series({"a": float("nan")}), pd.Series({"a": 1.0}), "'a' has no level before"),
        (pd.Series({"a": 1.0}), pd.Series({"a": float("nan")}), "'a' has no level after"),
        (pd.Series([1.0, 2.0], index=["a", "a"]), pd.Series({"a": 1.0}), "'a' is given twice before"),
    ],
)
def test_what_has_no_growth_is_refused(before: pd.Series, after: pd.Series, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        contributions(before, after, absent_is_zero=True)


def test_year_on_year_compares_with_the_same_quarter() -> None:
    found = year_on_year(quarters("2023Q1", 100, 110, 120, 130, 120, 121))
    assert found["2024Q1"] == pytest.approx(0.20)
    assert found["2024Q2"] == pytest.approx(0.10)
    assert found[:4].isna().all()


def test_a_gap_is_unknown_and_shifts_nothing() -> None:
    gap = quarters("2023Q1", 100, 110, 120, 130, 120, 121).drop(pd.Period("2023Q2"))
    found = year_on_year(gap.sample(frac=1, random_state=2))
    assert found["2024Q1"] == pytest.approx(0.20)
    assert np.isnan(found["2024Q2"])
    assert len(found) == 6


@pytest.mark.parametrize(("frequency", "per_year"), [("Y", 1), ("Y-JUN", 1), ("Q", 4), ("Q-JUN", 4), ("M", 12)])
@given(rate=st.floats(-0.9, 3), years=st.integers(1, 5))
def test_steady_growth_is_found_again(frequency: str, per_year: int, rate: float, years: int) -> None:
    index = pd.period_range("2015-07", periods=years * per_year + 1, freq=frequency)
    levels = pd.Series(7 * (1 + rate) ** (np.arange(len(index)) / per_year), index=index)
    assert compound_rate(levels) == pytest.approx(rate, rel=1e-9, abs=1e-12)
    assert year_on_year(levels).dropna().to_numpy() == pytest.approx(rate, rel=1e-9, abs=1e-12)


def test_the_compound_rate_between_chosen_periods() -> None:
    levels = quarters("2020Q1", 100, 1, 1, 1, 1, 1, 1, 1, 144, 999, float("nan"))
    assert compound_rate(levels, "2020Q1", "2022Q1") == pytest.approx(0.2)
    assert compound_rate(levels) == pytest.approx(9.99 ** (4 / 9) - 1)


@pytest.mark.parametrize(
    ("levels", "options", "message"),
    [
        (quarters("2024Q1", 1, 0), {}, "level of 2024Q2 is not above zero"),
        (quarters("2024Q1", 1, -3), {}, "level of 2024Q2 is not above zero"),
        (pd.Series([1.0, 2.0]), {}, "indexed by periods"),
        (pd.Series([1.0], index=pd.period_range("2024-01-01", periods=1, freq="D")), {}, "indexed by periods"),
        (pd.concat([quarters("2024Q1", 1)] * 2), {}, "2024Q1 is given twice"),
        (quarters("2024Q1", float("nan")), {}, "there are no levels"),
        (quarters("2024Q1", 1, float("nan"), 3), {"end": "2024Q2"}, "level of 2024Q2 is not known"),
        (quarters("2024Q1", 1, 2), {"start": "2023Q1"}, "level of 2023Q1 is not known"),
        (quarters("2024Q1", 1, 2), {"start": "2024Q2"}, "2024Q2 is not after 2024Q2"),
    ],
)
def test_what_has_no_rate_is_refused(levels: pd.Series, options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compound_rate(levels, **options)
