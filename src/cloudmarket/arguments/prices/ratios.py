"""How much dearer one seller is than another for the same models, and the European clouds on the same axis."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.price_map import CLOUDS, COPY, SOURCE
from cloudmarket.arguments.prices.panel import EUROPEANS
from cloudmarket.measures import offers, parity_effects
from cloudmarket.measures.parity_effects import Effects

BASE = "aws"
FEWEST = 3
"""Models shared with other sellers below which a seller is left out."""


def of_clouds(baseline: pd.DataFrame, blend: float = 3.0) -> Effects | None:
    """Return the ratios of the clouds' prices for identical models, those of contradicted labels left out.

    None where the clouds share too few models to be compared.
    """
    return _effects(baseline[baseline.seller.isin(CLOUDS)], blend)


def with_europe(day: date, blend: float = 3.0) -> Effects | None:
    """Return the same with the European clouds of the catalogue beside the three; None where they share too few."""
    rows = european_rows(day)
    return _effects(offers.baseline(rows, modes=("chat", "responses")), blend) if len(rows) else None


def european_rows(day: date) -> pd.DataFrame:
    """Return the rows of the price map as of a day about models that a European cloud sells, at it and the three."""
    rows = tables.load("token_price", as_of=day)
    rows = rows[rows.source.isin((SOURCE, COPY)) & rows.seller.isin((*CLOUDS, *EUROPEANS))]
    return rows[rows.model.isin(rows.model[rows.seller.isin(EUROPEANS)])].reset_index(drop=True)


def table(found: Effects) -> pd.DataFrame:
    """Return ratios with their interval and p-values: seller, ratio, low, high, p, permutation_p, models."""
    band = found.interval()
    rows = found.table.assign(low=band.low, high=band.high).reset_index(names="seller")
    columns = ["seller", "ratio", "low", "high", "p_value", "permutation_p", "models"]
    return rows[columns].sort_values("seller", ignore_index=True)


def _effects(baseline: pd.DataFrame, blend: float) -> Effects | None:
    rows = baseline[~baseline.is_contradicted].assign(price=lambda own: offers.blended(own, blend))
    rows = rows.dropna(subset=["price"])
    shared = rows[rows.groupby("model").seller.transform("size") >= 2]
    counts = shared.seller.value_counts()
    rows = rows[rows.seller.isin(counts.index[counts >= FEWEST])]
    try:
        return parity_effects.effects(rows, across="seller", base=BASE)
    except ValueError:
        # Fewer than two shared models, or sellers that share none: there is no ratio between them.
        return None
