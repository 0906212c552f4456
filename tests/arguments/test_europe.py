"""What is said of Europe: recomputed from the evidence by other code, and from the rows under each claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from cloudmarket import store
from cloudmarket.arguments import europe
from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.europe import lag, power, presence, sellers, staying
from cloudmarket.arguments.europe.state import EU, FRANCE, State
from cloudmarket.history import end_of

DAY = date(2026, 11, 20)
PAST = (date(2023, 11, 1), date(2024, 6, 30), date(2025, 6, 30))
_FIELD = {
    "region": "regions", "service_region": "services", "service_api": "apis", "accelerator_price": "machines",
    "token_price": "offers", "region_carbon": "carbon", "market_share": "shares", "event": "events",
    "compute_owned": "owned",
}  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> europe.View:
    return europe.view(DAY)


@pytest.fixture(scope="module")
def claims(seen: europe.View) -> dict[str, Claim]:
    return {claim.claim: claim for claim in europe.claims(DAY, seen)}


def published(name: str) -> pd.DataFrame:
    return pq.read_table(store.processed() / f"{name}.parquet").to_pandas(date_as_object=False)


def countries() -> pd.Series:
    rows = published("region").dropna(subset="country").drop_duplicates(["cloud", "region"])
    return rows.set_index(["cloud", "region"]).country


EUROPEAN_UNION = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())  # noqa: SIM905


def test_all_claims_are_made_today(claims: dict[str, Claim]) -> None:
    assert list(claims) == [
        "europe-regions", "europe-lag-services", "europe-lag-chips", "europe-stay-machines", "europe-stay-models",
        "europe-models", "europe-sellers", "europe-carbon", "europe-shares", "europe-owned", "europe-qualified",
    ]  # fmt: skip


def test_premium_of_machines_from_the_published_prices(claims: dict[str, Claim]) -> None:
    rows = published("accelerator_price")
    day = pd.Timestamp(DAY)
    rows = rows[(rows.kind == "on_demand") & rows.is_printed & (rows.valid_from <= day) & ~(rows.valid_to <= day)]
    rows = rows[rows.cloud.isin(["azure", "gcp"]) & ~rows.is_component.astype(bool) & ~rows.sku.str.contains("Promo")]
    rows = rows[rows.is_offered.astype("boolean").fillna(True)]
    rows = rows.join(countries(), on=["cloud", "region"])
    premiums = []
    for _, chip in rows.groupby(["cloud", "accelerator"]):
        ratios = []
        for _, machine in chip.groupby("sku"):
            here = machine[machine.country.isin(EUROPEAN_UNION)].usd_per_instance_hour
            if machine.region.nunique() > 1 and len(here):
                ratios.append(here.min() / machine.usd_per_instance_hour.min())
        if ratios:
            premiums.append(100 * (np.median(ratios) - 1))
    claim = claims["europe-stay-machines"]
    assert np.median(premiums) == pytest.approx(claim.value)
    assert np.quantile(premiums, [0.1, 0.9]) == pytest.approx([claim.low, claim.high])


def test_models_bound_to_the_eu_from_the_labels(claims: dict[str, Claim]) -> None:
    rows = published("token_price")
    day = pd.Timestamp(DAY)
    rows = rows[(rows.source == "litellm") & rows.is_printed & (rows.valid_from <= day) & ~(rows.valid_to <= day)]
    rows = rows[~rows.is_alias & rows.seller.isin(["aws", "azure"])]
    kinds = published("model_listing").drop_duplicates("model").set_index("model").kind
    rows = rows[rows.model.map(kinds) != "service"]
    own = rows.label.str.extract(r"(?:^|/)(eu)[./]")[0].notna()
    region = rows.label.str.extract(r"/(eu-[a-z]+-\d)/")[0]
    bound = own | (region.notna() & ~region.isin(["eu-west-2", "eu-central-2"]))
    claim = claims["europe-models"]
    share = (
        100
        * rows[bound].drop_duplicates(["seller", "model"]).shape[0]
        / rows.drop_duplicates(["seller", "model"]).shape[0]
    )
    assert share == pytest.approx(claim.value)
    assert np.isnan(claim.high)


def test_shares_from_the_typed_facts(claims: dict[str, Claim]) -> None:
    rows = pd.read_csv(store.raw("curated") / "market_share.csv", dtype="str")
    rows = rows[(rows.geography == "europe") & (rows.providers == "european_providers") & (rows.measure == "share")]
    values = rows.set_index(["vintage", "period"])[next(c for c in rows if c.startswith("value"))].astype(float)
    old, new = values["release_2022_09"], values["release_2025_07"]
    claim = claims["europe-shares"]
    assert claim.value == new["2024"] - new["2017"]
    assert {claim.low, claim.high} == {old["2022Q2"] - old["2017"], new["2024"] - new["2017"]}


def test_lag_of_the_h100_in_france_from_the_published_spells(seen: europe.View) -> None:
    rows = published("service_region")
    rows = rows[(rows.source == "cyclenerd_accelerators") & (rows.service == "nvidia-h100-80gb")].sort_values(
        "first_seen_on"
    )
    first, paris = rows.iloc[0], rows[rows.region == "europe-west9"].iloc[0]
    own = seen.lags.of(lag.GOOGLE, FRANCE).set_index("item").loc["nvidia-h100-80gb"]
    before = rows[rows.first_seen_on == first.first_seen_on].first_seen_after_on.min()
    assert own.low == (paris.first_seen_after_on - first.first_seen_on).days
    assert own.high == (paris.first_seen_on - before).days


def test_carbon_and_price_from_the_published_tables(claims: dict[str, Claim]) -> None:
    prices = published("accelerator_price")
    day = pd.Timestamp(DAY)
    prices = prices[
        (prices.cloud == "gcp") & (prices.kind == "on_demand") & prices.is_printed & (prices.valid_from <= day)
    ]
    prices = prices[~(prices.valid_to <= day) & prices.is_offered.astype("boolean").fillna(True)]
    least = prices.groupby("sku").usd_per_instance_hour.min()
    prices = prices.assign(ratio=prices.usd_per_instance_hour / prices.sku.map(least))
    carbon = published("region_carbon")
    carbon = carbon[(carbon.year == carbon.year.max()) & carbon.superseded_at.isna()].set_index("region").gco2_per_kwh
    both = pd.concat([prices.groupby("region").ratio.median(), carbon], axis=1).dropna()
    claim = claims["europe-carbon"]
    assert stats.spearmanr(both.ratio, both.gco2_per_kwh).statistic == pytest.approx(claim.value)
    assert str(len(both)) in claim.interval


def resting_on(claim: Claim, found: State) -> State:
    """Return a state that knows only the rows under a claim, of the tables they are from."""
    changes = {}
    for table, rows in claim.rows.groupby("table"):
        name = _FIELD[str(table)]
        whole = getattr(found, name)
        changes[name] = rows.reindex(columns=whole.columns).astype(whole.dtypes.to_dict()).reset_index(drop=True)
    return replace(found, **changes)


def test_each_claim_follows_from_its_rows_alone(claims: dict[str, Claim], seen: europe.View) -> None:
    for name, claim in claims.items():
        again = {one.claim: one for one in europe.claims(DAY, europe.View(resting_on(claim, seen.found)))}
        assert again[name].value == pytest.approx(claim.value), name
        assert np.array([again[name].low, again[name].high]) == pytest.approx([claim.low, claim.high], nan_ok=True), (
            name
        )
        assert len(again[name].rows) == len(claim.rows), name


@pytest.mark.parametrize("day", [*PAST, DAY])
def test_nothing_later_is_known(day: date) -> None:
    end = pd.Timestamp(end_of(day))
    for claim in europe.claims(day):
        assert claim.rows.observed_first_at.max() < end, claim.claim
        assert not claim.rows.empty


def test_past_days_claim_less() -> None:
    counts = [len(europe.claims(day)) for day in PAST]
    assert counts == sorted(counts)
    assert "europe-regions" not in {claim.claim for claim in europe.claims(PAST[-1])}


def emptied(found: State) -> Iterator[State]:
    """Yield the state without one of the tables that most rests on, one at a time, and without all tables."""
    frames = [one.name for one in fields(State) if one.name not in ("day", "places")]
    for name in ("services", "machines", "offers"):
        yield replace(found, **{name: getattr(found, name).iloc[:0]})
    yield replace(found, **{name: getattr(found, name).iloc[:0] for name in frames})


def test_an_empty_table_takes_its_claims_with_it(seen: europe.View, claims: dict[str, Claim]) -> None:
    for found in emptied(seen.found):
        view = europe.View(found)
        made = {claim.claim for claim in europe.claims(DAY, view)}
        assert made <= set(claims)
        for part in (view.sites, view.chips, view.premiums, view.listed, view.carbon, view.shares, view.owned):
            assert isinstance(part, pd.DataFrame)
        sellers.two_prints(found), sellers.against_clouds(found), sellers.in_euro(found), staying.by_kind(found)
        (
            sellers.catalogues(view.listed),
            view.binding.table(),
            europe.by_country(view),
            power.to_qualification(view.steps),
        )
    assert made == set()


def test_a_missing_cloud_is_not_spoken_of(seen: europe.View) -> None:
    found = seen.found
    less = replace(found, machines=found.machines[found.machines.cloud != "azure"])
    said = {claim.claim: claim.statement for claim in europe.claims(DAY, europe.View(less))}
    assert "Azure" not in said["europe-stay-machines"]
    assert "Azure" not in said["europe-lag-chips"]


def test_intervals_of_lags_are_in_order(seen: europe.View) -> None:
    rows = seen.lags.rows
    assert (rows.low >= -1).all()
    assert (rows.high > rows.low).sum() == rows.high.notna().sum()
    assert (rows.high.isna() == rows.reached_on.isna()).all()
    french, union = (rows[rows.area == area].set_index(["panel", "item"]) for area in (FRANCE, EU))
    assert (french.low >= union.low).all()  # France is in the EU.
    value, least, most = seen.lags.share(lag.SERVICES, FRANCE)
    assert 0 <= least <= value <= most <= 100


def test_chips_of_unknown_lists_stay_unknown(seen: europe.View) -> None:
    aws = seen.sites[seen.sites.cloud == "aws"]
    assert set(aws.state) == {presence.UNKNOWN}
    assert set(seen.sites[seen.sites.cloud == "gcp"].state) <= {presence.FAST, presence.SLOWER}


def test_no_price_in_euro_becomes_dollars(seen: europe.View) -> None:
    euro = sellers.in_euro(seen.found)
    printed = seen.found.priced
    for row in euro.itertuples():
        own = printed[(printed.cloud == row.cloud) & (printed.currency == "EUR") & (printed.kind == "on_demand")]
        per_chip = own.price_per_instance_hour / own.accelerator_count
        assert np.isclose(per_chip, row.eur_per_chip_hour).any()
    known = euro.dropna(subset="even_usd_per_eur")
    assert (known.even_usd_per_eur * known.eur_per_chip_hour).to_numpy() == pytest.approx(
        known.usd_per_chip_hour.to_numpy()
    )
    assert set(seen.offered.currency) == {"USD"}
