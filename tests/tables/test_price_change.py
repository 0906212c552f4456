"""The known cases of the shipped table of changes come out right, and every change is in it once."""

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.tables import price_change
from cloudmarket.tables.change_rules import CORRECTIONS
from tables.offers import priced

CLOUDS = ["aws", "azure", "gcp"]


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    return load("price_change")


def base(changes: pd.DataFrame) -> pd.DataFrame:
    return changes[(changes.tier == "standard") & (changes.context_from_tokens == 0)]


@pytest.mark.parametrize(
    ("label", "changed_on", "before", "after", "change_class"),
    [
        ("bedrock_mantle/openai.gpt-5.6-terra", "2026-07-31", 2.75, 2.2, "market_change"),
        ("bedrock_mantle/openai.gpt-5.6-luna", "2026-07-31", 1.1, 0.22, "market_change"),
        ("azure/gpt-5.6-terra", "2026-08-05", 2.5, 2.0, "market_change"),
        ("azure/gpt-5.6-luna", "2026-08-05", 1.0, 0.2, "market_change"),
        ("gpt-5.6-terra", "2026-07-31", 2.5, 2.0, "market_change"),
        ("gpt-5.6-luna", "2026-07-31", 1.0, 0.2, "market_change"),
        ("textembedding-gecko", "2024-12-07", 0.00625, 0.1, "unit_fix"),
        ("text-embedding-004", "2024-12-07", 0.00625, 0.1, "unit_fix"),
        ("text-multilingual-embedding-002", "2024-12-07", 0.00625, 0.1, "unit_fix"),
        ("azure_ai/grok-code-fast-1", "2026-01-17", 3.5, 0.2, "late_correction"),
        ("meta.llama3-1-70b-instruct-v1:0", "2026-09-30", 0.99, 0.72, "late_correction"),
        ("us.meta.llama3-1-70b-instruct-v1:0", "2026-09-30", 0.99, 0.72, "late_correction"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "2025-10-16", 33.0, 3.3, "unit_fix"),
        ("anthropic.claude-sonnet-5", "2026-07-03", 3.0, 2.0, "unresolved"),
        ("vertex_ai/claude-sonnet-5", "2026-07-03", 3.0, 2.0, "unresolved"),
        ("azure_ai/claude-sonnet-5", "2026-07-03", 3.0, 2.0, "unresolved"),
    ],
)
def test_known_cases(
    changes: pd.DataFrame, label: str, changed_on: str, before: float, after: float, change_class: str
) -> None:
    found = base(changes)
    [row] = found[(found.label == label) & (found.changed_on == changed_on)].itertuples()
    assert (row.input_before_usd_per_mtok, row.input_after_usd_per_mtok) == (before, after)
    assert row.change_class == change_class


def test_the_true_cut_is_dated_by_the_second_source(changes: pd.DataFrame) -> None:
    own = base(changes)
    own = own[own.label.isin(["gpt-5.6-terra", "gpt-5.6-luna"]) & (own.changed_on == "2026-07-31")]
    assert own.confirmed_by.tolist() == ["genai_prices"] * 2
    assert own.effective_on.tolist() == [pd.Timestamp("2026-07-30")] * 2


def test_a_late_fix_says_whose_price_it_comes_to(changes: pd.DataFrame) -> None:
    own = changes[changes.label == "meta.llama3-1-70b-instruct-v1:0"]
    [row] = own[own.changed_on == "2026-09-30"].itertuples()
    assert row.confirmed_by == "models_dev: amazon-bedrock/meta.llama3-1-70b-instruct-v1:0"


def test_both_prices_of_an_unresolved_case_can_be_read() -> None:
    prices = load("token_price")
    prices = prices[(prices.model == "claude-sonnet-5") & (prices.tier == "standard")]
    told = set(prices[["source", "input_usd_per_mtok", "output_usd_per_mtok"]].itertuples(index=False, name=None))
    assert {("litellm", 2.0, 10.0), ("genai_prices", 3.0, 15.0)} <= told
    dated = prices[(prices.source == "genai_prices") & (prices.input_usd_per_mtok == 3.0)]
    assert (dated.valid_from == "2026-09-01").any()


def test_output_below_input_is_flagged() -> None:
    prices = load("token_price")
    rows = prices[prices.label == "azure_ai/Meta-Llama-3-70B-Instruct"]
    assert len(rows)
    assert (rows.output_usd_per_mtok < rows.input_usd_per_mtok).all()
    assert set(rows.suspicion) == {"output below input"}


def test_the_audit_of_autumn_2026_is_corrections_not_price_moves(changes: pd.DataFrame) -> None:
    """Most changes on the clouds fall in a few months, and most of those mend the catalogue."""
    clouds = base(changes)
    clouds = clouds[clouds.seller.isin(CLOUDS) & (clouds.source == "litellm")]
    autumn = clouds[clouds.changed_on.between("2026-09-01", "2026-10-31")]
    assert 0.4 < len(autumn) / len(clouds) < 0.7
    assert autumn.change_class.isin(CORRECTIONS).mean() > 0.6
    assert (autumn.change_class == "market_change").mean() < 0.2


def test_changes_are_the_steps_between_the_rows_as_printed(changes: pd.DataFrame) -> None:
    """Every step between rows that follow each other is a change once; nothing else is."""
    rows = load("token_price")
    rows = rows[rows.is_printed & rows.source.isin(["litellm", "tokencost"])]
    pair = ["input_usd_per_mtok", "output_usd_per_mtok"]
    offer = ["label", "tier", "context_from_tokens"]
    steps = rows.merge(rows, left_on=[*offer, "valid_to"], right_on=[*offer, "valid_from"], suffixes=("", "_next"))
    moved = pd.concat([steps[f"{name}_next"] / steps[name] for name in pair], axis=1)
    is_step = (moved.notna() & (moved != 1)).any(axis=1)
    expected = set(steps.loc[is_step, [*offer, "valid_to"]].itertuples(index=False, name=None))
    assert set(changes[[*offer, "changed_on"]].itertuples(index=False, name=None)) == expected


def test_a_class_is_known_no_earlier_than_the_change(changes: pd.DataFrame) -> None:
    assert (changes.classified_at >= changes.observed_at).all()
    assert (changes.effective_on.isna() | (changes.effective_on <= changes.changed_on)).all()


@pytest.mark.parametrize("day", ["2026-07-31", "2026-08-05", "2026-09-20"])
def test_later_evidence_is_not_shown(changes: pd.DataFrame, day: str) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    known = load("price_change", known_on=day)
    assert len(known) == (changes.observed_at < end).sum()
    assert (known.classified_at < end).all()
    key = list(price_change.TABLE.key)
    both = known.merge(changes, on=key, suffixes=("", "_today"))
    learnt_later = both.classified_at_today >= end
    assert learnt_later.any()
    assert set(both.change_class[learnt_later]) == {"unresolved"}
    assert both.loc[learnt_later, ["confirmed_by", "effective_on"]].isna().all(axis=None)
    assert (both.reason == both.reason_today)[~learnt_later].all()


def test_a_gap_between_two_prices_is_no_change() -> None:
    before = {"valid_to": "2026-02-01"}
    after = {"valid_from": "2026-03-01", "input_usd_per_mtok": 2.0, "output_usd_per_mtok": 10.0}
    assert len(price_change.build(priced(before, after))) == 0
    [row] = price_change.build(priced(before, after | {"valid_from": "2026-02-01"})).itertuples()
    assert (row.change_class, row.changed_on) == ("unresolved", pd.Timestamp("2026-02-01"))


def test_changes_of_the_second_source_are_evidence_only() -> None:
    twin = {"source": "genai_prices", "label": "aws/claude-x", "mode": None}
    rows = priced(twin | {"valid_to": "2026-02-01"}, twin | {"valid_from": "2026-02-01", "input_usd_per_mtok": 2.0})
    assert len(price_change.build(rows)) == 0


def test_a_price_taken_over_from_another_seller_bears_nothing_out() -> None:
    own = (
        {"valid_to": "2026-03-01"},
        {"valid_from": "2026-03-01", "input_usd_per_mtok": 2.0, "output_usd_per_mtok": 10.0},
    )
    taken = {"source": "models_dev", "label": "amazon-bedrock/claude-x", "input_usd_per_mtok": 2.0,
             "output_usd_per_mtok": 10.0}  # fmt: skip
    [late] = price_change.build(priced(*own, taken)).itertuples()
    assert (late.change_class, late.confirmed_by) == ("late_correction", "models_dev: amazon-bedrock/claude-x")
    [still_open] = price_change.build(priced(*own, taken | {"is_inherited": True})).itertuples()
    assert still_open.change_class == "unresolved"
    assert pd.isna(still_open.confirmed_by)


def test_the_classes_of_the_shipped_changes_are_as_reviewed(changes: pd.DataFrame) -> None:
    """Reviewed one by one where a source was added; a change of a rule or of a source shows here."""
    own = changes[changes.changed_on <= "2026-11-12"]
    table = pd.crosstab(own.change_class, own.source)
    assert table["litellm"].to_dict() == {
        "late_correction": 64, "market_change": 89, "regional_uplift": 49, "rounding": 8, "unit_fix": 18,
        "unresolved": 172,
    }  # fmt: skip
    assert table["tokencost"].to_dict() == {
        "late_correction": 1, "market_change": 0, "regional_uplift": 1, "rounding": 0, "unit_fix": 30,
        "unresolved": 58,
    }  # fmt: skip
    assert not own.confirmed_by.str.contains("tokencost", na=False).any()
    assert own.confirmed_by.str.startswith("models_dev", na=False).sum() >= 20
