"""What ``10_positioning`` states, with the rows each number rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from cloudmarket.arguments.claim import TABLE, Claim, grades, rests_on
from cloudmarket.arguments.positioning import frames
from cloudmarket.arguments.positioning.frames import NAMES
from cloudmarket.arguments.positioning.state import CLEAR, Position, position

NOTEBOOK = "10_positioning"


def claims(day: date) -> list[Claim]:
    """Return what the notebook states by what was known on a day; nothing where too little was known to compare."""
    return list(stated(position(day)))


def stated(found: Position) -> Iterator[Claim]:
    """Yield the claims of a position."""
    if not found.is_enough:
        return
    shared = _shared(found)
    for part in (_leads, _first, _ranks, _flips, _decides, _map, _path):
        yield from part(found, shared)


def _shared(found: Position) -> dict[str, Any]:
    """Return what all claims have: they rest on the same rows, those under every indicator that is compared."""
    rows = rests_on(**found.found.behind(found.found.compared))
    sources = sorted(set(rows.source.dropna().astype("str")))
    return {
        "notebook": NOTEBOOK,
        "evidence": grades(rows.dropna(subset=["evidence"])),
        "sources": sources,
        "rows": rows,
    }


def _leads(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    leads = found.leads
    clear = leads[leads.is_clear]
    counts = clear.leader.value_counts()
    parts = [f"{NAMES[str(name)]} on {count}" for name, count in counts.items()]
    none = [NAMES[name] for name in NAMES if name not in counts.index]
    parts += [f"{name} on none" for name in none]
    yield Claim(
        claim="position-leads",
        statement=f"Of {len(leads)} indicators that all three clouds have, {len(clear)} have a clear leader:"
        f" {', '.join(parts)}; on the other {len(leads) - len(clear)} the lead is within what is not known",
        value=len(clear), low=len(clear), high=int(leads.leader.notna().sum()), unit="indicators",
        interval=f"from leads that hold in {CLEAR:.0%} of the tables drawn to all that are measured",
        figure="10-strengths",
        would_change_if="contract prices, use by model or revenue from AI alone were published",
        **shared,
    )  # fmt: skip


def _first(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    ranks = found.standing
    often = str(ranks.acceptability[1].idxmax())
    built = [NAMES[str(cloud)] for cloud in ranks.ranks.index[ranks.ranks["rank"] == 1]]
    share = 100 * float(ranks.acceptability[1][often])
    ends = 100 * ranks.options[often]
    other = "" if built == [NAMES[often]] else f", though {' and '.join(built)} is by the usual choices"
    yield Claim(
        claim="position-first",
        statement=f"{NAMES[often]} is first in {share:.0f}% of the ways to add the indicators up{other}",
        value=share, low=min(share, float(ends.min())), high=max(share, float(ends.max())), unit="percent",
        interval="range over the options of any one choice", figure="10-ranks",
        would_change_if="readers agreed on weights, or an indicator of use rather than of offer existed",
        **shared,
    )  # fmt: skip


def _ranks(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    ranks = found.standing.ranks.sort_values("rank", kind="stable")
    told = [
        f"{NAMES[str(cloud)]} {line['rank']:.0f} as built and {_from_to(int(line.low), int(line.high))}"
        for cloud, line in ranks.iterrows()
    ]
    certain = int((ranks.low == ranks.high).sum())
    yield Claim(
        claim="position-ranks",
        statement=f"Ranks in nine of ten ways: {', '.join(told)}",
        value=certain, low=int((found.standing.acceptability == 1).any(axis=1).sum()), high=certain, unit="clouds",
        interval="clouds with one rank only: in all ways, and in nine of ten", figure="10-ranks",
        would_change_if="a choice that is open here were settled by evidence",
        **shared,
    )  # fmt: skip


def _flips(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    single = found.standing.single
    order, leader = int(single.flips_order.sum()), int(single.flips_leader.sum())
    yield Claim(
        claim="position-flips",
        statement=f"{order} of {len(single)} single choices change the order of the three clouds, {leader} of them who"
        " is first",
        value=order, low=leader, high=order, unit="choices", interval="from those that change the first to any change",
        figure="10-flips" if order else TABLE,
        would_change_if="another set of choices were taken for the usual one",
        **shared,
    )  # fmt: skip


def _decides(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    shares = frames.decides(found).dropna()
    if shares.empty:
        return
    top = shares.iloc[0]
    clouds = top.drop("mean")
    yield Claim(
        claim="position-decides",
        statement=f"The choice that moves ranks most is {shares.index[0]}: on average {top['mean']:.0f}% of their"
        " variance turns on it, alone or together with others",
        value=float(top["mean"]), low=float(clouds.min()), high=float(clouds.max()), unit="percent of variance",
        interval="range over the three clouds; Sobol total shares", figure=TABLE,
        would_change_if="one option of that choice could be shown to be wrong",
        **shared,
    )  # fmt: skip


def _map(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    line = found.map.distances.reset_index().sort_values("closest", kind="stable").iloc[-1]
    pair, share = f"{NAMES[line.one]} and {NAMES[line.other]}", float(line.closest)
    yield Claim(
        claim="position-map",
        statement=f"No two clouds are clearly alike: the closest pair on the map, {pair}, is closest in {share:.0%} of"
        " the resamples"
        if share < CLEAR
        else f"{pair} are the most alike, in {share:.0%} of the resamples",
        value=float(line.distance), low=min(float(line.low), float(line.distance)),
        high=max(float(line.high), float(line.distance)), unit="standard deviations",
        interval="distance of that pair, 95 % of the resamples of indicators", figure="10-map",
        would_change_if="other indicators were mapped",
        **shared,
    )  # fmt: skip


def _path(found: Position, shared: dict[str, Any]) -> Iterator[Claim]:
    path = found.hindsight
    if path.empty or path.day.nunique() < 2:
        return
    leaders = path.loc[path.groupby("day")["first"].idxmax()].sort_values("day")
    runs = leaders[leaders.cloud != leaders.cloud.shift()]
    now = str(leaders.cloud.iloc[-1])
    own, most = path[path.cloud == now]["first"], float(leaders["first"].max())
    told = ", ".join(f"{NAMES[str(row.cloud)]} from {row.day:%B %Y}" for row in runs.itertuples())
    count = int(path.indicators.iloc[0])
    yield Claim(
        claim="position-path",
        statement=f"By the same {count} indicators in hindsight, most often first: {told}; never in more than"
        f" {most:.0f}% of the ways",
        value=float(own.iloc[-1]), low=float(own.min()), high=float(own.max()), unit="percent",
        interval=f"of the ways, {NAMES[now]} first on the last day; range over the days of the path", figure="10-path",
        would_change_if="an indicator that is known today only had been recorded in the past",
        **shared,
    )  # fmt: skip


def _from_to(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"
