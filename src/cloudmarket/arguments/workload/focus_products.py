"""What the products on a bill are, and why some of them cannot be priced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cloudmarket.arguments.workload import focus_names
from cloudmarket.arguments.workload.focus_names import Meaning

CURRENCY = "USD"
PRODUCT = ["provider", "sku", "unit"]


def named(groups: pd.DataFrame, own: Mapping[tuple[str, str], Meaning]) -> pd.DataFrame:
    """Return what each product is: provider, sku, unit and the fields of a meaning; one row each.

    Both ends of its descriptions, over all its rows, must say the same.
    """
    ends = groups.groupby(PRODUCT, dropna=False).agg(first=("first_text", "min"), last=("last_text", "max"))
    products = ends.reset_index()
    said = []
    row: Any
    for row in products.itertuples():
        unit = row.unit if isinstance(row.unit, str) else None
        said.append(own.get((row.provider, row.sku)) or _agreed(row.provider, row.first, row.last, unit))
    meanings = pd.DataFrame([vars(one) for one in said], columns=list(Meaning.__dataclass_fields__))
    return products[PRODUCT].join(meanings)


def joined(groups: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Add to groups what their products are, who sells them, and whether they are AI."""
    found = groups.merge(products, on=PRODUCT, how="left", validate="many_to_one")
    pairs = list(zip(found.category, found.service, strict=True))
    by_name = {pair: focus_names.is_ai(*pair) for pair in set(pairs)}
    is_ai = [by_name[pair] for pair in pairs]
    found["is_ai"] = pd.Series(is_ai, index=found.index, dtype=bool) | (found["item"] != "") | (found.machine != "")
    return found.assign(seller=found.provider.map(focus_names.seller))


def _agreed(provider: str, first: str, last: str, unit: str | None) -> Meaning:
    seller = focus_names.seller(provider)
    if not seller:
        return Meaning(reason=f"our lists have no prices of {provider}")
    one, other = focus_names.meaning(seller, first, unit), focus_names.meaning(seller, last, unit)
    if one == other:
        return one
    # What names a machine with accelerators at all is AI, even where it cannot be said which.
    return Meaning(reason="one product id stands for several descriptions", machine=one.machine or other.machine)


def reasons(rows: pd.DataFrame) -> list[str]:
    """Return why each row cannot be priced, empty where it can."""
    return [_unusable(row) if row.buys else str(row.reason) for row in rows.itertuples()]


def _unusable(row: Any) -> str:
    """Return why what is known to have been bought cannot be priced; empty where it can."""
    if row.charge != "Usage":
        return f"{row.charge.lower()}, not usage"
    if row.no_quantity:
        return "some of its rows have no quantity"
    if not row.quantity > 0:
        return "its quantity is not above zero: refunds are as large"
    if row.currency != CURRENCY:
        return f"billed in {row.currency}; the lists are in {CURRENCY}, and no rate is assumed"
    return ""
