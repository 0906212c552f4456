"""How list prices move: levels over time, changes told apart, and what endpoint scopes and tiers add or take off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.measures.offers import PAIR, baseline, blended, least_bound, standard

SCOPES = ("us", "eu", "apac", "jp", "au", "in", "us-gov")


def levels(history: pd.DataFrame, days: pd.DatetimeIndex, input_to_output: float = 3.0) -> pd.DataFrame:
    """Return quartiles of the blended price of the chat models on offer, per seller and day.

    A level of what is on the list, not an index: it moves when models come and go as well as when prices do.

    Parameters
    ----------
    history : DataFrame
        Rows of ``token_price`` of one catalogue, by the knowledge of one day.
    days : DatetimeIndex
    input_to_output : float
        Input tokens per output token.

    Returns
    -------
    DataFrame
        Tidy: day, seller, models, low, median, high, in USD per million tokens.
    """
    rows = []
    for day in days:
        valid = history[(history.valid_from <= day) & ~(history.valid_to <= day)]
        offers = baseline(valid, modes=("chat", "responses"))
        priced = offers.assign(price=blended(offers, input_to_output)).dropna(subset=["price"])
        for seller, group in priced.groupby("seller"):
            low, median, high = np.quantile(group.price, [0.25, 0.5, 0.75])
            rows.append((day, seller, len(group), low, median, high))
    return pd.DataFrame(rows, columns=["day", "seller", "models", "low", "median", "high"])


def scope_ratios(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the price of each regional scope relative to the least bound endpoint of the same seller and model.

    Compared within a channel, in the standard tier; against ``global`` where it is sold, else ``default``.

    Parameters
    ----------
    prices : DataFrame
        Rows of ``token_price`` of one catalogue, valid on one day.

    Returns
    -------
    DataFrame
        seller, scope, model, ratio (of input prices) and output_ratio; one row each.
    """
    rows = standard(prices)
    key = ["seller", "channel", "model"]
    lowest = rows.groupby([*key, "scope"])[PAIR].min().reset_index()
    base = least_bound(lowest, key).rename(columns={"scope": "base_scope", **{name: f"base_{name}" for name in PAIR}})
    pairs = lowest[lowest.scope.isin(SCOPES)].merge(base, on=key)
    pairs["ratio"] = pairs[PAIR[0]] / pairs[f"base_{PAIR[0]}"]
    pairs["output_ratio"] = pairs[PAIR[1]] / pairs[f"base_{PAIR[1]}"]
    return pairs.dropna(subset=["ratio"])[
        ["seller", "channel", "scope", "model", "base_scope", "ratio", "output_ratio"]
    ]


def tier_ratios(prices: pd.DataFrame, tiers: tuple[str, ...] = ("batch", "flex", "priority")) -> pd.DataFrame:
    """Return the input price of each tier relative to the standard tier of the same label.

    Returns
    -------
    DataFrame
        seller, tier, label, model, ratio; one row each.
    """
    rows = prices[prices.context_from_tokens == 0]
    standard = rows.loc[rows.tier == "standard", ["source", "label", PAIR[0]]]
    pairs = rows[rows.tier.isin(tiers)].merge(standard, on=["source", "label"], suffixes=("", "_standard"))
    pairs["ratio"] = pairs[PAIR[0]] / pairs[f"{PAIR[0]}_standard"]
    return pairs.dropna(subset=["ratio"])[["seller", "tier", "label", "model", "ratio"]].reset_index(drop=True)
