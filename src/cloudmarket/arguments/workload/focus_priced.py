"""A bill priced on every cloud's list: what was spent on AI, what of it can be priced, and what it costs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.workload.basket import ANYWHERE, CLOUDS, EU, Basket, Line
from cloudmarket.arguments.workload.focus_bill import Bill
from cloudmarket.arguments.workload.focus_names import HOURS, INPUT, OUTPUT, Meaning
from cloudmarket.arguments.workload.focus_products import CURRENCY, joined, named, reasons
from cloudmarket.arguments.workload.market import Market, market
from cloudmarket.arguments.workload.offers import offers

_LINE = ["month", "seller", "kind", "item", "machine", "chips", "regions", "is_flexible"]
_SUMS = [
    "input_mtok", "output_mtok", "hours", "billed", "effective", "listed", "machine_billed", "machine_list",
]  # fmt: skip
PRICED = [
    "month", "seller", "item", "machine", "regions", "is_flexible", "input_mtok", "output_mtok", "hours", "billed",
    "effective", "listed", "machine_billed", "machine_list", "own_list", "best_seller", "best_list",
    "best_by_last_month", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class PricedBill:
    """A bill and what its AI would have cost on the lists.

    Attributes
    ----------
    bill : Bill
    day : date
        What was known on that day is used.
    lines : DataFrame
        ``PRICED``: one row per month, seller billed, item, machine and place, in US dollars. ``machine_list``: list
        price of the very machine in the regions billed, ``machine_billed`` what was billed where it is known;
        ``own_list``: least list price of the item at the seller billed; ``best_list``: at the cheapest;
        ``best_by_last_month``: at the one that was cheapest the month before. Of accelerators only machines with as
        many of them are compared; what else they have may differ. Missing where no list has a price, with the
        ``reason``.
    left_out : DataFrame
        What of the spend on AI is not in ``lines``: provider, service, sku, text, unit, charge, currency, billed,
        reason.
    by_seller : DataFrame
        One row per seller: seller, list (what the lines it has prices for cost there), billed (of the same lines),
        share (of what was billed for all lines).
    ai : DataFrame
        Spend by currency: currency, billed, ai (of it on AI), priced (of that, lines with a price in a list).
    """

    bill: Bill
    day: date
    lines: pd.DataFrame
    left_out: pd.DataFrame
    by_seller: pd.DataFrame
    ai: pd.DataFrame

    def __repr__(self) -> str:
        usd = self.ai[self.ai.currency == CURRENCY]
        if usd.empty:
            return f"PricedBill({self.bill!r}; nothing was billed in {CURRENCY})"
        row = usd.iloc[0]
        return (
            f"PricedBill({row.billed:,.2f} {CURRENCY} billed, {row.ai:,.2f} of it AI, {row.priced:,.2f} of that priced)"
        )

    @property
    def compared(self) -> pd.DataFrame:
        """Lines that some list has a price for."""
        return self.lines[self.lines.best_list.notna()]


def priced(
    bill: Bill,
    day: date,
    *,
    own_table: Mapping[tuple[str, str], Meaning] | None = None,
    sellers: tuple[str, ...] = CLOUDS,
    keep_in_eu: bool = True,
    prices: Market | None = None,
) -> PricedBill:
    """Return what the AI on a bill would have cost on each seller's list.

    Parameters
    ----------
    own_table : mapping, optional
        What products are, in the reader's own words (:func:`~cloudmarket.arguments.workload.focus_names.own_table`).
    keep_in_eu : bool
        What was bought in a region in the EU is priced in the EU only.
    """
    known = market(day) if prices is None else prices
    products = named(bill.groups, own_table or {})
    groups = joined(bill.groups, products)
    detail = joined(bill.detail(sorted(set(products.sku[products.buys != ""]))), products)
    detail["reason"] = reasons(detail)
    lines = _lines(detail[(detail.buys != "") & (detail.reason == "")], known, keep_in_eu=keep_in_eu)
    quoted = _quotes(lines, known, sellers)
    found = _compared(lines, quoted)
    left = [groups[groups.is_ai & (groups.buys == "")], detail[(detail.buys != "") & (detail.reason != "")]]
    return PricedBill(
        bill,
        day,
        found[PRICED],
        _left_out(pd.concat(left, ignore_index=True)),
        _by_seller(found, quoted),
        _ai(groups, found),
    )


def _lines(rows: pd.DataFrame, prices: Market, *, keep_in_eu: bool) -> pd.DataFrame:
    """Return amounts and spend by month, seller, item and place, with what the lists ask for the very machines."""
    places = names.regions().set_index(["seller", "region"]).is_eu
    is_eu = [bool(places.get((seller, region), False)) for seller, region in zip(rows.seller, rows.region, strict=True)]
    amount = (rows.quantity * rows.per_unit).astype("float64")
    rows = rows.assign(
        kind=rows.buys.where(rows.buys == HOURS, "tokens"),
        regions=[EU if inside and keep_in_eu else ANYWHERE for inside in is_eu],
        # The format calls prices that move with demand dynamic: spot, and nothing else that is priced here.
        is_flexible=(rows.pricing == "Dynamic") | rows.first_text.str.contains(r"\bbatch\b", case=False, regex=True),
        input_mtok=(amount / 1e6).where(rows.buys == INPUT, 0.0),
        output_mtok=(amount / 1e6).where(rows.buys == OUTPUT, 0.0),
        hours=amount.where(rows.buys == HOURS, 0.0),
        chips=rows.per_unit.where(rows.machine != "", 1.0),
    ).reset_index(drop=True)
    rows["machine_list"] = _machine_list(rows, prices)
    rows["machine_billed"] = rows.billed.where(rows.machine_list.notna())
    return rows.groupby(_LINE, as_index=False, dropna=False)[_SUMS].sum(min_count=1)


def _quotes(lines: pd.DataFrame, prices: Market, sellers: tuple[str, ...]) -> pd.DataFrame:
    """Return the least list price of each line at each seller, in its month (``now``) and the one before."""
    asked = tuple(dict.fromkeys([*sellers, *lines.seller]))
    parts = []
    row: Any
    for row in lines.itertuples():
        now = pd.Timestamp(f"{row.month}-01")
        before = now - pd.DateOffset(months=1)
        found = offers(
            Basket("bill", (_as_line(row),), asked), prices, pd.DatetimeIndex([before, now], dtype="datetime64[s]")
        )
        least = found.groupby(["seller", "period"]).cost.min().reset_index()
        parts.append(least.assign(place=row.Index, is_now=least.period == now))
    columns = ["place", "seller", "cost", "is_now"]
    return pd.concat([part[columns] for part in parts], ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _as_line(row: Any) -> Line:
    is_chip = row.kind == HOURS
    return Line(
        name="line",
        accelerator=row.item if is_chip else "",
        model="" if is_chip else row.item,
        input_mtok=row.input_mtok,
        output_mtok=row.output_mtok,
        hours=row.hours,
        regions=row.regions,
        flexible_share=float(row.is_flexible),
        machine_accelerators=int(row.chips) if is_chip else 1,
    )


def _machine_list(lines: pd.DataFrame, prices: Market) -> pd.Series:
    """Return the list price of each row's own machine in its own region; of what is no machine, missing."""
    rows = lines.assign(
        place=lines.index,
        day=pd.to_datetime(lines.month + "-01").astype("datetime64[s]"),
        price_kind=lines.is_flexible.map({True: "spot", False: "on_demand"}),
    )
    listed = prices.chips[["seller", "sku", "region", "kind", "usd_per_accelerator_hour", "valid_from", "valid_to"]]
    own = rows.merge(
        listed.rename(columns={"kind": "price_kind", "sku": "machine"}),
        on=["seller", "machine", "region", "price_kind"],
    )
    own = own[(own.valid_from <= own.day) & ~(own.valid_to <= own.day)]
    cost = (own.usd_per_accelerator_hour * own.hours).groupby(own.place).min()
    return cost.reindex(lines.index).astype("float64")


def _compared(lines: pd.DataFrame, quoted: pd.DataFrame) -> pd.DataFrame:
    now, before = quoted[quoted.is_now.astype(bool)], quoted[~quoted.is_now.astype(bool)]
    order = ["place", "cost", "seller"]
    best = now.sort_values(order).drop_duplicates("place").set_index("place")
    costs = now.set_index(["place", "seller"]).cost
    last = before.sort_values(order).drop_duplicates("place").set_index("place").seller
    last = last.reindex(lines.index).fillna(best.seller.reindex(lines.index))
    best_cost = best.cost.reindex(lines.index).astype("float64")
    followed = _at(costs, lines.index, last)
    return lines.assign(
        own_list=_at(costs, lines.index, lines.seller),
        best_seller=best.seller.reindex(lines.index),
        best_list=best_cost,
        best_by_last_month=followed.fillna(best_cost),
        reason=["" if priced else "no list has a price of it in that month and place" for priced in best_cost.notna()],
    )


def _at(costs: pd.Series, places: pd.Index, sellers: pd.Series) -> pd.Series:
    found = [costs.get((place, seller)) for place, seller in zip(places, sellers, strict=True)]
    return pd.Series(found, index=places, dtype="float64")


def _left_out(rows: pd.DataFrame) -> pd.DataFrame:
    key = ["provider", "service", "sku", "unit", "charge", "currency", "reason"]
    rows = rows.assign(text=rows.first_text)
    found = rows.groupby(key, as_index=False, dropna=False).agg(text=("text", "min"), billed=("billed", "sum"))
    found["size"] = found.billed.abs()
    found = found.sort_values(["size", *key], ascending=[False, *[True] * len(key)], ignore_index=True)
    return found[["provider", "service", "sku", "text", "unit", "charge", "currency", "billed", "reason"]]


def _by_seller(lines: pd.DataFrame, quoted: pd.DataFrame) -> pd.DataFrame:
    now = quoted[quoted.is_now.astype(bool)].merge(lines[["billed"]], left_on="place", right_index=True)
    found = now.groupby("seller", as_index=False).agg(list=("cost", "sum"), billed=("billed", "sum"))
    whole = lines.billed.sum()
    found["share"] = found.billed / whole if whole else float("nan")
    return found


def _ai(groups: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    found = groups.groupby("currency").billed.sum().rename("billed").to_frame()
    found["ai"] = groups[groups.is_ai].groupby("currency").billed.sum().reindex(found.index).fillna(0.0)
    compared = lines.billed[lines.best_list.notna()].sum()
    found["priced"] = [float(compared) if currency == CURRENCY else 0.0 for currency in found.index]
    return found.reset_index()
