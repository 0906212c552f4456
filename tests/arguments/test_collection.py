"""All claims together: computed again they are those that the committed notebooks publish, and each can be followed."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from cloudmarket import arguments, store, tables
from cloudmarket.arguments import claim as module
from cloudmarket.arguments import collection, summary
from cloudmarket.errors import CloudMarketError
from cloudmarket.report.read import PATTERN, page

NOTEBOOKS = [page(path) for path in sorted((store.root() / "notebooks").glob(PATTERN))]


@pytest.fixture(scope="module")
def claims() -> list[arguments.Claim]:
    return arguments.collect(tables.report_day())


def test_the_committed_notebooks_publish_the_claims_that_are_computed_anew(claims: list[arguments.Claim]) -> None:
    published = {claim["claim"]: claim for notebook in NOTEBOOKS for claim in notebook.claims}
    computed = arguments.table(claims).set_index("claim")
    assert set(published) == set(computed.index)
    for name, row in computed.iterrows():
        for column in ("statement", "unit", "interval", "evidence", "notebook", "figure", "sources", "rows"):
            assert published[name][column] == row[column], name
        for column in ("value", "low", "high"):
            stated = published[name][column]
            assert math.isnan(row[column]) if stated is None else stated == pytest.approx(row[column], rel=1e-9), name


def test_each_claim_is_argued_where_it_says(claims: list[arguments.Claim]) -> None:
    figures = {notebook.path.stem: {figure.slug for figure in notebook.figures} for notebook in NOTEBOOKS}
    for claim in claims:
        assert claim.figure in {*figures[claim.notebook], module.TABLE}, claim.claim


def test_each_row_of_each_claim_leads_to_a_snapshot_or_document(claims: list[arguments.Claim]) -> None:
    """Of aggregates and of facts without an address only the source can be named; of all others the place."""
    for claim in claims:
        traced = arguments.trace(claim)
        assert len(traced) == len(claim.rows), claim.claim
        assert traced.source.notna().all(), claim.claim
        archived = traced[~traced.source.isin(["curated", "several"])]
        if "version" in archived and "observed_first_at" in claim.rows:
            assert archived.version.notna().mean() > 0.99, claim.claim
            known = archived.dropna(subset=["digest"])
            assert known.digest.astype("str").str.fullmatch("[0-9a-f]{64}|[0-9a-f]{40}").all(), claim.claim


def test_the_summary_has_ten_findings_of_which_each_is_claimed(claims: list[arguments.Claim]) -> None:
    chosen = summary.headlines(claims)
    assert len(chosen) == summary.MOST
    assert {claim.claim for claim in chosen} <= {claim.claim for claim in claims}
    known = {claim.claim for claim in claims}
    assert all(set(names) & known for names in summary.QUESTIONS), "a question that nobody answers today"


def test_falls_are_the_claims_turned_round(claims: list[arguments.Claim]) -> None:
    named = {claim.claim: claim for claim in claims}
    falls = summary.falls(claims).set_index("what")
    assert falls.value["listed models, aws"] == -named["price-matched-aws"].value
    assert (falls.low <= falls.value).all()
    assert (falls.value <= falls.high).all()
    assert summary.falls([]).empty


def test_a_claim_is_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "ROOMS", ("evidence",))
    assert arguments.find(date(2025, 6, 30), "evidence-archives").unit == "archives"
    with pytest.raises(CloudMarketError, match="no claim 'nothing' on 2025-06-30; there are: evidence-archives"):
        arguments.find(date(2025, 6, 30), "nothing")


def test_two_claims_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "ROOMS", ("evidence", "evidence"))
    with pytest.raises(ValueError, match="two claims are called"):
        arguments.collect(date(2025, 6, 30))


def test_no_claim_of_a_past_day_knows_the_future() -> None:
    day = date(2024, 6, 30)
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    for claim in arguments.collect(day):
        for column in ("observed_first_at", "observed_at"):
            if column in claim.rows:
                assert (pd.to_datetime(claim.rows[column].dropna(), utc=True) < end).all(), (claim.claim, column)
