"""What is said of panels that no index can be made of, wherever they are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cloudmarket.measures.hedonic._sums import Columns

EMPTY = "the panel is empty"
# Of logarithms: what came through other units is off by some units of the last place.
SAME_PRICE = 1e-12


def require_columns(names: list[str], columns: Columns) -> None:
    """Raise ValueError if a column is absent."""
    absent = [name for name in columns.needed if name not in names]
    if absent:
        raise ValueError(f"the panel has no column {absent[0]!r}")


def require_clusters(count: int) -> None:
    """Raise ValueError if there are fewer than two clusters."""
    if count < 2:
        raise ValueError("there is one cluster of errors only, from which nothing can be said of sampling")


def require_in_time(labels: pd.Index[Any]) -> None:
    """Raise ValueError if periods are texts whose order is not that of time, as month 10 before month 9."""
    if len({len(name) for name in labels if isinstance(name, str)}) > 1:
        raise ValueError(
            f"periods such as {labels[0]!r} and {labels[-1]!r} are texts of several lengths, whose order may not be"
            " that of time: give dates, numbers or ISO texts as 2024-01"
        )


def missing(count: int, name: str, product: object) -> str:
    """Say that rows have no value in a column."""
    return f"{count} rows have no {name}, as {product!r}"


def not_positive(product: object, price: object) -> str:
    """Say that a price is none."""
    return f"the price of {product!r} is {price}, which is not above zero and finite"


def bad_weight(product: object) -> str:
    """Say that a weight is none."""
    return f"the weight of {product!r} is missing or not above zero: leave out what was not sold"


def twice(product: object, period: object) -> str:
    """Say that a product has several rows in a period."""
    return f"{product!r} has two prices in {period}: one product, one row"


def one_period(period: object) -> str:
    """Say that there is nothing to compare with."""
    return f"there is one period only, {period}: an index compares at least two"


def constant(name: str) -> str:
    """Say that a characteristic is the same everywhere."""
    return f"the characteristic {name!r} never differs: it explains nothing, leave it out"


def infinite(name: str) -> str:
    """Say that a characteristic is no number."""
    return f"the characteristic {name!r} is infinite somewhere"
