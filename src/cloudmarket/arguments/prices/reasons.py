"""Why identical models have different prices on two clouds: each pair of prices, and the first reason that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

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
    offered = {model: own.sort_values("seller") for model, own in found.offers.groupby("model")}
    rows = []
    for item in found.parity.items.itertuples():
        own = offered[item.model]
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
    stacked = table.loc[kinds, reasons].stack().rename("models")
    return stacked.reset_index()


def _labels(own: pd.DataFrame) -> str:
    doubtful = own[own.is_contradicted]
    return "; ".join(f"{row.seller} under {row.labels}" for row in doubtful.itertuples())


def _pairs(own: pd.DataFrame, evidence: Known) -> Iterator[tuple[str, str]]:
    """Yield reason and words for each pair of sellers whose prices differ."""
    for one, other in combinations(own.to_dict("records"), 2):
        if not _same(one, other):
            reason, why = _reason(one, other, evidence)
            ratio = max(one[PAIR[0]], other[PAIR[0]]) / min(one[PAIR[0]], other[PAIR[0]])
            yield reason, f"{one['seller']} and {other['seller']} (input {ratio:.2f} times): {why}"


def _reason(one: dict[str, object], other: dict[str, object], evidence: Known) -> tuple[str, str]:
    for asks, wants in ((one, other), (other, one)):
        said = _prints(evidence.now[~evidence.now.source.isin((SOURCE, COPY))], asks, wants, baseline=True)
        if len(said):
            return DOUBTED, f"{said.source.iloc[0]} has {asks['seller']} at the other's price"
    for asks, wants in ((one, other), (other, one)):
        said = _prints(evidence.past, asks, wants, baseline=True)
        if len(said):
            return FORMER, f"{asks['seller']} asked the other's price until {said.valid_to.max():%Y-%m-%d}"
    if _ratio_is(one, other, TEN_PER_CENT) or _ratio_is(other, one, TEN_PER_CENT):
        return UPLIFT, "the difference that sellers ask for bound endpoints"
    ours = evidence.now[evidence.now.source.isin((SOURCE, COPY))]
    for asks, wants in ((one, other), (other, one)):
        said = _prints(ours, asks, wants, baseline=False)
        if len(said):
            first = said.iloc[0]
            what = f"{first.tier}, {first.scope}, from {first.context_from_tokens} tokens"
            return OTHER, f"{asks['seller']} asks the other's price for {what}"
    return UNEXPLAINED, "no rule fits"


def _prints(
    rows: pd.DataFrame, asks: dict[str, object], wants: dict[str, object], *, baseline: bool
) -> pd.DataFrame:
    """Return the rows that print, for one seller, the price that the other asks."""
    own = rows[(rows.seller == asks["seller"]) & (rows.model == asks["model"])]
    is_base = (own.tier == "standard") & (own.context_from_tokens == 0) & own.scope.isin(BASELINE_SCOPES)
    own = own[is_base] if baseline else own[~is_base]
    close = pd.Series(True, index=own.index)
    for name in PAIR:
        close &= ((own[name] / wants[name] - 1).abs() <= SAME) | (own[name].isna() & pd.isna(wants[name]))
    return own[close]


def _same(one: dict[str, object], other: dict[str, object]) -> bool:
    return all(pd.isna(one[name]) and pd.isna(other[name]) or _near(one, other, name, 1.0, SAME) for name in PAIR)


def _ratio_is(one: dict[str, object], other: dict[str, object], factor: float) -> bool:
    return all(pd.isna(one[name]) and pd.isna(other[name]) or _near(one, other, name, factor, BLUR) for name in PAIR)


def _near(one: dict[str, object], other: dict[str, object], name: str, factor: float, tolerance: float) -> bool:
    a, b = float(one[name]), float(other[name])  # type: ignore[arg-type]
    return abs(a / b / factor - 1) <= tolerance
