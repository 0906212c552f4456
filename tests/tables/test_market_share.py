"""``market_share``: ranges as printed, releases apart."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.errors import CheckError
from cloudmarket.names._tables import rows as reviewed
from cloudmarket.tables import developer_survey, market_share
from cloudmarket.tables.checks import check_all
from cloudmarket.tables.inputs import Evidence
from tables.facts import extract, read

NOTHING = Evidence({}, {})
FIGURES = st.decimals(min_value=0, max_value=1000, places=1)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return market_share.build(NOTHING)


@given(FIGURES, FIGURES)
def test_a_range_has_the_ends_it_is_written_with(one: object, other: object) -> None:
    low, high = sorted([float(str(one)), float(str(other))])
    assert market_share.printed_range(f"{low}-{high}") == (low, high)
    assert market_share.printed_range(f"{low}") == (low, low)
    below, above = market_share.printed_range(f"<{high}"), market_share.printed_range(f">{low}")
    assert math.isnan(below[0])
    assert below[1] == high
    assert math.isnan(above[1])
    assert above[0] == low
    if low < high:
        with pytest.raises(ValueError, match="wrong way round"):
            market_share.printed_range(f"{high}-{low}")


@given(st.text(max_size=10))
def test_any_text_is_a_range_in_order_or_refused(text: str) -> None:
    try:
        low, high = market_share.printed_range(text)
    except ValueError:
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            market_share.printed_range(text)
    else:
        assert not low > high


@pytest.mark.parametrize("text", ["", "about 30", "<5-10", "-5", "1e2", "30%", "30 - 40"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no figure"):
        market_share.printed_range(text)


def test_figures_are_those_of_the_extract(rows: pd.DataFrame) -> None:
    assert sorted(rows.value_as_printed) == sorted(line["value"] for line in read(extract("market_share.csv")))


@pytest.mark.parametrize(
    ("wanted", "low", "high"),
    [
        ({"estimated_by": "canalys", "vintage": "first", "period": "2022Q4", "providers": "azure"}, 23, 23),
        ({"estimated_by": "canalys", "vintage": "revised_2024_08", "period": "2022Q4", "providers": "azure"}, 17, 17),
        ({"estimated_by": "canalys", "vintage": "revised_2024_08", "period": "2022Q4", "providers": "aws"}, 35, 35),
        ({"estimated_by": "ofcom", "vintage": "interim_2023_04", "providers": "aws+azure"}, 60, 70),
        ({"estimated_by": "ofcom", "vintage": "final_2023_10", "providers": "aws+azure"}, 70, 80),
        ({"vintage": "release_2022_09", "period": "2017", "providers": "european_providers"}, 27, 27),
        ({"vintage": "release_2025_07", "period": "2017", "providers": "european_providers"}, 29, 29),
        ({"estimated_by": "synergy", "period": "2026Q1", "providers": "aws+azure+gcp"}, 63, 63),
    ],
)
def test_a_release_keeps_its_own_figure(rows: pd.DataFrame, wanted: dict[str, str], low: float, high: float) -> None:
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    shares = rows[rows.measure == "share"]
    assert list(zip(shares.value_low, shares.value_high, strict=True)) == [(low, high)]


def test_an_open_end_stays_open(rows: pd.DataFrame) -> None:
    [row] = rows[rows.value_as_printed == "<10"].itertuples()
    assert math.isnan(row.value_low)
    assert row.value_high == 10


def test_providers_are_reviewed_sorted_and_used(rows: pd.DataFrame) -> None:
    listed = [row["provider"] for row in reviewed("market_providers")]
    assert listed == sorted(set(listed))
    answers = developer_survey.build(NOTHING).provider.dropna()
    assert set(listed) == {code for codes in rows.providers for code in codes.split("+")} | set(answers)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value_high": 33.0}, "value_low and value_high are what value_as_printed says"),
        ({"value_as_printed": "some"}, "value_low and value_high are what value_as_printed says"),
        ({"providers": "aws+nobody"}, "codes listed in"),
        ({"providers": "aws+aws"}, "codes listed in"),
        ({"provider_count": 2}, "as many as there are codes"),
        ({"period": "2024"}, "2024Q2, 2025H1 or 2024, with its first and last day"),
        ({"unit": "usd_billion"}, "shares and growth are in percent"),
        ({"value_low": 101.0, "value_high": 101.0, "value_as_printed": "101"}, "a share is at most 100"),
    ],
)
def test_a_row_that_breaks_a_rule_stops_the_build(rows: pd.DataFrame, change: dict[str, object], told: str) -> None:
    wrong = rows[(rows.providers == "aws") & (rows.period == "2024Q2") & (rows.estimated_by == "synergy")]
    wrong = wrong.assign(**change)
    with pytest.raises(CheckError, match=told):
        check_all(market_share.TABLE, wrong, market_share.check(wrong))
