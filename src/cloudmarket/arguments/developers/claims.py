"""What ``09_developers`` states, with the rows each number rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.developers import cadence
from cloudmarket.arguments.developers.claims_downloads import of_downloads, published
from cloudmarket.arguments.developers.view import NOTEBOOK, View, view

CLOUD_NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
_WINDOW = cadence.PERIODS * cadence.PERIOD_DAYS
_RECENT = pd.DateOffset(years=2)


def claims(day: date, seen: View | None = None) -> list[Claim]:
    """Return what the notebook states on a day; ``seen`` spares computing it again."""
    return list(stated(seen or view(day)))


def stated(seen: View) -> Iterator[Claim]:
    """Yield the claims of a view; what was not known is not claimed."""
    yield from of_downloads(seen)
    for part in (_cadence, _surface, _survey, _change):
        yield from part(seen)


def _cadence(seen: View) -> Iterator[Claim]:
    table = seen.rates
    clouds = table[table.company.isin(CLOUD_NAMES)]
    if clouds.empty:
        return
    top, best = table.iloc[0], clouds.iloc[0]
    none = int((table.stable == 0).sum())
    rest = "" if best.package == top.package else f"; {best.package}, the clouds' most often released, {best.stable}"
    yield Claim(
        claim="developers-cadence",
        statement=f"{top.package} had {top.stable} stable releases in {_WINDOW} days{rest}"
        + (f"; {none} of {len(table)} packages had none" if none else ""),
        value=float(top.per_year),
        low=float(top.low),
        high=float(top.high),
        unit="releases a year",
        interval="95 % interval, quasi-Poisson over periods of 28 days",
        evidence=grades(seen.found.releases),
        notebook=NOTEBOOK,
        figure="09-releases",
        sources=("sdk_releases",),
        rows=rests_on(sdk_release=published("sdk_release", seen.found.releases)),
        would_change_if="releases made by a machine were told from those that change something",
    )


def _surface(seen: View) -> Iterator[Claim]:
    new = cadence.arrivals(seen.found)
    new = new[new.first_seen_on > pd.Timestamp(seen.found.day) - _RECENT]
    counts = new[new.is_ai].group.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if counts.empty:
        return
    yield Claim(
        claim="developers-surface",
        statement=f"Of the {counts.sum()} AI APIs that Amazon's SDK gained in two years, {counts.iloc[0]} are for"
        f" {counts.index[0]}; {counts.sum() / len(new):.0%} of all its new APIs are AI",
        value=float(counts.iloc[0]),
        unit="APIs",
        interval="a count of one vendor's file; Azure and Google publish no such history",
        evidence=grades(new),
        notebook=NOTEBOOK,
        figure="09-surface",
        sources=("botocore",),
        rows=rests_on(service_api=published("service_api", new)),
        would_change_if="a service were classed otherwise, or reached customers without an API of its own",
    )


def _survey(seen: View) -> Iterator[Claim]:
    table = seen.answers
    newest = table[table.year == table.year.max()]
    if len(newest) < 2:
        return
    top = newest.iloc[0]
    others = newest.iloc[1:]
    rest = " and ".join(
        f"{share:.0f}% {CLOUD_NAMES[str(name)]}" for name, share in zip(others.provider, others.percent, strict=True)
    )
    yield Claim(
        claim="developers-survey",
        statement=f"{top.percent:.0f}% of professional developers who answered in {top.year} work with"
        f" {CLOUD_NAMES[top.provider]}, {rest}",
        value=float(top.percent),
        low=float(top.low),
        high=float(top.high),
        unit="percent",
        interval="95 % sampling interval (Wilson); nothing for who chose to answer",
        evidence=grades(newest),
        notebook=NOTEBOOK,
        figure="09-survey",
        sources=("curated",),
        rows=rests_on(developer_survey=published("developer_survey", newest)),
        would_change_if="a sample drawn at random answered otherwise",
    )


def _change(seen: View) -> Iterator[Claim]:
    table = seen.changes
    if table.empty:
        return
    top = table.iloc[0]
    moved = ", ".join(
        f"{CLOUD_NAMES[str(name)]} {change:+.1f}" for name, change in zip(table.provider, table.change, strict=True)
    )
    rows = seen.answers[seen.answers.year.isin([top.year_before, top.year])]
    yield Claim(
        claim="developers-survey-change",
        statement=f"From {top.year_before} to {top.year} the share that names a cloud moved by, in points: {moved}",
        value=float(top.change),
        low=float(top.low),
        high=float(top.high),
        unit="points",
        interval="95 % sampling interval (Newcombe) of the largest rise",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="09-survey",
        sources=("curated",),
        rows=rests_on(developer_survey=published("developer_survey", rows)),
        would_change_if="the survey's respondents had changed in kind between the editions",
    )
