"""How concentrated each publisher's shares leave a market: exact bounds from whatever part of the shares it prints.

Whole percents are read as what rounds to them. Where a publisher names leaders one by one, nobody unnamed is taken to
be larger than the smallest of them; where it prints only what some have together, nothing is assumed of the others.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.market import publishers
from cloudmarket.measures import concentration
from cloudmarket.measures.concentration import Bounds

HIGH_POINTS, MODERATE_POINTS = 1800, 1000
"""Markets above are highly, and moderately, concentrated: US Merger Guidelines (2023), 2.1, and the case law there."""

LARGEST = "aws"
"""Who leads in every list; a list without it tells of some others, as of Europeans in Europe, not of the leaders."""

GROUPS = ("european_providers", "others", "top_five")
PLACES = {"world": "World", "europe": "Europe", "uk": "UK", "france": "France"}
Interval = tuple[float, float]


def bounds(day: date) -> pd.DataFrame:
    """Return what the shares of each release, market and period allow the concentration to be.

    Returns
    -------
    DataFrame
        geography, release, segment, period, day, hhi_low, hhi_high (points), cr1_low ... cr3_high (percent), named
        (firms whose share is printed alone), evidence (the weakest of the shares), is_joint (only joint shares).
    """
    statements = publishers.statements(day)
    statements = statements[~statements.providers.isin(GROUPS)]
    if statements.empty:
        return pd.DataFrame()
    found = publishers.spans(statements)
    rows = []
    keys = [*publishers.RELEASE, "period", "period_end_on"]
    for key, own in found.groupby(keys, sort=True):
        names = dict(zip(keys, key, strict=True))
        result = measured(own)
        if result is not None:
            rows.append(_row(names, own, *result))
    return pd.DataFrame(rows)


def measured(own: pd.DataFrame) -> tuple[Bounds, Bounds] | None:
    """Return bounds from the shares of one release and period, the first for least, the second for largest values.

    Parameters
    ----------
    own : DataFrame
        providers, low, high (percent); an open end is missing.

    Returns
    -------
    None where fewer than two firms are told of, or the largest is not among them. Where some are only told of
    together, the least concentration is where they are equal, the largest where one of them has all of it.
    """
    printed = {
        str(name): _unrounded(float(low), float(high))
        for name, low, high in zip(own.providers, own.low, own.high, strict=True)
    }
    singles: dict[str, Interval] = {name: share for name, share in printed.items() if "+" not in name}
    joint = {name: share for name, share in printed.items() if "+" in name}
    groups = {name: left for name, share in joint.items() if (left := _left(name, share, singles)) is not None}
    told = {*singles, *(name for members, _ in groups.values() for name in members)}
    if len(told) < 2 or LARGEST not in told:
        return None
    limit = min((share[1] for share in singles.values()), default=100.0)
    apart: dict[Hashable, float | Interval] = {}
    apart.update(singles)
    merged = dict(apart)
    for members, share in groups.values():
        apart |= {name: (share[0] / len(members), share[1] / len(members)) for name in members}
        merged["+".join(members)] = share
    return (
        concentration.bounds(apart, unit="percent"),
        concentration.bounds(merged, unit="percent", largest_unknown=limit),
    )


def _unrounded(low: float, high: float) -> Interval:
    """Return what rounds to a printed share; an end that is open is 0, a printed range is taken as it is."""
    if np.isnan(low):
        return 0.0, high
    if np.isnan(high):
        return low, 100.0
    if low == high:
        half = 0.5 if low == round(low) else 0.05
        return max(low - half, 0.0), min(high + half, 100.0)
    return low, high


def _left(name: str, share: Interval, singles: dict[str, Interval]) -> tuple[list[str], Interval] | None:
    """Return the members of a joint share that are not told of alone, and what is left for them; None if none are."""
    members = name.split("+")
    alone = [singles[one] for one in members if one in singles]
    rest = [one for one in members if one not in singles]
    if not rest:
        return None
    low = max(share[0] - sum(high for _, high in alone), 0.0)
    return rest, (low, max(share[1] - sum(low for low, _ in alone), low))


def _row(names: dict[str, object], own: pd.DataFrame, least: Bounds, most: Bounds) -> dict[str, object]:
    row: dict[str, object] = {
        "geography": names["geography"],
        "release": publishers.label(str(names["estimated_by"]), str(names["vintage"])),
        "segment": names["segment"],
        "period": names["period"],
        "day": names["period_end_on"],
        "hhi_low": least.hhi[0],
        "hhi_high": most.hhi[1],
    }
    for count in (1, 2, 3):
        low, high = getattr(least, f"cr{count}")[0], getattr(most, f"cr{count}")[1]
        row |= {f"cr{count}_low": 100 * low, f"cr{count}_high": 100 * high}
    alone = ~own.providers.str.contains("+", regex=False)
    return row | {"named": int(alone.sum()), "evidence": own.evidence.max(), "is_joint": not alone.any()}


def chosen(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows to draw: of each release and segment the first and the newest period; places in order.

    Of the world only those that name firms one by one: what the three have together leaves nearly all open.
    """
    if found.empty:
        return found
    rows = found[(found.geography != "world") | (found.named >= 2)]
    keys = ["geography", "release", "segment"]
    ends = rows.sort_values([*keys, "day"], kind="stable").groupby(keys, sort=False)
    kept = pd.concat([ends.head(1), ends.tail(1)]).drop_duplicates([*keys, "period"])
    order = {name: place for place, name in enumerate(PLACES)}
    kept = kept.assign(place=kept.geography.map(order)).sort_values(
        ["place", "release", "day", "segment"], kind="stable"
    )
    segments = kept.segment.map(publishers.SEGMENTS)
    words = kept.release + ", " + kept.period + ", " + segments + " (" + kept.evidence + ")"
    return kept.assign(row=words, where=kept.geography.map(PLACES)).drop(columns="place").reset_index(drop=True)
