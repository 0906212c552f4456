"""Who contributed to the joint growth of what the three report, exactly, for each definition of Microsoft's part."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.market import facts
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, MILLION_PER_BILLION, SEGMENTS, Reported, Segment
from cloudmarket.measures import growth
from cloudmarket.tables.series import Series

DEFINITIONS = {
    "Intelligent Cloud": SEGMENTS,
    "Microsoft Cloud": (*SEGMENTS[:2], MICROSOFT_CLOUD),
}
"""What stands for Microsoft: a segment with its servers and services, or all it sells as a cloud with Office 365."""

PRIMARY = "Intelligent Cloud"

COLUMNS = ["definition", "quarter", "cloud", "label", "basis", "before", "after", "contribution", "share_of_growth"]


def by_quarter(known: Reported) -> pd.DataFrame:
    """Return the contributions to growth over a year, for each definition and quarter for which all three are known.

    Returns
    -------
    DataFrame
        ``COLUMNS``; before and after in USD bn, contribution in percentage points of joint growth, share_of_growth in
        percent. Both quarters of a company stand on one basis, the one that reaches furthest where there are two.
        Press figures of the quarter (grade C) are left out where they are all there is of Intelligent Cloud.
    """
    rows = []
    for name, parts in DEFINITIONS.items():
        levels = {one: _pairs(one, known) for one in parts}
        common = set.intersection(*(set(pairs) for pairs in levels.values()))
        for quarter in sorted(common):
            rows += _decomposed(name, quarter, {one: pairs[quarter] for one, pairs in levels.items()})
    return pd.DataFrame(rows, columns=COLUMNS)


def drawn(rows: pd.DataFrame, most: int = 12, others: int = 4) -> pd.DataFrame:
    """Return the contributions to draw, newest quarter first: the newest of the first definition, then of the other.

    Returns
    -------
    DataFrame
        row (words), cloud, contribution and what they are computed from.
    """
    parts = []
    for name, count in zip(DEFINITIONS, (most, others), strict=True):
        own = rows[rows.definition == name]
        kept = sorted(set(own.quarter), reverse=True)[:count]
        part = own[own.quarter.isin(kept)].sort_values("quarter", ascending=False, kind="stable")
        parts.append(part.assign(row=part.quarter if name == PRIMARY else part.quarter + ", " + name))
    return pd.concat(parts, ignore_index=True)[
        ["row", "cloud", "contribution", *COLUMNS[:2], *COLUMNS[3:7], "share_of_growth"]
    ]


def evidence(known: Reported, definition: str, quarter: pd.Period) -> pd.DataFrame:
    """Return the rows of ``financial`` that the contributions of a quarter are computed from."""
    found = []
    for one in DEFINITIONS[definition]:
        basis = _pairs(one, known)[quarter][0]
        own = next(series for series in known[one.revenue] if series.basis == basis)
        rows = facts.best(own)
        ends = pd.PeriodIndex(rows.period_end_on, freq="Q")
        found.append(rows[ends.isin([quarter, quarter - 4])])
    return pd.concat(found, ignore_index=True)


def _pairs(one: Segment, known: Reported) -> dict[pd.Period, tuple[str, float, float]]:
    """Return by quarter its basis, and the levels a year before and then; later bases stand in place of earlier."""
    found: dict[pd.Period, tuple[str, float, float]] = {}
    order = sorted(known[one.revenue], key=lambda series: (series.values.index[-1], len(series.values)))
    for series in order:
        levels = _printed(one, series)
        for quarter in levels.index:
            if quarter - 4 in levels.index:
                found[quarter] = (series.basis, float(levels[quarter - 4]), float(levels[quarter]))
    return found


def _printed(one: Segment, series: Series) -> pd.Series:
    """Return levels by quarter; of segments that filings print in millions, not those that the press rounds."""
    levels = facts.by_quarter(series)
    if one is MICROSOFT_CLOUD:
        return levels
    rounded = facts.best(series).is_rounded.astype("bool").to_numpy()
    return levels[~rounded]


def _decomposed(
    name: str, quarter: pd.Period, levels: dict[Segment, tuple[str, float, float]]
) -> list[dict[str, object]]:
    before = pd.Series({one.label: pair[1] for one, pair in levels.items()}) / MILLION_PER_BILLION
    after = pd.Series({one.label: pair[2] for one, pair in levels.items()}) / MILLION_PER_BILLION
    table = growth.contributions(before, after)
    return [
        {
            "definition": name, "quarter": str(quarter), "cloud": one.cloud, "label": one.label,
            "basis": levels[one][0], "before": table.before[one.label], "after": table.after[one.label],
            "contribution": 100 * table.contribution[one.label],
            "share_of_growth": 100 * table.share_of_growth[one.label],
        }
        for one in levels
    ]  # fmt: skip
