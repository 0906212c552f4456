"""What ``09_developers`` states of downloads: who leads, whose share, whose growth, and what one requirement did."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.developers import downloads
from cloudmarket.arguments.developers.state import COMPANIES, State, established
from cloudmarket.arguments.developers.view import NOTEBOOK, View
from cloudmarket.tables import TABLES

_OLD = pd.DateOffset(years=1)
_BROUGHT = "bounds: none or all of what other packages of the list may bring along"


def of_downloads(seen: View) -> Iterator[Claim]:
    """Yield the claims on downloads."""
    for part in (_lead, _requirement, _shares, _growth, _fastest):
        yield from part(seen)


def published(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the columns that their table has, and no other."""
    return rows[[column for column in TABLES[name].names if column in rows]]


def _rows(found: State, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of downloads, and the releases from which a package brings another."""
    since = found.required[["package", "since_version"]].drop_duplicates()
    keys = list(zip(since.package, since.since_version, strict=True))
    releases = found.releases.set_index(["package", "version"]).loc[keys].reset_index()
    return rests_on(sdk_download=published("sdk_download", rows), sdk_release=published("sdk_release", releases))


def _ratios(one: pd.Series, other: pd.Series) -> tuple[float, float, float]:
    """Return the ratio of two packages' downloads and its bounds; the upper one is open where the other may be none."""
    high = one.high / other.low if other.low > 0 else np.nan
    return float(one.per_day / other.per_day), float(one.low / other.high), float(high)


def _lead(seen: View) -> Iterator[Claim]:
    found = seen.found
    month = found.downloads.month_on.max()
    own = downloads.levels(found.downloads[found.downloads.month_on == month], found.required)
    clients = own[(own.kind == "sdk") & ~own.is_censored].sort_values(["per_day", "package"], ascending=[False, True])
    if len(clients) < 2:
        return
    first, second = (row for _, row in clients.head(2).iterrows())
    value, low, high = _ratios(first, second)
    ends = f"at least {low:.1f} times" if np.isnan(high) else f"{low:.1f} to {high:.1f} times"
    is_open = np.isnan(high) or f"{high:.1f}" != f"{low:.1f}"
    yield Claim(
        claim="developers-lead",
        statement=f"In {month:%B %Y} {first.package} was downloaded {value:.1f} times as often as {second.package}"
        + (f": {ends}, as other packages bring some along" if is_open else ""),
        value=value,
        low=low,
        high=high,
        unit="times",
        interval=_BROUGHT,
        evidence=grades(own),
        notebook=NOTEBOOK,
        figure="09-lead",
        sources=("top_pypi", "sdk_releases"),
        rows=_rows(found, own),
        would_change_if="the index published what was asked for by name apart from what came as a requirement",
    )


def _requirement(seen: View) -> Iterator[Claim]:
    both = seen.jump
    if both.empty:
        return
    own = both[both.package == downloads.BROUGHT].sort_values("is_after")
    before, after = (row for _, row in own.iterrows())
    value, low, high = _ratios(after, before)
    bringing = both[(both.package == downloads.BRINGS) & both.is_after].per_day.iloc[0]
    yield Claim(
        claim="developers-requirement",
        statement=f"Downloads of {downloads.BROUGHT} rose {value:.0f}-fold once {downloads.BRINGS} required it, to"
        f" {after.per_day / bringing:.2f} times that package's own",
        value=float(value),
        low=low,
        high=high,
        unit="times",
        interval=_BROUGHT,
        evidence=grades(both),
        notebook=NOTEBOOK,
        figure="09-lead",
        sources=("top_pypi", "sdk_releases"),
        rows=_rows(seen.found, both),
        would_change_if="something else of these weeks were shown to have multiplied its direct use",
    )


def _shares(seen: View) -> Iterator[Claim]:
    for name, slug in ((downloads.ALL, "shares"), (downloads.AGENTS, "agents")):
        table = seen.shares[seen.shares.list == name]
        if table.empty:
            continue
        rows = seen.found.run
        if name == downloads.AGENTS:
            rows = rows[rows.kind.isin(downloads.AGENT_KINDS) & rows.company.isin(downloads.CLOUDS)]
        last = table[table.month_on == table.month_on.max()].sort_values("share", ascending=False)
        top, rest = last.iloc[0], last.iloc[1:]
        is_sure = bool((top.low > rest.high).all())
        verdict = "the most by every count" if is_sure else "which others may exceed"
        fixed = len(established(rows))
        yield Claim(
            claim=f"developers-{slug}",
            statement=f"Of downloads of {fixed} {name}, {COMPANIES[top.company]}'s were {top.share:.0f}%"
            f" ({top.low:.0f} to {top.high:.0f}%) in {top.month_on:%B %Y}, {verdict}",
            value=float(top.share),
            low=float(top.low),
            high=float(top.high),
            unit="percent",
            interval="bounds: what other packages bring along, what is new or cut off the list",
            evidence=grades(rows),
            notebook=NOTEBOOK,
            figure="09-shares",
            sources=("top_pypi", "sdk_releases"),
            rows=_rows(seen.found, rows),
            would_change_if="downloads of people were told from those of machines, or calls from downloads",
        )


def _growth(seen: View) -> Iterator[Claim]:
    table = seen.growth
    if table.empty:
        return
    grew, shrank = int((table.low > 0).sum()), int((table.high < 0).sum())
    fell = f"{shrank} fell" if shrank else "none fell"
    last = seen.found.run.month_on.max()
    yield Claim(
        claim="developers-growth",
        statement=f"With 95% confidence the downloads of {grew} of {len(table)} packages grew in the"
        f" {table.months.iloc[0]} months counted alike to {last:%B %Y}, and {fell}",
        value=grew,
        low=grew,
        high=len(table) - shrank,
        unit="packages",
        interval="those that grew with 95 % confidence, to all that may have",
        evidence=grades(seen.found.run),
        notebook=NOTEBOOK,
        figure="09-growth",
        sources=("top_pypi",),
        rows=rests_on(sdk_download=published("sdk_download", seen.fixed)),
        would_change_if="more months were counted in one way: the intervals are as wide as these are few",
    )


def _fastest(seen: View) -> Iterator[Claim]:
    start = seen.found.run.month_on.min()
    old = seen.growth[seen.growth.first_on <= start - _OLD] if len(seen.growth) else seen.growth
    if old.empty:
        return
    top = old.iloc[0]
    yield Claim(
        claim="developers-fastest",
        statement=f"Of packages listed for a year or more before, {top.package} grew fastest: {top.monthly:.0f}%"
        f" a month ({top.low:.0f} to {top.high:.0f}%)",
        value=float(top.monthly),
        low=float(top.low),
        high=float(top.high),
        unit="percent a month",
        interval="95 % interval, hull of a line with Newey-West errors and a random walk with drift",
        evidence=grades(seen.found.run),
        notebook=NOTEBOOK,
        figure="09-growth",
        sources=("top_pypi",),
        rows=rests_on(
            sdk_download=published("sdk_download", seen.found.downloads[seen.found.downloads.package.isin(old.package)])
        ),
        would_change_if="the largest of several noisy rates were compared with itself in later months",
    )
