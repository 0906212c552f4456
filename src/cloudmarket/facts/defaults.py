"""What most likely stands in the next cell of a new fact, from the cells before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date

from cloudmarket.tables.event import possible_days
from cloudmarket.tables.market_share import printed_range

Row = Mapping[str, str]
_MONTHS = {"quarter": 3, "half_year": 6, "year": 12, "trailing_year": 12}


def default(table: str, column: str, row: Row) -> str:
    """Return the default of a cell, empty where there is none."""
    rule = _BY_TABLE.get((table, column)) or _ANYWHERE.get(column)
    try:
        return rule(row) if rule else ""
    except (KeyError, ValueError):
        # Cells before it say nothing that a default could be taken from.
        return ""


def spread(table: str, column: str, text: str) -> dict[str, str]:
    """Return all cells that one answer fills: 2025-10 for an event fills its first and last day and the precision.

    Raises
    ------
    ValueError
        If the answer is no date.
    """
    if (table, column) != ("event", "occurred_on"):
        return {column: text}
    first, last, precision = possible_days(text)
    return {"occurred_on": first.isoformat(), "occurred_by_on": last.isoformat(), "date_precision": precision}


def _start(row: Row) -> str:
    """Return the first day of the period that ends on a day."""
    end = date.fromisoformat(row["period_end_on"])
    if row["period_kind"] == "instant":
        return end.isoformat()
    months = end.year * 12 + end.month - _MONTHS[row["period_kind"]]
    return date(months // 12, months % 12 + 1, 1).isoformat()


def _end(row: Row) -> str:
    """Return the last day of a period as market_share names it."""
    period = row["period"]
    if "H" in period:
        period = period.replace("H1", "Q2").replace("H2", "Q4")
    return possible_days(period)[1].isoformat()


def _calendar_quarter(row: Row) -> str:
    end = date.fromisoformat(row["period_end_on"])
    return "" if row["period_kind"] == "year" else f"{end.year}Q{(end.month + 2) // 3}"


def _fiscal_period(row: Row) -> str:
    end = date.fromisoformat(row["period_end_on"])
    is_microsoft = row["company"] == "Microsoft"
    year = end.year + (is_microsoft and end.month > 6)
    quarter = (end.month + 6 * is_microsoft - 1) % 12 // 3 + 1
    if row["period_kind"] == "year":
        return f"FY{year}"
    return f"FY{year}Q{quarter}" if is_microsoft else f"Q{quarter} {year}"


def _low(row: Row) -> str:
    return _number(printed_range(row["value_as_printed"])[0])


def _high(row: Row) -> str:
    return _number(printed_range(row["value_as_printed"])[1])


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"


def _stated_or_bound(row: Row) -> str:
    return "stated" if row["published_on"] else "bound"


_ANYWHERE: dict[str, Callable[[Row], str]] = {
    "calendar_quarter": _calendar_quarter,
    "evidence": lambda row: "C",
    "fiscal_period": _fiscal_period,
    "is_derived": lambda row: "false",
    "is_rounded": lambda row: "false",
    "known_on": lambda row: row["published_on"],
    "known_on_basis": _stated_or_bound,
    "vintage": lambda row: "first",
}
_BY_TABLE: dict[tuple[str, str], Callable[[Row], str]] = {
    ("capex", "metric"): lambda row: "capex",
    ("capex", "unit"): lambda row: "usd_million",
    ("daily_return", "return_kind"): lambda row: "price" if row["symbol"] == "SPX" else "total",
    ("event", "is_amount_reported_only"): lambda row: "false" if row["amount_usd"] else "",
    ("financial", "unit"): lambda row: "percent" if row["metric"] == "azure_growth" else "usd_million",
    ("market_share", "period_end_on"): _end,
    ("market_share", "period_start_on"): lambda row: _start({**row, "period_end_on": _end(row)}),
    ("market_share", "provider_count"): lambda row: str(row["providers"].count("+") + 1),
    ("market_share", "unit"): lambda row: "usd_billion" if row["measure"] == "market_size" else "percent",
    ("market_share", "value_high"): _high,
    ("market_share", "value_low"): _low,
}
