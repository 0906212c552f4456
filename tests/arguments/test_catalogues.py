"""What is said of the catalogues: counted again by other code, from the raw evidence and from the claims' own rows."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cloudmarket import names, store, tables
from cloudmarket.arguments import catalogues
from cloudmarket.arguments.catalogues import arrival, breadth, churn, contents, frames, retirement, speed, supply
from cloudmarket.arguments.catalogues.families import family
from cloudmarket.arguments.catalogues.state import weights
from cloudmarket.arguments.claim import Claim

TODAY = date(2026, 11, 20)
PAST = (date(2023, 11, 1), date(2024, 6, 30), date(2025, 6, 30))
CLOUDS = ["aws", "azure", "gcp"]


@pytest.fixture(scope="module")
def seen() -> catalogues.View:
    return catalogues.view(TODAY)


@pytest.fixture(scope="module")
def said(seen: catalogues.View) -> dict[str, Claim]:
    return {one.claim: one for one in catalogues.stated(seen)}


@pytest.fixture(scope="module")
def listing() -> pd.DataFrame:
    """Published rows about the clouds, models that are models, by pandas alone."""
    rows = pd.read_parquet(store.processed() / "model_listing.parquet")
    for name in ("valid_from", "valid_to", "first_listed_after_on"):
        rows[name] = pd.to_datetime(rows[name])
    return rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service")]


def open_in_map(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.source.isin(["litellm", "tokencost"]) & rows.valid_to.isna()]


def test_breadth_and_overlap_are_those_of_the_published_rows(said: dict, listing: pd.DataFrame) -> None:
    sets = {cloud: set(part.model) for cloud, part in open_in_map(listing).groupby("seller")}
    union = set.union(*sets.values())
    single = sum(sum(model in own for own in sets.values()) == 1 for model in union)
    assert said["catalogue-breadth"].value == max(len(own) for own in sets.values())
    assert said["catalogue-overlap"].value == pytest.approx(100 * single / len(union))
    assert f"{len(set.intersection(*sets.values()))} on all three" in said["catalogue-overlap"].statement


def test_the_first_day_off_azure_is_that_of_the_published_rows(said: dict, listing: pd.DataFrame) -> None:
    closed = names.models().set_index("model").is_open_weights.eq(False)
    rows = listing[
        (listing.developer == "openai") & listing.model.map(closed).fillna(False) & (listing.seller != "azure")
    ]
    assert said["catalogue-openai-off-azure"].value == int(f"{rows.valid_from.min():%Y%m%d}")


def test_clean_ups_are_those_of_the_published_rows(said: dict, listing: pd.DataFrame) -> None:
    last = listing[listing.source.isin(["litellm", "tokencost"])].sort_values("valid_from")
    ends = last.groupby(["seller", "model"]).valid_to.last()
    stands = last.groupby(["seller", "model"]).valid_to.agg(lambda days: days.isna().any())
    removed = last.groupby(["seller", "model"]).valid_to.max()[~stands]
    assert ends[~stands].notna().all()
    sizes = removed.value_counts()
    share = sizes[sizes >= retirement.CLEAN_UP].sum() / len(removed)
    assert said["catalogue-clean-ups"].value == pytest.approx(100 * share)


def test_listings_past_their_date_are_those_of_the_raw_history(said: dict, listing: pd.DataFrame) -> None:
    raw = pd.read_parquet(store.raw("litellm") / "history.parquet")
    raw = raw[(raw.suffix == "") & raw.ended_at.isna()]
    latest: dict[tuple[str, str], list[str | None]] = {}
    for provider, label, printed in zip(raw.litellm_provider, raw.label, raw.deprecation_date, strict=True):
        offer = names.match("litellm", provider, label) if isinstance(provider, str) else None
        if offer is not None and offer.commitment is None:
            latest.setdefault((offer.seller, offer.model), []).append(printed if isinstance(printed, str) else None)
    on = open_in_map(listing)[["seller", "model"]].drop_duplicates().itertuples(index=False, name=None)
    dates = [latest[pair] for pair in on]
    past = sum(None not in days and max(days) < TODAY.isoformat() for days in dates)
    assert said["catalogue-past-retirement"].value == pytest.approx(100 * past / len(dates))


def test_the_share_listed_in_time_lies_between_the_plain_counts(seen: catalogues.View, said: dict) -> None:
    """Every model was followed for longer than the horizon, so that plain counts bound the estimate."""
    claim = said["catalogue-time-to-listing"]
    stated = claim.rows[claim.rows.table == "model_release"]
    listed = claim.rows[claim.rows.table == "model_listing"]
    began = listed[listed.source.isin(["litellm", "tokencost"])].groupby("seller").valid_from.min()
    kind = dict(zip(listed.model, weights(listed.model), strict=True))
    sure = possible = due = 0
    for model, own in stated.groupby("model"):
        early, late = own.released_on.min(), own.released_by_on.max()
        assert (pd.Timestamp(TODAY) - late).days > arrival.HORIZON
        maker, alike = own.developer.iloc[0], own.weights.iloc[0]
        rows = listed[(listed.seller == "azure") & (listed.developer == maker)]
        before = rows[(rows.model.map(kind) == alike) & (rows.valid_from < early)]
        if before.empty or not early > began["azure"]:
            continue
        due += 1
        here = rows[rows.model == model].sort_values("valid_from")
        if len(here):
            sure += (here.valid_from.iloc[0] - early).days <= arrival.HORIZON
            possible += (here.first_listed_after_on.iloc[0] - late).days - 1 < arrival.HORIZON
    assert due == (seen.arrival.due.seller == "azure").sum()
    assert 100 * sure / due - 1e-6 <= claim.value <= 100 * possible / due + 1e-6


def test_every_claim_can_be_followed(said: dict) -> None:
    assert len(said) == 12
    for claim in said.values():
        assert len(claim.rows)
        assert claim.notebook == "05_model_catalogues"
        assert np.isnan(claim.low) or claim.low <= claim.value
        assert np.isnan(claim.high) or claim.value <= claim.high


def test_the_rows_of_claims_give_their_values_again(said: dict) -> None:
    listed = said["catalogue-concentration"].rows
    google = listed[listed.seller == "gcp"].drop_duplicates("model").developer.value_counts(normalize=True)
    assert said["catalogue-concentration"].value == pytest.approx(1 / (google**2).sum())
    rows = open_in_map(said["catalogue-suppliers"].rows)
    assert said["catalogue-suppliers"].value == (rows.groupby("developer").seller.nunique() == 3).sum()
    clouds = rows.groupby("model").seller.nunique()
    alone = rows[rows.model.map(clouds) == 1].drop_duplicates("model")
    own = alone.developer == alone.seller.map({"aws": "amazon", "azure": "microsoft", "gcp": "google"})
    assert said["catalogue-own-models"].value == pytest.approx(100 * own.mean())
    wide = said["catalogue-first-million"].rows
    first = wide[wide.context_tokens >= 1e6].groupby("seller").valid_from.min().sort_values()
    assert said["catalogue-first-million"].value == (first.iloc[1] - first.iloc[0]).days
    removal = said["catalogue-retired-with-notice"].rows
    mapped = removal[(removal.table == "model_listing") & removal.source.isin(["litellm", "tokencost"])]
    stands = mapped.groupby(["seller", "model"]).valid_to.agg(lambda days: days.isna().any())
    gone = mapped.groupby(["seller", "model"]).valid_to.max()[~stands]
    dates = removal[removal.table == retirement.HISTORY].set_index(["seller", "model"]).retires_on
    assert said["catalogue-retired-with-notice"].value == pytest.approx(
        100 * (dates.reindex(gone.index) <= gone).mean()
    )


@pytest.mark.parametrize("day", PAST, ids=str)
def test_a_past_day_knows_nothing_of_later_ones(day: date) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    then = catalogues.view(day)
    for claim in catalogues.stated(then):
        assert (pd.to_datetime(claim.rows.observed_first_at, utc=True) < end).all(), claim.claim
    assert (pd.to_datetime(then.dates.observed_first_at, utc=True) < end).all()
    assert not (then.removed.valid_to > pd.Timestamp(day)).any()


def test_without_a_cloud_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    load = tables.load

    def without_azure(name: str, **days: object) -> pd.DataFrame:
        rows = load(name, **days)
        return rows[rows.seller != "azure"] if name == "model_listing" else rows

    monkeypatch.setattr(tables, "load", without_azure)
    then = catalogues.view(TODAY)
    assert not then.found.is_whole
    names_of = {one.claim for one in catalogues.stated(then)}
    assert names_of.isdisjoint(
        {"catalogue-breadth", "catalogue-overlap", "catalogue-suppliers", "catalogue-time-to-listing"}
    )
    assert frames.LISTED not in set(frames.times(then).panel)


def test_without_days_of_release_no_speed_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    load = tables.load
    monkeypatch.setattr(
        tables, "load", lambda name, **days: load(name, **days).iloc[: 0 if name == "model_release" else None]
    )
    then = catalogues.view(TODAY)
    assert not then.arrival.is_enough
    assert "catalogue-time-to-listing" not in {one.claim for one in catalogues.stated(then)}
    assert speed.sensitivity(then.found).empty


def test_an_empty_table_of_listings_leads_to_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    load = tables.load
    monkeypatch.setattr(
        tables, "load", lambda name, **days: load(name, **days).iloc[: 0 if name == "model_listing" else None]
    )
    then = catalogues.view(TODAY)
    assert {one.claim for one in catalogues.stated(then)} <= {"catalogue-first-million"}
    assert frames.times(then).empty
    assert churn.flows(then.found, then.removed).empty


@pytest.mark.parametrize(
    ("model", "snapshots", "sizes"),
    [
        ("gpt-4o-2024-05-13", "gpt-4o", "gpt-4o"),
        ("gpt-4-0125-preview", "gpt-4", "gpt-4"),
        ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet", "claude-3-5-sonnet"),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash", "gemini-2.5-flash"),
        ("gemini-2.0-flash-thinking-exp-01-21", "gemini-2.0-flash-thinking", "gemini-2.0-flash-thinking"),
        ("llama-4-scout-17b-16e-instruct", "llama-4-scout-17b-16e-instruct", "llama-4-scout"),
        ("qwen3-235b-a22b-instruct-2507", "qwen3-235b-a22b-instruct", "qwen3"),
        ("imagen-3.0-generate-002", "imagen-3.0-generate", "imagen-3.0-generate"),
        ("o1", "o1", "o1"),
        ("claude-opus-4-5", "claude-opus-4-5", "claude-opus-4-5"),
    ],
)
def test_families(model: str, snapshots: str, sizes: str) -> None:
    assert family(model) == snapshots
    assert family(model, sizes=True) == sizes


def test_every_way_of_counting_counts_no_more_than_is_listed(seen: catalogues.View) -> None:
    table = seen.readings
    for way in (breadth.FAMILY, breadth.SIZES, breadth.CHAT, breadth.CURRENT):
        assert (table.loc[way, CLOUDS] <= table.loc[breadth.AS_LISTED, CLOUDS]).all()
    assert breadth.exact(seen.found.listed).models.sum() == seen.found.models
    alone = breadth.uniqueness(seen.found.listed)
    assert alone[alone.weights == breadth.ALL]["unique"].sum() == table.models.iloc[0] - table.on_two.iloc[0]


def test_flows_add_up_to_what_is_listed(seen: catalogues.View) -> None:
    moved = churn.flows(seen.found, seen.removed).groupby("seller")[["added", "removed", "cleaned"]].sum().sum(axis=1)
    spells = seen.found.spells.sort_values("valid_from").drop_duplicates(["seller", "model"])
    at_first = spells[spells.is_left_censored].groupby("seller").size()
    listed = seen.found.listed.groupby("seller").size()
    assert (moved + at_first).to_dict() == listed.to_dict()


def test_stays_lie_between_snapshots(seen: catalogues.View) -> None:
    assert (seen.stays.low < seen.stays.high.fillna(np.inf)).all()
    both = seen.stays.pivot_table(index=["seller", "model"], columns="reading", values="high", dropna=False)
    # A printed date that is past ends a stay sooner than the removal that followed it, never later.
    known = both.dropna()
    assert (known[churn.BY_DATE] <= known[churn.BY_LIST]).mean() > 0.95


def test_an_item_known_exactly_is_on_the_curve_at_its_day() -> None:
    due = pd.DataFrame(
        {"seller": "aws", "developer": "x", "low": [9.0, 19.0, 100.0, 100.0], "high": [10.0, 20.0, np.nan, np.nan]}
    )
    share = speed.share_by(arrival.estimate(due), 90)
    assert share.loc["aws", ["percent", "percent_may"]].tolist() == pytest.approx([50, 50])
    assert speed.share_by(arrival.estimate(due), 9.5).loc["aws", ["percent", "percent_may"]].tolist() == pytest.approx(
        [0, 25]
    )
    ends = speed.clustered(due, draws=20).loc["aws"]
    assert (ends.low, ends.high, ends.developers) == (pytest.approx(50), pytest.approx(50), 1)


def test_an_unknown_reading_is_named() -> None:
    with pytest.raises(ValueError, match="no reading 'guess'"):
        arrival.released(pd.DataFrame({"model": [], "seller": [], "developer": [], "released_on": [],
                                       "released_by_on": [], "is_suspect": pd.Series([], dtype=bool),
                                       "superseded_at": []}), "guess")  # fmt: skip


def test_concentration_counts_each_model_once() -> None:
    rows = pd.DataFrame(
        {"seller": "gcp", "developer": ["google", "google", "meta", "meta"], "model": ["a", "b", "c", "c"]}
    )
    found = supply.concentrations(rows).loc["gcp"]
    assert found.effective == pytest.approx(1 / (4 / 9 + 1 / 9))
    assert (found.largest, found.own_percent) == ("google", pytest.approx(200 / 3))


def test_first_windows_are_bounded_by_the_look_before(seen: catalogues.View) -> None:
    first = contents.first_million(seen.contexts, seen.found)
    assert list(first.seller) == ["gcp", "azure", "aws"]
    assert (first.after_on < first.valid_from).all()
