"""Copies of the litellm map: parsed as the map, refused in their own name, and complete in the gap that they fill."""

import json

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import litellm, tokencost
from cloudmarket.tables import fills, inputs

ENTRY = {"input_cost_per_token": 2e-06, "output_cost_per_token": 6e-06, "litellm_provider": "mistral", "mode": "chat"}


def test_a_copy_is_parsed_as_the_map() -> None:
    content = json.dumps({"sample_spec": {}, "mistral/mistral-small": ENTRY}).encode()
    assert list(tokencost.parse(content, "abc")) == list(litellm.parse(content, "1.2.3"))
    assert tokencost.COLUMNS == litellm.COLUMNS


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "lists no model"),
        (b'{"m": {"input_cost_per_token": -1}}', "'m' prints input_cost_per_token = -1"),
        (b'{"m": {"output_cost_per_token": "free"}}', "'m' prints output_cost_per_token"),
    ],
)
def test_a_bad_copy_is_refused_in_its_own_name(content: bytes, problem: str) -> None:
    with pytest.raises(ParseError, match=rf"^tokencost abc: .*{problem}") as caught:
        list(tokencost.parse(content, "abc"))
    assert "data/raw/tokencost/source.toml" in caught.value.remedy


def test_every_copy_that_is_used_names_its_providers() -> None:
    history = inputs.folded("tokencost").to_pandas()
    assert history.litellm_provider.notna().mean() > 0.99
    assert history.observed_first_at.min().strftime("%Y-%m-%d") == "2024-03-26"


def test_what_the_map_prints_before_and_after_the_gap_no_copy_lacks() -> None:
    """Otherwise a label missing in a copy would not tell that it had left the map."""
    times = [[moment.observed_at for moment in inputs.moments(name)] for name in ("litellm", "tokencost")]
    [gap] = fills.windows(*times)
    own, copies = (inputs.folded(name).to_pandas() for name in ("litellm", "tokencost"))
    before, after = (
        set(own.label[(own.observed_first_at <= at) & (own.observed_last_at >= at)]) for at in (gap.before, gap.end)
    )
    assert len(before & after) > 100
    for taken in gap.copies:
        there = set(copies.label[(copies.observed_first_at <= taken) & (copies.observed_last_at >= taken)])
        assert before & after <= there
