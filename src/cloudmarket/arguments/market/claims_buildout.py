"""Claims about capex, compute owned, and what can be forecast."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.market import buildout, facts, forecasts
from cloudmarket.arguments.market.claims_accounts import NOTEBOOK, SOURCES
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, SEGMENTS
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
    """Yield the ratio with Intelligent Cloud, or where no year of it is known with Microsoft Cloud; both as range."""
    known = {one: buildout.joint(found.reported, one) for one in (SEGMENTS[2], MICROSOFT_CLOUD)}
    kept = {one: rows for one, rows in known.items() if len(rows)}
    if not kept:
        return
    first, ratios = next(iter(kept.items()))
    end = ratios.index[-1]
    net = buildout.joint(found.reported, first, buildout.NET)
    same = [float(rows.intensity[end]) for rows in (*kept.values(), net) if end in rows.index]
    parts = [buildout.joint_evidence(found.reported, one, end) for one, rows in kept.items() if end in rows.index]
    if end in net.index:
        parts.append(buildout.joint_evidence(found.reported, first, end, buildout.NET))
    behind = {name: pd.concat([part[name] for part in parts]).drop_duplicates() for name in ("capex", "financial")}
    earlier = end - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
    before = f", after {ratios.intensity[earlier]:.2f} a year before" if earlier in ratios.index else ""
    yield Claim(
        claim="capex-per-cloud-dollar",
        statement=f"Amazon, Alphabet and Microsoft spent {ratios.intensity[end]:.2f} dollars on property and equipment, for all"
        f" their businesses, per dollar of cloud revenue in the year to {end:%B %Y}{before}",
        value=float(ratios.intensity[end]),
        low=min(same) if len(same) > 1 else np.nan,
        high=max(same) if len(same) > 1 else np.nan,
        unit="USD per USD",
        interval="range over Intelligent Cloud or Microsoft Cloud, and Amazon's gross or net capex; value:"
        f" {first.label}, gross"
        if len(same) > 1
        else f"none: only {first.label} and gross capex are known",
        evidence=grades(pd.concat(behind.values())),
        notebook=NOTEBOOK,
        figure="04-buildout",
        sources=SOURCES,
        rows=rests_on(**behind),
        would_change_if="companies stated the capex of their clouds alone, or finance leases were added",
    )


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
        statement=f"The operating income of AWS, Google Cloud and Intelligent Cloud equals {table.share[end]:.0f} % of what"
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
    table = buildout.owners(found.compute)
    owner, row = table.index[0], table.iloc[0]
    second = table.iloc[1]
    rows = found.compute
    is_apart = row.low > second.high
    return Claim(
        claim="compute-owned",
        statement=f"{owner} owns chips worth {row.low:.1f} to {row.high:.1f} million H100, the most of all owners followed"
        + ("" if is_apart else f"; {table.index[1]}'s {second.low:.1f} to {second.high:.1f} million overlap with it"),
        value=float(row.middle),
        low=float(row.low),
        high=float(row.high),
        unit="million H100 equivalents",
        interval=f"sums of 5th and 95th percentiles of {row.families} families: at least {row.coverage:.0%} by Bonferroni",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="04-buildout",
        sources=("epoch_compute",),
        rows=rests_on(compute_owned=rows),
        would_change_if="owners published their chips, or the study's assumptions on prices and shares of sales changed",
    )


def _forecast(found: Market) -> Iterator[Claim]:
    shown = [one for one in found.trials if one.model]
    if not shown:
        return
    table = forecasts.scoreboard(found.trials).set_index(["label", "model"])
    one = shown[0]
    assert one.model is not None and one.series is not None
    ahead, scores = one.ahead(), table.loc[(one.segment.label, one.model)]
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
        interval=f"80 % prediction interval, which held {scores.coverage_80:.0%} of what came from {scores.origins:.0f} origins",
        evidence=grades(used),
        notebook=NOTEBOOK,
        figure="04-forecast",
        sources=SOURCES,
        rows=rests_on(financial=used),
        would_change_if="a few more quarters moved the error of the model above that of drift",
    )


def _p(value: float) -> str:
    return "too few origins to test" if pd.isna(value) else f"p = {value:.2f}"
