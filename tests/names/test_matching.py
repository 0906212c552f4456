"""Labels that are easily misread, and properties that hold for any label."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket import names
from cloudmarket.names._tables import rows

with (Path(__file__).parent / "cases.csv").open(encoding="utf-8", newline="") as handle:
    CASES = list(csv.DictReader(handle))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_label_is_read_as_the_reviewed_case_says(case: dict[str, str]) -> None:
    offer = names.match(case["source"], case["provider"], case["label"])
    assert offer is not None
    found = (offer.seller, offer.channel, offer.model, offer.scope)
    assert found == (case["seller"], case["channel"], case["model"], case["scope"]), case["why"]


def test_the_cases_show_every_scope_but_the_named_region() -> None:
    assert {case["scope"] for case in CASES} | {"region"} == {row["scope"] for row in rows("scopes")}


def test_an_offer_says_everything() -> None:
    label = "bedrock/eu-central-1/6-month-commitment/anthropic.claude-v2:1"
    assert names.match("litellm", "bedrock", label) == names.Offer(
        seller="aws",
        seller_kind="cloud",
        channel="bedrock",
        model="claude-2.1",
        developer="anthropic",
        scope="region",
        region="eu-central-1",
        commitment="6-month",
        is_alias=False,
    )


def test_a_label_without_developer_or_with_any_region() -> None:
    gov = names.match("litellm", "bedrock", "bedrock/us-gov-east-1/claude-sonnet-4-5-20250929-v1:0")
    assert gov is not None
    assert (gov.model, gov.scope, gov.region) == ("claude-sonnet-4-5", "region", "us-gov-east-1")
    anywhere = names.match("litellm", "bedrock", "bedrock/*/1-month-commitment/cohere.command-text-v14")
    assert anywhere is not None
    assert (anywhere.scope, anywhere.region, anywhere.commitment) == ("default", None, "1-month")


@pytest.mark.parametrize(
    ("label", "is_alias"),
    [
        ("azure/gpt-4o", True),
        ("azure/gpt-4o-2024-11-20", False),
        ("azure/gpt-4.1", False),
        ("azure/gpt-4", True),
    ],
)
def test_moving_names(label: str, is_alias: bool) -> None:
    offer = names.match("litellm", "azure", label)
    assert offer is not None
    assert offer.is_alias is is_alias


@pytest.mark.parametrize(
    "label",
    [
        "azure/gpt-4.1-2031-01-01",  # a snapshot nobody has reviewed
        "us.eu.anthropic.claude-sonnet-5",  # two scopes
        "anthropic.claude-sonnet-5-v2:0",  # a second revision
        "bedrock/mars-north-1/anthropic.claude-v2",  # a region nobody knows
        "anthropic.claude-unheard-of-9",
        "",
    ],
)
def test_what_was_not_reviewed_is_not_matched(label: str) -> None:
    assert names.match("litellm", "bedrock", label) is None


def test_out_of_scope_is_not_unmatched() -> None:
    assert not names.in_scope("litellm", "groq")
    assert not names.in_scope("genai_prices", "bedrock")
    assert names.in_scope("genai_prices", "aws")
    report = names.unmatched(
        [
            ("litellm", "groq", "groq/llama-9"),
            ("litellm", "bedrock", "anthropic.claude-unheard-of-9"),
            ("litellm", "bedrock", "anthropic.claude-unheard-of-9"),
            ("litellm", "azure", "azure/gpt-4.1"),
            ("genai_prices", "azure", "azure/mai-ds-r1:free"),
        ]
    )
    assert report["label"].tolist() == ["azure/mai-ds-r1:free", "anthropic.claude-unheard-of-9"]
    assert report["reason"].tolist()[1] == "unknown"
    assert "reseller" in report["reason"].tolist()[0]


def test_a_label_that_is_no_offer_is_not_matched() -> None:
    listed = [(row["source"], row["provider"], row["label"]) for row in rows("not_offers")]
    assert [key for key in listed if names.match(*key)] == []


def test_nothing_unmatched_is_an_empty_table_with_its_columns() -> None:
    assert names.unmatched([]).columns.tolist() == ["source", "provider", "label", "reason"]


PROVIDERS = sorted({(row["source"], row["provider"]) for row in rows("providers")})
PIECES = [row["part"] for row in rows("label_parts")] + [row["label"] for row in rows("model_labels")]


@given(
    st.sampled_from(PROVIDERS) | st.tuples(st.text(), st.text()),
    st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join),
)
def test_any_label_is_matched_to_known_things_or_refused(provider: tuple[str, str], label: str) -> None:
    offer = names.match(*provider, label)
    if offer is not None:
        assert names.in_scope(*provider)
        assert offer.scope in {row["scope"] for row in rows("scopes")}
        assert (offer.region is not None) == (offer.scope == "region")
