"""What the notebook on the market's structure states, computed again from the files and from each claim's own rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import Claim, market
from cloudmarket.arguments.market import accounts, concentrated, contributions, facts, forecasts, owned, publishers
from cloudmarket.history import end_of
from cloudmarket.tables import curated

TODAY = date(2026, 11, 20)
PAST = (date(2023, 11, 1), date(2024, 6, 30), date(2025, 6, 30))


@pytest.fixture(scope="module")
def stated() -> dict[str, Claim]:
    return {claim.claim: claim for claim in market.claims(TODAY)}


def raw(name: str) -> pd.DataFrame:
    """Return a curated file as typed in, without the package's reader."""
    return pd.read_csv(store.root() / "data" / "raw" / "curated" / f"{name}.csv")


def quarter_values(metric: str, basis: str) -> pd.Series:
    rows = raw("financial")
    own = rows[(rows.metric == metric) & (rows.basis == basis) & (rows.period_kind == "quarter") & ~rows.is_rounded]
    return own.drop_duplicates("period_end_on").set_index("period_end_on").value


REVENUES = {
    "AWS": ("aws_revenue", "as_reported"),
    "Google": ("google_cloud_revenue", "as_reported"),
    "Microsoft": ("intelligent_cloud_revenue", "recast_2024_08"),
}


# Headlines from the files alone.


def test_growth_and_contributions_are_those_of_the_file(stated: dict[str, Claim]) -> None:
    before, after = (
        {name: quarter_values(*key)[day] for name, key in REVENUES.items()} for day in ("2025-06-30", "2026-06-30")
    )
    growth = {name: 100 * (after[name] / before[name] - 1) for name in REVENUES}
    assert stated["cloud-growth"].value == pytest.approx(max(growth.values()))
    assert (
        f"AWS grew by {growth['AWS']:.0f} %, Google Cloud by {growth['Google']:.0f} %"
        in stated["cloud-growth"].statement
    )
    change = {name: after[name] - before[name] for name in REVENUES}
    claim = stated["growth-contributions"]
    assert claim.value == pytest.approx(100 * max(change.values()) / sum(change.values()))
    rows = raw("financial")
    cloud = rows[(rows.metric == "microsoft_cloud_revenue") & (rows.basis == "recast_2024_08")]
    wider = cloud[cloud.period_kind == "quarter"].set_index("period_end_on").value
    change["Microsoft"] = wider["2026-06-30"] - wider["2025-06-30"]
    assert claim.low == pytest.approx(100 * change["AWS"] / sum(change.values()))


def test_capex_per_dollar_is_that_of_the_file(stated: dict[str, Claim]) -> None:
    spent = raw("capex")
    year = spent[(spent.period_end_on > "2025-06-30") & (spent.period_end_on <= "2026-06-30")]
    companies = year[year.company.isin(["Amazon", "Alphabet", "Microsoft"])]
    gross = companies[companies.basis == "gross"].value.sum()
    net = gross - year[(year.company == "Amazon") & (year.basis == "gross")].value.sum()
    net += year[year.basis == "net_of_proceeds"].value.sum()
    values = [quarter_values(*key) for key in REVENUES.values()]
    earned = sum(float(value[value.index > "2025-06-30"].sum()) for value in values)
    claim = stated["capex-per-cloud-dollar"]
    assert claim.value == pytest.approx(gross / earned)
    assert claim.low < net / earned < claim.high == pytest.approx(gross / earned)


def test_the_top_three_are_those_of_the_file(stated: dict[str, Claim]) -> None:
    rows = raw("market_share")
    own = rows[(rows.geography == "world") & (rows.providers == "aws+azure+gcp") & (rows.measure == "share")]
    last = own[own.period_end_on > "2025-03-31"].value_as_printed.astype(float)
    claim = stated["top-three-share"]
    assert (claim.low, claim.high) == (last.min(), last.max())
    assert claim.value == own.set_index("period").value_as_printed.astype(float)["2026Q1"]


def test_the_index_of_the_world_is_bounded_by_the_printed_shares(stated: dict[str, Claim]) -> None:
    """Synergy's 29, 20, 13 of 2025Q3 give the least value, Canalys/Omdia's 32, 22, 11 of 2025Q2 the largest."""
    claim = stated["concentration-world"]
    assert claim.low == pytest.approx(28.5**2 + 19.5**2 + 12.5**2)
    rest = 100 - 32.5 - 22.5 - 11.5
    assert claim.high == pytest.approx(32.5**2 + 22.5**2 + 11.5**2 * (1 + rest // 11.5) + (rest % 11.5) ** 2, rel=0.01)


def test_owned_compute_is_that_of_the_file(stated: dict[str, Claim]) -> None:
    rows = pd.read_parquet(store.root() / "data" / "processed" / "compute_owned.parquet")
    own = rows[(rows.owner == "Google") & (rows.chip == "all") & rows.superseded_at.isna()]
    own = own[pd.to_datetime(own.quarter_ended_on) == "2025-12-31"]
    claim = stated["compute-owned"]
    assert (claim.low, claim.value, claim.high) == pytest.approx(
        tuple(own[f"h100e_{part}"].sum() / 1e6 for part in ("p05", "median", "p95"))
    )


# Every claim from its own rows.


def _yearly(rows: pd.DataFrame, metric: str) -> float:
    own = rows[(rows.table == "financial") & (rows.metric == metric)]
    return float(own.drop_duplicates("period_end_on").value.sum())


def _growth(rows: pd.DataFrame) -> float:
    ends = [own.sort_values("period_end_on").value.to_list() for _, own in rows.groupby("metric")]
    assert all(len(pair) == 2 for pair in ends)
    return max(100 * (after / before - 1) for before, after in ends)


def _margin(rows: pd.DataFrame) -> float:
    values = rows.set_index("metric").value
    return min(
        100 * values[f"{name}_operating_income"] / values[f"{name}_revenue"]
        for name in ("aws", "google_cloud", "intelligent_cloud")
    )


def _cover(rows: pd.DataFrame) -> float:
    backlog = rows[rows.period_kind == "instant"].set_index("company").value
    revenue = rows[rows.period_kind == "quarter"].groupby("company").value.agg(["sum", "size"])
    assert (revenue["size"] == 4).all()
    return float((backlog / revenue["sum"]).max())


def _contribution(rows: pd.DataFrame) -> float:
    own = rows[rows.metric != "microsoft_cloud_revenue"].sort_values("period_end_on")
    change = own.groupby("metric").value.agg(lambda pair: pair.iloc[-1] - pair.iloc[0])
    return float(100 * change.max() / change.sum())


def _capex(rows: pd.DataFrame) -> float:
    spent = rows[(rows.table == "capex") & (rows.basis == "gross")].drop_duplicates(["company", "period_end_on"])
    metrics = ["aws_revenue", "google_cloud_revenue", "intelligent_cloud_revenue"]
    return float(spent.value.sum()) / sum(_yearly(rows, metric) for metric in metrics)


def _covered(rows: pd.DataFrame) -> float:
    return float(100 * rows[rows.table == "financial"].value.sum() / rows[rows.table == "capex"].value.sum())


def _hhi(rows: pd.DataFrame) -> float:
    keys = ["estimated_by", "vintage", "segment", "geography", "period"]
    found = [concentrated.measured(own) for _, own in publishers.spans(rows).groupby(keys)]
    return min(pair[0].hhi[0] for pair in found if pair is not None)


def _newest(rows: pd.DataFrame) -> float:
    return float(rows[rows.period_end_on == rows.period_end_on.max()].value_low.mean())


def _step(rows: pd.DataFrame) -> float:
    values = rows.sort_values(["period_end_on", "observed_first_at"]).value_low
    return float(values.iloc[-1] - values.iloc[0])


def _forecast(rows: pd.DataFrame) -> float:
    values = rows.set_index(pd.PeriodIndex(rows.period_end_on, freq="Q")).value.sort_index() / 1000
    model = forecasts.forecast.backtest(values, ["unobserved-components"], 4, log=True)
    return float(model.forecast("unobserved-components", 4)["mean"].iloc[-1])


AGAIN: dict[str, Callable[[pd.DataFrame], float]] = {
    "cloud-growth": _growth,
    "operating-margins": _margin,
    "backlog-cover": _cover,
    "growth-contributions": _contribution,
    "market-size": lambda rows: float(rows.value_low.mean()),
    "top-three-share": _newest,
    "share-revised": _step,
    "share-unexplained": _step,
    "concentration-world": _hhi,
    "concentration-france": _hhi,
    "capex-per-cloud-dollar": _capex,
    "capex-covered": _covered,
    "compute-owned": lambda rows: float(rows[rows.owner == "Google"].h100e_median.sum() / 1e6),
    "revenue-forecast": _forecast,
}


def test_every_claim_can_be_computed_again_from_its_own_rows(stated: dict[str, Claim]) -> None:
    assert set(stated) == set(AGAIN)
    for name, claim in stated.items():
        assert AGAIN[name](claim.rows) == pytest.approx(claim.value), name
        if not (math.isnan(claim.low) or math.isnan(claim.high)):
            assert claim.low <= claim.value <= claim.high, name
        assert claim.rows.table.isin(tables.TABLES).all()
        assert claim.notebook == "04_market_structure"


@pytest.mark.parametrize("day", [*PAST, TODAY], ids=str)
def test_nothing_is_known_before_its_time(day: date) -> None:
    end = pd.Timestamp(end_of(day))
    for claim in market.claims(day):
        assert (claim.rows.observed_first_at < end).all(), claim.claim
        assert not (claim.rows.superseded_at < end).any(), claim.claim
    assert (market.market(day).accounts.day <= pd.Timestamp(day)).all()


def test_of_a_past_day_claims_are_fewer_and_never_others(stated: dict[str, Claim]) -> None:
    for day in PAST:
        names = {claim.claim for claim in market.claims(day)}
        assert names < set(stated)
        assert "compute-owned" not in names
    assert "share-revised" not in {claim.claim for claim in market.claims(date(2024, 6, 30))}


# What the frames hold.


def test_no_line_is_drawn_over_a_break_or_a_gap() -> None:
    rows = market.market(TODAY).accounts
    for _, own in rows.groupby(["panel", "basis"]):
        quarters = pd.PeriodIndex(own.quarter, freq="Q")
        assert all(later - earlier == pd.offsets.QuarterEnd(startingMonth=12) for earlier, later in pairwise(quarters))
    cloud = rows[rows.panel == "revenue Intelligent Cloud"].groupby("basis").value.count()
    assert dict(cloud) == {"recast_2024_08": 16, "recast_fy2018": 4, "recast_fy2019": 9, "recast_fy2023": 8}
    assert rows[rows.basis == "recast_fy2019"][lambda own: own.panel == "revenue Intelligent Cloud"].value.isna().any()


def test_google_clouds_margins_stand_on_two_bases_over_one_revenue() -> None:
    rows = market.market(TODAY).accounts
    own = rows[rows.panel == "margin Google Cloud"].set_index("quarter").value
    assert own["2020Q1"] == pytest.approx(100 * -1730 / 2777, abs=0.1)
    assert own["2026Q2"] == pytest.approx(35.586, abs=0.001)


def test_contributions_add_up_to_joint_growth() -> None:
    rows = market.market(TODAY).growth
    for _, own in rows.groupby(["definition", "quarter"]):
        assert len(own) == 3
        joint = 100 * (own.after.sum() / own.before.sum() - 1)
        assert own.contribution.sum() == pytest.approx(joint)
        assert own.share_of_growth.sum() == pytest.approx(100)
    assert set(rows.definition) == set(contributions.DEFINITIONS)


def test_totals_without_parts_are_apart() -> None:
    """Synergy's 68 in 2024Q4 and 2025Q4 do not add up with its shares and are not joined with its 63."""
    rows = market.market(TODAY).world
    own = rows[(rows.panel == publishers.TOGETHER) & (rows.release == "Synergy")].dropna(subset=["value"])
    assert dict(own[~own.has_parts].set_index("quarter").value) == {"2022Q3": 66.0, "2024Q4": 68.0, "2025Q4": 68.0}
    assert own[own.has_parts].value.max() == 67


def test_the_unexplained_fall_and_the_revision_are_as_the_publishers_print_them(stated: dict[str, Claim]) -> None:
    assert "25, 23, 20 %" in stated["share-unexplained"].statement
    assert "23 % of 2022Q4, and 17 %" in stated["share-revised"].statement
    rows = market.market(TODAY).bounds.set_index(["release", "period"])
    assert rows.hhi_high["Synergy", "2024Q3"] < rows.hhi_low["Synergy", "2024Q2"]


# Bounds.


def shares(**printed: tuple[float, float]) -> pd.DataFrame:
    rows = [(name.replace("_", "+"), *ends) for name, ends in printed.items()]
    return pd.DataFrame(rows, columns=["providers", "low", "high"])


def test_bounds_of_joint_shares_hold_every_split() -> None:
    found = concentrated.measured(shares(aws_azure=(70, 80)))
    assert found is not None
    low, high = found[0].hhi[0], found[1].hhi[1]
    assert (low, high) == pytest.approx((2 * 35.0**2, 80.0**2 + 20.0**2))
    random = np.random.default_rng(1)
    for _ in range(500):
        total, part = random.uniform(70, 80), random.uniform(0, 1)
        rest = random.dirichlet(np.ones(4)) * (100 - total)
        assert low <= (total * part) ** 2 + (total * (1 - part)) ** 2 + (rest**2).sum() <= high


def test_bounds_of_named_shares_hold_whatever_rounds_to_them() -> None:
    found = concentrated.measured(shares(aws=(28, 28), azure=(21, 21), gcp=(14, 14), aws_azure_gcp=(63, 63)))
    assert found is not None
    random = np.random.default_rng(2)
    for _ in range(500):
        named = np.array([28, 21, 14]) + random.uniform(-0.5, 0.5, 3)
        rest = random.dirichlet(np.ones(5)) * (100 - named.sum())
        if rest.max() <= named.min():
            assert found[0].hhi[0] <= (named**2).sum() + (rest**2).sum() <= found[1].hhi[1]


def test_what_is_left_of_a_joint_share_is_for_the_others() -> None:
    found = concentrated.measured(shares(aws=(33, 33), aws_azure_gcp=(63, 63)))
    assert found is not None
    assert found[0].hhi[0] == pytest.approx(32.5**2 + 2 * (29 / 2) ** 2)
    assert found[0].cr3[0] == pytest.approx(0.325 + 0.29)


@pytest.mark.parametrize("printed", [{"aws": (30, 30)}, {"sap": (2, 2), "deutsche": (2, 2)}])
def test_too_little_is_no_market(printed: dict[str, tuple[float, float]]) -> None:
    assert concentrated.measured(shares(**printed)) is None


def test_open_ends_reach_as_far_as_they_can() -> None:
    found = concentrated.measured(shares(aws=(30, 40), azure=(math.nan, 10)))
    assert found is not None
    assert found[0].hhi[0] == pytest.approx(30.0**2)


# Forecasts.


def test_a_forecast_is_shown_only_where_it_beat_drift_and_held() -> None:
    for one in market.market(TODAY).trials:
        for name, row in one.scores.iterrows():
            assert row.is_shown == (row.mase < row.mase_drift and row.failures == 0 and row.coverage_95 >= 0.8), name
        assert one.ahead().empty == (one.model is None)


def test_drift_is_not_beaten_by_a_straight_line() -> None:
    """Of a random walk with drift, the benchmark is the model: nothing is shown unless the error is smaller."""
    steps = np.random.default_rng(3).normal(1, 0.2, 30)
    values = pd.Series(50 + steps.cumsum(), index=pd.period_range("2018Q1", periods=30, freq="Q"))
    tested, straight = (
        forecasts.forecast.backtest(values, models, 4, log=log)
        for models, log in ((forecasts.TRIED, True), ({}, False))
    )
    scores = forecasts._scores(tested, straight)
    assert (scores.mase_drift <= tested.scores.mase["drift"]).all()
    assert (scores.mase_drift == min(tested.scores.mase["drift"], straight.scores.mase["drift"])).all()


# Faults.

LOAD = tables.load


def without(table: str, keep: Callable[[pd.DataFrame], pd.Series]) -> Callable[..., pd.DataFrame]:
    def load(name: str, **days: date) -> pd.DataFrame:
        rows = LOAD(name, **days)
        return rows[keep(rows)] if name == table else rows

    return load


FILED = {"04-accounts", "04-growth", "04-buildout", "04-forecast"}
SHARES = {"04-shares", "04-concentration"}
# Each on a day of its own: states are kept by day.
FAULTS: list[tuple[str, Callable[[pd.DataFrame], pd.Series], set[str]]] = [
    ("financial", lambda rows: rows.value.isna(), FILED),
    ("financial", lambda rows: rows.company != "Alphabet", FILED),
    ("capex", lambda rows: rows.company != "Microsoft", {"04-buildout"}),
    ("market_share", lambda rows: rows.value_low.isna(), SHARES),
    ("compute_owned", lambda rows: rows.owner == "nobody", set()),
]


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_what_is_missing_leads_to_a_note(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table, keep, slugs = FAULTS[number]
    trials = [] if slugs >= FILED else market.market(TODAY).trials
    monkeypatch.setattr("cloudmarket.arguments.market.forecasts.trials", lambda known: trials)
    monkeypatch.setattr("cloudmarket.tables.load", without(table, keep))
    day = TODAY - timedelta(days=number + 1)
    assert set(market.market(day).reasons) == slugs
    assert not {claim.figure for claim in market.claims(day)} & (slugs - SHARES)
    assert not {claim.claim for claim in market.claims(day) if claim.figure in slugs} - {"market-size"}


def test_what_is_stale_leads_to_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudmarket.arguments.market.forecasts.trials", lambda known: [])
    assert set(market.market(date(2028, 6, 30)).reasons) == FILED | SHARES


def test_short_names_cover_all_bases_and_releases() -> None:
    rows = curated.facts(tables.TABLES["financial"])
    money = rows[~rows.metric.str.contains("backlog")]
    assert set(money.basis) <= set(facts.BASES)
    shares = LOAD("market_share")
    pairs = set(zip(shares.estimated_by, shares.vintage, strict=True))
    assert pairs <= set(publishers.LABELS)
    assert set(shares.segment) <= set(publishers.SEGMENTS)
    assert set(accounts.empty()) <= set(accounts.panels())
    assert set(accounts.named()) <= set(accounts.panels())


def test_owners_intervals_are_sums_with_what_bonferroni_leaves() -> None:
    table = owned.owners(market.market(TODAY).compute)
    assert table.coverage["Google"] == pytest.approx(0.8)
    assert table.coverage["CoreWeave"] == pytest.approx(0.9)
    assert (table.low <= table.middle).all()
    assert (table.middle <= table.high).all()
