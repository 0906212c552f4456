"""``financial``: what the companies report of their clouds, each figure with its basis."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.names import facts as names
from cloudmarket.tables import curated
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.inputs import Evidence

KEY = ("company", "metric", "basis", "period_kind", "period_end_on", "vintage", "publisher", "source_title")
BASES = "src/cloudmarket/names/data/bases.csv"
METRICS = {
    "aws_backlog": "Amazon",
    "aws_operating_income": "Amazon",
    "aws_revenue": "Amazon",
    "azure_growth": "Microsoft",
    "google_cloud_backlog": "Alphabet",
    "google_cloud_operating_income": "Alphabet",
    "google_cloud_revenue": "Alphabet",
    "intelligent_cloud_operating_income": "Microsoft",
    "intelligent_cloud_revenue": "Microsoft",
    "microsoft_cloud_revenue": "Microsoft",
}
"""Metrics with the company that reports them."""

MEASURE_COLUMNS = (
    Column("basis", TEXT, "Definition the figure stands on, as names list it; never join two that break."),
    Column(
        "period_kind", TEXT, "What the figure covers; instant: the end of it.", values=("quarter", "year", "instant")
    ),
    Column("period_start_on", DATE, "First day of the period."),
    Column("period_end_on", DATE, "Last day of the period."),
    Column("fiscal_period", TEXT, "Period as the company names it."),
    Column("calendar_quarter", TEXT, "Quarter of the calendar in which the period ends; missing for years.", False),
    Column(
        "vintage",
        TEXT,
        "first: of the period's own filing; comparative: repeated by a later one; recast: restated by a later one on"
        " its basis.",
        values=("first", "comparative", "recast"),
    ),
    Column("value", NUMBER, "The figure in its unit."),
    Column("unit", TEXT, "Millions of US dollars, or percent.", values=("usd_million", "percent")),
    Column("is_derived", BOOLEAN, "True if computed from other printed figures, as the note says."),
    Column("is_rounded", BOOLEAN, "True if printed with fewer digits than millions."),
)

TABLE = Table(
    "financial",
    "a figure that a company reports of its cloud, for a period, on a basis, by a source",
    KEY,
    (
        Column("company", TEXT, "Who reports.", values=("Alphabet", "Amazon", "Microsoft")),
        Column(
            "metric",
            TEXT,
            "What is reported. AWS is not Intelligent Cloud, which is not Google Cloud (with Workspace).",
            values=tuple(METRICS),
        ),
        *MEASURE_COLUMNS,
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
    period="period_end_on",
)


def _months(rows: pd.DataFrame) -> pd.Series:
    """Whether a period has the length its kind says, in whole months."""
    months = rows.period_kind.map({"quarter": 3, "year": 12, "instant": 0})
    after = rows.period_end_on + pd.Timedelta(days=1)
    count = (after.dt.year - rows.period_start_on.dt.year) * 12 + after.dt.month - rows.period_start_on.dt.month
    whole = (after.dt.day == 1) & (rows.period_start_on.dt.day == 1) & (count == months)
    fits: pd.Series = whole | ((months == 0) & (rows.period_start_on == rows.period_end_on) & (after.dt.day == 1))
    return fits


def _calendar_quarter(rows: pd.DataFrame) -> pd.Series:
    end = rows.period_end_on.dt
    quarter = end.year.astype("str") + "Q" + end.quarter.astype("str")
    is_year = rows.period_kind == "year"
    fits: pd.Series = (rows.calendar_quarter == quarter).where(~is_year, rows.calendar_quarter.isna())
    return fits


def _fiscal_period(rows: pd.DataFrame) -> pd.Series:
    """Whether the company's own name of a period fits its end: Microsoft's years end in June."""
    is_microsoft = rows.company == "Microsoft"
    end = rows.period_end_on.dt
    year = (end.year + (is_microsoft & (end.month > 6))).astype("str")
    quarter = ((end.month + is_microsoft * 6 - 1) % 12 // 3 + 1).astype("str")
    named = ("FY" + year + "Q" + quarter).where(is_microsoft, "Q" + quarter + " " + year)
    is_year_end = quarter == "4"
    fits: pd.Series = rows.fiscal_period == named.where(rows.period_kind != "year", ("FY" + year).where(is_year_end))
    return fits


def _basis(rows: pd.DataFrame) -> pd.Series:
    known = names.bases().set_index("basis").company
    company = rows.basis.map(known)
    return rows.basis.isin(known.index) & (company.isna() | (company == rows.company))


MEASURE_RULES = (
    *curated.RULES,
    *curated.not_before("period_end_on", "the last day of the period"),
    Rule("basis", f"a basis of the company: use one listed in {BASES}, or add it there", _basis),
    Rule("period_start_on", "the period is a whole quarter or year, or one day for an instant: mend its days", _months),
    Rule("calendar_quarter", "the quarter in which the period ends, empty for years: mend it", _calendar_quarter),
    Rule(
        "fiscal_period",
        "the period as the company names it (FY2025Q1 at Microsoft, Q1 2025 elsewhere, FY2025): mend it",
        _fiscal_period,
    ),
)
RULES = (
    *MEASURE_RULES,
    Rule(
        "metric",
        "a metric of this company: mend company or metric",
        lambda rows: rows.metric.map(METRICS) == rows.company,
    ),
    Rule(
        "unit",
        "growth is in percent, money in usd_million: convert the value or mend the unit",
        lambda rows: (rows.metric == "azure_growth") == (rows.unit == "percent"),
    ),
    Rule(
        "value",
        "revenue and backlog are above zero: mend the value",
        lambda rows: rows.metric.str.contains("income|growth") | (rows.value > 0),
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the figures. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    return curated.invariants(RULES, rows)
