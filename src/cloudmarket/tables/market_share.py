"""``market_share``: what research firms and authorities publish of shares and market sizes, release by release."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pandas as pd

from cloudmarket.names import facts as names
from cloudmarket.tables import curated
from cloudmarket.tables.base import DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.inputs import Evidence

PROVIDERS = "src/cloudmarket/names/data/market_providers.csv"
ESTIMATORS = ("autorite_de_la_concurrence", "canalys", "canalys_omdia", "cma", "markess", "ofcom", "synergy")
_KEY = (
    "estimated_by", "vintage", "geography", "segment", "measure", "period_kind", "period_end_on", "providers",
    "publisher", "source_title",
)  # fmt: skip
_MONTHS = {"quarter": 3, "half_year": 6, "year": 12, "trailing_year": 12}
_RANGE = re.compile(r"(?P<sign>[<>])?(?P<first>\d+(?:\.\d+)?)(?:-(?P<last>\d+(?:\.\d+)?))?")

TABLE = Table(
    "market_share",
    "a share, size or growth of a market that a publisher estimates for a period, in a release, as a source prints it",
    _KEY,
    (
        Column("estimated_by", TEXT, "Research firm or authority whose estimate it is.", values=ESTIMATORS),
        Column(
            "vintage",
            TEXT,
            "first: as first published; year_later: as the release a year later has it; the others: a revised or"
            " separate release. Never mix vintages.",
            values=(
                "first", "year_later", "secondary", "revised_2024_08", "release_2022_09", "release_2025_07",
                "announcement_2022_09", "interim_2023_04", "final_2023_10", "provisional_2025_01", "final_2025_07",
            ),
        ),
        Column("geography", TEXT, "Where.", values=("world", "europe", "france", "uk")),
        Column(
            "segment",
            TEXT,
            "Which market, as the publisher draws it; two publishers' cloud_infrastructure_services differ.",
            values=(
                "cloud", "cloud_infrastructure_services", "iaas", "iaas_paas", "public_cloud",
                "public_cloud_infrastructure", "public_iaas_paas",
            ),
        ),
        Column(
            "measure",
            TEXT,
            "share of the market, share of its growth, its size, or its growth over a year.",
            values=("share", "share_of_growth", "market_size", "market_growth_over_year"),
        ),
        Column("period_kind", TEXT, "What the figure covers; trailing_year: four quarters.", values=tuple(_MONTHS)),
        Column("period", TEXT, "Period: 2024Q2, 2025H1, 2024; of a trailing year its last quarter."),
        Column("period_start_on", DATE, "First day of the period."),
        Column("period_end_on", DATE, "Last day of the period."),
        Column("providers", TEXT, "Whom it is about; several together with + between them."),
        Column("provider_count", INTEGER, "How many they are; missing where not known.", False, above=0),
        Column("value_as_printed", TEXT, "As printed: 31, 60-70, <10."),
        Column("value_low", NUMBER, "The figure, or the low end of its range; missing where open.", False),
        Column("value_high", NUMBER, "The figure, or the high end of its range; missing where open.", False),
        Column(
            "unit", TEXT, "Percent or billions.", values=("percent", "usd_billion", "eur_billion", "gbp_billion")
        ),
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
    period="period_end_on",
)  # fmt: skip


def printed_range(text: str) -> tuple[float, float]:
    """Return the ends of a printed figure: 31, 60-70, <10 (open below), >75 (open above); an open end is NaN.

    Raises
    ------
    ValueError
        If it is none of these, or its ends are not in order.
    """
    found = _RANGE.fullmatch(text)
    if not found or (found["sign"] and found["last"]):
        raise ValueError(f"{text!r} is no figure; write it as 31, 60-70 or <10")
    first = float(found["first"])
    last = float(found["last"] or first)
    if last < first:
        raise ValueError(f"{text!r} has its ends the wrong way round")
    return (math.nan if found["sign"] == "<" else first, math.nan if found["sign"] == ">" else last)


def _range(rows: pd.DataFrame) -> pd.Series:
    def agrees(text: str, low: float, high: float) -> bool:
        try:
            ends = printed_range(text)
        except ValueError:
            return False
        return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(ends, (low, high), strict=True))

    cells = zip(rows.value_as_printed, rows.value_low, rows.value_high, strict=True)
    return pd.Series([agrees(*cell) for cell in cells], index=rows.index, dtype="bool")


def _providers(rows: pd.DataFrame) -> pd.Series:
    known = names.codes("market_providers", "provider")
    parts = rows.providers.str.split("+", regex=False)
    return parts.map(lambda codes: set(codes) <= known and len(set(codes)) == len(codes))


def _count(rows: pd.DataFrame) -> pd.Series:
    groups = dict(zip(names.market_providers().provider, names.market_providers().kind, strict=True))
    is_group = rows.providers.map(groups) == "group"
    fits: pd.Series = is_group | (rows.provider_count == rows.providers.str.count(r"\+") + 1)
    return fits


def _period(rows: pd.DataFrame) -> pd.Series:
    end, after = rows.period_end_on.dt, (rows.period_end_on + pd.Timedelta(days=1)).dt
    start = rows.period_start_on.dt
    months = (after.year - start.year) * 12 + after.month - start.month
    named = (end.year.astype("str") + "Q" + end.quarter.astype("str")).where(
        rows.period_kind.isin(["quarter", "trailing_year"]), end.year.astype("str")
    )
    named = named.where(rows.period_kind != "half_year", end.year.astype("str") + "H" + (end.month // 6).astype("str"))
    is_whole = (months == rows.period_kind.map(_MONTHS)) & (start.day == 1) & (after.day == 1)
    fits: pd.Series = is_whole & (rows.period == named)
    return fits


RULES = (
    *curated.RULES,
    *curated.not_before("period_end_on", "the last day of the period"),
    Rule("value_as_printed", "value_low and value_high are what value_as_printed says: mend them", _range),
    Rule("providers", f"codes listed in {PROVIDERS}, with + between them: mend them or add a row there", _providers),
    Rule("provider_count", "as many as there are codes; empty only for a group: mend it", _count),
    Rule("period", "2024Q2, 2025H1 or 2024, with its first and last day: mend the period or its days", _period),
    Rule(
        "unit",
        "shares and growth are in percent, sizes in billions: mend the unit",
        lambda rows: (rows.measure == "market_size") == (rows.unit != "percent"),
    ),
    Rule(
        "value_high",
        "a share is at most 100: mend the value",
        lambda rows: ~rows.measure.isin(["share", "share_of_growth"]) | ~(rows.value_high > 100),
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the estimates. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    return curated.invariants(RULES, rows)
