"""Token prices of the three clouds as they read on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.price_map import CLOUDS, blanked, observed_months, of_clouds
from cloudmarket.measures import offers, parity, price_path


@dataclass(frozen=True)
class Prices:
    """Token prices of the three clouds on a day."""

    day: date
    vintage: pd.DataFrame
    parity: parity.Parity
    offers: pd.DataFrame
    scopes: pd.DataFrame
    tiers: pd.DataFrame
    changes: pd.DataFrame
    levels: pd.DataFrame


def prices(day: date) -> Prices:
    """Return the state of token prices by what was known on a day."""
    vintage = of_clouds(tables.load("token_price", as_of=day))
    baseline = offers.baseline(vintage)
    known = of_clouds(tables.load("token_price", known_on=day))
    changes = tables.load("price_change", known_on=day)
    changes = changes[changes.seller.isin(CLOUDS) & (changes.tier == "standard") & (changes.context_from_tokens == 0)]
    levels = price_path.levels(known, observed_months(day))
    compared = parity.compare(baseline, across="seller", price=offers.PAIR)
    return Prices(
        day, vintage, compared, baseline, price_path.scope_ratios(vintage),
        price_path.tier_ratios(vintage), changes.reset_index(drop=True),
        blanked(levels, day, ["low", "median", "high"]),
    )  # fmt: skip


def parity_by_weights(found: parity.Parity) -> pd.DataFrame:
    """Return comparable models by weights (closed, open, not known) and whether all sellers ask the same."""
    weights = names.models().set_index("model").is_open_weights
    kind = found.comparable.model.map(weights).map({True: "open weights", False: "closed weights"}).astype("object")
    rows = found.comparable.assign(weights=kind.fillna("weights not known"))
    rows["prices"] = rows.is_equal.map({True: "same price everywhere", False: "different prices"})
    table = pd.crosstab(rows.weights, rows.prices).reset_index()
    return table.melt("weights", var_name="prices", value_name="models").sort_values(
        ["weights", "prices"], ignore_index=True
    )
