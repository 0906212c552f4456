"""What is said of the evidence, computed again from the files by other code."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import evidence
from cloudmarket.arguments.evidence import quality

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def state() -> evidence.State:
    return evidence.state(DAY)


@pytest.fixture(scope="module")
def claims(state: evidence.State) -> dict[str, object]:
    return {claim.claim: claim for claim in evidence.claims(DAY, state)}


def test_archives_are_counted_again_from_the_lists_of_snapshots(claims: dict) -> None:
    first = []
    for path in sorted((store.root() / "data" / "raw").glob("*/snapshots.csv")):
        rows = pd.read_csv(path, dtype="str")
        days = rows.loc[(rows.role == "folded") & (rows.observed_at.str[:10] <= DAY.isoformat()), "observed_at"]
        first += [min(days)[:10]] if len(days) else []
    assert claims["evidence-archives"].value == len(first)
    assert f"; {sum(day < '2019-07-22' for day in first)} of them to before July 2019" in (
        claims["evidence-archives"].statement
    )


def test_agreement_is_counted_again_from_the_price_file(claims: dict) -> None:
    """Plain loops over the Parquet file: the cheapest standard offer of each source, then every two sources."""
    offers: dict = defaultdict(list)
    day = pd.Timestamp(DAY)
    for row in pq.read_table(store.processed() / "token_price.parquet").to_pylist():
        holds = pd.Timestamp(row["valid_from"]) <= day and not (
            row["valid_to"] and pd.Timestamp(row["valid_to"]) <= day
        )
        plain = row["tier"] == "standard" and row["context_from_tokens"] == 0 and row["region"] is None
        own = row["seller"] in ("aws", "azure", "gcp") and row["scope"] in ("global", "default")
        priced = row["input_usd_per_mtok"] is not None and row["output_usd_per_mtok"] is not None
        if holds and plain and own and priced and row["is_printed"] and not row["is_alias"]:
            if row["is_inherited"] or row["source"] == "tokencost":
                continue
            rank = ("global", "default").index(row["scope"])
            price = (row["input_usd_per_mtok"], row["output_usd_per_mtok"])
            offers[row["seller"], row["model"], row["source"]].append((rank, *price))
    lowest: dict = defaultdict(dict)
    for (seller, model, source), found in offers.items():
        lowest[seller, model][source] = min(found)[1:]
    equal = met = 0
    for stated in lowest.values():
        names = sorted(stated)
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                met += 1
                equal += all(abs(a / b - 1) <= 1e-6 for a, b in zip(stated[one], stated[other], strict=True))
    assert met > 200
    assert claims["evidence-agreement"].value == pytest.approx(100 * equal / met)


def test_dates_of_listings_are_bounded_again_from_the_claim_rows(claims: dict) -> None:
    rows = claims["evidence-dating"].rows
    days = [(b - a).days for a, b in zip(rows.first_listed_after_on, rows.valid_from, strict=True)]
    assert pd.Series(days).median() == claims["evidence-dating"].value
    assert not rows.is_left_censored.any()


def test_classes_of_changes_add_up(claims: dict, state: evidence.State) -> None:
    claim, classes = claims["evidence-corrections"], evidence.corrections(state.known).set_index("change_class")
    kept = classes.changes[["market_change", "unresolved"]].sum()
    assert claim.value == pytest.approx(100 * (len(claim.rows) - kept) / len(claim.rows))
    assert classes.share.sum() == pytest.approx(1)


@pytest.mark.parametrize("day", ["2023-11-01", "2024-06-30", "2025-06-30"])
def test_nothing_later_is_claimed(day: str) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    for claim in evidence.claims(date.fromisoformat(day)):
        for column in ("observed_first_at", "observed_at"):
            if column in claim.rows:
                assert (claim.rows[column].dropna() < end).all(), claim.claim


def test_a_copy_and_an_inherited_price_are_no_second_source() -> None:
    rows = tables.load("token_price", known_on=DAY)
    rows = rows[rows.source.isin(["litellm", "models_dev"])]
    prices = quality._token_prices(rows, pd.Timestamp(DAY))
    inherited = quality._token_prices(rows.assign(is_inherited=True), pd.Timestamp(DAY))
    copied = quality._token_prices(
        rows.assign(source=rows.source.replace("models_dev", "tokencost")), pd.Timestamp(DAY)
    )
    assert len(prices) == 1
    assert inherited == copied == []


def test_shares_agree_within_a_point() -> None:
    base = {"measure": "share", "period_kind": "quarter", "geography": "world", "period": "2025Q1", "unit": "percent"}
    rows = pd.DataFrame([
        base | {"providers": "aws", "value_low": 29.0, "value_high": 29.0},
        base | {"providers": "aws", "value_low": 30.0, "value_high": 30.0},
        base | {"providers": "azure", "value_low": 20.0, "value_high": 22.0},
        base | {"providers": "azure", "value_low": 23.0, "value_high": 23.0},
        base | {"providers": "gcp", "value_low": 12.0, "value_high": 12.0},
    ])  # fmt: skip
    found = quality._market_shares(rows).set_index("item")
    assert found.is_equal.to_dict() == {"world 2025Q1 aws": True, "world 2025Q1 azure": False}
