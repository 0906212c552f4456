"""Claims about capex, compute owned, and what can be forecast."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.market import buildout, facts, forecasts, owned
from cloudmarket.arguments.market.buildout import GROSS, NET
from cloudmarket.arguments.market.claims_accounts import NOTEBOOK, SOURCES
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, SEGMENTS, Segment
from cloudmarket.arguments.market.state import Market


def claims(found: Market) -> Iterator[Claim]:
    """Yield the claims for which the day's evidence is there."""
    if "04-buildout" not in found.reasons:
        yield from _capex(found)
        yield from _covered(found)
        if len(found.compute):
            yield _compute(found)
    if "04-forecast" not in found.reasons:
        yield from _forecast(found)


def _capex(found: Market) -> Iterator[Claim]:
    first = buildout.first_joint(found.reported)
    if first is None:
        return
    microsoft, ratios = first
    end = ratios.index[-1]
    same, behind = _alternatives(found, microsoft, end)
    earlier = end - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
    before = f", after {ratios.intensity[earlier]:.2f} a year before" if earlier in ratios.index else ""
    yield Claim(
        claim="capex-per-cloud-dollar",
        statement=f"Amazon, Alphabet and Microsoft spent {ratios.intensity[end]:.2f} dollars on property and equipment,"
        f" for all their businesses, per dollar of cloud revenue in the year to {end:%B %Y}{before}",
        value=float(ratios.intensity[end]),
        low=min(same) if len(same) > 1 else np.nan,
        high=max(same) if len(same) > 1 else np.nan,
        unit="USD per USD",
        interval="range over Intelligent Cloud or Microsoft Cloud, and Amazon's gross or net capex; value:"
        f" {microsoft.label}, gross"
        if len(same) > 1
        else f"none: only {microsoft.label} and gross capex are known",
        evidence=grades(pd.concat(behind.values())),
        notebook=NOTEBOOK,
        figure="04-buildout",
        sources=SOURCES,
        rows=rests_on(**behind),
        would_change_if="companies stated the capex of their clouds alone, or finance leases were added",
    )


def _alternatives(found: Market, first: Segment, end: pd.Timestamp) -> tuple[list[float], dict[str, pd.DataFrame]]:
    """Return the ratio on every definition that is known for the year to a day, and the rows behind all of them."""
    same, parts = [], []
    for microsoft, basis in ((SEGMENTS[2], GROSS), (MICROSOFT_CLOUD, GROSS), (first, NET)):
        rows = buildout.joint(found.reported, microsoft, basis)
        if end in rows.index:
            same.append(float(rows.intensity[end]))
            parts.append(buildout.joint_evidence(found.reported, microsoft, end, basis))
    return same, {name: pd.concat([part[name] for part in parts]).drop_duplicates() for name in ("capex", "financial")}


def _covered(found: Market) -> Iterator[Claim]:
    table = buildout.covered(found.reported)
    if table.empty:
        return
    end = table.index[-1]
    rows = buildout.covered_evidence(found.reported, end)
    earlier = end - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
    before = f", after {table.share[earlier]:.0f} % a year before" if earlier in table.index else ""
    yield Claim(
        claim="capex-covered",
        statement=f"The operating income of AWS, Google Cloud and Intelligent Cloud is {table.share[end]:.0f} % of what"
        f" their companies spent on property and equipment in the year to {end:%B %Y}{before}",
        value=float(table.share[end]),
        unit="percent",
        interval="none: figures as filed; income is after depreciation, which costs no cash",
        evidence=grades(pd.concat(rows.values())),
        notebook=NOTEBOOK,
        figure="04-buildout",
        sources=SOURCES,
        rows=rests_on(**rows),
        would_change_if="companies stated capex and depreciation of their clouds alone",
    )


def _compute(found: Market) -> Claim:
    table = owned.owners(found.compute)
    owner, row = table.index[0], table.iloc[0]
    second = table.iloc[1]
    rows = found.compute
    is_apart = row.low > second.high
    return Claim(
        claim="compute-owned",
        statement=f"{owner} owns chips worth {row.low:.1f} to {row.high:.1f} million H100, the largest estimate"
        + " of an owner"
        + ("" if is_apart else f"; {table.index[1]}'s range, {second.low:.1f} to {second.high:.1f}, overlaps"),
        value=float(row.middle),
        low=float(row.low),
        high=float(row.high),
        unit="million H100 equivalents",
        interval=f"sum of percentiles 5 and 95 of {row.families:.0f} families, {row.coverage:.0%} or more (Bonferroni)",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="04-buildout",
        sources=("epoch_compute",),
        rows=rests_on(compute_owned=rows),
        would_change_if="owners published their chips, or the study changed its assumptions on prices and sales",
    )


def _forecast(found: Market) -> Iterator[Claim]:
    shown = [one for one in found.trials if one.model]
    if not shown:
        return
    table = forecasts.scoreboard(found.trials)
    one = shown[0]
    assert one.series is not None
    scores = table[(table.label == one.segment.label) & (table.model == one.model)].iloc[0]
    ahead = one.ahead()
    last, quarter = ahead.iloc[-1], ahead.index[-1]
    tried = sum(bool(len(trial.scores)) for trial in found.trials)
    used = facts.best(one.series)
    used = used[pd.PeriodIndex(used.period_end_on, freq="Q").isin(one.values.index)].reset_index(drop=True)
    yield Claim(
        claim="revenue-forecast",
        statement=f"Of {tried} revenue series {len(shown)} could be forecast better than by drift"
        f": {one.segment.label} would reach {last.low_80:.0f} to {last.high_80:.0f} USD bn in {quarter}"
        + ("" if scores.holm < 0.05 else f", though the lead over drift may be chance ({_p(scores.p_value)})"),
        value=float(last["mean"]),
        low=float(last.low_80),
        high=float(last.high_80),
        unit="USD bn",
        interval=f"80 % prediction interval; from {scores.origins:.0f} origins it held {scores.coverage_80:.0%}",
        evidence=grades(used),
        notebook=NOTEBOOK,
        figure="04-forecast",
        sources=SOURCES,
        rows=rests_on(financial=used),
        would_change_if="a few more quarters moved the error of the model above that of drift",
    )


def _p(value: float) -> str:
    return "too few origins to test" if pd.isna(value) else f"p = {value:.2f}"
