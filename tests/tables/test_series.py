"""Series never join across a break, contradictions are ranges, and daily methods get days that are known."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from cloudmarket.errors import CloudMarketError
from cloudmarket.tables.series import events, require_daily, series, shares
from tables.facts import Project, project

__all__ = ["project"]

BREAKS = {"2018-12-31": "recast_fy2019", "2021-09-30": "recast_fy2023", "2022-09-30": "recast_2024_08"}


def test_a_series_says_its_basis_why_and_where_others_begin() -> None:
    found = series("financial", "intelligent_cloud_revenue")
    assert (found.basis, found.unit) == ("recast_2024_08", "usd_million")
    assert found.reason.startswith("reaches furthest, to 2026-06-30; there are also recast_fy2018")
    assert found.breaks == tuple((pd.Timestamp(day), basis) for day, basis in BREAKS.items())
    assert set(found.rows.basis) == {"recast_2024_08"}
    assert found.values.sum() == 72944 + 87464 + 106265 + 30897 + 32907 + 34681 + 39306
    assert (found.values.index.to_series().diff().dropna().dt.days.between(90, 92)).all()


def test_a_series_of_one_basis_has_no_break() -> None:
    found = series("financial", "aws_revenue")
    assert (found.basis, found.reason, found.breaks, len(found.values)) == ("as_reported", "the only basis", (), 42)


def test_the_operating_income_of_google_cloud_breaks_in_2022() -> None:
    found = series("financial", "google_cloud_operating_income")
    assert found.breaks == ((pd.Timestamp("2022-03-31"), "alphabet_recast_2023"),)
    assert found.values.index[0] == pd.Timestamp("2022-03-31")
    year = series("financial", "google_cloud_operating_income", period_kind="year", basis="as_first_reported")
    assert list(year.values) == [-5607, -3099, -2968]


@pytest.mark.parametrize(
    ("metric", "bases"),
    [
        ("intelligent_cloud_revenue", ["recast_fy2023", "recast_2024_08"]),
        ("intelligent_cloud_revenue", ["recast_fy2018", "recast_fy2019"]),
        ("google_cloud_operating_income", ["as_first_reported", "alphabet_recast_2023"]),
        ("azure_growth", ["reported_currency", "reported_currency_recast_2024_08"]),
        ("azure_growth", ["reported_currency_recast_2024_08", "constant_currency_recast_2024_08"]),
    ],
)
def test_bases_that_break_are_never_joined(metric: str, bases: list[str]) -> None:
    with pytest.raises(CloudMarketError, match=f"{bases[0]} and {bases[1]} are different definitions"):
        series("financial", metric, basis=bases)


def test_the_two_backlogs_of_google_are_two_series() -> None:
    found = series("financial", "google_cloud_backlog", period_kind="instant")
    assert (found.basis, found.breaks) == ("cloud_rpo", ((pd.Timestamp("2026-03-31"), "cloud_rpo"),))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"table": "event", "metric": "x"}, "no series in table 'event'; there are: capex, financial"),
        ({"table": "financial", "metric": "aws_profit"}, "no aws_profit by quarter in financial"),
        ({"table": "financial", "metric": "aws_revenue", "as_of": "2015-01-01"}, "known on 2015-01-01"),
        ({"table": "capex", "metric": "capex"}, "is reported by Alphabet, Amazon, Meta, Microsoft: name the company"),
        ({"table": "financial", "metric": "aws_revenue", "basis": "gross"}, "on basis gross; there are: as_reported"),
    ],
)
def test_what_there_is_not_is_told(asked: dict[str, str], told: str) -> None:
    with pytest.raises(CloudMarketError, match=told):
        series(**asked)


def test_a_vintage_stands_on_the_basis_of_its_time() -> None:
    before = series("financial", "intelligent_cloud_revenue", as_of="2024-08-20")
    assert (before.basis, before.values.index[-1]) == ("recast_fy2023", pd.Timestamp("2023-12-31"))
    after = series("financial", "intelligent_cloud_revenue", as_of="2024-08-21")
    assert (after.basis, after.values.index[-1]) == ("recast_2024_08", pd.Timestamp("2024-06-30"))
    assert (after.rows.observed_first_at < pd.Timestamp("2024-08-22", tz="UTC")).all()


def test_an_exact_figure_goes_before_a_rounded_one() -> None:
    found = series("financial", "intelligent_cloud_revenue")
    assert found.values[pd.Timestamp("2025-03-31")] == 26751
    assert found.low.equals(found.values.rename("low"))


def test_sources_that_contradict_each_other_are_a_range(project: Project) -> None:
    def contradict(rows: list[dict[str, str]]) -> None:
        row = next(r for r in rows if (r["metric"], r["fiscal_period"]) == ("aws_revenue", "Q2 2024"))
        rows.append(row | {"value": "26300", "publisher": "somebody else", "evidence": "C"})

    project.change("financial", contradict)
    found = series("financial", "aws_revenue")
    day = pd.Timestamp("2024-06-30")
    assert (found.low[day], found.values[day], found.high[day]) == (26281, 26281, 26300)
    assert found.low[pd.Timestamp("2024-03-31")] == found.high[pd.Timestamp("2024-03-31")]


def test_periods_nobody_knows_are_gaps() -> None:
    assert series("financial", "aws_revenue").gaps == ()
    found = series("financial", "intelligent_cloud_revenue", basis="recast_fy2023")
    assert found.gaps == (pd.Timestamp("2022-06-30"), pd.Timestamp("2023-06-30"))
    yearly = series("financial", "aws_revenue", period_kind="year")
    assert yearly.gaps == (pd.Timestamp("2020-12-31"),)


def test_gross_and_net_capex_break() -> None:
    found = series("capex", "capex", "Amazon")
    assert (found.basis, len(found.values)) == ("gross", 38)
    assert found.breaks == ((pd.Timestamp("2023-09-30"), "net_of_proceeds"),)


def test_publishers_stand_side_by_side_with_the_range() -> None:
    found = shares("world", "2024Q2")
    synergy = found.values.loc[("synergy", "first", "cloud_infrastructure_services")]
    assert tuple(synergy.loc["gcp"]) == (12, 13)
    assert tuple(synergy.loc["azure"]) == (23, 23)
    assert (found.low["aws"], found.high["aws"]) == (32, 33)
    assert set(found.rows.measure) == {"share"}


def test_releases_are_never_mixed() -> None:
    found = shares("world", "2022Q4")
    both = found.values.loc["canalys"].xs("azure", level="providers").low
    assert dict(zip(both.index.get_level_values("vintage"), both, strict=True)) == {"first": 23, "revised_2024_08": 17}
    assert set(shares("world", "2022Q4", as_of="2024-01-01").rows.vintage) == {"first"}
    assert set(shares("world", "2022Q4", vintage="revised_2024_08").rows.estimated_by) == {"canalys"}


def test_an_open_end_stays_open_and_unknown_markets_are_told() -> None:
    found = shares("uk", "2024")
    assert math.isnan(found.low["gcp"])
    assert found.high["gcp"] == 10
    with pytest.raises(CloudMarketError, match="nobody's share of world in 1999Q1 is known"):
        shares("world", "1999Q1")


def test_daily_methods_get_days_that_are_known_with_evidence_a_or_b() -> None:
    chosen = events(for_daily_methods=True)
    assert len(chosen) == 19
    assert set(chosen.date_precision) == {"day"}
    assert set(chosen.evidence) == {"A", "B"}
    require_daily(chosen)


def test_each_refused_event_is_named_with_the_reason() -> None:
    every = events()
    with pytest.raises(CloudMarketError, match="these events are not for daily methods") as error:
        require_daily(every)
    lines = str(error.value).splitlines()[1:]
    assert len(lines) == len(every) - 19
    assert "2017-05-01 TPU v2 (month of announcement in Epoch data): the month is known, not the day" in lines
    [deal] = [line for line in lines if line.startswith("2019-07-22")]
    assert deal.endswith(": it rests on the press alone (evidence C)")
    assert "2026-02-01" in str(error.value)


def test_events_of_a_vintage_were_known_by_then() -> None:
    assert events(as_of="2020-01-01").occurred_on.max() == pd.Timestamp("2019-07-22")
