"""What stands after the name of a price field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.names import Tier, price_tier
from cloudmarket.names._tables import rows


@pytest.mark.parametrize(
    ("suffix", "tier", "context"),
    [
        ("", "standard", 0),
        ("_batches", "batch", 0),
        ("_batch_requests", "batch", 0),
        ("_flex", "flex", 0),
        ("_priority", "priority", 0),
        ("_ultrafast", "ultrafast", 0),
        ("_balanced", "balanced", 0),
        ("_decisions", "decisions", 0),
        ("_above_32k_tokens", "standard", 32_000),
        ("_above_100k_tokens", "standard", 100_000),
        ("_above_128k_tokens", "standard", 128_000),
        ("_above_200k_tokens", "standard", 200_000),
        ("_above_256k_tokens", "standard", 256_000),
        ("_above_272k_tokens", "standard", 272_000),
        ("_above_512k_tokens", "standard", 512_000),
        ("_above_200k_tokens_batches", "batch", 200_000),
        ("_above_272k_tokens_priority", "priority", 272_000),
    ],
)
def test_known_suffixes(suffix: str, tier: str, context: int) -> None:
    assert price_tier(suffix) == Tier(tier, context)


@pytest.mark.parametrize(
    "suffix",
    [
        "_above_1hr",
        "_above_12hr",
        "_above_1hr_above_200k_tokens",
        "_above_12hr_above_272k_tokens_batches",
        "_above_64k_tokens",
        "_cache_hit",
        "_batches_flex",
        "_above_128k_tokens_above_200k_tokens",
        "batches",
        "_batches ",
    ],
)
def test_suffixes_that_are_no_tier(suffix: str) -> None:
    assert price_tier(suffix) is None


@pytest.mark.parametrize("row", rows("tiers"), ids=lambda row: row["part"])
def test_every_row_is_read_and_a_band_is_its_own_number(row: dict[str, str]) -> None:
    found = price_tier(row["part"])
    if row["kind"] == "cache_duration":
        assert found is None
    elif row["kind"] == "context":
        thousands = row["part"].removeprefix("_above_").removesuffix("k_tokens")
        assert found == Tier("standard", int(thousands) * 1000)
    else:
        assert found == Tier(row["tier"], 0)


@given(st.text() | st.lists(st.sampled_from([row["part"] for row in rows("tiers")])).map("".join))
def test_any_suffix_is_read_or_refused(suffix: str) -> None:
    found = price_tier(suffix)
    assert found is None or found.context_from_tokens >= 0
