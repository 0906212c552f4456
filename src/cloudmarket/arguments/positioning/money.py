"""Indicators of demand and money. What is reported is of whole clouds, never of AI alone."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.market.facts import MILLION_PER_BILLION, SEGMENTS, STALE_DAYS
from cloudmarket.arguments.positioning.cells import Cells, nothing, ranged
from cloudmarket.arguments.positioning.knowledge import Knowledge
from cloudmarket.arguments.price_map import CLOUDS

MICROSOFT_CLOUD = "Microsoft Cloud and the growth of Azure, in place of Intelligent Cloud"
ACCOUNTS = ("revenue", "growth", "margin")
AGENT_KINDS = ("agent", "framework")
_YEAR = 4


def quarters(known: Knowledge, metric: str, table: str = "financial", company: str | None = None) -> pd.DataFrame:
    """Return a metric by calendar quarter on the basis that reaches furthest, oldest first; empty where none is fresh.

    Of several rows for a quarter, that which is not rounded, of the better grade, first published.
    """
    rows = getattr(known, table)
    rows = rows[(rows.metric == metric) & (rows.period_kind == "quarter")]
    rows = rows[rows.period_end_on <= pd.Timestamp(known.day)].dropna(subset=["value"])
    rows = rows[rows.company == company] if company else rows
    if rows.empty or (pd.Timestamp(known.day) - rows.period_end_on.max()).days > STALE_DAYS:
        nothing_fresh: pd.DataFrame = rows.iloc[:0].assign(quarter=pd.PeriodIndex([], freq="Q"))
        return nothing_fresh
    reach = rows.groupby("basis").period_end_on.agg(["max", "size"]).sort_values(["max", "size"])
    rows = rows[rows.basis == reach.index[-1]]
    order = ["period_end_on", "is_rounded", "evidence", "observed_first_at"]
    rows = rows.sort_values(order, kind="stable").drop_duplicates("period_end_on")
    found: pd.DataFrame = rows.assign(quarter=pd.PeriodIndex(rows.period_end_on, freq="Q"))
    return found


def year(rows: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Return the sum of the last four quarters and their rows; missing where they are not four in a row."""
    last = rows.tail(_YEAR)
    if len(last) < _YEAR or (last.quarter.iloc[-1] - last.quarter.iloc[0]).n != _YEAR - 1:
        return float("nan"), last.iloc[:0]
    return float(last.value.sum()), last


def growth(rows: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Return the growth of the newest quarter over the same a year before, in percent, and both rows."""
    if rows.empty:
        return float("nan"), rows
    now = rows.iloc[[-1]]
    before = rows[rows.quarter == now.quarter.iloc[0] - _YEAR]
    if before.empty:
        return float("nan"), before
    return 100 * (float(now.value.iloc[0]) / float(before.value.iloc[0]) - 1), pd.concat([before, now])


def margin(earned: pd.DataFrame, income: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Return operating income of the newest quarter with both, as percent of its revenue, and both rows."""
    both = sorted(set(earned.quarter) & set(income.quarter))
    if not both:
        return float("nan"), earned.iloc[:0]
    pair = [rows[rows.quarter == both[-1]] for rows in (income, earned)]
    return 100 * float(pair[0].value.iloc[0]) / float(pair[1].value.iloc[0]), pd.concat(pair)


def accounts(known: Knowledge) -> tuple[dict[str, Cells], dict[str, pd.DataFrame]]:
    """Return revenue (USD bn of four quarters), growth and margin (percent), and the other reading of Microsoft's."""
    other, stated = _microsoft(known)
    values = pd.DataFrame(index=CLOUDS, columns=list(ACCOUNTS), dtype="float64")
    kept: dict[str, list[pd.DataFrame]] = {code: list(stated.get(code, [])) for code in ACCOUNTS}
    for one in SEGMENTS:
        earned = quarters(known, one.revenue)
        found = (year(earned), growth(earned), margin(earned, quarters(known, str(one.income))))
        for code, (value, rows) in zip(ACCOUNTS, found, strict=True):
            values.loc[one.cloud, code] = value / (MILLION_PER_BILLION if code == "revenue" else 1)
            kept[code].append(rows)
    read = values.copy()
    for code, value in other.items():
        read.loc["azure", code] = value
    read = read.where(values.notna())
    cells = {code: _between(values[code], read[code], kept[code], known) for code in ACCOUNTS}
    is_whole = bool(other) and bool(values.loc["azure", list(other)].notna().all())
    return cells, {MICROSOFT_CLOUD: read[list(other)]} if is_whole else {}


def _between(value: pd.Series, read: pd.Series, parts: list[pd.DataFrame], known: Knowledge) -> Cells:
    """Return values with the other reading as an end, and the rows of both."""
    ends = pd.concat([value, read], axis="columns")
    frame = pd.DataFrame({"value": value, "low": ends.min(axis="columns"), "high": ends.max(axis="columns")})
    full = [part for part in parts if len(part)]
    rows = pd.concat(full).drop(columns="quarter") if full else known.financial.iloc[:0]
    return ranged(frame, financial=rows)


def _microsoft(known: Knowledge) -> tuple[dict[str, float], dict[str, list[pd.DataFrame]]]:
    """Return Microsoft's other figures that were reported, where both are fresh: all of its cloud, Azure's growth."""
    total, of_year = year(quarters(known, "microsoft_cloud_revenue"))
    rate = quarters(known, "azure_growth")
    if pd.isna(total) or rate.empty:
        return {}, {}
    newest = rate.tail(1)
    values = {"revenue": total / MILLION_PER_BILLION, "growth": float(newest.value.iloc[0])}
    return values, {"revenue": [of_year], "growth": [newest]}


def capex(known: Knowledge) -> Cells:
    """Return capex of the company per dollar of its cloud's revenue, of four quarters each."""
    values, kept = {}, []
    for one in SEGMENTS:
        spent, rows = year(quarters(known, "capex", "capex", one.company))
        earned, _ = year(quarters(known, one.revenue))
        values[one.cloud] = spent / earned
        kept.append(rows)
    frame = pd.DataFrame({name: pd.Series(values) for name in ("value", "low", "high")})
    return ranged(frame, capex=pd.concat(kept).drop(columns="quarter"))


def downloads(known: Knowledge, kinds: tuple[str, ...] | None) -> Cells:
    """Return downloads a day of a cloud's AI packages, in thousands.

    A download may bring another package along: together they are at least those of the most downloaded one and at most
    the sum. The value is the middle between. Where nothing of a cloud is on the list there is none.
    """
    rows, at = known.sdk_download, pd.Timestamp(known.day)
    rows = rows[(rows.window_to <= at) & rows.owner.isin(CLOUDS) & rows.is_ai]
    rows = rows[rows.kind.isin(kinds)] if kinds else rows
    rows = rows[rows.month_on == rows.month_on.max()]
    days = (rows.window_to - rows.window_from).dt.days
    most = rows.downloads_per_day.astype("float64").fillna(rows.downloads_at_most.astype("float64") / days)
    if rows.empty or (at - rows.window_to.max()).days > STALE_DAYS:
        return nothing()
    low = rows.downloads_per_day.astype("float64").groupby(rows.owner).max() / 1e3
    high = most.groupby(rows.owner).sum() / 1e3
    frame = pd.DataFrame({"value": (low + high) / 2, "low": low, "high": high}).dropna()
    return ranged(frame, sdk_download=rows)


def releases(known: Knowledge) -> Cells:
    """Return stable releases of AI packages in the year to the day."""
    rows, at = known.sdk_release, pd.Timestamp(known.day)
    recent = (rows.released_on <= at) & (rows.released_on > at - pd.Timedelta(days=365))
    rows = rows[recent & rows.is_ai & ~rows.is_prerelease & rows.owner.isin(CLOUDS)]
    count = rows.groupby("owner").size().astype("float64")
    frame = pd.DataFrame({"value": count, "low": count, "high": count})
    return ranged(frame, sdk_release=rows)
