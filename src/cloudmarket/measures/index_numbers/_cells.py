"""A panel as arrays of periods by products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Prices that come from sums are off by some units of the last place.
_SAME_PRICE = 1e-9
_NAMED = 6
_BLOCK = 2048


class NotLinkedError(ValueError):
    """Periods share no product, so that no index between them exists."""


@dataclass(frozen=True)
class Cells:
    """Prices and quantities, (T, N) arrays, missing where a product was not sold in a period.

    ``periods`` (T) in order; ``products`` (N); ``price`` in money per unit; ``quantity`` in units, all missing where
    the panel has none; ``rows`` the number of observations in each cell, 0 where there is none.
    """

    periods: pd.Index[Any]
    products: pd.Index[Any]
    price: Array
    quantity: Array
    rows: Array

    @cached_property
    def sold(self) -> Mask:
        """Where there is a price, (T, N)."""
        return np.isfinite(self.price)

    @cached_property
    def log_price(self) -> Array:
        """Logarithm of price less the product's mean, 0 where not sold, (T, N).

        A product's unit of measure has no say in any index; without its mean, sums cancel fewer digits.
        """
        logs = np.log(self.price)
        logs[~self.sold] = 0.0
        logs -= logs.sum(axis=0) / np.maximum(self.sold.sum(axis=0), 1)
        logs[~self.sold] = 0.0
        return logs

    @cached_property
    def value(self) -> Array:
        """Expenditure, money, 0 where not sold, missing where quantities are, (T, N)."""
        value: Array = self.price * self.quantity
        value[~self.sold] = 0.0
        return value

    @cached_property
    def share(self) -> Array:
        """Expenditure as a fraction of the period's, (T, N)."""
        shares: Array = self.value / self.value.sum(axis=1, keepdims=True)
        return shares

    def of_periods(self, chosen: slice | list[int]) -> Cells:
        """Return the cells of some periods."""
        return Cells(self.periods[chosen], self.products, self.price[chosen], self.quantity[chosen], self.rows[chosen])

    def of_products(self, chosen: NDArray[Any]) -> Cells:
        """Return the cells of some products; one named twice counts as two."""
        return Cells(
            self.periods,
            self.products[chosen],
            self.price[:, chosen],
            self.quantity[:, chosen],
            self.rows[:, chosen],
        )

    def price_changes(self) -> int:
        """Return how often a product's price differs from its last one seen."""
        changes, last = 0, self.price[0].copy()
        for sold, price in zip(self.sold[1:], self.price[1:], strict=True):
            # A comparison with a price never seen is false.
            changes += int(np.count_nonzero(np.abs(price - last) > _SAME_PRICE * last))
            last = np.where(sold, price, last)
        return changes

    def blocks(self) -> Iterator[Cells]:
        """Return the cells by some thousand products: sums over products need no copies of all of them."""
        for start in range(0, len(self.products), _BLOCK):
            at = slice(start, start + _BLOCK)
            yield Cells(self.periods, self.products[at], self.price[:, at], self.quantity[:, at], self.rows[:, at])

    def require_connected(self) -> None:
        """Raise NotLinkedError, naming the groups, if periods fall into groups that share no product.

        Levels of two groups cannot be compared: any factor between them fits as well.
        """
        together = np.zeros((len(self.periods), len(self.periods)))
        for part in self.blocks():
            sold = part.sold.astype("float64")
            together += sold @ sold.T
        require_linked(together > 0, self.periods)


def require_linked(linked: Mask, periods: pd.Index[Any]) -> None:
    """Raise NotLinkedError, naming the groups, if not all periods are linked; ``linked`` is (T, T)."""
    if linked.all():
        return
    # Graphs are slow to import, and hardly ever needed.
    from scipy.sparse.csgraph import connected_components

    count, labels = connected_components(linked, directed=False)
    if count > 1:
        groups = " | ".join(_named(periods[labels == label]) for label in range(count))
        raise NotLinkedError(
            f"the index is not identified: no product links these {count} groups of periods: {groups}. Compute each"
            " group by itself, or bring in a product sold in both"
        )


def _named(periods: pd.Index[Any]) -> str:
    names = [str(period) for period in periods]
    if len(names) > _NAMED:
        return f"{', '.join(names[:3])} ... {names[-1]} ({len(names)} periods)"
    return ", ".join(names)
