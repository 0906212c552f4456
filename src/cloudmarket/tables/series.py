"""Series from curated facts: one basis at a time, with what contradicts it, and never joined across a break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import ModuleType

import pandas as pd

from cloudmarket.errors import CloudMarketError
from cloudmarket.tables import capex, curated, event, financial, market_share, series_basis
from cloudmarket.tables.base import Table
from cloudmarket.tables.knowledge import known_facts

_MODULES: dict[str, ModuleType] = {module.TABLE.name: module for module in (capex, financial)}
_VINTAGES = {"first": 0, "recast": 1, "comparative": 2}
Day = str | date | pd.Timestamp


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """A metric by the last day of its periods, on one basis.

    ``values`` has the best evidence of each period: exact before rounded, then evidence A to C, then the first
    print. ``low`` and ``high`` span all sources that print it as exactly. ``basis`` names what it stands on and
    ``reason`` says why that was chosen; ``breaks`` are the periods (last day, basis) at which another basis begins,
    and ``gaps`` the periods within the series of which nothing is known: draw no line across either. ``rows`` are the
    facts behind the values.
    """

    metric: str
    unit: str
    basis: str
    reason: str
    values: pd.Series
    low: pd.Series
    high: pd.Series
    breaks: tuple[tuple[pd.Timestamp, str], ...]
    gaps: tuple[pd.Timestamp, ...]
    rows: pd.DataFrame


@dataclass(frozen=True, eq=False, slots=True)
class Shares:
    """What publishers say of one market and period, side by side.

    ``values`` has ``low`` and ``high`` by release (who estimates, vintage, segment) and providers: the same where all
    sources print one figure, apart where they contradict each other or print a range, missing where an end is open.
    ``low`` and ``high`` span all releases by providers. ``rows`` are the facts.
    """

    values: pd.DataFrame
    low: pd.Series
    high: pd.Series
    rows: pd.DataFrame


def series(
    table: str,
    metric: str,
    company: str | None = None,
    *,
    period_kind: str = "quarter",
    basis: str | Sequence[str] | None = None,
    as_of: Day | None = None,
) -> Series:
    """Return a metric by period, on one basis.

    Parameters
    ----------
    table : str
        ``financial`` or ``capex``.
    metric : str
    company : str
        Needed where several companies report the metric.
    period_kind : str
        ``quarter``, ``year`` or ``instant``.
    basis : str or sequence of str, optional
        What the figures must stand on; several only where none breaks with another. Without it, the one that reaches
        furthest, and of those the one with most periods.
    as_of : day, optional
        Only what was known by the end of that day.

    Raises
    ------
    CloudMarketError
        If there is no such fact, several companies report it, or rows of bases that break would be joined.
    """
    if table not in _MODULES:
        raise CloudMarketError(f"no series in table {table!r}; there are: {', '.join(_MODULES)}")
    rows = _known(_MODULES[table].TABLE, as_of)
    rows = rows[(rows.metric == metric) & (rows.period_kind == period_kind)]
    rows = rows if company is None else rows[rows.company == company]
    what = " ".join(part for part in (company, metric, "by", period_kind) if part)
    if rows.empty:
        raise CloudMarketError(f"no {what} in {table}" + (f" known on {as_of}" if as_of is not None else ""))
    if rows.company.nunique() > 1:
        raise CloudMarketError(f"{what} is reported by {', '.join(sorted(set(rows.company)))}: name the company")
    chosen, reason = series_basis.chosen(rows, basis, what)
    own = rows[rows.basis.isin(chosen)]
    order = own.assign(order=own.vintage.map(_VINTAGES)).sort_values(
        ["period_end_on", "is_rounded", "evidence", "order", "observed_first_at", "publisher", "source_title"]
    )
    best = order.drop_duplicates("period_end_on")
    exact = order[order.is_rounded == order.period_end_on.map(best.set_index("period_end_on").is_rounded)]
    ends = exact.groupby("period_end_on").value
    return Series(
        metric=metric,
        unit=str(best.unit.iloc[0]),
        basis="+".join(chosen),
        reason=reason,
        values=best.set_index("period_end_on").value,
        low=ends.min().rename("low"),
        high=ends.max().rename("high"),
        breaks=series_basis.breaks(rows, chosen),
        gaps=series_basis.gaps(best.period_end_on, period_kind),
        rows=own.reset_index(drop=True),
    )


def shares(
    geography: str, period: str, *, measure: str = "share", vintage: str | None = None, as_of: Day | None = None
) -> Shares:
    """Return what publishers say of a market in a period, side by side; releases are never mixed.

    Raises
    ------
    CloudMarketError
        If nobody says anything.
    """
    rows = _known(market_share.TABLE, as_of)
    rows = rows[(rows.geography == geography) & (rows.period == period) & (rows.measure == measure)]
    rows = rows[rows.period_kind != "trailing_year"]
    rows = rows if vintage is None else rows[rows.vintage == vintage]
    if rows.empty:
        raise CloudMarketError(f"nobody's {measure} of {geography} in {period} is known; see table market_share")
    release = ["estimated_by", "vintage", "segment", "providers"]
    values = _span(rows, release)
    overall = _span(rows, ["providers"])
    return Shares(values, overall.low, overall.high, rows.reset_index(drop=True))


def _span(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the ends of what all sources print; one that is open stays open whatever the others say."""
    groups = rows.groupby(by)
    return pd.DataFrame({
        "low": groups.value_low.agg(lambda ends: ends.min(skipna=False)),
        "high": groups.value_high.agg(lambda ends: ends.max(skipna=False)),
    })  # fmt: skip


def events(*, for_daily_methods: bool = False, as_of: Day | None = None) -> pd.DataFrame:
    """Return the events, in order; for daily methods only those of a known day with evidence A or B."""
    rows = _known(event.TABLE, as_of)
    return rows[event.daily_refusals(rows) == ""].reset_index(drop=True) if for_daily_methods else rows


def require_daily(rows: pd.DataFrame) -> None:
    """Refuse events that a method for daily data cannot use.

    Raises
    ------
    CloudMarketError
        Naming each event that is refused and why.
    """
    why = event.daily_refusals(rows)
    refused = rows.assign(why=why)[why != ""]
    if len(refused):
        lines = [f"{row.occurred_on:%Y-%m-%d} {row.headline}: {row.why}" for row in refused.itertuples()]
        raise CloudMarketError("\n".join(["these events are not for daily methods:", *lines]))


def _known(table: Table, as_of: Day | None) -> pd.DataFrame:
    rows = curated.facts(table)
    return rows if as_of is None else known_facts(table, rows, pd.Timestamp(as_of).date(), {})
