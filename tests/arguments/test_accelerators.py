"""The headlines on accelerators, from the files themselves by other code; faults; and past days."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import accelerators
from cloudmarket.arguments.accelerators import cut, diffusion, moves
from cloudmarket.arguments.accelerators.state import family
from cloudmarket.arguments.claim import Claim

DAY = date(2026, 8, 20)


@pytest.fixture(scope="module")
def seen() -> accelerators.View:
    return accelerators.view(DAY)


@pytest.fixture(scope="module")
def said(seen: accelerators.View) -> dict[str, Claim]:
    return {claim.claim: claim for claim in accelerators.stated(seen)}


def raw(name: str) -> pd.DataFrame:
    rows = pd.read_parquet(store.processed() / f"{name}.parquet")
    for column in rows.columns[rows.columns.str.endswith("_on") | rows.columns.str.startswith("valid_")]:
        rows[column] = pd.to_datetime(rows[column])
    return rows[pd.to_datetime(rows.observed_first_at, utc=True) < pd.Timestamp(DAY, tz="UTC") + pd.Timedelta(days=1)]


def test_every_claim_stands_on_rows_and_in_its_interval(said: dict[str, Claim]) -> None:
    assert len(said) == 14
    for claim in said.values():
        assert len(claim.rows) > 0
        if not np.isnan(claim.low):
            assert claim.low <= claim.value <= claim.high


def test_h100_hour_from_the_file(said: dict[str, Claim]) -> None:
    rows = raw("accelerator_price")
    rows = rows[(rows.accelerator == "nvidia-h100-sxm") & (rows.kind == "on_demand") & rows.valid_to.isna()]
    rows = rows[rows.superseded_at.isna() & ~rows.is_component & ~rows.region.str.contains("gov")]
    american = rows.region.str.contains("us-") | rows.region.str.fullmatch(
        "(?:north|south|west)?(?:central|east|west)us[23]?"
    )
    rows = rows[american & ((rows.cloud != "gcp") | rows.is_offered.eq(True))]
    least = rows.groupby("cloud").usd_per_accelerator_hour.min()
    assert said["accelerator-hour"].value == pytest.approx(least.max() / least.min())
    assert all(f"{price:.2f} USD" in said["accelerator-hour"].statement for price in least)
    own = said["accelerator-hour"].rows
    again = own.groupby("cloud").usd_per_accelerator_hour.min()
    assert again.to_dict() == pytest.approx(least.to_dict())


def test_list_of_aws_from_the_file(said: dict[str, Claim]) -> None:
    rows = raw("accelerator_price")
    rows = rows[(rows.source == "karpenter_aws") & rows.superseded_at.isna()]
    prices = rows.groupby(["region", "sku"]).price_per_instance_hour.nunique()
    claim = said["accelerator-aws-list"]
    assert claim.value == pytest.approx(100 * (prices > 1).mean())
    again = claim.rows.groupby(["region", "sku"]).price_per_instance_hour.nunique()
    assert claim.value == pytest.approx(100 * (again > 1).mean())


def test_rate_of_spot_changes_from_the_rows(said: dict[str, Claim]) -> None:
    claim = said["accelerator-price-moves"]
    rows = claim.rows[claim.rows.kind == "spot"].sort_values(["region", "sku", "valid_from"])
    changes, days = 0, 0
    for _, offer in rows.groupby(["region", "sku"]):
        ends = offer.valid_to.fillna(offer.observed_last_at.dt.tz_localize(None).dt.normalize())
        days += (ends - offer.valid_from).dt.days.clip(lower=0).sum()
        prices = offer.price_per_instance_hour.to_numpy()
        changes += int((np.abs(prices[1:] / prices[:-1] - 1) > 0.0005).sum())
    # A list that begins to count disks begins another offer, so a few steps here are no change of price.
    assert claim.value == pytest.approx(changes / (days / 365.25), rel=0.03)


def test_cut_from_the_file(said: dict[str, Claim], seen: accelerators.View) -> None:
    rows = raw("accelerator_price")
    rows = rows[(rows.source == "karpenter_aws") & (rows.kind == "on_demand")].sort_values("valid_from")
    rows = rows[rows.sku.str.split(".").str[0].isin(["p4d", "p4de", "p5", "p5en"])]
    before = rows[rows.valid_from < "2025-06-01"].groupby(["sku", "region"]).price_per_instance_hour.last()
    after = rows[rows.valid_from >= "2025-06-01"].groupby(["sku", "region"]).price_per_instance_hour.last()
    change = np.log(after / before).dropna().groupby("sku").mean()
    assert len(change) == 4
    own = said["accelerator-cut"].rows
    own = own[own.cloud.eq("aws") & own.sku.str.split(".").str[0].isin(["p4d", "p4de", "p5", "p5en"])]
    pairs = (
        own.sort_values("valid_from").groupby(["sku", "region"]).price_per_instance_hour.agg(["first", "last", "size"])
    )
    pairs = pairs[pairs["size"] > 1]
    again = np.log(pairs["last"] / pairs["first"]).groupby("sku").mean()
    assert again.to_dict() == pytest.approx(change.to_dict())
    treated = 100 * np.expm1(change.mean())
    # The controls hardly moved, so the difference is near the mean change of those cut.
    assert said["accelerator-cut"].value == pytest.approx(treated, abs=0.7)
    assert "none of" in said["accelerator-cut"].statement
    assert seen.cut is not None
    assert set(seen.cut.effect.changes.cluster[seen.cut.effect.changes.is_treated]) == set(cut.TREATED)


def test_nobody_followed_in_the_file(seen: accelerators.View) -> None:
    rows = raw("accelerator_price")
    chips = ["nvidia-a100-40gb", "nvidia-a100-80gb", "nvidia-h100-sxm", "nvidia-h200-sxm"]
    rows = rows[rows.accelerator.isin(chips) & rows.cloud.isin(["azure", "gcp"]) & (rows.kind == "on_demand")]
    rows = rows[rows.superseded_at.isna() & ~rows.is_component & ((rows.cloud != "gcp") | rows.is_offered.eq(True))]
    fell = 0
    for _, offer in rows.groupby(["cloud", "region", "sku"]):
        may, april = (
            offer[(offer.valid_from <= day) & ~(offer.valid_to <= day)].price_per_instance_hour
            for day in ("2025-05-31", "2026-04-05")
        )
        if len(may) and len(april):
            fell += int(april.iloc[0] < 0.9995 * may.iloc[0])
    assert seen.cut is not None
    assert fell == seen.cut.followed.fell.sum()


def test_own_chips_from_the_file(said: dict[str, Claim]) -> None:
    rows = raw("compute_owned")
    rows = rows[(rows.owner == "Google") & (rows.chip == "all") & (rows.quarter_ended_on == pd.Timestamp("2025-12-31"))]
    rows = rows[rows.superseded_at.isna()].set_index("chip_family").h100e_median
    assert said["accelerator-own-chips"].value == pytest.approx(100 * rows["google-tpu"] / rows.sum())
    own = said["accelerator-own-chips"].rows
    own = own[own.owner == "Google"].set_index("chip_family").h100e_median
    assert said["accelerator-own-chips"].value == pytest.approx(100 * own["google-tpu"] / own.sum())


def test_spread_from_the_file(said: dict[str, Claim], seen: accelerators.View) -> None:
    rows = raw("service_region")
    rows = rows[(rows.kind == "accelerator") & (rows.service == "nvidia-l4")]
    first = rows.groupby("region").first_seen_on.min()
    there = diffusion.regions(seen.found)
    there = set(there.region[there.opened_on <= first.min()])
    reached = [region for region, day in first.items() if region in there and (day - first.min()).days <= 365]
    assert said["accelerator-spread"].value == pytest.approx(100 * len(reached) / len(there))


def test_who_stays_away_from_the_file(said: dict[str, Claim]) -> None:
    rows = raw("mlperf_result")
    assert not rows.submitter.str.contains("amazon|aws", case=False).any()
    assert said["accelerator-benchmarks"].value == 0
    google = rows[rows.submitter == "Google"].groupby("suite")["round"].nunique().sum()
    assert f"Google Cloud {google}" in said["accelerator-benchmarks"].statement


def test_definition_of_a_list_is_no_change_of_price(seen: accelerators.View) -> None:
    steps = moves.steps(seen.found.prices)
    at = steps[(steps.cloud == "gcp") & (steps.kind == "on_demand") & (steps.valid_from == "2024-05-21")]
    assert len(at) > 0
    assert not at.is_change.any()


def test_google_prices_only_where_offered(seen: accelerators.View) -> None:
    rows = seen.found.prices
    assert rows[rows.cloud == "gcp"].is_offered.eq(True).all()


def test_fp16_is_not_read_as_bf16(seen: accelerators.View) -> None:
    assert seen.units.set_index("accelerator").pflop_hour["nvidia-v100-32gb"].isna().all()


@pytest.mark.parametrize("day", [date(2023, 11, 1), date(2025, 6, 30)])
def test_past_days_leak_nothing(day: date) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    claims = accelerators.claims(day)
    assert claims
    for claim in claims:
        assert (pd.to_datetime(claim.rows.observed_first_at, utc=True) < end).all(), claim.claim
        if "superseded_at" in claim.rows:
            assert not (pd.to_datetime(claim.rows.superseded_at, utc=True) >= end).any(), claim.claim
    assert "accelerator-cut" not in {claim.claim for claim in claims}
    assert "accelerator-own-chips" not in {claim.claim for claim in claims}


@pytest.mark.parametrize("missing", [["aws"], ["aws", "azure"], ["aws", "azure", "gcp"]])
def test_missing_clouds_leave_claims_out(monkeypatch: pytest.MonkeyPatch, missing: list[str]) -> None:
    whole = tables.load

    def load(name: str, **days: date) -> pd.DataFrame:
        rows = whole(name, **days)
        return rows[~rows.cloud.isin(missing)] if name == "accelerator_price" else rows

    monkeypatch.setattr(tables, "load", load)
    said = {claim.claim for claim in accelerators.claims(DAY)}
    assert not said & {"accelerator-cut", "accelerator-aws-list", "accelerator-quality"}
    assert ("accelerator-hour" in said) == (len(missing) == 1)
    assert "accelerator-own-chips" in said


def test_empty_tables_claim_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tables.load
    kept = {"accelerator", "region"}
    monkeypatch.setattr(
        tables, "load", lambda name, **days: whole(name, **days) if name in kept else whole(name, **days).head(0)
    )
    assert accelerators.claims(DAY) == []


def test_families() -> None:
    rows = pd.DataFrame({
        "cloud": ["aws", "gcp", "azure"], "sku": ["p4de.24xlarge", "a2-highgpu-8g", "Standard_ND96isr_H100_v5"],
        "accelerator": ["nvidia-a100-80gb", "nvidia-a100-40gb", "nvidia-h100-sxm"],
    })  # fmt: skip

    assert list(family(rows)) == ["aws p4de", "gcp a2-highgpu", "azure nvidia-h100-sxm"]


def test_too_few_rivals_seen_claim_nothing_of_them() -> None:
    """In early 2026 Azure's list had not been seen since the cut, and Google Cloud alone has four chips."""
    said = {claim.claim for claim in accelerators.claims(date(2026, 1, 31))}
    assert "accelerator-cut" in said
    assert "accelerator-cut-followed" not in said
