"""The litellm price map: rows as printed, and bad maps refused with their version."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import litellm

ENTRY = {
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
    "input_cost_per_token_above_200k_tokens": 6e-06,
    "cache_read_input_token_cost": 3e-07,
    "cache_creation_input_token_cost_above_1hr": 6e-06,
    "output_cost_per_token_batches": 7.5e-06,
    "output_cost_per_image": 0.04,
    "max_input_tokens": 200000,
    "max_tokens": "8192",
    "litellm_provider": "bedrock_converse",
    "mode": "chat",
    "source": "https://example.org/pricing",
}


def parse(entries: object) -> list[dict[str, Any]]:
    rows = litellm.parse(json.dumps(entries).encode(), "1.2.3")
    return [dict(zip(litellm.COLUMNS.names, row, strict=True)) for row in rows]


def prices(row: Mapping[str, Any]) -> list[float | None]:
    return [row[name] for name in litellm.MEASURES]


def test_an_entry_has_a_row_per_suffix() -> None:
    rows = {row["suffix"]: row for row in parse({"us.a.claude-v1:0": ENTRY})}
    assert {suffix: prices(row) for suffix, row in rows.items()} == {
        "": [3e-06, 1.5e-05, 3e-07, None],
        "_above_200k_tokens": [6e-06, None, None, None],
        "_above_1hr": [None, None, None, 6e-06],
        "_batches": [None, 7.5e-06, None, None],
    }
    for row in rows.values():
        assert row["label"] == "us.a.claude-v1:0"
        assert (row["max_input_tokens"], row["max_output_tokens"], row["max_tokens"]) == (200000, None, 8192)
        assert (row["litellm_provider"], row["mode"]) == ("bedrock_converse", "chat")
        assert row["source"] == "https://example.org/pricing"
        assert row["deprecation_date"] is None


def test_an_entry_without_a_price_keeps_its_row() -> None:
    [row] = parse({"dall-e-3": {"mode": "image_generation", "input_cost_per_token": None}})
    assert prices(row) == [None] * 4


def test_zero_is_kept_as_printed() -> None:
    [row] = parse({"free": {"input_cost_per_token": 0, "output_cost_per_token": 0.0}})
    assert prices(row)[:2] == [0.0, 0.0]


def test_the_template_is_no_model() -> None:
    labels = [row["label"] for row in parse({"sample_spec": {"input_cost_per_token": "a note"}, "m": {}})]
    assert labels == ["m"]


@pytest.mark.parametrize(
    ("printed", "limit"), [(1e6, 1_000_000), ("8192", 8192), ("see the page", None), ("", None), (None, None)]
)
def test_limits_are_read_however_they_are_printed(printed: object, limit: int | None) -> None:
    assert parse({"m": {"max_tokens": printed}})[0]["max_tokens"] == limit


@pytest.mark.parametrize("value", ["-1e-06", "1.01", "3.0", "true", '"0.000003"', '"free"', "[3e-06]", "{}"])
def test_what_cannot_be_a_price_is_refused(value: str) -> None:
    content = f'{{"good": {{}}, "bad-model": {{"input_cost_per_token": {value}}}}}'.encode()
    with pytest.raises(ParseError, match=r"^litellm 1\.2\.3: 'bad-model' prints input_cost_per_token") as caught:
        list(litellm.parse(content, "1.2.3"))
    assert caught.value.version == "1.2.3"
    assert "[[exclude]]" in caught.value.remedy


@pytest.mark.parametrize("value", ["[1]", "{}", "true", "1e30"])
def test_what_cannot_be_a_limit_is_refused(value: str) -> None:
    content = f'{{"bad-model": {{"max_input_tokens": {value}}}}}'.encode()
    with pytest.raises(ParseError, match=r"^litellm 1\.2\.3: 'bad-model' prints max_input_tokens"):
        list(litellm.parse(content, "1.2.3"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html>",
        b'{"m": {"input_cost_per_token": NaN}}',
        b'{"m": {"input_cost_per_token": 1e999}}',
        b'{"m": {"mode": "chat"}',
        b'{"m": {"mode": "\xff"}}',
        b"[]",
        b"null",
        b'["m"]',
        b'{"m": 3e-06}',
        b'{"m": [{"mode": "chat"}]}',
        b"{}",
        b'{"sample_spec": {}}',
    ],
)
def test_what_is_no_map_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^litellm 1\.2\.3: the price map "):
        list(litellm.parse(content, "1.2.3"))
