"""What endpoints that are bound to a place cost, against the least bound one of the same seller and model."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.arguments.prices import panel
from cloudmarket.arguments.prices.reasons import BLUR, TEN_PER_CENT
from cloudmarket.measures import price_path
from cloudmarket.measures.parity import SAME

SAME_PRICE, EXACT, LESS, MORE, BETWEEN = PARTS = (
    "same price", "ten per cent more", "less", "more than ten per cent", "up to ten per cent"
)  # fmt: skip
PLACES = {"us": "US", "eu": "EU", "apac": "Asia-Pacific", "jp": "Japan", "au": "Australia", "in": "India",
          "us-gov": "US government"}  # fmt: skip
FEWEST = 3
"""Models below which a seller's scope is left out of the figure."""


def classed(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return ratios of endpoints with what they are: both prices must be the same, or both ten per cent more.

    Parameters
    ----------
    ratios : DataFrame
        As :func:`cloudmarket.measures.price_path.scope_ratios` returns them; a model of two channels is two rows.
    """
    pair = ratios[["ratio", "output_ratio"]]
    # An embedding has no output: its input alone decides.
    pair = pair.assign(output_ratio=pair.output_ratio.fillna(pair.ratio))
    is_same = ((pair - 1).abs() <= SAME).all(axis=1)
    is_exact = ((pair / TEN_PER_CENT - 1).abs() <= BLUR).all(axis=1)
    widest = pair.max(axis=1)
    part = pd.Series(BETWEEN, index=ratios.index)
    part[widest > TEN_PER_CENT * (1 + BLUR)] = MORE
    part[widest < 1 - SAME] = LESS
    part[is_exact], part[is_same] = EXACT, SAME_PRICE
    return ratios.assign(part=part)


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return offers per seller, scope and part, for scopes with enough models: seller, scope, part, models, all."""
    table = rows.groupby(["seller", "scope", "part"]).size().rename("models").reset_index()
    table["all"] = table.groupby(["seller", "scope"]).models.transform("sum")
    enough = table[table["all"] >= FEWEST]
    order = enough.assign(place=enough.part.map({part: place for place, part in enumerate(PARTS)}))
    return order.sort_values(["scope", "seller", "place"], ignore_index=True).drop(columns="place")


def since(day: date) -> pd.DataFrame:
    """Return when bound endpoints were first seen, and first at ten per cent more, by what is known on a day.

    By months of the panel and corrections applied: seller, scope, first (month), first_exact (month, missing if
    never), newest_equal (month in which a model with the same price was last added, missing if none).
    """
    history = panel.believed(day)
    history = history[history.seller.isin(CLOUDS)]
    parts = []
    for month in panel.months(day):
        valid = history[(history.valid_from <= month) & ~(history.valid_to <= month)]
        parts.append(classed(price_path.scope_ratios(valid)).assign(month=month))
    rows = pd.concat(parts, ignore_index=True)
    if rows.empty:
        return pd.DataFrame(columns=["seller", "scope", "first", "first_exact", "newest_equal"])
    key = ["seller", "scope"]
    first = rows.groupby(key).month.min().rename("first")
    exact = rows[rows.part == EXACT].groupby(key).month.min().rename("first_exact")
    added = rows.groupby([*key, "channel", "model"]).agg(month=("month", "min"), part=("part", "last")).reset_index()
    equal = added[added.part == SAME_PRICE].groupby(key).month.max().rename("newest_equal")
    return pd.concat([first, exact, equal], axis=1).reset_index()
