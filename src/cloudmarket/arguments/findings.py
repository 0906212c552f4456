"""The findings of the report as a table: what is found, how sure, and where it is argued."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.catalogues import Catalogue, exclusivity
from cloudmarket.arguments.prices import Prices, parity_by_weights

Finding = tuple[str, str, str, str, str, str]
CATALOGUES, PRICES = "05_model_catalogues", "06_token_prices"
# That a model is listed is what a volunteer printed; no page is named for it.
LISTED = "C"


def findings(listed: Catalogue, priced: Prices) -> pd.DataFrame:
    """Return the findings with their value, what the evidence leaves open, and where they come from.

    Returns
    -------
    DataFrame
        finding, value, range, evidence, notebook, figure; numbered from 1.
    """
    price_parts = (_parity, _changes, _scopes, _tiers)
    rows = [finding for part in price_parts for finding in part(priced)]
    rows += [*_exclusivity(listed), *_breadth(listed)]
    table = pd.DataFrame(rows, columns=["finding", "value", "range", "evidence", "notebook", "figure"])
    return table.set_index(pd.RangeIndex(1, len(table) + 1))


def markdown(table: pd.DataFrame) -> str:
    """Return the findings as a Markdown table in which each one links to the notebook that argues it."""
    links = [f"[{figure}]({notebook}.ipynb)" for notebook, figure in zip(table.notebook, table.figure, strict=True)]
    shown = table.drop(columns=["notebook", "figure"]).assign(**{"argued in": links})
    return shown.to_markdown(disable_numparse=True)


def _parity(found: Prices) -> Iterator[Finding]:
    same, total = found.parity.comparable, len(found.parity.items)
    if len(same):
        equal = int(same.is_equal.sum())
        # Those that a cloud's own labels contradict may be equal or not.
        low, high = equal / total, (equal + total - len(same)) / total
        yield (
            f"{equal} of {len(same)} identical models cost exactly the same wherever they are sold.",
            f"{found.parity.share_equal:.0%}",
            f"{low:.0%} to {high:.0%}",
            _grades(found),
            PRICES,
            "06-different",
        )
    table = parity_by_weights(found.parity).pivot(index="weights", columns="prices", values="models")
    if {"open weights", "closed weights"} <= set(table.index) and "same price everywhere" in table:
        share = table["same price everywhere"] / table.sum(axis=1)
        unknown = int(table.sum(axis=1).get("weights not known", 0))
        yield (
            f"Of models with closed weights, {share['closed weights']:.0%} cost the same wherever they are sold; of"
            f" those with open weights, {share['open weights']:.0%}.",
            f"{share['closed weights']:.0%}",
            f"{unknown} models of unknown weights left out",
            _grades(found),
            PRICES,
            "06-parity",
        )


def _changes(found: Prices) -> Iterator[Finding]:
    classes = found.changes.change_class.value_counts()
    if len(classes):
        market, unresolved = int(classes.get("market_change", 0)), int(classes.get("unresolved", 0))
        yield (
            f"Of {classes.sum()} changes of a printed standard price, {market} are borne out as changes of a price.",
            str(market),
            f"{market} to {market + unresolved}",
            _grades(found),
            PRICES,
            "06-changes",
        )


def _scopes(found: Prices) -> Iterator[Finding]:
    for seller, ratios in found.scopes[found.scopes.scope == "eu"].groupby("seller").ratio:
        low, high = ratios.quantile([0.1, 0.9])
        yield (
            f"For the median model, an endpoint bound to the EU costs {ratios.median() - 1:.0%} more"
            f" on {_name(seller)}.",
            f"{ratios.median() - 1:.0%}",
            f"{low - 1:.0%} to {high - 1:.0%} (middle 80% of models)",
            _grades(found),
            PRICES,
            "06-scopes",
        )


def _tiers(found: Prices) -> Iterator[Finding]:
    ratios = found.tiers[found.tiers.tier == "batch"].ratio
    if len(ratios):
        low, high = ratios.quantile([0.1, 0.9])
        yield (
            f"Waiting for a batch costs {ratios.median():.0%} of the standard price for the median offer.",
            f"{ratios.median():.0%}",
            f"{low:.0%} to {high:.0%} (middle 80% of offers)",
            _grades(found),
            PRICES,
            "06-tiers",
        )


def _exclusivity(found: Catalogue) -> Iterator[Finding]:
    elsewhere = exclusivity(found, "openai").elsewhere("azure")
    if len(elsewhere):
        first = elsewhere.iloc[0]
        yield (
            f"OpenAI's models with closed weights are listed off Azure since {first.valid_from:%-d %B %Y},"
            f" on {_name(first.seller)} first.",
            f"{first.valid_from:%Y-%m-%d}",
            f"after {first.first_listed_after_on:%Y-%m-%d}",
            LISTED,
            CATALOGUES,
            "05-openai",
        )


def _breadth(found: Catalogue) -> Iterator[Finding]:
    if found.models:
        total, two, three = found.models, found.on_at_least(2), found.on_at_least(3)
        yield (
            f"The three clouds list {total} models; {two} of them are on two clouds or more, {three} on all three.",
            f"{two / total:.0%}",
            f"{three / total:.0%} on all three",
            LISTED,
            CATALOGUES,
            "05-overlap",
        )


def _grades(found: Prices) -> str:
    """Return the grades of the evidence under the prices, and the share of each."""
    shares = found.vintage.evidence.value_counts(normalize=True).sort_index()
    return ", ".join(f"{grade} {share:.0%}" for grade, share in shares.items())


def _name(seller: object) -> str:
    sellers = names.clouds()
    return str(sellers.loc[sellers.code == seller, "name"].item())
