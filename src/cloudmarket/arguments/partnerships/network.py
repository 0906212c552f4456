"""The network of labs and clouds on a day: terms, money, computing bought, and models listed."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket.arguments.catalogues import Catalogue
from cloudmarket.arguments.partnerships.deals import CLOUDS, records
from cloudmarket.arguments.partnerships.terms import holding

DEVELOPERS = {
    "openai": "OpenAI", "anthropic": "Anthropic", "mistral": "Mistral AI", "meta": "Meta", "xai": "xAI",
    "cohere": "Cohere", "deepseek": "DeepSeek",
}  # fmt: skip
ORDER = ("exclusive or primary", "money into the lab", "computing the lab buys", "models listed")
COLUMNS = ["panel", "lab", "cloud", "kind", "evidence", "since"]


def ties(deals: pd.DataFrame, terms: pd.DataFrame, listed: Catalogue, days: dict[str, date]) -> pd.DataFrame:
    """Return the ties between labs and clouds on several days, by what is known today of each.

    Parameters
    ----------
    deals, terms : DataFrame
        As :func:`deals.deals` and :func:`terms.terms` give them.
    listed : Catalogue
        Of which the listings on each day are taken; where it does not reach a day, listings are not known then.
    days : dict
        Day by the name of its panel.

    Returns
    -------
    DataFrame
        panel, lab, cloud, kind (see ``ORDER``), evidence (the best grade of a tie), since; one row per tie and kind.
    """
    parts = [_at(deals, terms, listed.spells, pd.Timestamp(day)).assign(panel=name) for name, day in days.items()]
    frame = pd.concat(parts, ignore_index=True)
    return frame.reindex(columns=COLUMNS)


def _at(deals: pd.DataFrame, terms: pd.DataFrame, spells: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    past = deals[deals.occurred_by_on <= day]
    rows = [*_deals(past, "investment", ORDER[1]), *_deals(past, "compute", ORDER[2])]
    bound = records(holding(terms, day))
    rows += [(term.lab, term.cloud, ORDER[0], term.evidence, term.begins_on) for term in bound]
    own = spells[(spells.valid_from <= day) & ~(spells.valid_to <= day) & spells.developer.isin(list(DEVELOPERS))]
    first = own.groupby(["developer", "seller"]).valid_from.min()
    listed = first.reset_index()
    rows += [(DEVELOPERS[one.developer], one.seller, ORDER[3], "C", one.valid_from) for one in records(listed)]
    frame = pd.DataFrame(rows, columns=["lab", "cloud", "kind", "evidence", "since"])
    best = frame.sort_values(["evidence", "since"]).drop_duplicates(["lab", "cloud", "kind"])
    place = best.kind.map({name: at for at, name in enumerate(ORDER)})
    return best.assign(_place=place).sort_values(["lab", "cloud", "_place"]).drop(columns="_place")


def _deals(past: pd.DataFrame, purpose: str, kind: str) -> list[tuple[str, str, str, str, pd.Timestamp]]:
    """Return the ties by deals of a purpose; a type named second (an investment with a contract) counts as well."""
    named = {"investment": "investment", "compute": "compute_contract|compute_supplier|exclusive_cloud|primary_cloud"}
    is_kind = past.type.str.contains(named[purpose]) | (past.amount_of == purpose)
    rows = past[is_kind & past.cloud.isin(set(CLOUDS.values()))]
    return [(row.lab, row.cloud, kind, row.evidence, row.occurred_on) for row in records(rows)]
