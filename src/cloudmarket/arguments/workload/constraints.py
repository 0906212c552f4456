"""What each condition of a basket costs: the price of the plan with it less that without it, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.workload.basket import ANYWHERE, Basket, Line
from cloudmarket.arguments.workload.market import Market
from cloudmarket.arguments.workload.offers import offers

COLUMNS = ["period", "line", "constraint", "with_cost", "without_cost", "cost", "seller_without", "item_without"]
ONE_SELLER, ALL = "everything from one seller", "all of these at once"
SELLERS = "only the sellers named"


@dataclass(frozen=True)
class Relaxed:
    """A line without one of its conditions."""

    constraint: str
    line: Line


def relaxations(line: Line) -> Iterator[Relaxed]:
    """Yield a line without each of its conditions that can be lifted.

    The model named becomes any rated as high; the place becomes anywhere; all of the amount may wait or be interrupted;
    any commitment may be entered; one accelerator in a machine is enough.
    """
    if line.regions != ANYWHERE:
        yield Relaxed(f"served in {line.place}", replace(line, regions=ANYWHERE))
    if line.model:
        yield Relaxed(f"this model ({line.model})", replace(line, model="", as_good_as=line.model))
    if line.flexible_share < 1:
        kind = "in batch" if line.is_tokens else "on spot"
        firm = "all" if not line.flexible_share else f"{1 - line.flexible_share:.0%}"
        yield Relaxed(f"{firm} of it not {kind}", replace(line, flexible_share=1.0))
    if not line.is_tokens and line.commitment != "3y":
        held = "no commitment" if line.commitment == "none" else f"no commitment above {line.commitment}"
        yield Relaxed(held, replace(line, commitment="3y"))
    if line.machine_accelerators > 1:
        yield Relaxed(f"{line.machine_accelerators} in one machine", replace(line, machine_accelerators=1))


def freed(line: Line) -> Line:
    """Return a line without any of the conditions that :func:`relaxations` lifts."""
    free = replace(line, regions=ANYWHERE, flexible_share=1.0, machine_accelerators=1)
    if line.model:
        free = replace(free, model="", as_good_as=line.model)
    return free if line.is_tokens else replace(free, commitment="3y")


def costs(basket: Basket, market: Market, months: pd.DatetimeIndex, found: pd.DataFrame) -> pd.DataFrame:
    """Return what each condition of each line costs, by period.

    Parameters
    ----------
    months : DatetimeIndex
    found : DataFrame
        Offers under all conditions (:func:`~cloudmarket.arguments.workload.offers.offers`) in these months at least.

    Returns
    -------
    DataFrame
        ``COLUMNS``, in USD a month. ``cost`` is missing where the line cannot be bought with the condition: then it
        costs the line itself. ``line`` is empty for conditions of the whole basket. A line whose model nobody rated
        has no row for the condition "this model". The costs do not add up: ``ALL`` lifts all of them at once.
    """
    own = _cheapest(found[found.period.isin(months)])
    parts = []
    for line in basket.lines:
        for relaxed in relaxations(line):
            if relaxed.line.as_good_as and market.at_least_as_good(relaxed.line.as_good_as).empty:
                continue
            free = offers(basket.with_lines([relaxed.line]), market, months)
            # Whatever is admitted under the condition is admitted without it.
            free = pd.concat([free, found[(found.line == line.name) & found.period.isin(months)]], ignore_index=True)
            parts.append(_difference(own, _cheapest(free), relaxed.constraint))
    parts += [
        _sellers(basket, market, months, own),
        _one_seller(basket, found, months),
        _all(basket, market, months, own),
    ]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return rows[COLUMNS].sort_values(["period", "line"], kind="stable", ignore_index=True)


def _cheapest(rows: pd.DataFrame) -> pd.DataFrame:
    order = rows.sort_values(["line", "period", "cost", "seller", "item"], kind="stable")
    return order.drop_duplicates(["line", "period"]).set_index(["line", "period"])[["cost", "seller", "item"]]


def _difference(own: pd.DataFrame, free: pd.DataFrame, constraint: str) -> pd.DataFrame:
    held = own[["cost"]].set_axis(["with_cost"], axis=1)
    called = {"cost": "without_cost", "seller": "seller_without", "item": "item_without"}
    rows = free.rename(columns=called).join(held, how="left").reset_index()
    return rows.assign(constraint=constraint, cost=rows.with_cost - rows.without_cost)


def _summed(rows: pd.DataFrame, basket: Basket) -> pd.Series:
    """Return what the whole basket costs by period, where every line has a price."""
    by_line = rows.cost.unstack("line").reindex(columns=basket.line_names)
    return by_line.sum(axis=1, skipna=False)


def _whole(held: pd.Series, free: pd.Series, constraint: str) -> pd.DataFrame:
    rows = (
        pd.concat([held.rename("with_cost"), free.rename("without_cost")], axis=1).rename_axis("period").reset_index()
    )
    rows = rows.dropna(subset="without_cost").assign(line="", constraint=constraint, seller_without="", item_without="")
    return rows.assign(cost=rows.with_cost - rows.without_cost)


def _sellers(basket: Basket, market: Market, months: pd.DatetimeIndex, own: pd.DataFrame) -> pd.DataFrame:
    everybody = Basket(basket.name, basket.lines, tuple(names.clouds().code))
    free = _cheapest(offers(everybody, market, months))
    return _whole(_summed(own, basket), _summed(free, basket), SELLERS)


def _one_seller(basket: Basket, found: pd.DataFrame, months: pd.DatetimeIndex) -> pd.DataFrame:
    rows = found[found.period.isin(months)]
    best = rows.groupby(["period", "seller", "line"]).cost.min().unstack("line").reindex(columns=basket.line_names)
    alone = best.sum(axis=1, skipna=False).groupby("period").min()
    return _whole(alone, _summed(_cheapest(rows), basket), ONE_SELLER)


def _all(basket: Basket, market: Market, months: pd.DatetimeIndex, own: pd.DataFrame) -> pd.DataFrame:
    rated = [line for line in basket.lines if not line.model or len(market.at_least_as_good(line.model))]
    lines = [
        freed(line) if line in rated else replace(freed(line), model=line.model, as_good_as="") for line in basket.lines
    ]
    everybody = Basket(basket.name, tuple(lines), tuple(names.clouds().code))
    free = _cheapest(pd.concat([offers(everybody, market, months), own.reset_index()], ignore_index=True))
    return _whole(_summed(own, basket), _summed(free, basket), ALL)


def newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the costs in the newest period with the least and largest of all periods: low, high, both in USD."""
    if rows.empty:
        return rows.assign(low=np.nan, high=np.nan)
    spans = rows.groupby(["line", "constraint"]).cost.agg(low="min", high="max").reset_index()
    found: pd.DataFrame = rows[rows.period == rows.period.max()].merge(spans, on=["line", "constraint"])
    return found
