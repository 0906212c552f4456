"""What the notebook states of offers side by side: bound endpoints, tiers, clouds against each other, European ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import TABLE, Claim, grades, rests_on
from cloudmarket.arguments.prices import endpoints, ratios
from cloudmarket.arguments.prices.claims_list import CORRECTED, FEWEST, MAP, NOTEBOOK, behind, name
from cloudmarket.arguments.prices.panel import EUROPEANS
from cloudmarket.arguments.prices.state import Prices
from cloudmarket.measures import offers

_MIDDLE = (0.1, 0.9)


def claims(found: Prices) -> list[Claim]:
    """Return the claims on offers of a day; those that its rows cannot carry are absent."""
    parts = (_ratios, _scopes, _exact, _tiers, _europe)
    return [claim for part in parts for claim in part(found)]


def _scopes(found: Prices) -> Iterator[Claim]:
    classed = endpoints.classed(found.scopes)
    for seller, own in classed[classed.scope == "eu"].groupby("seller"):
        if len(own) >= FEWEST:
            low, high = own.ratio.quantile(list(_MIDDLE))
            exact, same = (int((own.part == part).sum()) for part in (endpoints.EXACT, endpoints.SAME_PRICE))
            rows = _bound(found, own)
            yield Claim(
                claim=f"price-eu-{seller}",
                statement=f"Of {len(own)} models with an endpoint bound to the EU on {name(seller)}, {exact} cost"
                f" exactly ten per cent more there and {same} the same; the median is {own.ratio.median() - 1:+.0%}",
                value=float(100 * (own.ratio.median() - 1)), low=float(100 * (low - 1)), high=float(100 * (high - 1)),
                unit="percent",
                interval="middle 80 % of models", evidence=grades(rows), notebook=NOTEBOOK, figure="06-scopes",
                sources=MAP, rows=rests_on(token_price=rows), would_change_if=CORRECTED,
            )  # fmt: skip


def _exact(found: Prices) -> Iterator[Claim]:
    classed = endpoints.classed(found.scopes)
    if len(classed) >= FEWEST:
        exact, same = (int((classed.part == part).sum()) for part in (endpoints.EXACT, endpoints.SAME_PRICE))
        rows = _bound(found, classed)
        yield Claim(
            claim="price-bound-exact",
            statement=f"Of {len(classed)} offers bound to a place, {exact} cost exactly ten per cent more than the"
            f" least bound one, and {same} the same",
            value=100 * exact / len(classed), unit="percent",
            interval="a census of the list; two offers of a model in two channels are two",
            evidence=grades(rows), notebook=NOTEBOOK, figure="06-scopes", sources=MAP,
            rows=rests_on(token_price=rows), would_change_if=CORRECTED,
        )  # fmt: skip


def _bound(found: Prices, own: pd.DataFrame) -> pd.DataFrame:
    """Return the rows under ratios of endpoints: bound and least bound ones of the same sellers and models."""
    rows = offers.standard(found.vintage)
    key = ["seller", "channel", "model"]
    kept = rows.merge(own[key].drop_duplicates(), on=key)
    return kept[kept.scope.isin({*own.scope, *offers.BASELINE_SCOPES})]


def _tiers(found: Prices) -> Iterator[Claim]:
    for tier, words in (("batch", "Waiting for a batch"), ("priority", "Priority")):
        own = found.tiers[found.tiers.tier == tier]
        if len(own) >= FEWEST:
            low, high = own.ratio.quantile(list(_MIDDLE))
            rows = found.vintage[found.vintage.label.isin(own.label) & (found.vintage.context_from_tokens == 0)]
            yield Claim(
                claim=f"price-{tier}",
                statement=f"{words} costs {own.ratio.median():.0%} of the standard price for the median offer",
                value=float(100 * own.ratio.median()), low=float(100 * low), high=float(100 * high), unit="percent",
                interval="middle 80 % of offers", evidence=grades(rows), notebook=NOTEBOOK, figure=TABLE,
                sources=MAP, rows=rests_on(token_price=rows[rows.tier.isin((tier, "standard"))]),
                would_change_if=CORRECTED,
            )  # fmt: skip


def _ratios(found: Prices) -> Iterator[Claim]:
    effects = ratios.of_clouds(found.offers)
    if effects is not None:
        table = ratios.table(effects)
        shared = found.offers[found.offers.groupby("model").seller.transform("size") >= 2]
        rows = behind(found, shared.model)
        for row in table.to_dict("records"):
            yield Claim(
                claim=f"price-ratio-{row['seller']}",
                statement=f"For identical models {name(row['seller'])} asks {row['ratio']:.2f} times what"
                f" {name(ratios.BASE)} asks",
                value=float(row["ratio"]), low=float(row["low"]), high=float(row["high"]), unit="times",
                interval=f"95 % interval, clustered by model; permutation p {row['permutation_p']:.3f}",
                evidence=grades(rows), notebook=NOTEBOOK, figure="06-parity", sources=MAP,
                rows=rests_on(token_price=rows), would_change_if=f"{CORRECTED}; another blend of tokens",
            )  # fmt: skip


def _europe(found: Prices) -> Iterator[Claim]:
    effects = ratios.with_europe(found.day)
    if effects is None:
        return
    table = ratios.table(effects).set_index("seller")
    european = table[table.index.isin(EUROPEANS)].sort_values("models", ascending=False)
    rows = ratios.european_rows(found.day)
    for seller, row in european.iterrows():
        if np.isfinite(row.low):
            yield Claim(
                claim=f"price-europe-{seller}",
                statement=f"For the same open models {name(seller)} asks {row.ratio:.2f} times what {name(ratios.BASE)}"
                " asks",
                value=float(row.ratio), low=float(row.low), high=float(row.high), unit="times",
                interval=f"95 % interval, clustered by model; {row.models:.0f} models shared",
                evidence=grades(rows), notebook=NOTEBOOK, figure="06-parity", sources=MAP,
                rows=rests_on(token_price=rows),
                would_change_if=f"{CORRECTED}; European entries are rarely looked at, and many have never changed",
            )  # fmt: skip
