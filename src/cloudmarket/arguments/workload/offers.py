"""What each line of a basket costs at each seller through time, under the line's own conditions."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cloudmarket.arguments import price_map
from cloudmarket.arguments.workload.basket import Basket, Line
from cloudmarket.arguments.workload.market import Market, admissible

CHOICE = ["line", "period", "seller", "item"]
COLUMNS = [
    *CHOICE, "cost", "cost_high", "place", "label", "how", "flexible_how", "flexible_label", "source", "evidence",
    "valid_from", "seen_on",
]  # fmt: skip
_QUOTED = [
    "period", "seller", "item", "place", "label", "how", "is_flexible", "cost", "cost_high", "source", "evidence",
    "valid_from",
]  # fmt: skip
_CHAT = ("chat", "responses")
_FLEXIBLE_TIERS = ("batch", "flex")
_COMMITMENTS = {"none": (), "1y": ("commit_1y",), "3y": ("commit_1y", "commit_3y")}


def offers(basket: Basket, market: Market, months: Iterable[pd.Timestamp] | None = None) -> pd.DataFrame:
    """Return the cheapest admissible way to buy each line from each seller, month by month.

    Parameters
    ----------
    months : iterable of Timestamp, optional
        Days asked for; all of the market's without it.

    Returns
    -------
    DataFrame
        One row per line, period, seller and item (model or chip). ``cost`` in USD for the line's amount of a month;
        ``cost_high``, the same at the dearest label of the same endpoint, where labels contradict each other;
        ``how``: tier or kind of price, ``flexible_how``: that of the share that is flexible; ``valid_from``: since when
        the price holds; ``seen_on``: last look at the list by then. Only what has a price in US dollars is in it.
    """
    asked = market.months if months is None else pd.DatetimeIndex(list(months))
    parts = [_line(line, basket.sellers, market, asked) for line in basket.lines]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    looks = {key: market.seen_on(*key) for key in set(zip(found.source, found.period, strict=True))}
    seen = [looks[key] for key in zip(found.source, found.period, strict=True)]
    found["seen_on"] = pd.Series(seen, index=found.index, dtype="datetime64[s]")
    return found[COLUMNS]


def _line(line: Line, sellers: tuple[str, ...], market: Market, asked: pd.DatetimeIndex) -> pd.DataFrame:
    quoted = _token_quotes(line, market, asked) if line.is_tokens else _chip_quotes(line, market, asked)
    quoted = quoted[quoted.seller.isin(sellers)]
    return _shared(quoted, line.flexible_share).assign(line=line.name)


def _token_quotes(line: Line, market: Market, asked: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what all of a line's tokens would cost under each label and tier."""
    rows = market.tokens
    if line.model:
        rows = rows[rows.model == line.model]
    else:
        good = market.at_least_as_good(line.as_good_as).model
        rows = rows[rows.model.isin(good) & ~rows.is_alias & rows["mode"].isin(_CHAT)]
    rows = admissible(rows[rows.tier.isin(("standard", *_FLEXIBLE_TIERS))], line.regions)
    rows = rows[~(rows.context_tokens < line.prompt_tokens)]
    rows = rows[(rows.context_from_tokens == 0) | (rows.context_from_tokens < line.prompt_tokens)]
    valid = _valid(rows, asked.intersection(market.token_months))
    valid = valid.sort_values("context_from_tokens").drop_duplicates(["period", "source", "label", "tier"], keep="last")
    # An amount of nothing needs no price: embeddings have no output.
    cost = valid.input_usd_per_mtok * line.input_mtok if line.input_mtok else 0.0
    cost = cost + (valid.output_usd_per_mtok * line.output_mtok if line.output_mtok else 0.0)
    valid = valid.assign(cost=cost, how=valid.tier, item=valid.model, is_flexible=valid.tier.isin(_FLEXIBLE_TIERS))
    valid = valid[valid.cost.notna()]
    endpoint = ["period", "seller", "item", "place", "how"]
    return valid.assign(cost_high=valid.groupby(endpoint).cost.transform("max"))[_QUOTED]


def _chip_quotes(line: Line, market: Market, asked: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what all of a line's hours would cost on each machine, region and kind of price."""
    rows = market.chips
    kinds = ("on_demand", "spot", *_COMMITMENTS[line.commitment])
    is_fit = (rows.accelerator == line.accelerator) & (rows.accelerator_count >= line.machine_accelerators)
    rows = admissible(rows[is_fit & rows.kind.isin(kinds)], line.regions)
    valid = _valid(rows, asked)
    cost = valid.usd_per_accelerator_hour * line.hours
    return valid.assign(
        cost=cost,
        cost_high=cost,
        how=valid.kind,
        item=valid.accelerator,
        label=valid.sku,
        is_flexible=valid.kind == "spot",
    )[_QUOTED]


def _valid(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the rows that hold on each day, once for each."""
    crossed = rows.merge(pd.DataFrame({"period": days}), how="cross")
    return crossed[(crossed.valid_from <= crossed.period) & ~(crossed.valid_to <= crossed.period)]


def _shared(quoted: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the cheapest way per choice: the firm share at a firm price, the flexible one at the lowest of any."""
    key = ["period", "seller", "item"]
    order = quoted.sort_values([*key, "cost", "is_flexible", "place", "label", "how"], kind="stable")
    firm = order[~order.is_flexible].drop_duplicates(key)
    any_kind = order.drop_duplicates(key)[[*key, "cost", "cost_high", "how", "label"]]
    found = firm.merge(any_kind, on=key, suffixes=("", "_any"))
    for name in ("cost", "cost_high"):
        found[name] = found[name] * (1 - share) + found[f"{name}_any"] * share
    found["flexible_how"] = found.how_any if share else None
    found["flexible_label"] = found.label_any if share else None
    return found


def sources_of(rows: pd.DataFrame) -> list[str]:
    """Return the sources of offers, the price map first."""
    found = sorted(set(rows.source))
    return sorted(found, key=lambda name: (name not in (price_map.SOURCE, price_map.COPY), name))
