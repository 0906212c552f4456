"""The law of one price: what identical models cost on each cloud.

The share of models at one price everywhere comes first: mostly it is the finding. How much dearer one cloud is, with
its sampling error, is :meth:`Parity.effects`.

References
----------
Cavallo, Neiman and Rigobon (2014), Currency Unions, Product Introductions, and the Real Exchange Rate, Quarterly
Journal of Economics 129(2), 529-595: shares of identical products at exactly one price, as a measure of the law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cloudmarket.measures import parity_effects
from cloudmarket.measures.parity_effects import Effects

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SAME", "Effects", "Parity", "compare"]

# Prices are printed with three or four figures: what differs by less is the same price, printed otherwise.
SAME = 1e-6
CONTRADICTED = "is_contradicted"


@dataclass(frozen=True, repr=False, eq=False)
class Parity:
    """Prices of the same thing at several clouds.

    ``share_equal``: share of the comparable items that cost the same at every cloud that sells them. ``items``: one
    row per item sold at two or more: ``by``, ``sellers`` (their number), ``spread`` (the largest ratio of the dearest
    to the cheapest price, of any price compared), ``is_equal`` and ``is_contradicted``. ``prices``: the rows compared.
    """

    items: pd.DataFrame
    by: str
    across: str
    price: tuple[str, ...]
    prices: pd.DataFrame

    @property
    def share_equal(self) -> float:
        """Share of comparable items that cost exactly the same at every cloud; NaN if there are none."""
        return float(self.comparable.is_equal.mean())

    @property
    def comparable(self) -> pd.DataFrame:
        """The items whose prices no cloud's own labels contradict."""
        return self.items[~self.items.is_contradicted]

    def effects(
        self, price: str | None = None, *, base: str | None = None, permutations: int = 9_999, seed: int = 0
    ) -> Effects:
        """Return each cloud's prices relative to one of them, over the comparable items.

        Parameters
        ----------
        price : str, optional
            Which of the prices compared, if there are several. Offers that do not state it are left out.
        base, permutations, seed
            As :func:`cloudmarket.measures.parity_effects.effects`.

        Raises
        ------
        ValueError
            If it is not clear which price is meant, or as ``parity_effects.effects``: fewer than two comparable items
            have no sampling error.
        """
        if price is None and len(self.price) > 1:
            raise ValueError(f"several prices are compared: say which of {', '.join(self.price)}")
        name = self.price[0] if price is None else price
        if name not in self.price:
            raise ValueError(f"no price {name!r} was compared: use one of {', '.join(self.price)}")
        rows = self.prices[self.prices[self.by].isin(self.comparable[self.by])].dropna(subset=[name])
        return parity_effects.effects(rows, self.by, self.across, name, base=base, permutations=permutations, seed=seed)

    def __repr__(self) -> str:
        equal, count = int(self.comparable.is_equal.sum()), len(self.comparable)
        left = len(self.items) - count
        return f"Parity: {equal} of {count} {self.by}s cost the same at every {self.across} ({left} contradicted)"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how far apart the prices of comparable items are, widest on top, and return the axes.

        Items at one price everywhere are counted in the label of the axis, not drawn.
        """
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        apart = self.comparable[~self.comparable.is_equal].sort_values(["spread", self.by])
        axes.barh([str(name) for name in apart[self.by]], apart.spread - 1, left=1.0)
        axes.set_xlabel(
            f"dearest over cheapest price\n{int(self.comparable.is_equal.sum())} of {len(self.comparable)} {self.by}s"
            " are at one price everywhere"
        )
        return axes


def compare(
    prices: pd.DataFrame, by: str = "model", across: str = "cloud", price: str | Sequence[str] = "price"
) -> Parity:
    """Compare the prices of the same item across clouds.

    A census, not a sample: the share of equal prices has no sampling error. Its uncertainty is that of the
    catalogue, which ``is_contradicted`` shows.

    Parameters
    ----------
    prices : DataFrame
        One row per ``by`` and ``across``: same scope, tier and day. Optionally ``is_contradicted``, true where a
        cloud's own labels print different prices of the item.
    by, across : str
        Columns of what is sold, and of who sells it.
    price : str or list of str
        Columns of prices in one currency and unit, above zero. Of several (input and output), all must be equal; a
        price that is missing at every cloud is none, one that only some state is not equal.

    Returns
    -------
    Parity
        Without items if there are no rows.

    Raises
    ------
    ValueError
        If a column is absent, a row names no item or no cloud, or has none of the prices, a price is not above zero,
        an item has two rows at one cloud, or there is one cloud only.
    """
    names = (price,) if isinstance(price, str) else tuple(dict.fromkeys(price))
    _require(prices, by, across, names)
    groups = prices.groupby(by, sort=True)
    spreads = [groups[name].max() / groups[name].min() for name in names]
    items = pd.DataFrame({"sellers": groups.size(), "spread": pd.concat(spreads, axis=1).max(axis=1)})
    # A price that only some of the clouds state is not equal, whatever the others say.
    stated = [groups[name].count().isin([0]) | (groups[name].count() == items.sellers) for name in names]
    items["is_equal"] = (items.spread - 1 <= SAME) & pd.concat(stated, axis=1).all(axis=1)
    items[CONTRADICTED] = groups[CONTRADICTED].any() if CONTRADICTED in prices else False
    rows = prices[[by, across, *names]].reset_index(drop=True)
    return Parity(items[items.sellers >= 2].reset_index(), by, across, names, rows)


def _require(prices: pd.DataFrame, by: str, across: str, names: tuple[str, ...]) -> None:
    """Refuse what cannot be compared. Raises ValueError."""
    if not names:
        raise ValueError("no price is named: give a column, or several")
    absent = [name for name in (by, across, *names) if name not in prices]
    if absent:
        raise ValueError(f"the prices have no column {absent[0]!r}; their columns are {', '.join(map(str, prices))}")
    if prices[[by, across]].isna().any(axis=None):
        raise ValueError(f"a row has no {by} or no {across}")
    for name in names:
        stated = prices[name].notna()
        wrong = prices[stated & (~(prices[name] > 0) | np.isinf(prices[name].astype("float64")))]
        if len(wrong):
            raise ValueError(f"the {name} of {wrong[by].iloc[0]!r} is {wrong[name].iloc[0]}, which is not above zero")
    empty = prices[prices[list(names)].isna().all(axis=1)]
    if len(empty):
        raise ValueError(f"{empty[by].iloc[0]!r} has no price at {empty[across].iloc[0]}: leave the row out")
    twice = prices[prices.duplicated([by, across])]
    if len(twice):
        raise ValueError(f"{twice[by].iloc[0]!r} has two rows at one {across}: choose one offer of each first")
    if prices[across].nunique() == 1:
        raise ValueError(f"there is one {across} only, {prices[across].iloc[0]!r}: parity compares two at least")
