"""Breadth, overlap and churn against sets and counts made by hand."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket import load
from cloudmarket.measures import catalogue

SELLERS = ["aws", "azure", "gcp"]
CATALOGUES = st.dictionaries(st.sampled_from(SELLERS), st.frozensets(st.sampled_from("abcde"), min_size=1), min_size=1)


def listed(catalogues: dict[str, frozenset[str]]) -> pd.DataFrame:
    rows = [(seller, model) for seller, models in sorted(catalogues.items()) for model in sorted(models)]
    return pd.DataFrame(rows, columns=["seller", "model"])


@given(CATALOGUES)
def test_overlap_and_jaccard_are_those_of_the_sets(catalogues: dict[str, frozenset[str]]) -> None:
    shared = catalogue.overlap(listed(catalogues))
    alike = catalogue.jaccard(shared)
    assert sorted(shared.index) == sorted(shared.columns) == sorted(catalogues)
    for one, other in product(catalogues, repeat=2):
        mine, theirs = catalogues[one], catalogues[other]
        assert shared.loc[one, other] == len(mine & theirs)
        assert alike.loc[one, other] == pytest.approx(len(mine & theirs) / len(mine | theirs))


def test_a_model_listed_twice_counts_once() -> None:
    rows = pd.DataFrame({"seller": ["aws", "aws", "gcp"], "model": ["a", "a", "a"]})
    assert catalogue.overlap(rows).to_numpy().tolist() == [[1, 1], [1, 1]]


SPELLS = pd.DataFrame(
    [
        ("aws", "a", None, "2026-01-10", "2026-04-01", True),
        ("aws", "a", "2026-04-30", "2026-05-02", None, False),
        ("aws", "b", "2026-02-27", "2026-03-01", None, False),
        ("gcp", "a", "2026-03-30", "2026-03-31", "2026-07-15", False),
    ],
    columns=["seller", "model", "first_listed_after_on", "valid_from", "valid_to", "is_left_censored"],
)
for _name in ("first_listed_after_on", "valid_from", "valid_to"):
    SPELLS[_name] = pd.to_datetime(SPELLS[_name])


DAYS = pd.DatetimeIndex(["2026-01-09", "2026-01-10", "2026-03-31", "2026-04-01", "2026-05-02", "2026-07-15"])


def breadth(since: pd.Series | None = None) -> dict[str, list[float | None]]:
    table = catalogue.counts(SPELLS, DAYS, since).pivot(index="day", columns="seller", values="models")
    return {seller: [None if pd.isna(cell) else cell for cell in table[seller]] for seller in table}


def test_breadth_counts_the_spells_that_hold_on_a_day() -> None:
    assert breadth() == {"aws": [None, 1, 2, 1, 2, 2], "gcp": [None, None, 1, 1, 1, 0]}


def test_breadth_is_zero_only_where_the_source_covers_the_seller() -> None:
    since = pd.Series({"aws": pd.Timestamp("2026-01-01"), "gcp": pd.Timestamp("2026-01-10")})
    assert breadth(since) == {"aws": [0, 1, 2, 1, 2, 2], "gcp": [None, 0, 1, 1, 1, 0]}


def test_breadth_equals_the_vintages_of_the_shipped_table() -> None:
    day = pd.Timestamp("2025-06-30")
    spells = catalogue.spells(load("model_listing"))
    table = catalogue.counts(spells, pd.DatetimeIndex([day])).set_index("seller").models
    vintage = catalogue.spells(load("model_listing", as_of=day)).groupby("seller").model.nunique()
    assert len(vintage)
    assert table.loc[vintage.index].to_dict() == vintage.to_dict()
    assert not table.drop(vintage.index).any()


def test_churn_counts_what_came_and_went_per_quarter() -> None:
    table = catalogue.churn(SPELLS, pd.Timestamp("2026-09-30")).set_index(["seller", "period"])
    quarters = pd.to_datetime(["2026-01-01", "2026-04-01", "2026-07-01"])
    assert table.loc["aws"].loc[quarters, "listed"].tolist() == [1, 1, 0]
    assert table.loc["aws"].loc[quarters, "delisted"].tolist() == [0, 1, 0]
    assert table.loc["gcp"].loc[quarters, "listed"].tolist() == [1, 0, 0]
    assert table.loc["gcp"].loc[quarters, "delisted"].tolist() == [0, 0, 1]


def test_churn_by_month() -> None:
    table = catalogue.churn(SPELLS, pd.Timestamp("2026-05-31"), "MS")
    assert table.listed.sum() == 3
    assert table.period.nunique() == 5


def test_suppliers_are_ordered_by_what_they_supply() -> None:
    rows = pd.DataFrame(
        {
            "developer": ["x", "y", "y", "y", "z"],
            "seller": ["aws", "aws", "gcp", "azure", "nebius"],
            "model": list("abcde"),
        }
    )
    table = catalogue.suppliers(rows, SELLERS)
    assert table.columns.tolist() == SELLERS
    assert table.loc["y"].tolist() == [1, 1, 1]
    assert table.index[0] == "y"
    assert np.array_equal(table.sum(axis=1).to_numpy(), [3, 1, 0])


def listing(source: str, model: str, valid_from: str, valid_to: str | None, **other: object) -> dict[str, object]:
    usual = {"seller": "aws", "first_listed_after_on": None, "is_fill": source == "tokencost", "is_continued": False,
             "observed_last_at": valid_to or "2026-11-01"}  # fmt: skip
    return usual | {"source": source, "model": model, "valid_from": valid_from, "valid_to": valid_to} | other


def listings(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in ("first_listed_after_on", "valid_from", "valid_to", "observed_last_at"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


CHAIN = (
    listing("tokencost", "a", "2024-05-01", "2024-11-28", first_listed_after_on="2024-04-01"),
    listing("litellm", "a", "2024-11-28", "2025-02-01", is_continued=True),
    listing("litellm", "a", "2025-03-01", None),
    listing("tokencost", "b", "2024-05-01", "2024-06-01"),
    listing("litellm", "b", "2024-11-28", None),
    listing("models_dev", "a", "2025-06-12", None),
)


def test_a_spell_of_a_copy_is_joined_with_what_the_catalogue_says_next() -> None:
    rows = catalogue.spells(listings(*CHAIN))
    told = [
        (row.model, f"{row.valid_from:%Y-%m-%d}", None if pd.isna(row.valid_to) else f"{row.valid_to:%Y-%m-%d}")
        for row in rows.itertuples()
    ]
    assert told == [
        ("a", "2024-05-01", "2025-02-01"), ("a", "2025-03-01", None),
        ("b", "2024-05-01", "2024-06-01"), ("b", "2024-11-28", None),
    ]  # fmt: skip
    assert rows.first_listed_after_on.iloc[0] == pd.Timestamp("2024-04-01")
    assert set(rows.source) == {"litellm"}
    assert not rows[["is_fill", "is_continued"]].any(axis=None)
    assert catalogue.spells(listings(*CHAIN), "models_dev").model.tolist() == ["a"]


def test_a_row_whose_copy_is_not_there_stands_alone() -> None:
    rows = catalogue.spells(listings(*CHAIN[1:]))
    assert rows.valid_from.iloc[0] == pd.Timestamp("2024-11-28")


def test_whoever_saw_a_model_first_dates_it() -> None:
    same = (
        listing("litellm", "c", "2026-06-05", None, first_listed_after_on="2026-06-04"),
        listing("models_dev", "c", "2026-06-05", None, first_listed_after_on="2026-06-01"),
        listing("litellm", "d", "2026-06-05", None, first_listed_after_on="2026-06-04"),
        listing("models_dev", "d", "2026-06-03", None, first_listed_after_on="2026-06-01"),
    )
    rows = catalogue.first_seen(listings(*CHAIN, *same)).set_index("model")
    assert rows.source.to_dict() == {"a": "litellm", "b": "litellm", "c": "litellm", "d": "models_dev"}
    assert rows.valid_from["a"] == pd.Timestamp("2024-05-01")
    assert len(catalogue.first_seen(listings(*CHAIN).iloc[:0])) == 0
