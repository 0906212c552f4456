"""Every invariant fails on a table that was broken by hand, and says where."""

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.errors import CheckError
from cloudmarket.tables import TABLES, model_listing, price_change, token_price
from cloudmarket.tables.checks import check, check_coverage
from tables.offers import priced

TABLE = token_price.TABLE


def broken(**cells: object) -> pd.DataFrame:
    return priced({}, {"label": "broken-label"} | cells)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_shipped_tables_keep_their_contracts(name: str) -> None:
    check(TABLES[name], load(name))


def test_a_sound_table_passes() -> None:
    batch = {"tier": "batch", "input_usd_per_mtok": 1.5, "output_usd_per_mtok": 7.5}
    following = {"valid_from": "2026-03-01", "input_usd_per_mtok": 2.0}
    check(TABLE, priced({"valid_to": "2026-03-01"}, following, batch))


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (broken(input_usd_per_mtok=0.0), "input_usd_per_mtok"),
        (broken(output_usd_per_mtok=-1.0), "output_usd_per_mtok"),
        (broken(cache_write_usd_per_mtok=0.0), "cache_write_usd_per_mtok"),
        (broken(source="somewhere"), "source"),
        (broken(evidence="Z"), "evidence"),
        (broken(seller=None), "seller"),
        (broken().assign(surprise=1), "surprise"),
        (broken().drop(columns="scope"), "scope"),
        (broken().astype({"context_from_tokens": "float64"}), "context_from_tokens"),
        (pd.concat([broken(), broken()], ignore_index=True), "unique"),
    ],
    ids=["zero", "negative", "zero write", "source", "grade", "no seller", "more", "less", "type", "twice"],
)
def test_a_broken_column_is_named(rows: pd.DataFrame, named: str) -> None:
    with pytest.raises(CheckError, match=rf"(?s)^token_price: .*{named}"):
        check(TABLE, rows)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (broken(valid_to="2025-12-31"), "valid_to after valid_from"),
        (broken(valid_to="2026-01-01"), "valid_to after valid_from"),
        (broken(observed_first_at="2026-03-02", observed_last_at="2026-03-01"), "observed in order"),
        (
            priced({"label": "broken-label", "valid_to": "2026-03-02"},
                   {"label": "broken-label", "valid_from": "2026-03-01"}),
            "one printed price per offer and day",
        ),
        (
            priced({"label": "broken-label"}, {"label": "broken-label", "valid_from": "2026-03-01"}),
            "one printed price per offer and day",
        ),
        (
            priced({"label": "broken-label"},
                   {"label": "broken-label", "valid_from": "2026-03-01", "is_printed": False}),
            "one revised price per offer and day",
        ),
        (
            priced({"label": "broken-label"}, {"label": "broken-label", "tier": "batch", "input_usd_per_mtok": 3.1}),
            "batch and flex at most the standard price",
        ),
        (
            priced({"label": "broken-label"}, {"label": "broken-label", "tier": "flex", "output_usd_per_mtok": 16.0}),
            "batch and flex at most the standard price",
        ),
    ],
    ids=["ends before", "ends at once", "seen backwards", "overlap", "open overlap", "correction", "batch", "flex"],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_rows(rows: pd.DataFrame, rule: str) -> None:
    with pytest.raises(CheckError, match=rf"(?s)^token_price: 1 rows break '{rule}'.*broken-label"):
        check(TABLE, rows)


def test_a_superseded_row_may_overlap_the_one_in_its_place() -> None:
    old = {"superseded_at": pd.Timestamp("2026-03-01", tz="UTC")}
    check(TABLE, priced(old, {"observed_first_at": "2026-03-01", "is_printed": False}))


def test_a_standard_price_of_another_time_or_source_says_nothing_about_batch() -> None:
    batch = {"tier": "batch", "input_usd_per_mtok": 9.0, "output_usd_per_mtok": 40.0}
    check(TABLE, priced({"valid_to": "2026-03-01"}, batch | {"valid_from": "2026-03-01"}))
    check(TABLE, priced({}, batch | {"label": "another"}))


def test_other_tables_are_held_to_theirs() -> None:
    changes = load("price_change").head(3).assign(change_class="guess")
    with pytest.raises(CheckError, match=r"(?s)^price_change: .*change_class"):
        check(price_change.TABLE, changes)
    spells = load("model_listing").head(3)
    with pytest.raises(CheckError, match=r"(?s)^model_listing: .*valid_to after valid_from"):
        check(model_listing.TABLE, spells.assign(valid_to=spells.valid_from))


def sellers(**counts: int) -> pd.DataFrame:
    return pd.DataFrame({"seller": [name for name, count in counts.items() for _ in range(count)]})


@pytest.mark.parametrize(
    ("after", "lost"),
    [(sellers(aws=10, gcp=10), None), (sellers(aws=8, gcp=10), None), (sellers(aws=7, gcp=10), "aws"),
     (sellers(aws=10), "gcp"), (sellers(aws=10, gcp=30), None), (sellers(aws=10, gcp=10, new=1), None)],
)  # fmt: skip
def test_a_seller_that_shrinks_is_named(after: pd.DataFrame, lost: str | None) -> None:
    before = sellers(aws=10, gcp=10)
    if lost is None:
        check_coverage(TABLE, before, after)
        return
    with pytest.raises(CheckError, match=rf"(?s)^token_price: coverage shrank.*{lost}"):
        check_coverage(TABLE, before, after)
