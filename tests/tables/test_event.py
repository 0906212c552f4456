"""``event``: days as well as they are known."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.errors import CheckError
from cloudmarket.names._tables import rows as reviewed
from cloudmarket.tables import event
from cloudmarket.tables.checks import check_all
from cloudmarket.tables.inputs import Evidence

NOTHING = Evidence({}, {})


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return event.build(NOTHING)


@given(st.dates(max_value=date(9998, 12, 31)))
def test_a_date_means_all_its_days(day: date) -> None:
    assert event.possible_days(day.isoformat()) == (day, day, "day")
    for text, precision in (
        (f"{day:%Y-%m}".zfill(7), "month"),
        (f"{day.year:04}Q{(day.month + 2) // 3}", "quarter"),
        (f"{day.year:04}", "year"),
    ):
        first, last, told = event.possible_days(text)
        assert told == precision
        assert first <= day <= last
        assert first.day == 1
        assert (last + timedelta(days=1)).day == 1
        assert (last - first).days in {"month": range(27, 31), "quarter": range(89, 92), "year": range(364, 366)}[told]


@given(st.text(max_size=11))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        first, last, _ = event.possible_days(text)
    except ValueError:
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            event.possible_days(text)
    else:
        assert first <= last


@pytest.mark.parametrize("text", ["2025-13", "2025-02-30", "2025Q5", "25-01-01", "autumn 2021", "0000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|no day of the calendar"):
        event.possible_days(text)


def test_days_amounts_and_grades_of_the_deal_and_its_end(rows: pd.DataFrame) -> None:
    deal = rows[rows.occurred_on == "2019-07-22"].iloc[0]
    assert (deal.actors, deal.type) == ("Microsoft+OpenAI", "investment+exclusive_cloud")
    assert (deal.amount_usd, deal.amount_qualifier, deal.is_amount_reported_only) == (1e9, "exact", False)
    assert rows[rows.occurred_on == "2026-04-27"].iloc[0].evidence == "C"
    reported = rows[rows.is_amount_reported_only.fillna(False)]
    assert 300e9 in set(reported.amount_usd)


def test_what_is_known_to_the_month_says_so(rows: pd.DataFrame) -> None:
    months = rows[rows.date_precision == "month"]
    assert len(months) == 20
    assert (months.occurred_on.dt.day == 1).all()
    assert (months.occurred_by_on > months.occurred_on).all()


def test_types_are_reviewed_sorted_and_used(rows: pd.DataFrame) -> None:
    listed = [row["type"] for row in reviewed("event_types")]
    assert listed == sorted(set(listed))
    assert set(listed) == {code for codes in rows.type for code in codes.split("+")}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"occurred_by_on": pd.Timestamp("2019-07-31")}, "the last day that the precision allows"),
        ({"date_precision": "month"}, "the last day that the precision allows"),
        ({"type": "gossip"}, "types listed in"),
        ({"amount_qualifier": None}, "stand together or not at all"),
        ({"actors": "Microsoft+"}, "names with . between them"),
        (
            {"published_on": None, "observed_first_at": pd.Timestamp("2019-07-21", tz="UTC")},
            "known on the day of the event or later",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_stops_the_build(rows: pd.DataFrame, change: dict[str, object], told: str) -> None:
    wrong = rows[rows.occurred_on == "2019-07-22"].assign(**change)
    with pytest.raises(CheckError, match=told):
        check_all(event.TABLE, wrong, event.check(wrong))
