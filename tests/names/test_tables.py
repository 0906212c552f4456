"""The reviewed tables are sorted, say each thing once, and name nothing that another table does not know."""

from collections.abc import Callable

import pandas as pd
import pytest

from cloudmarket import names
from cloudmarket.names import matching
from cloudmarket.names._tables import rows

KEYS = {
    "clouds": ["code"],
    "developers": ["code"],
    "label_parts": ["seller", "part"],
    "model_labels": ["seller", "label"],
    "models": ["model"],
    "not_offers": ["source", "provider", "label"],
    "providers": ["source", "provider", "label_prefix"],
    "regions": ["region"],
    "scopes": ["scope"],
    "tiers": ["part"],
}
KINDS = {"chat", "embedding", "rerank", "image", "video", "audio", "ocr", "moderation", "service", "other"}


def column(table: str, name: str) -> set[str]:
    return {row[name] for row in rows(table)}


@pytest.mark.parametrize("table", KEYS)
def test_a_table_is_sorted_and_unique(table: str) -> None:
    keys = [tuple(row[name] for name in KEYS[table]) for row in rows(table)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("table", KEYS)
def test_no_value_has_space_around_it_or_is_cut_short(table: str) -> None:
    width = len(rows(table)[0])
    for row in rows(table):
        assert None not in row.values()
        assert len(row) == width
        assert all(value == value.strip() for value in row.values())


@pytest.mark.parametrize(
    ("table", "name", "known_in", "known_as"),
    [
        ("models", "developer", "developers", "code"),
        ("model_labels", "model", "models", "model"),
        ("providers", "seller", "clouds", "code"),
        ("regions", "seller", "clouds", "code"),
    ],
)
def test_a_reference_is_known(table: str, name: str, known_in: str, known_as: str) -> None:
    assert column(table, name) - column(known_in, known_as) == set()


@pytest.mark.parametrize("table", ["label_parts", "model_labels"])
def test_a_seller_is_known_or_any(table: str) -> None:
    assert column(table, "seller") - column("clouds", "code") == {""}


def test_values_are_of_the_lists_that_the_code_reads() -> None:
    assert column("models", "kind") == KINDS
    assert column("clouds", "seller_kind") == {"cloud", "european_cloud", "developer"}
    assert column("label_parts", "kind") == {"route", "scope", "commitment", "developer", "variant"}
    assert column("tiers", "kind") == {"tier", "context", "cache_duration"}
    assert column("providers", "source") == {"litellm", "genai_prices", "models_dev"}
    assert column("not_offers", "source") <= column("providers", "source")


def test_scopes_of_labels_are_described_and_described_scopes_are_used() -> None:
    used = {row["value"] for row in rows("label_parts") if row["kind"] == "scope"} | {"default", "region"}
    assert used == column("scopes", "scope")


def test_every_developer_has_a_model_and_every_label_that_is_no_offer_is_in_scope() -> None:
    assert column("developers", "code") == column("models", "developer")
    assert all(names.in_scope(row["source"], row["provider"]) for row in rows("not_offers"))


def test_every_provider_has_a_row_for_labels_without_a_prefix() -> None:
    everywhere = {(row["source"], row["provider"]) for row in rows("providers") if not row["label_prefix"]}
    assert everywhere == {(row["source"], row["provider"]) for row in rows("providers")}


def test_a_moving_name_has_no_version_date() -> None:
    assert [row["model"] for row in rows("models") if row["is_alias"] == "true" and row["version_on"]] == []


def test_labels_and_models_are_in_lower_case() -> None:
    # Labels are compared in lower case: a capital in a table would never be found.
    for table, name in [("models", "model"), ("model_labels", "label"), ("label_parts", "part")]:
        assert all(value == value.lower() for value in column(table, name))


def test_a_label_row_says_what_the_rules_alone_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {(row["seller"], row["label"]): row["model"] for row in rows("model_labels")}
    idle = []
    for key, model in everything.items():
        others = {other: value for other, value in everything.items() if other != key}
        monkeypatch.setattr(matching, "_model_labels", lambda others=others: others)
        seller, label = key
        found = next(filter(None, (matching._find(seller, form) for form in matching._forms(seller, label))), None)
        if found and found["model"] == model:
            idle.append(key)
    assert idle == []


@pytest.mark.parametrize(
    "read",
    [names.models, names.developers, names.clouds, names.scopes, names.regions],
    ids=lambda f: f.__name__,
)
def test_frames_are_typed(read: Callable[[], pd.DataFrame]) -> None:
    frame = read()
    for name, kind in frame.dtypes.items():
        expected = "boolean" if str(name).startswith("is_") else "datetime64" if str(name).endswith("_on") else "str"
        assert str(kind).startswith(expected), name
    assert frame.iloc[:, 0].is_monotonic_increasing


def test_what_is_not_known_is_missing() -> None:
    models = names.models().set_index("model")
    assert models.loc["gpt-oss-120b", "is_open_weights"]
    assert not models.loc["gpt-4.1", "is_open_weights"]
    assert pd.isna(models.loc["deepseek-v4-pro", "is_open_weights"])
    assert models.loc["claude-sonnet-4-5", "version_on"] == pd.Timestamp("2025-09-29")
    assert pd.isna(models.loc["gpt-4o", "version_on"])


def test_a_caller_cannot_change_the_tables() -> None:
    mine = names.clouds()
    mine["code"] = "changed"
    assert "aws" in set(names.clouds()["code"])
