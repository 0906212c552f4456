"""What ``07_accelerators`` states about prices through time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cloudmarket.arguments.accelerators import cut, levels, moves
from cloudmarket.arguments.accelerators.resting import price_claim
from cloudmarket.arguments.accelerators.state import LISTS, NAMES
from cloudmarket.arguments.claim import Claim
from cloudmarket.measures.difference_in_differences import Effect

if TYPE_CHECKING:
    from cloudmarket.arguments.accelerators.view import View

INDEX, CUT = "07-index", "07-cut"
_LEAST_MONTHS = 6
_NOTABLE = 5
"""Rises of a spot price below so many percent are not told."""


def moved(seen: View) -> Iterator[Claim]:
    """Yield the claims about prices through time; those for which there are no data on the day are absent."""
    rates = _followed_lists(seen)
    if len(seen.indices) and "spot" in set(rates.kind) and (rates.kind == "on_demand").sum() > 1:
        yield from _rates(seen, rates)
        yield from _spot(seen)
        yield from _path(seen)
        yield from _adjusted(seen)
    if seen.cut is not None:
        yield _cut(seen, seen.cut)
        rivals = seen.cut.rivals
        # With few chips on the other side the test rejects nothing, and says nothing.
        if rivals is not None and np.isfinite([rivals.low, rivals.high]).all():
            yield _followed(seen, seen.cut, rivals)


def _followed_lists(seen: View) -> pd.DataFrame:
    return seen.rates[seen.rates.source.isin(LISTS.values())] if len(seen.rates) else pd.DataFrame({"kind": []})


def _rates(seen: View, rates: pd.DataFrame) -> Iterator[Claim]:
    listed = rates[rates.kind == "on_demand"].set_index("cloud")
    row = rates[rates.kind == "spot"].iloc[0]
    prices = seen.found.prices
    each = ", ".join(f"{NAMES[cloud]} {listed.per_year[cloud]:.2f}" for cloud in LISTS if cloud in listed.index)
    yield price_claim(
        seen, prices[prices.source.isin(LISTS.values()) & prices.kind.isin(["on_demand", "spot"])],
        "accelerator-price-moves", INDEX,
        statement=f"List prices hardly move: changes per machine and year are {each}; of a spot price on Google Cloud,"
        f" {row.per_year:.1f}",
        value=row.per_year, low=row.low, high=row.high, unit="changes a year",
        interval="of spot: 95 % interval, clustered by family of machines",
        would_change_if="list prices changed between two looks and back, or spot prices of the others were recorded",
    )  # fmt: skip
    if "aws" in listed.index:
        aws = listed.loc["aws"]
        own = prices[(prices.source == LISTS["aws"]) & (prices.kind == "on_demand")]
        first = own.valid_from.min()
        days = f", all on {aws.dates} day" + ("" if aws.dates == 1 else "s") if aws.changes else ""
        yield price_claim(
            seen, own, "accelerator-aws-list", INDEX,
            statement=f"Of {aws.offers} offers on AWS's list since {first:%B %Y}, {aws.changed or 'none'} ever changed"
            f" price{days}",
            value=100 * int(listed.changed["aws"]) / int(listed.offers["aws"]), unit="percent",
            interval="a census of the list, so no sampling error",
            would_change_if="the list was not brought up to date when prices changed",
        )  # fmt: skip


def _spot(seen: View) -> Iterator[Claim]:
    rows = seen.shares[(seen.shares.kind == "spot") & (seen.shares.accelerator == levels.ANCHOR)]
    if rows.empty:
        return
    last = rows.sort_values("month").iloc[-1]
    prices = seen.found.panel
    prices = prices[(prices.cloud == "gcp") & (prices.month == last.month) & (prices.accelerator == levels.ANCHOR)]
    yield price_claim(
        seen, prices[prices.kind.isin(["spot", "on_demand"])], "accelerator-spot", INDEX,
        statement=f"An H100 that may be taken back costs {100 * last.ratio:.0f}% of the list price on Google Cloud",
        value=100 * last.ratio, low=100 * last.low, high=100 * last.high, unit="percent",
        interval="middle 80 % of machines and regions",
        would_change_if="spot capacity could not be had at the printed price",
    )  # fmt: skip


def _path(seen: View) -> Iterator[Claim]:
    """Tell how far the spot price of an H100 is from its dearest month, by way of its cheapest since."""
    rows = seen.spot[seen.spot.accelerator == levels.ANCHOR] if len(seen.spot) else seen.spot
    if len(rows) < _LEAST_MONTHS:
        return
    index = rows.set_index("month")["index"]
    last, top = index.index.max(), pd.Timestamp(str(index.idxmax()))
    least = pd.Timestamp(str(index[index.index >= top].idxmin()))
    own = seen.compared
    own = own[(own.kind == "spot") & (own.accelerator == levels.ANCHOR)]
    prices = own.pivot_table(index="region", columns="month", values="usd_per_accelerator_hour")
    each = (100 * (prices[last] / prices[top] - 1)).dropna()
    value, fell, rose = (
        100 * (index[one] / index[other] - 1) for one, other in ((last, top), (least, top), (last, least))
    )
    since = f", and has since got dearer by {rose:.0f}%" if rose > _NOTABLE else ""
    yield price_claim(
        seen, own, "accelerator-spot-path", INDEX,
        statement=f"A spot H100 on Google Cloud got cheaper by {-fell:.0f}% from {top:%B %Y} to {least:%B %Y}{since}",
        value=value, low=min(value, each.quantile(0.1)), high=max(value, each.quantile(0.9)), unit="percent",
        interval="from the dearest month to the last; middle 80 % of regions",
        would_change_if="spot machines could not be had at the printed price",
    )  # fmt: skip


def _adjusted(seen: View) -> Iterator[Claim]:
    rows = seen.indices[(seen.indices.method == moves.ADJUSTED)]
    last = rows.sort_values("month").groupby("cloud").last()
    since = rows.groupby("cloud").month.min()
    if "aws" not in last.index:
        return
    each = ", ".join(
        f"{last['index'][cloud] - 100:+.0f}% on {NAMES[cloud]} since {since[cloud]:%B %Y}"
        for cloud in LISTS
        if cloud in last.index
    )
    value, low, high = (float(last[name]["aws"]) - 100 for name in ("index", "low", "high"))
    base = seen.compared
    yield price_claim(
        seen, base[base.kind == "on_demand"], "accelerator-quality", INDEX,
        statement=f"For the same speed and memory list prices moved by {each}",
        value=value, low=low, high=high, unit="percent", with_chips=True,
        interval="of AWS: 95 % interval, clustered by chip",
        would_change_if="more characteristics (network, FP8, host) were priced, or chips were weighted by hours sold",
    )  # fmt: skip


def _cut(seen: View, found: cut.Cut) -> Claim:
    value, low, high = (
        100 * float(np.expm1(end)) if np.isfinite(end) else np.nan
        for end in (found.effect.effect, found.effect.low, found.effect.high)
    )
    return price_claim(
        seen, found.panel[_near(found.panel)], "accelerator-cut", CUT,
        statement=f"In June 2025 AWS cut the list price of its A100, H100 and H200 machines by {-value:.0f}%;"
        f" {_followed_words(found)}",
        value=value, low=low, high=high, unit="percent",
        interval="95 % interval by permutation of the families cut",
        would_change_if="the other regions of AWS, which nobody recorded, had not been cut alike",
    )  # fmt: skip


def _near(panel: pd.DataFrame) -> pd.Series:
    near: pd.Series = panel.month >= cut.EVENT_MONTH - pd.DateOffset(months=cut.BEFORE)
    return near


def _followed_words(found: cut.Cut) -> str:
    table = found.followed
    if table.empty or found.rivals is None:
        return "the other clouds' lists had not been seen since"
    fell, offers = int(table.fell.sum()), int(table.offers.sum())
    names = " and ".join(NAMES[cloud] for cloud in table.cloud)
    last = found.panel.month[found.panel.cloud.isin(table.cloud)].max()
    return f"{fell or 'none'} of {offers} list prices of these chips on {names} had fallen by {last:%B %Y}"


def _followed(seen: View, found: cut.Cut, effect: Effect) -> Claim:
    value, low, high = (100 * float(np.expm1(end)) for end in (effect.effect, effect.low, effect.high))
    rows = found.panel[_near(found.panel) & (found.panel.cloud != "aws")]
    return price_claim(
        seen, rows, "accelerator-cut-followed", CUT,
        statement=f"On the other clouds the same chips moved by {value:+.1f}% against all their other chips",
        value=value, low=low, high=high, unit="percent", interval="95 % interval by permutation of the chips",
        would_change_if="rivals answered in private discounts, spot or commitments and not in their lists",
    )  # fmt: skip
