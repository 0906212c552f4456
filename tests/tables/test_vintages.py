"""Nothing leaks back: a table of a past day is what could have been built on that day.

For days drawn from the whole history, tables are built from the snapshots up to the day alone and compared, cell by
cell, with what the shipped tables answer. Among the days are some in the gap that a copy fills, before the first copy
(2024-02-15), between two of them (2024-06-20, 2024-08-15) and after the last one (2024-11-27), one before the second
source (2024-12-31), the first days of the third (2025-06-20), a typing error that lasted a day (2025-10-12), a
correction between its two steps (2026-04-27), a price announced and not yet due (2026-08-22) and its withdrawal
(2026-08-31).
"""

from datetime import date

import pandas as pd
import pytest

from cloudmarket import load
from tables.vintage import built, end_of, rows_of, valid

DAYS = [
    date.fromisoformat(day)
    for day in ("2024-02-15", "2024-06-20", "2024-08-15", "2024-11-27", "2024-12-31", "2025-06-20", "2025-10-12",
                "2026-04-27", "2026-08-22", "2026-08-31")
]  # fmt: skip


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_as_of_is_the_table_that_the_day_could_build(day: date) -> None:
    pd.testing.assert_frame_equal(load("token_price", as_of=day), valid(built(day)["printed"], day))
    pd.testing.assert_frame_equal(load("model_listing", as_of=day), valid(built(day)["model_listing"], day))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_listings_known_on_a_day_are_those_it_could_build(day: date) -> None:
    pd.testing.assert_frame_equal(load("model_listing", known_on=day), built(day)["model_listing"])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_days_of_release_known_on_a_day_are_those_it_could_build(day: date) -> None:
    then = built(day)["model_release"]
    then = then[then.superseded_at.isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(load("model_release", known_on=day), then)


def days_covered(rows: pd.DataFrame, day: date) -> dict[tuple[object, ...], int]:
    """Return per offer the number of days on which it has a price; an end that is not known is the day itself."""
    offer = ["source", "label", "tier", "context_from_tokens"]
    lasted = (rows.valid_to.fillna(pd.Timestamp(day)) - rows.valid_from).dt.days
    return lasted.groupby([rows[name] for name in offer]).sum().to_dict()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_prices_known_on_a_day_hold_nothing_that_was_learnt_later(day: date) -> None:
    """Every row could be built on the day: as corrected by then, or still as printed.

    A correction counts from the moment at which all of its evidence was known, so a row that was corrected twice
    may show as printed until the second time. Either way the rows of an offer cover the same days.
    """
    known = load("token_price", known_on=day)
    then = built(day)
    corrected, printed = (rows[rows.superseded_at.isna()] for rows in (then["token_price"], then["printed"]))
    assert rows_of(known) <= rows_of(corrected) | rows_of(printed)
    assert days_covered(known, day) == days_covered(corrected, day)
    keys = ["source", "label", "tier", "context_from_tokens", "valid_from"]
    assert not known.duplicated(keys).any()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_one_price_is_known_per_offer_and_day(day: date) -> None:
    known = load("token_price", known_on=day)
    offer = ["source", "label", "tier", "context_from_tokens"]
    known = known.sort_values([*offer, "valid_from"])
    following = known.groupby(offer).valid_from.shift(-1)
    assert (following.isna() | (known.valid_to <= following)).all()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_changes_known_on_a_day_are_classed_by_what_was_known(day: date) -> None:
    known, then = load("price_change", known_on=day), built(day)["price_change"]
    keys = ["source", "label", "tier", "context_from_tokens", "changed_on"]
    pd.testing.assert_frame_equal(known[keys], then[keys])
    assert (known.classified_at < end_of(day)).all()
    is_open = known.change_class == "unresolved"
    assert rows_of(known[~is_open]) <= rows_of(then)


def test_a_vintage_keeps_the_errors_of_its_time_and_today_mends_them() -> None:
    label = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    vintage, today = load("token_price", as_of="2025-10-12"), load("token_price", on="2025-10-12")
    for answer, expected in ((vintage, 33.0), (today, 3.3)):
        rows = answer[(answer.label == label) & (answer.tier == "standard") & (answer.context_from_tokens == 0)]
        assert rows.input_usd_per_mtok.tolist() == [expected]


def test_an_announced_price_is_known_before_its_day_and_forgotten_when_withdrawn() -> None:
    def told(**days: str) -> list[tuple[float, float]]:
        rows = load("token_price", **days)  # type: ignore[arg-type]
        rows = rows[(rows.source == "genai_prices") & (rows.label == "anthropic/claude-sonnet-5")]
        rows = rows[rows.tier == "standard"]
        return list(zip(rows.input_usd_per_mtok, rows.output_usd_per_mtok, strict=True))

    assert told(as_of="2026-08-22") == [(2.0, 10.0)]
    assert told(on="2026-09-15", known_on="2026-08-22") == [(3.0, 15.0)]
    assert told(on="2026-09-15") == [(2.0, 10.0)]
    assert told(as_of="2026-09-15") == [(2.0, 10.0)]
