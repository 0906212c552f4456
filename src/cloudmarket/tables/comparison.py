"""What changed between two days: models listed and delisted, prices changed and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cloudmarket import tables
from cloudmarket.errors import CloudMarketError
from cloudmarket.tables.token_price import catalogue


@dataclass(frozen=True)
class Comparison:
    """``listed`` and ``delisted`` have seller and model; ``sellers`` has one row of counts per seller."""

    listed: pd.DataFrame
    delisted: pd.DataFrame
    changes: pd.DataFrame
    sellers: pd.DataFrame


def compare(before: str, after: str) -> Comparison:
    """Compare two vintages of the catalogue and of prices.

    Models are those of the litellm map, or of its copy while it was not seen: the sources are not of one age, so what
    one of them lists alone would look like a change of the market.

    Parameters
    ----------
    before, after : str
        Days; each side is what was known by then.

    Raises
    ------
    CloudMarketError
        If ``before`` is not the earlier day.
    """
    if not pd.Timestamp(before) < pd.Timestamp(after):
        raise CloudMarketError(f"{before} is not before {after}")
    old, new = (_listed(day) for day in (before, after))
    both = old.merge(new, how="outer", indicator="side")
    listed = both.loc[both.side == "right_only", ["seller", "model"]].reset_index(drop=True)
    delisted = both.loc[both.side == "left_only", ["seller", "model"]].reset_index(drop=True)
    changes = tables.load("price_change", known_on=after)
    changes = changes[changes.changed_on > pd.Timestamp(before)].reset_index(drop=True)
    counts = {
        "models_before": old.seller, "models_after": new.seller, "listed": listed.seller,
        "delisted": delisted.seller, "price_changes": changes.seller,
    }  # fmt: skip
    sellers = pd.DataFrame({name: sold.value_counts() for name, sold in counts.items()}).fillna(0).astype(int)
    return Comparison(listed, delisted, changes, sellers.sort_values("models_after", ascending=False))


def _listed(day: str) -> pd.DataFrame:
    rows = tables.load("model_listing", as_of=day)
    rows = rows[rows.source.map(catalogue) == "litellm"]
    return rows[["seller", "model"]].drop_duplicates(ignore_index=True)
