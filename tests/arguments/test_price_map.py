"""What the notebooks state takes the catalogue and its copy as one, and no other catalogue beside them."""

from datetime import date

import pandas as pd
import pytest

from cloudmarket.arguments import catalogues, price_map, prices
from cloudmarket.tables.inputs import STALE_COLUMNS

LAST_OWN, FIRST_COPY, AFTER = date(2023, 12, 14), date(2024, 3, 26), date(2024, 11, 28)


@pytest.mark.parametrize(
    ("day", "newest", "gaps"),
    [
        (date(2024, 3, 1), LAST_OWN, []),
        (date(2024, 6, 30), date(2024, 6, 28), [(LAST_OWN, FIRST_COPY)]),
        (date(2024, 11, 28), AFTER, [(LAST_OWN, FIRST_COPY)]),
    ],
)
def test_a_copy_counts_as_a_look_at_the_catalogue(day: date, newest: date, gaps: list[tuple[date, date]]) -> None:
    assert price_map.observed(day)[-1] == newest
    assert price_map.gaps(day) == gaps
    assert bool(price_map.staleness(day)) == ((day - newest).days > price_map.FRESH_DAYS)


def test_a_source_that_could_not_be_read_is_said_from_that_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = pd.DataFrame([("litellm", "2026-11-01", "gone"), ("arena", "2026-01-01", "gone")], columns=STALE_COLUMNS)
    monkeypatch.setattr("cloudmarket.tables.inputs.stale", lambda: stale)
    assert price_map.staleness(date(2026, 10, 31)) == ""
    assert "Since 2026-11-01 the source could not be brought up to date" in price_map.staleness(date(2026, 11, 2))


@pytest.mark.parametrize("day", [date(2024, 6, 30), date(2026, 6, 30)], ids=str)
def test_prices_are_of_one_catalogue(day: date) -> None:
    found = prices.prices(day)
    offer = ["label", "tier", "context_from_tokens"]
    assert set(found.vintage.source) <= {"litellm", "tokencost"}
    assert not found.vintage.duplicated(offer).any()
    assert ("tokencost" in set(found.vintage.source)) == (day < AFTER)


def test_the_months_of_the_gap_that_copies_cover_are_shown() -> None:
    day = date(2025, 1, 31)
    for table, column in ((catalogues.catalogues(day).counts, "models"), (prices.prices(day).levels, "median")):
        rows = table[table.seller == "aws"].set_index("day")[column]
        assert rows[pd.Timestamp("2024-01-01") : pd.Timestamp("2024-03-01")].isna().all()
        assert rows[pd.Timestamp("2024-04-01") :].notna().all()


def test_the_first_listing_off_azure_is_dated_by_whoever_saw_it_first() -> None:
    found = catalogues.catalogues(date(2026, 6, 30))
    first = catalogues.exclusivity(found, "openai").elsewhere("azure").iloc[0]
    assert (first.seller, first.source, first.valid_from) == ("aws", "models_dev", pd.Timestamp("2026-06-05"))
    own = found.spells[(found.spells.seller == "aws") & (found.spells.model == first.model)]
    assert own.valid_from.tolist() == [pd.Timestamp("2026-06-06")]


def test_catalogues_of_sellers_are_not_mixed() -> None:
    found = catalogues.catalogues(date(2026, 6, 30))
    assert set(found.spells.source) == {"litellm"}
    assert not found.listed.duplicated(["seller", "model"]).any()
