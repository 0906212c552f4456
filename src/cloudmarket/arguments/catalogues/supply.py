"""Who supplies whom: developers by cloud, and how concentrated each catalogue is."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.catalogues.state import OWN
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.measures import concentration


def reach(listed: pd.DataFrame) -> pd.Series:
    """Return on how many of the clouds each developer is listed: developer (index), clouds; most first."""
    clouds = listed.groupby("developer").seller.nunique().rename("clouds")
    return clouds.sort_values(ascending=False, kind="stable")


def concentrations(listed: pd.DataFrame) -> pd.DataFrame:
    """Return how concentrated each catalogue is by developer, each model counting one.

    Returns
    -------
    DataFrame
        seller (index), models, developers, hhi (points), effective (number of equal developers with the same index),
        largest (developer), largest_percent, own_percent (the cloud's own models).
    """
    rows = []
    for seller in CLOUDS:
        counts = listed[listed.seller == seller].groupby("developer").model.nunique().sort_index()
        if counts.empty:
            continue
        share = counts / counts.sum()
        summary = concentration.summary(share, unit="fraction")
        rows.append((
            seller, int(counts.sum()), len(counts), summary.hhi, summary.effective_firms, str(share.idxmax()),
            100 * float(share.max()), 100 * float(share.get(OWN[seller], 0.0)),
        ))  # fmt: skip
    columns = ["seller", "models", "developers", "hhi", "effective", "largest", "largest_percent", "own_percent"]
    return pd.DataFrame(rows, columns=columns).set_index("seller")


def concentration_range(ways: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the effective number of developers by cloud over all ways of counting: low and high."""
    values = pd.DataFrame({way: concentrations(listed).effective for way, listed in ways.items()})
    return pd.DataFrame({"low": values.min(axis=1), "high": values.max(axis=1)})
