"""Spells of listing: by hand, against the shipped history, and a few facts read from the releases."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from cloudmarket import load, names
from cloudmarket.history import Moment, fold
from cloudmarket.sources import litellm
from cloudmarket.tables import inputs, model_listing

FABLE = {"us": "us.anthropic.claude-fable-5", "eu": "eu.anthropic.claude-fable-5"}


def instant(number: int) -> datetime:
    return datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=number)


def spells(*listed: str, step: int = 1) -> list[tuple[str | None, str, str | None, int]]:
    """Return the spells of claude-fable-5 at aws, with the scopes that each snapshot lists, a day apart each."""

    def row(label: str, mode: str) -> tuple[object, ...]:
        cells = dict.fromkeys(litellm.COLUMNS.names) | {"label": label, "suffix": "", "mode": mode}
        return tuple((cells | {"litellm_provider": "bedrock_converse"}).values())

    prints = []
    for place, scopes in enumerate(listed):
        rows = [row(FABLE[scope], "chat") for scope in scopes.split()]
        prints.append((Moment(f"1.{place}", instant(place * step)), [row("anthropic.claude-v1", "chat"), *rows]))
    folded = fold(prints, litellm.COLUMNS, litellm.KEY_COUNT)
    table = model_listing.build(folded, pd.DatetimeIndex([moment.observed_at for moment, _ in prints]))
    table = table[table.model == "claude-fable-5"]
    assert set(table.seller) <= {"aws"}
    days = [
        [None if pd.isna(day) else day.strftime("%m-%d") for day in table[name]]
        for name in ("first_listed_after_on", "valid_from", "valid_to")
    ]
    return list(zip(*days, table.label_count, strict=True))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (["us"], [(None, "01-01", None, 1)]),
        (["", "us"], [("01-01", "01-02", None, 1)]),
        (["", "us eu"], [("01-01", "01-02", None, 2)]),
        (["", "us", "us eu"], [("01-01", "01-02", None, 1)]),
        (["us", ""], [(None, "01-01", "01-02", 1)]),
        (["us", "eu", "eu", ""], [(None, "01-01", "01-04", 1)]),
        (["us eu", "us", ""], [(None, "01-01", "01-03", 2)]),
        (["us", "", "eu"], [(None, "01-01", "01-02", 1), ("01-02", "01-03", None, 1)]),
        (["us", "", "", "us eu"], [(None, "01-01", "01-02", 1), ("01-03", "01-04", None, 2)]),
        (["us eu", "us", "us eu"], [(None, "01-01", None, 2)]),
        (["", ""], []),
    ],
)
def test_a_spell_lasts_while_any_label_is_printed(listed: list[str], expected: list[tuple[object, ...]]) -> None:
    assert spells(*listed) == expected


def test_the_bounds_are_the_snapshots_around_the_first_listing() -> None:
    assert spells("", "", "us", step=10) == [("01-11", "01-21", None, 1)]


# Read from the releases' own price maps: the first one with the label, and the release on the line before it.
FACTS = [
    ("aws", "gpt-5.5", "bedrock_mantle/openai.gpt-5.5", "2026-06-05", "2026-06-06"),
    ("azure", "gpt-5.5", "azure/gpt-5.5", "2026-04-24", "2026-04-26"),
    ("openai", "gpt-5.5", "gpt-5.5", "2026-04-23", "2026-04-24"),
    ("azure", "claude-opus-4-5", "azure_ai/claude-opus-4-5", "2026-01-13", "2026-01-17"),
    ("gcp", "claude-opus-4-5", "vertex_ai/claude-opus-4-5", "2025-11-22", "2025-11-27"),
]


@pytest.mark.parametrize(("seller", "model", "label", "after", "first"), FACTS)
def test_first_listings_read_from_the_releases(seller: str, model: str, label: str, after: str, first: str) -> None:
    listings = load("model_listing")
    [row] = listings[(listings.seller == seller) & (listings.model == model)].itertuples()
    assert (row.first_listed_after_on, row.valid_from) == (pd.Timestamp(after), pd.Timestamp(first))
    history = inputs.folded("litellm").to_pandas()
    assert history[history.label == label].observed_first_at.min().strftime("%Y-%m-%d") == first


def test_what_stands_in_the_first_snapshot_has_no_known_beginning() -> None:
    listings = load("model_listing")
    is_first = listings.valid_from == listings.valid_from.min()
    assert listings.first_listed_after_on.isna().equals(is_first)
    known = listings[~is_first]
    assert (known.first_listed_after_on < known.valid_from).sum() >= 0.95 * len(known)
    assert (known.first_listed_after_on <= known.valid_from).all()


@pytest.mark.parametrize("drawn", [0, 150, 300, -1])
def test_a_snapshot_lists_what_the_spells_say(drawn: int) -> None:
    """The models of a snapshot, matched label by label, are the spells that hold its instant."""
    moment = inputs.moments("litellm")[drawn].observed_at
    history = inputs.folded("litellm").select(["label", "litellm_provider", "observed_first_at", "observed_last_at"])
    rows = history.to_pandas()
    rows = rows[(rows.observed_first_at <= moment) & (rows.observed_last_at >= moment)]
    pairs = set(zip(rows.litellm_provider, rows.label, strict=True))
    offers = [names.match("litellm", provider, label) for provider, label in pairs if isinstance(provider, str)]
    listed = {(offer.seller, offer.model) for offer in offers if offer is not None and offer.commitment is None}
    spells = load("model_listing")
    spells = spells[(spells.observed_first_at <= moment) & (spells.observed_last_at >= moment)]
    assert set(zip(spells.seller, spells.model, strict=True)) <= listed
    missing = listed - set(zip(spells.seller, spells.model, strict=True))
    assert len(missing) <= 0.01 * len(listed), f"only spells of less than a day are left out: {sorted(missing)}"


def test_spells_of_a_model_at_a_seller_do_not_touch() -> None:
    listings = load("model_listing").sort_values(["seller", "model", "valid_from"])
    following = listings.groupby(["seller", "model"]).valid_from.shift(-1)
    later = following.notna()
    assert (listings.valid_to[later] <= following[later]).all()
    assert later.any()
