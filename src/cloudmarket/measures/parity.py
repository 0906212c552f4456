"""The law of one price: what identical models cost on each cloud."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

PRICES = ("input_usd_per_mtok", "output_usd_per_mtok")
# Prices are printed with three or four figures: what differs by less is the same price, printed otherwise.
SAME = 1e-6


@dataclass(frozen=True)
class Parity:
    """Prices of the same thing at several sellers.

    ``items`` has one row per item sold by two or more: ``sellers`` (their number), ``is_equal``, ``spread`` (the
    largest ratio of the dearest to the cheapest price, of input or output) and ``is_contradicted``.
    """

    items: pd.DataFrame
    by: str
    across: str

    @property
    def comparable(self) -> pd.DataFrame:
        """The items whose prices no seller's own labels contradict."""
        return self.items[~self.items.is_contradicted]

    @property
    def share_equal(self) -> float:
        """Share of comparable items that cost exactly the same at every seller; NaN if there are none."""
        return float(self.comparable.is_equal.mean())

    def __repr__(self) -> str:
        equal, count = int(self.comparable.is_equal.sum()), len(self.comparable)
        left = len(self.items) - count
        return f"Parity: {equal} of {count} {self.by}s cost the same at every {self.across} ({left} contradicted)"


def compare(prices: pd.DataFrame, by: str = "model", across: str = "seller") -> Parity:
    """Compare the prices of the same item across sellers.

    A census, not a sample: the share of equal prices has no sampling error. Its uncertainty is that of the
    catalogue, which ``is_contradicted`` shows.

    Parameters
    ----------
    prices : DataFrame
        One row per ``by`` and ``across``, with input and output prices in USD per million tokens; optionally
        ``is_contradicted``.

    Raises
    ------
    ValueError
        If an item has two rows at one seller.
    """
    if prices.duplicated([by, across]).any():
        twice = prices.loc[prices.duplicated([by, across]), by].iloc[0]
        raise ValueError(f"{twice!r} has two rows at one {across}: choose one offer of each first")
    groups = prices.groupby(by, sort=True)
    spreads = [groups[name].max() / groups[name].min() for name in PRICES]
    items = pd.DataFrame({"sellers": groups.size(), "spread": pd.concat(spreads, axis=1).max(axis=1)})
    # A price that only some of the sellers state is not equal, whatever the others say.
    complete = pd.concat(
        [groups[name].count().isin([0]) | (groups[name].count() == items.sellers) for name in PRICES], axis=1
    )
    items["is_equal"] = (items.spread - 1 <= SAME) & complete.all(axis=1)
    items["is_contradicted"] = groups.is_contradicted.any() if "is_contradicted" in prices else False
    return Parity(items[items.sellers >= 2].reset_index(), by, across)
