"""Claims on money: what was announced, and what one billion dollars bought of computing and of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.partnerships import billion, deals
from cloudmarket.arguments.partnerships import tokens as bought
from cloudmarket.arguments.partnerships.state import Partnerships
from cloudmarket.arguments.price_map import COPY, SOURCE
from cloudmarket.measures import offers

NOTEBOOK = "03_partnerships"
NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
MACHINE_SOURCES = tuple(name for lists in billion.LISTS.values() for name in lists)


def sums(found: Partnerships) -> Iterator[Claim]:
    """Yield the sums of what was announced: into the labs, and from them for computing."""
    sentences = {
        "investment": ("money-into-labs", "Money announced by clouds for labs comes to"),
        "compute": ("compute-bought", "Computing that labs announced to buy comes to"),
    }
    for purpose, (name, sentence) in sentences.items():
        total = deals.total(found.deals, purpose)
        if total.high > 0:
            columns = [one for one in tables.load("event").columns if one in total.rows]
            yield Claim(
                claim=name,
                statement=sentence + amounts(total),
                value=total.low, low=total.low, high=total.high, unit="USD bn",
                interval="from sums that a party states to all that was announced or reported; announced, not paid",
                evidence=grades(total.rows), notebook=NOTEBOOK, figure="03-timeline", sources=("curated",),
                rows=rests_on(event=total.rows[columns]),
                would_change_if="filings said what was paid: most of these rows rest on the press",
            )  # fmt: skip


def amounts(total: deals.Sum) -> str:
    """Return how much of a sum is stated plainly and how much there is in all, in words."""
    if total.low == 0:
        return f" {usd(total.high)}, all of it ceilings or what the press reports"
    more = f"{usd(total.high)} with ceilings and what the press reports"
    return f" {usd(total.low)} where a party states a plain sum, {more}"


def usd(billions: float) -> str:
    """Return an amount in billions as it is printed."""
    return f"${billions:,.0f}bn" if billions >= 100 else f"${billions:,.1f}bn"


def computing(found: Partnerships) -> Iterator[Claim]:
    """Yield what a billion bought when the deal was announced, and how much more it buys by now."""
    yield from _then(found)
    seen = found.compute.dropna(subset=["pflop_hours"])
    ends = {str(cloud): (rows.iloc[0], rows.iloc[-1]) for cloud, rows in seen.groupby("cloud") if len(rows) > 1}
    if not ends:
        return
    growth = {cloud: last.pflop_hours / first.pflop_hours for cloud, (first, last) in ends.items()}
    used = pd.concat([_priced(found, row) for pair in ends.values() for row in pair]).drop_duplicates()
    chips = tables.load("accelerator", known_on=found.day)
    chips = chips[chips.accelerator.isin(used.accelerator)]
    parts = ", ".join(
        f"{growth[cloud]:.2g} times that of {first.day:%B %Y} on {NAMES[cloud]}" for cloud, (first, _) in ends.items()
    )
    yield Claim(
        claim="billion-compute",
        statement=f"At list price, the computing that a billion dollars buys is now {parts}",
        value=float(median(growth.values())), low=float(min(growth.values())), high=float(max(growth.values())),
        unit="times", interval="range over the clouds; the value is their median",
        evidence=grades(used), notebook=NOTEBOOK, figure="03-compute", sources=(*MACHINE_SOURCES, "curated"),
        rows=rests_on(accelerator_price=used, accelerator=chips),
        would_change_if="prices under contract were public, or a list of 2019 to 2021 turned up",
    )  # fmt: skip


def _then(found: Partnerships) -> Iterator[Claim]:
    both = billion.around(found.machines)
    if both.empty or not (both.before == both.after).all():
        return
    keys = both[["cloud", "region", "sku"]].apply(tuple, axis=1)
    own = found.machines[found.machines.accelerator == billion.V100]
    used = own[own[["cloud", "region", "sku"]].apply(tuple, axis=1).isin(set(keys))]
    usd_per_hour = float(both.before.iloc[0])
    earlier = own[own.valid_from <= pd.Timestamp(deals.START)].usd_per_accelerator_hour
    hours = billion.BILLION / 1e6 / usd_per_hour
    yield Claim(
        claim="billion-hours-2019",
        statement=f"The billion of 2019 was {hours:,.0f} million hours of a V100 at the list price that AWS printed"
        f" both before ({both.before_on.max():%B %Y}) and after ({both.after_on.min():%B %Y}); no list of the day"
        " is left",
        value=hours, low=billion.BILLION / 1e6 / float(earlier.max()), high=hours, unit="million hours",
        interval="from the dearest region printed before to the cheapest",
        evidence=grades(used), notebook=NOTEBOOK, figure="03-compute", sources=billion.LISTS["aws"],
        rows=rests_on(accelerator_price=_printed(own[own.valid_from <= pd.Timestamp(both.after_on.max())])),
        would_change_if="a dated price list of July 2019 turned up with another price",
    )  # fmt: skip


def _priced(found: Partnerships, row: Any) -> pd.DataFrame:
    """Return the prices of the chip that a month of a cloud rests on."""
    own = found.machines[(found.machines.cloud == row.cloud) & (found.machines.accelerator == row.accelerator)]
    valid = own[(own.valid_from <= row.day) & ~(own.valid_to <= row.day)]
    return _printed(valid)


def _printed(machines: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the machines as the table has them."""
    return machines[[name for name in machines if name != "tflops"]]


def tokens(found: Partnerships) -> Iterator[Claim]:
    """Yield how many more tokens a billion buys of a model rated at least as good as the reference."""
    rows = (
        found.tokens[found.tokens.what == bought.AS_GOOD].dropna(subset=["tokens"])
        if len(found.tokens)
        else found.tokens
    )
    ends = {str(seller): (own.iloc[0], own.iloc[-1]) for seller, own in rows.groupby("seller") if len(own) > 1}
    if not ends:
        return
    growth = {seller: last.tokens / first.tokens for seller, (first, last) in ends.items()}
    fixed = found.tokens[found.tokens.what == bought.FIXED].groupby("seller").usd_per_mtok
    widest = float((fixed.max() / fixed.min() - 1).max())
    still = "not at all" if widest == 0 else f"by at most {widest:.0%}"
    parts = ", ".join(f"{growth[one]:,.0f} times ({NAMES[one]})" for one in growth)
    first, last = (min(pair[0].day for pair in ends.values()), max(pair[1].day for pair in ends.values()))
    used = pd.concat([_offer(found, row) for pair in ends.values() for row in pair]).drop_duplicates()
    rated = found.rated[found.rated.model.isin({*used.model, bought.REFERENCE})]
    yield Claim(
        claim="billion-tokens",
        statement=f"From {first:%B %Y} to {last:%B %Y} a billion dollars came to buy {parts} as many tokens of the"
        f" cheapest model rated no worse than {bought.REFERENCE}; of one fixed model on each the price moved {still}",
        value=float(median(growth.values())), low=float(min(growth.values())), high=float(max(growth.values())),
        unit="times", interval="range over the clouds; the value is their median",
        evidence=grades(used), notebook=NOTEBOOK, figure="03-tokens", sources=(SOURCE, COPY, "arena"),
        rows=rests_on(token_price=used, benchmark_score=rated),
        would_change_if="newer models, which this board does not rate, were rated on one scale with the old ones",
    )  # fmt: skip


def _offer(found: Partnerships, row: Any) -> pd.DataFrame:
    """Return the rows of the list that print a model's standard price on a cloud on a day."""
    known = found.printed
    own = offers.standard(known[(known.model == row.model) & (known.seller == row.seller)])
    valid: pd.DataFrame = own[(own.valid_from <= row.day) & ~(own.valid_to <= row.day)]
    return valid
