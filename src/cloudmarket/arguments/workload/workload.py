"""A basket priced on every cloud through time: the cheapest plan, its conditions, and what moving would have saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.workload import constraints
from cloudmarket.arguments.workload.basket import ANYWHERE, Basket
from cloudmarket.arguments.workload.market import Market, market
from cloudmarket.arguments.workload.offers import offers
from cloudmarket.measures.purchase_plan import Plan, plan
from cloudmarket.measures.switching import Switching, switching

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPLIT = "each line where it is cheapest"
YEAR = pd.DateOffset(years=1)
CARRIED_DAYS = 92
"""A list that was last read longer ago than this gives prices carried forward, and says so."""


@dataclass(frozen=True, eq=False, repr=False)
class Workload:
    """A basket and what it costs.

    ``offers``: one row per line, month, seller and item that can be bought, in USD a month; see
    :func:`~cloudmarket.arguments.workload.offers.offers`.
    """

    basket: Basket
    market: Market
    offers: pd.DataFrame

    @property
    def day(self) -> date:
        """The day it is priced on."""
        return self.market.day

    def __repr__(self) -> str:
        return f"Workload({self.basket.name!r} on {self.day}: {self.plan!r})"

    @cached_property
    def now(self) -> pd.DataFrame:
        """Offers of the day."""
        return self.offers[self.offers.period == pd.Timestamp(self.day)].reset_index(drop=True)

    @cached_property
    def plan(self) -> Plan:
        """The cheapest plan on the day."""
        return plan(self.now, self.basket.line_names)

    @cached_property
    def history(self) -> pd.DataFrame:
        """What the whole basket costs where every line is sold: period, plan (``SPLIT`` or a seller), cost."""
        lines = self.basket.line_names
        best = self.offers.groupby(["period", "seller", "line"]).cost.min().unstack("line").reindex(columns=lines)
        alone = best.sum(axis=1, skipna=False).rename("cost").reset_index().rename(columns={"seller": "plan"})
        split = best.groupby("period").min().sum(axis=1, skipna=False).rename("cost").reset_index().assign(plan=SPLIT)
        rows = pd.concat([split, alone], ignore_index=True).dropna(subset="cost")
        return rows.sort_values(["period", "plan"], ignore_index=True)[["period", "plan", "cost"]]

    @cached_property
    def whole_months(self) -> pd.DatetimeIndex:
        """Months in which every line is sold by somebody."""
        return pd.DatetimeIndex(self.history.period[self.history.plan == SPLIT].unique())

    @cached_property
    def constraints(self) -> pd.DataFrame:
        """What each condition costs, month by month in the year to the day."""
        return constraints.costs(self.basket, self.market, self.last_year, self.offers)

    @property
    def last_year(self) -> pd.DatetimeIndex:
        """Months of the year that ends on the day."""
        return self.market.months[self.market.months > pd.Timestamp(self.day) - YEAR]

    @cached_property
    def switching(self) -> Switching | None:
        """What moving would have saved over the months in which every line is sold; None with fewer than two.

        Amounts are those of whole months: the day itself, which is no month, counts only in the plan of the day.
        """
        months = self.whole_months[self.whole_months.day == 1]
        if len(months) < 2:
            return None
        rows = self.offers[self.offers.period.isin(months)]
        return switching(rows.assign(choice=rows.seller + ", " + rows["item"]))

    @cached_property
    def carried(self) -> pd.DataFrame:
        """Sources of the day's prices that were last read long before it: source, seller, seen_on, days."""
        rows = self.now[["source", "seller", "seen_on"]].drop_duplicates()
        rows = rows.assign(days=(pd.Timestamp(self.day) - rows.seen_on).dt.days)
        return rows[rows.days > CARRIED_DAYS].sort_values(["source", "seller"], ignore_index=True)

    @cached_property
    def unpriced(self) -> pd.DataFrame:
        """Lines that a seller has no price for on the day, and why: line, seller, reason."""
        sold = set(zip(self.now.line, self.now.seller, strict=True))
        rows = [
            (line.name, seller, self._reason(line.name, seller))
            for line in self.basket.lines
            for seller in self.basket.sellers
            if (line.name, seller) not in sold
        ]
        return pd.DataFrame(rows, columns=["line", "seller", "reason"])

    @cached_property
    def impossible(self) -> dict[str, str]:
        """Lines that nobody had a price for in any month, and which column is why."""
        absent = [line for line in self.basket.lines if line.name not in set(self.offers.line)]
        return {line.name: self._why(line.name) for line in absent}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what the basket cost through time, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        for name, rows in self.history.groupby("plan"):
            axes.step(rows.period, rows.cost, where="post", label=name)
        axes.set_ylabel("USD a month")
        axes.legend()
        return axes

    @cached_property
    def _anywhere(self) -> pd.DataFrame:
        lines = [replace(line, regions=ANYWHERE) for line in self.basket.lines]
        return offers(self.basket.with_lines(lines), self.market)

    def _reason(self, line: str, seller: str) -> str:
        own = next(one for one in self.basket.lines if one.name == line)
        if own.as_good_as and self.market.at_least_as_good(own.as_good_as).empty:
            return f"no rating of {own.as_good_as} is known"
        before = self.offers[(self.offers.line == line) & (self.offers.seller == seller)]
        if len(before):
            return f"no longer listed; last priced in {before.period.max():%Y-%m}"
        elsewhere = self._anywhere
        if len(elsewhere[(elsewhere.line == line) & (elsewhere.seller == seller)]):
            return f"our lists have a price of it, but none that says it is served in {own.place}"
        return f"our lists have no price of {own.item}"

    def _why(self, line: str) -> str:
        own = next(one for one in self.basket.lines if one.name == line)
        if own.as_good_as and self.market.at_least_as_good(own.as_good_as).empty:
            return f"as_good_as: nobody rated {own.as_good_as} by {self.day}, so nothing can be as good"
        if line in set(self._anywhere.line):
            sellers = sorted(set(self._anywhere.seller[self._anywhere.line == line]))
            said = f"regions: no price is known that says it is served in {own.place}"
            return f"{said}; anywhere, {', '.join(sellers)} have one"
        everybody = Basket(self.basket.name, (own,), tuple(names.clouds().code))
        others = sorted(set(offers(everybody, self.market).seller))
        if others:
            return f"sellers: none of those named has a price of {own.item}; {', '.join(others)} have one"
        if own.machine_accelerators > 1 and len(
            offers(self.basket.with_lines([replace(own, machine_accelerators=1)]), self.market)
        ):
            return f"machine_accelerators: no machine has {own.machine_accelerators} of {own.accelerator}"
        if own.prompt_tokens and len(offers(self.basket.with_lines([replace(own, prompt_tokens=0)]), self.market)):
            return f"prompt_tokens: nothing takes prompts of {own.prompt_tokens} tokens"
        column = "accelerator" if own.accelerator else "model" if own.model else "as_good_as"
        return f"{column}: no list has a price of {own.item} with what the line asks for"


def price(basket: Basket, day: date, prices: Market | None = None) -> Workload:
    """Return a basket priced through time by what was known on a day.

    Parameters
    ----------
    prices : Market, optional
        What can be bought, where it has been loaded already (:func:`~cloudmarket.arguments.workload.market.market`).
    """
    known = market(day) if prices is None else prices
    return Workload(basket, known, offers(basket, known))
