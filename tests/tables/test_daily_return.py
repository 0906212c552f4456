"""``daily_return`` and ``developer_survey``: values, and what stops the build."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.tables import daily_return, developer_survey
from cloudmarket.tables.checks import check_all
from cloudmarket.tables.inputs import Evidence

NOTHING = Evidence({}, {})


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    return daily_return.build(NOTHING)


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return developer_survey.build(NOTHING)


def test_span_symbols_and_the_largest_moves(returns: pd.DataFrame) -> None:
    assert returns.traded_on.min() == pd.Timestamp("2017-06-02")
    assert returns.traded_on.max() == pd.Timestamp("2025-07-31")
    assert set(returns.groupby("symbol").size()) == {2052}
    worst = returns.loc[returns.log_return.idxmin()]
    assert (worst.symbol, worst.traded_on, worst.log_return) == ("META", pd.Timestamp("2022-02-03"), -0.30639)
    assert (returns.observed_first_at.dt.tz_localize(None) == returns.traded_on).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"log_return": 0.7}, "within 0.5 either way"),
        ({"return_kind": "price"}, "price for the index SPX"),
        ({"traded_on": pd.Timestamp("2017-06-03")}, "a day from Monday to Friday"),
    ],
)
def test_a_return_that_breaks_a_rule_stops_the_build(
    returns: pd.DataFrame, change: dict[str, object], told: str
) -> None:
    wrong = returns[returns.symbol == "MSFT"].head(1)
    wrong = wrong.assign(**{"observed_first_at": pd.Timestamp("2017-06-05", tz="UTC"), **change})
    with pytest.raises(CheckError, match=told):
        check_all(daily_return.TABLE, wrong, daily_return.check(wrong))


def test_a_missing_trading_day_stops_the_build(returns: pd.DataFrame) -> None:
    with pytest.raises(CheckError, match="the same trading days for every symbol"):
        check_all(daily_return.TABLE, returns.iloc[1:], daily_return.check(returns.iloc[1:]))


@pytest.mark.parametrize(
    ("year", "base", "provider", "percent"),
    [
        (2023, "all respondents to the question", "aws", 48.62),
        (2023, "professional developers", "ovhcloud", 3.44),
        (2024, "all respondents to the question", "gcp", 25.09),
        (2022, "enterprises (1000+ employees)", "azure", 80.0),
    ],
)
def test_answers_of_surveys(answers: pd.DataFrame, year: int, base: str, provider: str, percent: float) -> None:
    rows = answers[(answers.year == year) & (answers.base == base) & (answers.provider == provider)]
    assert list(rows.percent) == [percent]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": 1}, "count in percent of n"),
        ({"percent": 101.0}, "from 0 to 100"),
        ({"provider": "nobody"}, "a code listed in"),
        ({"observed_first_at": pd.Timestamp("2022-12-31", tz="UTC")}, "known in the year of the survey"),
    ],
)
def test_an_answer_that_breaks_a_rule_stops_the_build(
    answers: pd.DataFrame, change: dict[str, object], told: str
) -> None:
    wrong = answers[(answers.year == 2023) & (answers.provider == "aws")].head(1).assign(**change)
    with pytest.raises(CheckError, match=told):
        check_all(developer_survey.TABLE, wrong, developer_survey.check(wrong))
