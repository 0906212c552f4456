"""Why identical models have different prices on two clouds: each pair of prices, and the first reason that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.price_map import COPY, SOURCE
from cloudmarket.arguments.prices.state import Prices
from cloudmarket.measures.offers import BASELINE_SCOPES, PAIR
from cloudmarket.measures.parity import SAME

EQUAL = "same price"
LABELS, DOUBTED, FORMER, UPLIFT, OTHER, UNEXPLAINED = REASONS = (
    "own labels differ",
    "another source disagrees",
    "a former price",
    "ten per cent apart",
    "another tier, scope or band",
    "not explained",
)
"""In the order in which they are asked; the last that any pair of a model needs is the model's."""
TEN_PER_CENT = 1.1
# Prices are printed with two or three figures, which blurs a ratio by up to one per cent.
BLUR = 0.01
UNKNOWN, OPENED, CLOSED = "weights not known", "open weights", "closed weights"


@dataclass(frozen=True, eq=False)
class Known:
    """All that was known of prices on a day: ``now`` of every source, and the catalogue's ``past``."""

    now: pd.DataFrame
    past: pd.DataFrame


def known(day: date) -> Known:
    """Return the evidence by which reasons are asked."""
    now = tables.load("token_price", as_of=day)
    past = tables.load("token_price", known_on=day)
    past = past[past.source.isin((SOURCE, COPY)) & (past.valid_to <= pd.Timestamp(day))]
    return Known(now, past)


def explained(found: Prices, evidence: Known | None = None) -> pd.DataFrame:
    """Return every model sold by two clouds or more with the reason of its differences.

    Returns
    -------
    DataFrame
        model, weights, sellers (their number), spread, reason (``EQUAL`` or one of ``REASONS``), detail (in words).
    """
    evidence = evidence or known(found.day)
    weights = names.models().set_index("model").is_open_weights
    offered = {str(model): own.sort_values("seller") for model, own in found.offers.groupby("model")}
    rows = []
    for item in found.parity.items.itertuples():
        own = offered[str(item.model)]
        if item.is_contradicted:
            reason, detail = LABELS, _labels(own)
        elif item.is_equal:
            reason, detail = EQUAL, ""
        else:
            pairs = list(_pairs(own, evidence))
            reason = max((reason for reason, _ in pairs), key=REASONS.index)
            detail = "; ".join(text for _, text in pairs)
        kind = weights.get(item.model)
        named = UNKNOWN if pd.isna(kind) else OPENED if kind else CLOSED
        rows.append((item.model, named, item.sellers, item.spread, reason, detail))
    return pd.DataFrame(rows, columns=["model", "weights", "sellers", "spread", "reason", "detail"])


def counts(items: pd.DataFrame) -> pd.DataFrame:
    """Return models by weights and reason, tidy and complete: weights, reason, models."""
    table = pd.crosstab(items.weights, items.reason)
    kinds = [kind for kind in (CLOSED, OPENED, UNKNOWN) if kind in table.index]
    reasons = [reason for reason in (EQUAL, *REASONS) if reason in table]
    wide = table.loc[kinds, reasons].reset_index()
    tidy = wide.melt("weights", var_name="reason", value_name="models")
    place = tidy.weights.map({kind: place for place, kind in enumerate(kinds)})
    return tidy.assign(place=place).sort_values("place", kind="stable", ignore_index=True).drop(columns="place")


def _labels(own: pd.DataFrame) -> str:
    doubtful = own[own.is_contradicted]
    return "; ".join(f"{row.seller} under {row.labels}" for row in doubtful.itertuples())


def _pairs(own: pd.DataFrame, evidence: Known) -> Iterator[tuple[str, str]]:
    """Yield reason and words for each pair of sellers whose prices differ."""
    offered = [
        _Offer(str(seller), str(model), (float(price_in), float(price_out)))
        for seller, model, price_in, price_out in own[["seller", "model", *PAIR]].itertuples(index=False)
    ]
    for one, other in combinations(offered, 2):
        if not one.is_like(other, 1.0, SAME):
            reason, why = _reason(one, other, evidence)
            ratio = max(one.prices[0], other.prices[0]) / min(one.prices[0], other.prices[0])
            yield reason, f"{one.seller} and {other.seller} (input {ratio:.2f} times): {why}"


@dataclass(frozen=True)
class _Offer:
    """What a seller asks for a model: input and output, USD per million tokens; missing where it asks for none."""

    seller: str
    model: str
    prices: tuple[float, float]

    def is_like(self, other: _Offer, factor: float, tolerance: float) -> bool:
        """Return whether both prices are ``factor`` times the other's; a price that neither states does not count."""
        pairs = [pair for pair in zip(self.prices, other.prices, strict=True) if not np.isnan(pair).all()]
        return all(abs(own / theirs / factor - 1) <= tolerance for own, theirs in pairs)


def _reason(one: _Offer, other: _Offer, evidence: Known) -> tuple[str, str]:
    is_catalogue = evidence.now.source.isin((SOURCE, COPY))
    for asks, wants in ((one, other), (other, one)):
        said = _prints(evidence.now[~is_catalogue], asks, wants, is_baseline=True)
        if len(said):
            return DOUBTED, f"{said.source.iloc[0]} has {asks.seller} at the other's price"
    for asks, wants in ((one, other), (other, one)):
        said = _prints(evidence.past, asks, wants, is_baseline=True)
        if len(said):
            return FORMER, f"{asks.seller} asked the other's price until {said.valid_to.max():%Y-%m-%d}"
    if one.is_like(other, TEN_PER_CENT, BLUR) or other.is_like(one, TEN_PER_CENT, BLUR):
        return UPLIFT, "the difference that sellers ask for bound endpoints"
    for asks, wants in ((one, other), (other, one)):
        said = _prints(evidence.now[is_catalogue], asks, wants, is_baseline=False)
        if len(said):
            first = said.iloc[0]
            what = f"{first.tier}, {first.scope}, from {first.context_from_tokens} tokens"
            return OTHER, f"{asks.seller} asks the other's price for {what}"
    return UNEXPLAINED, "no rule fits"


def _prints(rows: pd.DataFrame, asks: _Offer, wants: _Offer, *, is_baseline: bool) -> pd.DataFrame:
    """Return the rows that print, for one seller, the price that the other asks."""
    own = rows[(rows.seller == asks.seller) & (rows.model == asks.model)]
    plain = (own.tier == "standard") & (own.context_from_tokens == 0) & own.scope.isin(BASELINE_SCOPES)
    own = own[plain == is_baseline]
    close = pd.Series(True, index=own.index)
    for name, price in zip(PAIR, wants.prices, strict=True):
        close &= own[name].isna() if np.isnan(price) else (own[name] / price - 1).abs() <= SAME
    return own[close]
