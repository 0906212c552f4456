"""The share of models at one seller only, and what unseen days leave open."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures import listing_bounds

DAYS = pd.DatetimeIndex(["2024-01-10", "2024-02-10"])


def spells(*rows):
    frame = pd.DataFrame(rows, columns=["model", "seller", "first_listed_after_on", "valid_from", "valid_to"])
    for name in ("first_listed_after_on", "valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def test_a_case_worked_by_hand():
    rows = spells(
        ("one", "aws", None, "2024-01-01", None),
        ("one", "gcp", "2024-01-05", "2024-01-20", None),
        ("two", "aws", None, "2024-01-01", None),
        ("three", "aws", None, "2024-01-01", None),
        ("three", "gcp", None, "2024-01-01", None),
        ("four", "azure", "2024-01-05", "2024-01-20", None),
    )
    first, second = listing_bounds.alone(rows, DAYS).to_dict("records")
    # Seen: one and two are alone of three. one may have been at gcp by then; four may have been there, alone.
    assert (first["models"], first["alone"], first["share"]) == (3, 2, 2 / 3)
    assert (first["low"], first["high"]) == (1 / 3, 3 / 4)
    assert (second["models"], second["alone"]) == (4, 2)
    assert second["low"] == second["share"] == second["high"] == 1 / 2


def test_a_listing_that_ended_counts_no_more():
    rows = spells(("one", "aws", None, "2024-01-01", None), ("one", "gcp", None, "2024-01-01", "2024-02-01"))
    assert listing_bounds.alone(rows, DAYS).share.tolist() == [0, 1]


def test_without_models_nothing_is_said():
    found = listing_bounds.alone(spells(), DAYS)
    assert found.models.tolist() == [0, 0]
    assert found[["share", "low", "high"]].isna().all(axis=None)


days = st.integers(1, 60)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["aws", "azure", "gcp"]), days, days), min_size=1))
def test_every_way_to_fill_the_unseen_days_lies_in_the_bounds(listed):
    start = pd.Timestamp("2024-01-01")
    table = pd.DataFrame(listed, columns=["model", "seller", "one", "other"]).drop_duplicates(["model", "seller"])
    rows = pd.DataFrame({
        "model": table.model, "seller": table.seller,
        "first_listed_after_on": start + pd.to_timedelta(table[["one", "other"]].min(axis=1), "D"),
        "valid_from": start + pd.to_timedelta(table[["one", "other"]].max(axis=1), "D"),
        "valid_to": pd.NaT,
    })  # fmt: skip
    day = start + pd.Timedelta(days=30)
    found = listing_bounds.alone(rows, pd.DatetimeIndex([day])).iloc[0]
    early = rows.assign(valid_from=rows.first_listed_after_on + pd.Timedelta(days=1))
    truth = listing_bounds.alone(early, pd.DatetimeIndex([day])).iloc[0]
    if found.models:
        assert found.low <= found.share <= found.high
        assert found.low - 1e-12 <= truth.share <= found.high + 1e-12
