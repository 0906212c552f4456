"""Claims on who is tied to whom: exclusive listings, and the number of clouds of a lab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.partnerships import exclusive, network
from cloudmarket.arguments.partnerships.state import Partnerships
from cloudmarket.arguments.price_map import COPY, SOURCE

NOTEBOOK = "03_partnerships"
LISTED = "C 100%"
SELLERS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}


def claims(found: Partnerships) -> Iterator[Claim]:
    """Yield the claims on listings and on the network."""
    yield from _openai(found)
    yield from _independent(found)
    yield from _labs(found)


def _openai(found: Partnerships) -> Iterator[Claim]:
    now = exclusive.last(found.shares, "openai")
    if now is None:
        return
    other = exclusive.second(found.day)
    again = 100 * exclusive.share_alone(other[other.developer == "openai"])
    ends = [end for end in (now.low, now.high, again) if end == end]
    first = exclusive.day_of(found.listed, "openai", "azure")
    own = exclusive.closed(found.listed.spells)
    own = own[(own.developer == "openai") & own.valid_to.isna()]
    second = other[other.developer == "openai"]
    yield Claim(
        claim="openai-exclusivity",
        statement=_sentence(found, now, first),
        value=float(now.share), low=float(min(ends)), high=float(max(ends)), unit="percent",
        interval="range over two catalogues and what the days between snapshots leave open",
        rows=rests_on(model_listing=pd.concat([own, second])),
        would_change_if="a cloud's own catalogue listed what the volunteers' maps do not",
        **_where(),
    )  # fmt: skip


def _sentence(found: Partnerships, now: pd.Series, first: Any) -> str:
    if first is None:
        return f"All {now.models:.0f} models of OpenAI with closed weights that the clouds list are on one cloud only"
    since = pd.Timestamp(first[0])
    new = exclusive.newest(found.listed, "openai", since)
    fresh = (
        f"; of the {new.model.nunique()} listed since then, {100 * exclusive.share_alone(new):.0f}%" if len(new) else ""
    )
    return (
        f"OpenAI's closed models were all on Azure alone until {since:%B %Y}; by {now.day:%B %Y} {now.share:.0f}% of"
        f" {now.models:.0f} still were on one cloud only{fresh}"
    )


def _independent(found: Partnerships) -> Iterator[Claim]:
    newest = found.shares[found.shares.day == found.shares.day.max()].dropna(subset=["share"])
    rest = newest[(newest.kind != exclusive.kind("google")) & (newest.developer != "openai")]
    own = newest[newest.kind == exclusive.kind("google")]
    if rest.empty or own.empty:
        return
    value = 100 * rest.alone.sum() / rest.models.sum()
    cloud = 100 * own.alone.sum() / own.models.sum()
    listed = exclusive.closed(found.listed.spells)
    listed = listed[listed.developer.isin([*rest.developer, *own.developer]) & listed.valid_to.isna()]
    yield Claim(
        claim="independents-exclusivity",
        statement=f"Of the other independent labs' closed models {value:.0f}% are on one cloud only, of the clouds' own"
        f" {cloud:.0f}%",
        value=float(value), low=float(min(rest.share.min(), value)), high=float(max(rest.share.max(), value)),
        unit="percent",
        interval=f"range over {', '.join(exclusive.DEVELOPERS[name] for name in rest.developer)}",
        rows=rests_on(model_listing=listed),
        would_change_if="names of models that differ between clouds hid the same model",
        **_where(),
    )  # fmt: skip


def _labs(found: Partnerships) -> Iterator[Claim]:
    money = found.ties[found.ties.kind.isin(network.ORDER[:3])]
    counts = money.groupby(["panel", "lab"]).cloud.nunique()
    now = found.panels[-1]
    if (now, "OpenAI") not in counts.index or found.panels[0] == now:
        return
    then, today = int(counts.get((found.panels[0], "OpenAI"), 0)), int(counts[(now, "OpenAI")])
    sure = money[(money.panel == now) & (money.lab == "OpenAI") & money.evidence.isin(["A", "B"])]
    anthropic = int(counts.get((now, "Anthropic"), 0))
    moved = f"went from {_number(then)} cloud to {_number(today)}" if today > then else "were still to one cloud"
    also = f"; Anthropic's to {_number(anthropic)}" if anthropic else ""
    events = found.deals[found.deals.lab.isin(["OpenAI", "Anthropic"]) & found.deals.cloud.notna()]
    events = events[events.purpose.isin(["investment", "compute", "terms"])]
    columns = [name for name in tables.load("event").columns if name in events]
    rows = events.drop_duplicates(["occurred_on", "actors", "headline"])
    yield Claim(
        claim="clouds-of-a-lab",
        statement=f"On record since {found.panels[0]}, OpenAI's ties by money or computing {moved} by {now}{also}",
        value=today, unit="clouds",
        low=int(sure.cloud.nunique()),
        high=today,
        interval="from ties that rest on evidence A or B to all",
        evidence=grades(rows),
        notebook=NOTEBOOK, figure="03-network", sources=("curated", SOURCE),
        rows=rests_on(event=rows[columns]),
        would_change_if="a tie that the press reports were denied by its parties, or had ended unnoticed",
    )  # fmt: skip


def _number(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six")
    return words[count] if count < len(words) else str(count)


def _where() -> dict[str, Any]:
    return {
        "notebook": NOTEBOOK,
        "figure": "03-exclusivity",
        "sources": (SOURCE, COPY, exclusive.SECOND),
        "evidence": LISTED,
    }
