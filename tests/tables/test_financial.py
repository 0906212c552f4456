"""``financial`` and ``capex``: control sums, values as filed, and when they were known."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.facts.check import sums
from cloudmarket.names import facts as names
from cloudmarket.tables import capex, financial
from cloudmarket.tables.checks import check_all
from cloudmarket.tables.inputs import Evidence
from tables.facts import extract, read

NOTHING = Evidence({}, {})
SUMS = sums().to_dict("records")
# README of the extract, not the file of control sums: (metric, fiscal year): sum of the quarters.
README = {
    ("aws_revenue", 2016): 12219, ("aws_revenue", 2017): 17458, ("aws_revenue", 2018): 25656,
    ("google_cloud_revenue", 2020): 13059, ("google_cloud_operating_income", 2020): -5607,
    ("google_cloud_revenue", 2021): 19206, ("google_cloud_operating_income", 2021): -3099,
    ("google_cloud_revenue", 2022): 26280, ("google_cloud_operating_income", 2022): -1922,
    ("google_cloud_revenue", 2023): 33088, ("google_cloud_operating_income", 2023): 1716,
    ("google_cloud_revenue", 2024): 43229, ("google_cloud_operating_income", 2024): 6112,
    ("google_cloud_revenue", 2025): 58705, ("google_cloud_operating_income", 2025): 13910,
    ("intelligent_cloud_revenue", 2023): 72944, ("intelligent_cloud_operating_income", 2023): 28411,
    ("intelligent_cloud_revenue", 2024): 87464, ("intelligent_cloud_operating_income", 2024): 37813,
    ("intelligent_cloud_revenue", 2025): 106265, ("intelligent_cloud_operating_income", 2025): 44589,
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return financial.build(NOTHING)


def figures(rows: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows


@pytest.mark.parametrize("line", SUMS, ids=lambda line: f"{line['metric']} {line['fiscal_year']}")
def test_quarters_sum_to_the_control_sum_and_the_year_is_as_filed(rows: pd.DataFrame, line: dict) -> None:
    own = figures(rows, company=line["company"], metric=line["metric"], basis=line["basis"], is_rounded=False)
    own = own[own.fiscal_period.str.contains(str(line["fiscal_year"]))]
    quarters = figures(own, period_kind="quarter").drop_duplicates("period_end_on")
    assert len(quarters) == 4
    assert quarters.value.sum() == line["quarters_sum"]
    if pd.notna(line["annual"]):
        assert set(figures(own, period_kind="year").value) == {line["annual"]}
        assert line["quarters_sum"] - line["annual"] == line["difference"]


def test_the_control_sums_are_those_of_the_readme_and_differ_from_filings_three_times() -> None:
    told = {(line["metric"], line["fiscal_year"]): line["quarters_sum"] for line in SUMS}
    assert {key: told[key] for key in README} == README
    apart = {(line["metric"], line["fiscal_year"]) for line in SUMS if line["difference"] and pd.notna(line["annual"])}
    assert apart == {("aws_revenue", 2017), ("aws_revenue", 2018), ("aws_operating_income", 2016)}


@pytest.mark.parametrize(
    ("metric", "basis", "fiscal_period", "value"),
    [
        ("intelligent_cloud_revenue", "recast_fy2023", "FY2024", 105362),
        ("intelligent_cloud_revenue", "recast_2024_08", "FY2024", 87464),
        ("google_cloud_operating_income", "as_first_reported", "FY2021", -3099),
        ("google_cloud_operating_income", "alphabet_recast_2023", "FY2021", -2282),
        ("google_cloud_operating_income", "as_first_reported", "FY2022", -2968),
        ("azure_growth", "reported_currency", "FY2020Q1", 59),
        ("azure_growth", "constant_currency_recast_2024_08", "FY2026Q4", 43),
        ("google_cloud_backlog", "total_rpo", "Q4 2025", 242800),
        ("google_cloud_backlog", "cloud_rpo", "Q1 2026", 462300),
    ],
)
def test_a_figure_stands_on_its_basis(
    rows: pd.DataFrame, metric: str, basis: str, fiscal_period: str, value: float
) -> None:
    assert set(figures(rows, metric=metric, basis=basis, fiscal_period=fiscal_period).value) == {value}


@pytest.mark.parametrize(
    ("wanted", "day"),
    [
        # 40 days after the quarter, 60 after the year; 2020-05-10 was a Sunday.
        ({"metric": "aws_revenue", "fiscal_period": "Q3 2025"}, "2025-11-10"),
        ({"metric": "aws_revenue", "fiscal_period": "Q1 2020"}, "2020-05-11"),
        ({"metric": "aws_revenue", "fiscal_period": "Q4 2023"}, "2024-02-29"),
        # A recast is known from the filing that has it, and a segment from the first one that reports it.
        ({"metric": "intelligent_cloud_revenue", "basis": "recast_2024_08", "fiscal_period": "FY2023Q1"}, "2024-08-21"),
        ({"metric": "intelligent_cloud_revenue", "basis": "recast_2024_08", "fiscal_period": "FY2023"}, "2025-08-29"),
        ({"metric": "google_cloud_operating_income", "fiscal_period": "Q1 2022"}, "2024-02-29"),
        ({"metric": "google_cloud_operating_income", "fiscal_period": "Q1 2020"}, "2021-05-10"),
    ],
)
def test_a_figure_is_known_from_its_filing_on(rows: pd.DataFrame, wanted: dict[str, str], day: str) -> None:
    assert set(figures(rows, **wanted).observed_first_at) == {pd.Timestamp(day, tz="UTC")}


def test_every_basis_is_used_breaks_both_ways_and_no_figure_stands_on_two() -> None:
    listed = names.bases().set_index("basis")
    used = set(financial.build(NOTHING).basis) | set(capex.build(NOTHING).basis)
    assert used == set(listed.index)
    for basis in used:
        for other in names.breaks_with(basis):
            assert basis in names.breaks_with(other)
    assert list(listed.index) == sorted(listed.index)


def test_capex_is_the_extract_and_gross_is_above_net() -> None:
    rows = capex.build(NOTHING)
    wide = rows[rows.company == "Amazon"].pivot_table(index="period_end_on", columns="basis", values="value").dropna()
    assert len(wide) == 12
    assert (wide.gross > wide.net_of_proceeds).all()
    basis = {"cash purchases of property and equipment, gross": "gross"}
    told = {
        (line["company"], line["period_end"], basis.get(line["definition"], "net_of_proceeds")): float(line["value"])
        for line in read(extract("capex.csv"))
    }
    ends = rows.period_end_on.dt.strftime("%Y-%m-%d")
    assert dict(zip(zip(rows.company, ends, rows.basis, strict=True), rows.value, strict=True)) == told


def test_quarters_from_year_to_date_figures_are_derived() -> None:
    rows = capex.build(NOTHING)
    first = rows.fiscal_period.str.contains(r"Q1$|^Q1 ")
    assert (rows.is_derived == ~(first | (rows.company == "Amazon"))).all()


def test_figures_are_those_of_the_extract(rows: pd.DataFrame) -> None:
    told = sorted(
        (line["period_end"], line["fiscal_period"], float(line["value"]))
        for line in read(extract("cloud_financials.csv"))
    )
    ends = rows.period_end_on.dt.strftime("%Y-%m-%d")
    assert sorted(zip(ends, rows.fiscal_period, rows.value, strict=True)) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"company": "Amazon"}, "a metric of this company"),
        ({"unit": "percent"}, "growth is in percent"),
        ({"basis": "nonsense"}, "a basis of the company"),
        ({"basis": "recast_fy2018"}, "a basis of the company"),
        ({"value": 0.0}, "revenue and backlog are above zero"),
        ({"period_start_on": pd.Timestamp("2024-02-01")}, "the period is a whole quarter"),
        ({"calendar_quarter": "2024Q2"}, "the quarter in which the period ends"),
        ({"fiscal_period": "FY2024Q1"}, "the period as the company names it"),
        (
            {"published_on": pd.Timestamp("2024-03-30"), "known_on_basis": "stated"},
            "published on the last day of the period or later",
        ),
        ({"observed_first_at": pd.Timestamp("2024-03-30", tz="UTC")}, "known on the last day of the period or later"),
        ({"url": None, "note": None}, "has an address that begins with http"),
        ({"url": "www.example.org"}, "has an address that begins with http"),
        ({"published_on": pd.Timestamp("2030-01-01")}, "known on the day of publication or later"),
    ],
)
def test_a_row_that_breaks_a_rule_stops_the_build(rows: pd.DataFrame, change: dict[str, object], told: str) -> None:
    wrong = figures(rows, metric="google_cloud_revenue", fiscal_period="Q1 2024").assign(**change)
    with pytest.raises(CheckError, match=told):
        check_all(financial.TABLE, wrong, financial.check(wrong))
