"""Claims about the size of the market, shares, their disagreement, and concentration."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.market import concentrated, facts, publishers
from cloudmarket.arguments.market.claims_accounts import NOTEBOOK, SOURCES
from cloudmarket.arguments.market.state import Market

UNEXPLAINED = ("2024Q1", "2024Q2", "2024Q3")
"""Quarters in which Synergy's figure for Microsoft falls; no text that the table was read from says why."""

LEAST_NAMED = 3


def claims(found: Market) -> Iterator[Claim]:
    """Yield the claims for which the day's evidence is there."""
    statements = publishers.statements(found.day)
    yield from _size(found)
    if "04-shares" not in found.reasons:
        yield from _together(found)
        yield from _revision(found, statements)
        yield from _unexplained(statements)
    if "04-concentration" not in found.reasons:
        yield from _world(found, statements)
        yield from _france(found, statements)


def _size(found: Market) -> Iterator[Claim]:
    rows = publishers.agreed_quarter(publishers.sizes(found.day))
    if rows.empty:
        return
    firms = [publishers.FIRMS.get(name, name) for name in sorted(set(rows.estimated_by))]
    yield _share_claim(
        "market-size",
        f"{facts.listed(firms)} put the world's spending on cloud infrastructure in {rows.period.iloc[0]} at"
        f" {rows.value_low.min():.0f} to {rows.value_high.max():.0f} USD bn",
        rows,
        value=float(rows.value_low.mean()),
        ends=(float(rows.value_low.min()), float(rows.value_high.max())),
        unit="USD bn",
        interval="range over publishers in the newest quarter that two of them print; value: their mean",
        figure="04-shares",
        change="a publisher revised its history, as Canalys did in August 2024",
    )


def _together(found: Market) -> Iterator[Claim]:
    rows = publishers.newest_year(found.day)
    if rows.empty:
        return
    newest = rows[rows.period_end_on == rows.period_end_on.max()]
    low, high = float(rows.value_low.min()), float(rows.value_high.max())
    yield _share_claim(
        "top-three-share",
        f"AWS, Microsoft and Google have {low:.0f}"
        + (f" to {high:.0f}" if high > low else "")
        + f" % of the world's spending on cloud infrastructure, depending on who is asked"
        f" (year to {newest.period.iloc[0]}; {_graded(rows)})",
        rows,
        value=float(newest.value_low.mean()),
        ends=(low, high),
        unit="percent",
        interval="range over publishers and releases of the last four quarters; value: of the newest",
        figure="04-shares",
        change="a primary release gave the share of each provider behind the totals that do not add up",
    )


def _revision(found: Market, statements: pd.DataFrame) -> Iterator[Claim]:
    both = publishers.rewritten(found.day)
    if both.empty:
        return
    most = both.iloc[0]
    rows = statements[
        (statements.estimated_by == most.estimated_by) & (statements.period == most.period)
        & (statements.providers == most.providers) & statements.vintage.isin(["first", "revised_2024_08"])
    ]  # fmt: skip
    yield _share_claim(
        "share-revised",
        f"Canalys first gave {publishers.PROVIDERS[most.providers]} {most['first']:.0f} % of {most.period}, and"
        f" {most.revised:.0f} % when it revised its history",
        rows,
        value=float(most.change),
        ends=None,
        unit="points",
        interval="none: two releases of one publisher",
        figure="04-shares",
        change="Canalys said which of the two definitions is comparable with other publishers",
    )


def _unexplained(statements: pd.DataFrame) -> Iterator[Claim]:
    rows = statements[
        (statements.estimated_by == "synergy") & (statements.vintage == "first") & (statements.providers == "azure")
        & statements.period.isin(UNEXPLAINED)
    ].sort_values("period_end_on")  # fmt: skip
    if set(rows.period) != set(UNEXPLAINED):
        return
    told = rows.groupby("period").value_low.mean()
    yield _share_claim(
        "share-unexplained",
        f"Synergy's share of Microsoft goes {', '.join(f'{value:.0f}' for value in told)} % in {UNEXPLAINED[0]} to"
        f" {UNEXPLAINED[-1]}, which no source explains",
        rows,
        value=float(told.iloc[-1] - told.iloc[0]),
        ends=None,
        unit="points",
        interval="none: figures as printed, rounded to whole percent",
        figure="04-shares",
        change="Synergy stated a change of definition or of Microsoft's own reporting as the reason",
    )


def _world(found: Market, statements: pd.DataFrame) -> Iterator[Claim]:
    own = found.bounds[(found.bounds.geography == "world") & (found.bounds.named >= LEAST_NAMED)]
    own = own[own.day > own.day.max() - pd.DateOffset(years=1)]
    if own.empty:
        return
    low, high, limit = float(own.hhi_low.min()), float(own.hhi_high.max()), concentrated.HIGH_POINTS
    sure = "say that it is" if low > limit else "say that it is not"
    verdict = "leave open whether it is" if low <= limit < high else sure
    rows = _behind(own, statements)
    yield _share_claim(
        "concentration-world",
        f"The world market's Herfindahl index lies between {low:,.0f} and {high:,.0f}: published shares"
        f" ({_graded(rows)}) {verdict} highly concentrated, above {limit:,}",
        rows,
        value=low,
        ends=(low, high),
        unit="points",
        interval="exact bounds over publishers of the last four quarters, from partly known and rounded shares",
        figure="04-concentration",
        change="a publisher printed the shares of all providers, or a narrower market was drawn",
    )


def _france(found: Market, statements: pd.DataFrame) -> Iterator[Claim]:
    own = found.bounds[(found.bounds.geography == "france") & (found.bounds.named > 1)]
    if own.empty:
        return
    one = own[own.day == own.day.max()].iloc[[0]]
    row = one.iloc[0]
    yield _share_claim(
        "concentration-france",
        f"France's {publishers.SEGMENTS[row.segment]} of {row.period} had an index of at least {row.hhi_low:,.0f}:"
        f" {'highly concentrated' if row.hhi_low > concentrated.HIGH_POINTS else 'perhaps highly concentrated'},"
        f" above {concentrated.HIGH_POINTS:,} ({_graded(_behind(one, statements))})",
        _behind(one, statements),
        value=float(row.hhi_low),
        ends=(float(row.hhi_low), float(row.hhi_high)),
        unit="points",
        interval="exact bounds from two firms' shares, nobody else larger than the second",
        figure="04-concentration",
        change="newer shares of the French market than those of the opinion were published",
    )


def _graded(rows: pd.DataFrame) -> str:
    """Return the grades of evidence as a title has them."""
    found = sorted(set(rows.evidence))
    return f"grade {found[0]}" if len(found) == 1 else f"grades {grades(rows)}"


def _behind(own: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that rows of bounds are computed from."""
    labels = [publishers.label(*pair) for pair in zip(statements.estimated_by, statements.vintage, strict=True)]
    keys = pd.MultiIndex.from_arrays([statements.geography, labels, statements.segment, statements.period])
    wanted = pd.MultiIndex.from_frame(own[["geography", "release", "segment", "period"]])
    return statements[keys.isin(wanted)].reset_index(drop=True)


def _share_claim(
    name: str,
    statement: str,
    rows: pd.DataFrame,
    *,
    value: float,
    ends: tuple[float, float] | None,
    unit: str,
    interval: str,
    figure: str,
    change: str,
) -> Claim:
    low, high = ends or (float("nan"), float("nan"))
    return Claim(
        claim=name, statement=statement, value=value, low=low, high=high, unit=unit, interval=interval,
        evidence=grades(rows), notebook=NOTEBOOK, figure=figure, sources=SOURCES, rows=rests_on(market_share=rows),
        would_change_if=change,
    )  # fmt: skip
