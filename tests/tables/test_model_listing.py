"""Spells of listing: by hand, against the shipped history, and a few facts read from the releases."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from cloudmarket import load, names
from cloudmarket.history import Moment
from cloudmarket.measures import catalogue
from cloudmarket.sources import litellm, tokencost
from cloudmarket.tables import inputs, model_listing
from shared import panel
from tables.vintage import told

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
    table = model_listing.build(told(litellm=prints))
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


def listed(*days: tuple[int, str], source: str = "litellm") -> list[tuple[Moment, list[tuple[object, ...]]]]:
    """Return snapshots of a source on days, each with the scopes in which claude-fable-5 stands in it."""
    module = {"litellm": litellm, "tokencost": tokencost}[source]
    prints = []
    for number, scopes in days:
        names_ = ["anthropic.claude-v1", *(FABLE[scope] for scope in scopes.split())]
        cells = [dict.fromkeys(module.COLUMNS.names) | {"label": label, "suffix": ""} for label in names_]
        rows = [tuple((cell | {"litellm_provider": "bedrock_converse"}).values()) for cell in cells]
        prints.append((Moment(f"1.{number}", instant(number)), rows))
    return prints


def test_a_spell_that_begins_in_a_copy_goes_on_in_the_catalogue() -> None:
    copies = listed((60, ""), (70, "us"), (80, "us eu"), source="tokencost")
    table = model_listing.build(told(litellm=listed((0, ""), (100, "us"), (101, "us")), tokencost=copies))
    rows = table[table.model == "claude-fable-5"]
    assert rows.source.tolist() == ["litellm", "tokencost"]
    own, fill = rows.to_dict("records")
    assert (fill["valid_from"], fill["valid_to"]) == (pd.Timestamp("2026-03-12"), pd.Timestamp("2026-04-11"))
    assert (own["valid_from"], own["is_continued"], own["is_fill"]) == (pd.Timestamp("2026-04-11"), True, False)
    # The bound is that of the whole spell, and the copy narrows it.
    assert own["first_listed_after_on"] == fill["first_listed_after_on"] == pd.Timestamp("2026-03-02")
    [spell] = catalogue.spells(rows).itertuples()
    assert (spell.valid_from, pd.isna(spell.valid_to)) == (pd.Timestamp("2026-03-12"), True)
    assert spell.observed_last_at == instant(101)


@pytest.mark.parametrize(
    ("copies", "valid_to"),
    [((), "2026-04-11"), (((60, ""),), "2026-03-02"), (((60, "us"), (70, "")), "2026-03-12"),
     (((30, ""),), "2026-04-11"), (((60, "us"), (70, "us")), "2026-04-11")],
    ids=["no copy", "gone by the first", "gone by the second", "too soon for a gap", "gone after the copies"],
)  # fmt: skip
def test_a_copy_tells_when_a_model_left_the_catalogue(copies: tuple[tuple[int, str], ...], valid_to: str) -> None:
    evidence = told(litellm=listed((0, "us"), (100, "")), tokencost=listed(*copies, source="tokencost"))
    table = model_listing.build(evidence)
    [row] = table[table.model == "claude-fable-5"].itertuples()
    assert (row.source, row.valid_to) == ("litellm", pd.Timestamp(valid_to))
    assert row.observed_last_at == instant(0)


def test_the_first_look_at_a_seller_is_no_first_listing() -> None:
    table = load("model_listing")
    began = table.groupby(["source", "seller"]).valid_from.transform("min")
    for source, days in (("litellm", 0), ("models_dev", 30)):
        own = table[table.source == source]
        early = (own.valid_from - began[own.index]).dt.days < days
        assert own.is_left_censored[early].all()
        assert not own.is_left_censored[(own.valid_from - began[own.index]).dt.days > days].any()


def test_fills_stand_in_the_gap_alone() -> None:
    table = load("model_listing")
    fill = table[table.is_fill]
    assert len(fill) > 200
    assert fill.valid_from.min() == pd.Timestamp("2024-03-26")
    assert fill.valid_to.max() == pd.Timestamp("2024-11-28")
    assert (fill.source == "tokencost").all()
    assert (table.is_continued <= (table.valid_from == pd.Timestamp("2024-11-28"))).all()
    # Read from the copies: gpt-4o stands in that of 22 May 2024, not in the one before, of 23 April.
    [row] = fill[(fill.seller == "openai") & (fill.model == "gpt-4o")].itertuples()
    assert (row.first_listed_after_on, row.valid_from) == (pd.Timestamp("2024-04-23"), pd.Timestamp("2024-05-22"))


# What the extract calls one model is two here, or the other way round; the sidecar of models_dev says which.
OTHER_NAMES = {("aws", "gpt-oss-120b"), ("aws", "gpt-oss-20b"), ("gcp", "gemini-3-1-flash-lite"), ("openai", "o1")}


@pytest.mark.parametrize(
    ("seller", "column", "least"),
    [("aws", "aws", 50), ("azure", "azure_any", 80), ("gcp", "gcp_any", 40), ("ovhcloud", "ovhcloud", 11),
     ("scaleway", "scaleway", 11), ("nebius", "nebius", 45), ("openai", "openai", 45), ("anthropic", "anthropic", 15)],
)  # fmt: skip
def test_first_days_are_those_of_an_independent_extract(seller: str, column: str, least: int) -> None:
    """Equal but for the zone in which the day is told."""
    theirs = pd.read_csv(panel("models_dev/model_cloud_first_seen.csv"), parse_dates=[column]).set_index("canon")[
        column
    ]
    own = load("model_listing")
    own = own[(own.source == "models_dev") & (own.seller == seller)]
    ours = own.groupby(own.model.str.replace(".", "-")).valid_from.min()
    both = pd.DataFrame({"ours": ours, "theirs": theirs}).dropna()
    assert len(both) >= least
    apart = (both.ours - both.theirs).dt.days
    assert {(seller, model) for model in apart[apart.abs() > 1].index} == {
        pair for pair in OTHER_NAMES if pair[0] == seller
    }


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
    listings = listings[listings.source == "litellm"]
    [row] = listings[(listings.seller == seller) & (listings.model == model)].itertuples()
    assert (row.first_listed_after_on, row.valid_from) == (pd.Timestamp(after), pd.Timestamp(first))
    history = inputs.folded("litellm").to_pandas()
    assert history[history.label == label].observed_first_at.min().strftime("%Y-%m-%d") == first


@pytest.mark.parametrize("source", ["litellm", "models_dev"])
def test_what_stands_in_the_first_snapshot_has_no_known_beginning(source: str) -> None:
    listings = catalogue.spells(load("model_listing"), source)
    is_first = listings.valid_from == listings.valid_from.min()
    assert listings.first_listed_after_on.isna().equals(is_first)
    known = listings[~is_first]
    assert (known.first_listed_after_on < known.valid_from).sum() >= 0.95 * len(known)
    assert (known.first_listed_after_on <= known.valid_from).all()
    assert listings[is_first].is_left_censored.all()


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
    spells = spells[spells.source == "litellm"]
    spells = spells[(spells.observed_first_at <= moment) & (spells.observed_last_at >= moment)]
    assert set(zip(spells.seller, spells.model, strict=True)) <= listed
    missing = listed - set(zip(spells.seller, spells.model, strict=True))
    assert len(missing) <= 0.01 * len(listed), f"only spells of less than a day are left out: {sorted(missing)}"


def test_spells_of_a_model_at_a_seller_do_not_touch() -> None:
    key = ["source", "seller", "model"]
    listings = load("model_listing").sort_values([*key, "valid_from"])
    following = listings.groupby(key).valid_from.shift(-1)
    later = following.notna()
    assert (listings.valid_to[later] <= following[later]).all()
    assert later.any()
