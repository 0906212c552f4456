"""What the companies report, by quarter and on every basis there is, as it was known on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.tables.series import Series, series

MILLION_PER_BILLION = 1000
STALE_DAYS = 400
"""A cloud whose newest quarter ended longer ago says nothing of the day."""


@dataclass(frozen=True)
class Segment:
    """A part of a company that its filings report: AWS is not Intelligent Cloud is not Google Cloud."""

    cloud: str
    company: str
    label: str
    revenue: str
    income: str | None
    backlog: str | None


SEGMENTS = (
    Segment("aws", "Amazon", "AWS", "aws_revenue", "aws_operating_income", "aws_backlog"),
    Segment(
        "gcp", "Alphabet", "Google Cloud", "google_cloud_revenue", "google_cloud_operating_income",
        "google_cloud_backlog",
    ),
    Segment(
        "azure", "Microsoft", "Intelligent Cloud", "intelligent_cloud_revenue", "intelligent_cloud_operating_income",
        None,
    ),
)  # fmt: skip
MICROSOFT_CLOUD = Segment("azure", "Microsoft", "Microsoft Cloud", "microsoft_cloud_revenue", None, None)

AZURE_GROWTH = "azure_growth"
Reported = Mapping[str, list[Series]]

BASES = {
    "alphabet_recast_2023": "as recast 2023",
    "as_first_reported": "first",
    "as_reported": "as reported",
    "constant_currency_recast_2024_08": "constant currency",
    "recast_2024_08": "as of Aug 2024",
    "recast_fy2018": "FY18",
    "recast_fy2019": "FY19-22",
    "recast_fy2023": "FY23-24",
    "reported_currency": "as reported",
    "reported_currency_recast_2024_08": "as of Aug 2024",
}
"""Short names of bases, to write into a figure; names/data/bases.csv describes them."""


def on_every_basis(table: str, metric: str, company: str, day: date, kind: str = "quarter") -> list[Series]:
    """Return a metric on each basis that was known on a day, in order of their first period; none if none was."""
    known = tables.load(table, as_of=day)
    rows = known[(known.metric == metric) & (known.company == company) & (known.period_kind == kind)]
    begin = rows.groupby("basis").period_end_on.min().sort_values(kind="stable")
    return [series(table, metric, company, period_kind=kind, basis=str(name), as_of=day) for name in begin.index]


def reported(day: date) -> Reported:
    """Return all that was known on a day: metrics of ``financial`` by name, capex by company, each on every basis."""
    found: dict[str, list[Series]] = {}
    for one in (*SEGMENTS, MICROSOFT_CLOUD):
        for metric in (one.revenue, one.income):
            if metric:
                found[metric] = on_every_basis("financial", metric, one.company, day)
        if one.backlog:
            found[one.backlog] = on_every_basis("financial", one.backlog, one.company, day, "instant")
        found[one.company] = on_every_basis("capex", "capex", one.company, day)
    return found | {AZURE_GROWTH: on_every_basis("financial", AZURE_GROWTH, "Microsoft", day)}


def furthest(known: list[Series]) -> Series | None:
    """Return the series on the basis that reaches furthest and has most periods; None if there is none."""
    return max(known, key=lambda one: (one.values.index[-1], len(one.values)), default=None)


def best(found: Series) -> pd.DataFrame:
    """Return the rows of the table that a series' values are, one per period, in order of time."""
    rows = found.rows[found.rows.value == found.rows.period_end_on.map(found.values)]
    order = ["period_end_on", "is_rounded", "evidence", "observed_first_at"]
    return rows.sort_values(order, kind="stable").drop_duplicates("period_end_on").reset_index(drop=True)


def by_quarter(found: Series) -> pd.Series:
    """Return the values of a series by quarter of the calendar in which they end, whatever the fiscal year."""
    return found.values.set_axis(pd.PeriodIndex(found.values.index, freq="Q"))


def is_stale(found: Series | None, day: date) -> bool:
    """Whether nothing, or nothing of late, was known of a series on a day."""
    return found is None or (pd.Timestamp(day) - found.values.index[-1]).days > STALE_DAYS


def spoken(quarter: pd.Period) -> str:
    """Return a quarter as a reader says it: the one to June 2026."""
    return f"{quarter.end_time:%B %Y}"


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
