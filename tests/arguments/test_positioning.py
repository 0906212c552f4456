"""Where the clouds stand: measured again by other code, from raw evidence and from the claims' own rows."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cloudmarket import names, store, tables
from cloudmarket.arguments import positioning
from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.positioning import frames, knowledge, measured, models, money, table
from cloudmarket.arguments.positioning.knowledge import Knowledge
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.measures import composite_inputs as inputs
from cloudmarket.tables.compute_owned import ALL

TODAY = date(2026, 11, 20)
PAST = (date(2023, 11, 1), date(2024, 6, 30), date(2025, 6, 30))


@pytest.fixture(scope="module")
def found() -> positioning.Position:
    return positioning.position(TODAY)


@pytest.fixture(scope="module")
def said(found: positioning.Position) -> dict[str, Claim]:
    return {one.claim: one for one in positioning.stated(found)}


@pytest.fixture(scope="module")
def values(found: positioning.Position) -> pd.DataFrame:
    return found.found.values


def raw(name: str) -> pd.DataFrame:
    return pd.read_parquet(store.processed() / f"{name}.parquet")


def test_the_table_of_indicators_is_whole() -> None:
    about = table.indicators()
    assert about.index.is_unique
    assert set(about.direction) <= {-1, 0, 1}
    assert about.notna().all().all()
    assert set(about.table) <= set(tables.TABLES)
    assert set(about.spread) <= {inputs.BOUNDS, inputs.INTERVAL}
    assert (about.group[about.direction == 0] == table.CONTEXT).all()
    assert set(measured.ALONE) | set(models.COUNTED) | set(money.ACCOUNTS) <= set(about.index)


def test_models_and_regions_are_those_of_the_published_rows(values: pd.DataFrame) -> None:
    rows = raw("model_listing")
    rows = rows[rows.source.isin(["litellm", "tokencost"]) & rows.valid_to.isna() & ~rows.is_alias]
    rows = rows[(rows.kind != "service") & rows.seller.isin(CLOUDS)]
    assert values.models.to_dict() == rows.groupby("seller").model.nunique().to_dict()
    opened = set(names.models().query("is_open_weights == True").model)
    own = rows[rows.model.isin(opened)].groupby("seller").model.nunique()
    assert values.open_models.to_dict() == own.reindex(CLOUDS, fill_value=0).to_dict()
    regions = raw("region")
    regions = regions[(regions.kind == "commercial") & regions.superseded_at.isna() & regions.cloud.isin(CLOUDS)]
    started = regions[["launched_on", "first_listed_on"]].apply(pd.to_datetime).min(axis=1) <= pd.Timestamp(TODAY)
    assert values.regions.to_dict() == regions[started].groupby("cloud").region.nunique().to_dict()


def test_money_is_that_of_the_curated_facts(values: pd.DataFrame) -> None:
    facts = pd.read_csv(store.raw("curated") / "financial.csv")
    facts = facts[facts.period_kind == "quarter"]

    def quarters(metric: str, basis: str) -> pd.Series:
        own = facts[(facts.metric == metric) & (facts.basis == basis)].drop_duplicates("period_end_on", keep="last")
        return own.set_index("period_end_on").value.sort_index()

    revenue = quarters("google_cloud_revenue", "as_reported")
    income = quarters("google_cloud_operating_income", "alphabet_recast_2023")
    assert values.revenue["gcp"] == pytest.approx(revenue.tail(4).sum() / 1000)
    assert values.growth["gcp"] == pytest.approx(100 * (revenue.iloc[-1] / revenue.iloc[-5] - 1))
    assert values.margin["gcp"] == pytest.approx(100 * income.iloc[-1] / revenue[income.index[-1]])
    amazon = quarters("aws_revenue", "as_reported")
    assert values.revenue["aws"] == pytest.approx(amazon.tail(4).sum() / 1000)


def test_the_price_of_an_h100_is_that_of_the_published_rows(values: pd.DataFrame) -> None:
    rows = raw("accelerator_price")
    rows = rows[(rows.kind == "on_demand") & (rows.accelerator == "nvidia-h100-sxm") & rows.valid_to.isna()]
    rows = rows[rows.is_printed & (rows.cloud == "aws") & (rows.source == "karpenter_aws")]
    assert values.h100_price["aws"] == rows[rows.region == "us-east-1"].usd_per_accelerator_hour.min()


def test_compute_is_the_sum_of_the_published_medians(values: pd.DataFrame) -> None:
    rows = raw("compute_owned")
    rows = rows[(rows.chip == ALL) & rows.superseded_at.isna()]
    rows = rows[~rows.groupby("quarter_on").is_incomplete.transform("any").astype("bool")]
    rows = rows[(rows.quarter_on == rows.quarter_on.max()) & rows.cloud.isin(CLOUDS)]
    assert values.compute_owned.to_dict() == pytest.approx((rows.groupby("cloud").h100e_median.sum() / 1e6).to_dict())


def test_the_usual_composite_is_what_anybody_would_compute(found: positioning.Position) -> None:
    about, own = table.counted(), found.found.values[found.found.complete]
    turned = own * about.direction[own.columns]
    scaled = 1 + 99 * (turned - turned.min()) / (turned.max() - turned.min())
    score = scaled.T.groupby(about.group[own.columns]).mean().mean()
    assert score.rank(ascending=False).to_dict() == found.standing.ranks["rank"].to_dict()


def test_claims_hold_their_values_and_rows(said: dict[str, Claim], found: positioning.Position) -> None:
    assert {"position-first", "position-flips", "position-leads", "position-map", "position-path"} <= set(said)
    for one in said.values():
        assert one.claim.startswith("position-")
        assert one.low <= one.value <= one.high
        assert set(one.rows["table"]) <= set(tables.TABLES)
        assert one.notebook == "10_positioning"
    share = found.standing.acceptability[1]
    assert said["position-first"].value == pytest.approx(100 * share.max())
    assert said["position-flips"].value == found.standing.single.flips_order.sum()
    assert said["position-path"].value == found.hindsight[found.hindsight.day == pd.Timestamp(TODAY)]["first"].max()
    ranks = found.standing.ranks
    for cloud, name in frames.NAMES.items():
        assert f"{name} {ranks['rank'][cloud]:.0f} as built" in said["position-ranks"].statement
    assert said["position-ranks"].value == (ranks.low == ranks.high).sum()


def test_indicators_can_be_measured_again_from_the_rows_of_a_claim(
    said: dict[str, Claim], found: positioning.Position
) -> None:
    # How soon models are listed has a test of its own in the room that measures it.
    codes = [code for code in found.found.compared if code != "listed_in_90_days"]
    again = measured.measure(of_rows(said["position-first"].rows), codes)
    for code in codes:
        assert again.values[code].to_dict() == pytest.approx(found.found.values[code].to_dict(), nan_ok=True), code


def of_rows(rows: pd.DataFrame) -> Knowledge:
    """Return the knowledge that the rows under a claim are."""

    def part(name: str) -> pd.DataFrame:
        whole = tables.get(name).frame(rows[rows["table"] == name].reindex(columns=raw(name).columns))
        return whole.reset_index(drop=True)

    facts = {name: part(name) for name in (
        "region", "service_region", "accelerator", "compute_owned", "sdk_download", "financial")}  # fmt: skip
    empty = {name: tables.get(name).frame(raw(name).iloc[:0]) for name in ("region_carbon", "sdk_release", "capex")}
    return Knowledge(
        TODAY, TODAY, part("model_listing"), part("token_price"), part("accelerator_price"), **facts, **empty
    )


@pytest.mark.parametrize("day", PAST)
def test_a_past_day_knows_nothing_later(day: date) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    for one in positioning.claims(day):
        assert (pd.to_datetime(one.rows.observed_first_at, utc=True) < end).all()


def test_nothing_is_claimed_where_too_little_is_known() -> None:
    early = positioning.position(PAST[0])
    assert not early.is_enough
    assert list(positioning.stated(early)) == []


def test_without_a_cloud_or_with_old_figures_nothing_stands_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    load = tables.load

    def without(name: str, **days: object) -> pd.DataFrame:
        rows = load(name, **days)
        if name == "model_listing":
            return rows[rows.seller != "azure"]
        if name == "token_price":
            return rows.iloc[:0]
        return rows[rows.period_end_on < pd.Timestamp("2024-01-01")] if name == "financial" else rows

    monkeypatch.setattr(tables, "load", without)
    knowledge._listings.cache_clear()
    found = measured.measure(knowledge.of_day(TODAY), list(table.counted().index.drop("listed_in_90_days")))
    knowledge._listings.cache_clear()
    assert found.values[["models", "price_level", "eu_uplift", "revenue", "growth", "margin"]].isna().all().all()
    assert "models" not in found.compared
    assert found.values.regions.notna().all()


def test_downloads_lie_between_the_largest_package_and_the_sum(found: positioning.Position) -> None:
    rows = found.found.cells[found.found.cells.indicator == "agent_downloads"].set_index("unit")
    behind = found.found.rows["agent_downloads"]["sdk_download"]
    most = behind.groupby("owner").downloads_per_day.max() / 1e3
    assert rows.low.to_dict() == pytest.approx(most.to_dict())
    assert (rows.high >= rows.low).all()


def test_hindsight_of_a_day_is_that_day_where_nothing_was_learnt_later(found: positioning.Position) -> None:
    same = knowledge.in_hindsight(TODAY, found.known)
    again = measured.measure(same, ["models", "regions", "revenue"])
    assert again.values[["models", "regions", "revenue"]].equals(found.found.values[["models", "regions", "revenue"]])
    assert (found.hindsight.groupby("day").indicators.nunique() == 1).all()
    assert found.hindsight.indicators.nunique() == 1


def test_hindsight_reads_what_the_table_gives_of_that_day(found: positioning.Position) -> None:
    day = date(2025, 6, 30)
    rows = knowledge.in_hindsight(day, found.known).offers
    whole = tables.load("token_price", on=day, known_on=TODAY)
    whole = whole[whole.source.isin(["litellm", "tokencost"]) & whole.seller.isin(CLOUDS)]
    keys = ["source", "label", "tier", "context_from_tokens", "input_usd_per_mtok", "output_usd_per_mtok"]
    assert (
        rows[keys].sort_values(keys).reset_index(drop=True).equals(whole[keys].sort_values(keys).reset_index(drop=True))
    )


def test_frames_show_what_is_measured(found: positioning.Position) -> None:
    rows = frames.strengths(found.found)
    middle = rows[rows.times == 1].groupby("indicator").size()
    assert (middle >= 1).all()
    known = rows.dropna(subset=["times"])
    assert ((known.low <= known.times + 1e-12) & (known.times <= known.high + 1e-12)).all()
    dear = rows[rows.indicator.str.contains("H100 for an hour")].set_index("cloud").times
    assert dear.idxmax() == found.found.values.h100_price.idxmin()
    shares = frames.acceptability(found).groupby("cloud").percent.sum()
    assert shares.to_numpy() == pytest.approx([100, 100, 100])
    assert frames.printed(np.nan) == "not known"
    assert frames.printed(6.88) == "6.88"
    shown = frames.indicators(found.found)
    assert len(shown) == len(table.indicators())
    assert "not known" in frames.text(shown)
