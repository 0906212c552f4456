"""Claims about growth, margins, backlog and who contributed the growth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.market import accounts, contributions, facts
from cloudmarket.arguments.market.facts import SEGMENTS, Segment
from cloudmarket.arguments.market.state import Market
from cloudmarket.tables.series import Series

NOTEBOOK = "04_market_structure"
SOURCES = ("curated",)
AS_FILED = "none: figures as filed"


def claims(found: Market) -> Iterator[Claim]:
    """Yield the claims for which the day's evidence is there."""
    if "04-accounts" not in found.reasons:
        yield from _growth(found)
        yield from _margins(found)
        yield from _backlog(found)
    if "04-growth" not in found.reasons:
        yield _contributions(found)


def _growth(found: Market) -> Iterator[Claim]:
    newest = _newest(found, "growth")
    if newest is None:
        return
    rates = found.accounts.set_index(["panel", "basis", "quarter"]).value
    before = [(f"growth {label}", row.basis, str(row.quarter - 4)) for label, row in newest.iterrows()]
    is_faster = all(row.value > rates.get(key, np.inf) for key, row in zip(before, newest.itertuples(), strict=True))
    rows = _levels(found, newest, "revenue")
    yield Claim(
        claim="cloud-growth",
        statement=_told(newest, "{label} grew by {value:.0f} %", "{label} by {value:.0f} %", "over the year to")
        + (": each faster than a year before" if is_faster else ""),
        value=float(newest.value.max()),
        unit="percent",
        interval=AS_FILED,
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="04-accounts",
        sources=SOURCES,
        rows=rests_on(financial=rows),
        would_change_if="a company recast its segment or restated one of the two quarters",
    )


def _margins(found: Market) -> Iterator[Claim]:
    newest = _newest(found, "margin")
    if newest is None:
        return
    rows = pd.concat([_levels(found, newest, what, (0,)) for what in ("revenue", "income")], ignore_index=True)
    yield Claim(
        claim="operating-margins",
        statement=_told(
            newest, "Of a dollar of revenue {label} kept {value:.0f} cents", "{label} {value:.0f}",
            "as operating income in the quarter to",
        ),
        value=float(newest.value.min()),
        unit="percent",
        interval=AS_FILED,
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="04-accounts",
        sources=SOURCES,
        rows=rests_on(financial=rows),
        would_change_if="costs were allocated to segments anew, or lives of servers changed: both have moved margins",
    )  # fmt: skip


def _backlog(found: Market) -> Iterator[Claim]:
    newest = found.backlogs.sort_values("on").groupby("label", sort=False).tail(1)
    if newest.label.nunique() < 2 or newest.on.nunique() > 1:
        return
    on = newest.on.iloc[0]
    rows = []
    for one in SEGMENTS:
        if one.backlog:
            stock = facts.best(_named(found, one.backlog, newest.set_index("label").basis[one.label]))
            earned = facts.best(_known(found, one))
            rows.append(stock[stock.period_end_on == on])
            rows.append(earned[(earned.period_end_on > on - pd.DateOffset(years=1)) & (earned.period_end_on <= on)])
    behind = pd.concat(rows, ignore_index=True)
    yield Claim(
        claim="backlog-cover",
        statement="Contracts not yet served are worth "
        + facts.listed([f"{row.years:.1f} years of revenue at {row.label}" for row in newest.itertuples()])
        + f" at the end of {on:%B %Y}",
        value=float(newest.years.max()),
        unit="years",
        interval="none: figures as filed, each company's own definition of backlog",
        evidence=grades(behind),
        notebook=NOTEBOOK,
        figure="04-accounts",
        sources=SOURCES,
        rows=rests_on(financial=behind),
        would_change_if="contracts were cancelled or renegotiated: their length and buyers are not published",
    )


def _contributions(found: Market) -> Claim:
    rows = found.growth
    first = rows[rows.definition == contributions.PRIMARY]
    first = first if len(first) else rows
    definition, quarter = first.iloc[-1].definition, pd.Period(first.iloc[-1].quarter, "Q")
    same = rows[rows.quarter == str(quarter)]
    spans = same.groupby("cloud").share_of_growth.agg(["min", "max"])
    own = same[same.definition == definition].sort_values("share_of_growth", ascending=False)
    leaders = set(same.sort_values("share_of_growth").groupby("definition").cloud.last())
    several = same.definition.nunique() > 1
    names = {"aws": "AWS", "gcp": "Google", "azure": "Microsoft"}
    ends = {str(cloud): _span(float(low), float(high)) for cloud, low, high in spans.itertuples()}
    told = [f"{names[cloud]} {ends[cloud]} %" for cloud in own.cloud]
    told[0] = told[0].replace(" ", " brought ", 1)
    pairs = [contributions.evidence(found.reported, name, quarter) for name in same.definition.unique()]
    behind = pd.concat(pairs, ignore_index=True).drop_duplicates(ignore_index=True)
    return Claim(
        claim="growth-contributions",
        statement=f"{facts.listed(told)} of the growth of the three over the year to {facts.spoken(quarter)}"
        + (": who brought most depends on what counts as Microsoft's cloud" if len(leaders) > 1 else ""),
        value=float(own.share_of_growth.iloc[0]),
        low=float(spans.loc[own.cloud.iloc[0], "min"]) if several else np.nan,
        high=float(spans.loc[own.cloud.iloc[0], "max"]) if several else np.nan,
        unit="percent",
        interval=f"range over both definitions of Microsoft's cloud; value with {definition}"
        if several
        else f"none: only {definition} is known of Microsoft for the quarter",
        evidence=grades(behind),
        notebook=NOTEBOOK,
        figure="04-growth",
        sources=SOURCES,
        rows=rests_on(financial=behind),
        would_change_if="Microsoft published Azure's revenue by quarter, or Google that of its cloud without Workspace",
    )


def _span(low: float, high: float) -> str:
    ends = f"{low:.0f}", f"{high:.0f}"
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _newest(found: Market, measure: str) -> pd.DataFrame | None:
    """Return the newest value of each segment with its quarter, None where one of them has none."""
    table = accounts.newest(found.accounts, measure).reindex([one.label for one in SEGMENTS])
    if table.value.isna().any():
        return None
    return table.assign(quarter=pd.PeriodIndex(table.quarter, freq="Q"))


def _told(newest: pd.DataFrame, first: str, others: str, when: str) -> str:
    """Return a list of what each segment has, with the quarter at the end, and in brackets where one has another."""
    values = {str(label): float(value) for label, value in newest.value.items()}
    words = [
        (others if n else first).format(label=label, value=value) for n, (label, value) in enumerate(values.items())
    ]
    quarters = dict(zip(values, newest.quarter, strict=True))
    last = max(quarters.values())
    apart = [f"{label}: {facts.spoken(quarter)}" for label, quarter in quarters.items() if quarter != last]
    return f"{facts.listed(words)} {when} {facts.spoken(last)}" + (f" ({', '.join(apart)})" if apart else "")


def _known(found: Market, one: Segment) -> Series:
    known = facts.furthest(found.reported[one.revenue])
    assert known is not None
    return known


def _named(found: Market, metric: str, basis: str) -> Series:
    return next(series for series in found.reported[metric] if series.basis == basis)


def _levels(found: Market, newest: pd.DataFrame, what: str, back: tuple[int, ...] = (0, 4)) -> pd.DataFrame:
    """Return the rows of revenue or income of each segment in its newest quarter, and in those so many before."""
    rows = []
    for one in SEGMENTS:
        known = facts.furthest(found.reported[getattr(one, what)])
        assert known is not None
        own = facts.best(known)
        ends = pd.PeriodIndex(own.period_end_on, freq="Q")
        rows.append(own[ends.isin([newest.quarter[one.label] - count for count in back])])
    return pd.concat(rows, ignore_index=True)
