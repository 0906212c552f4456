"""What curated facts are called: bases of figures, types of events, providers in publishers' estimates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from cloudmarket.names._tables import frame, rows


def bases() -> pd.DataFrame:
    """Return on what basis a figure can stand.

    Returns
    -------
    pandas.DataFrame
        ``basis``, ``name``; ``company``, missing where any may use it; ``recast_on`` where the day is stated;
        ``description``; ``breaks_with``, the bases it may not be joined with, with + between them.
    """
    return frame("bases")


def breaks_with(basis: str) -> frozenset[str]:
    """Return the bases that one may not be joined with. Raises KeyError if the basis is unknown."""
    found = {row["basis"]: row["breaks_with"] for row in rows("bases")}
    return frozenset(found[basis].split("+")) - {""}


def broken_pairs(chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of bases that may not be joined."""
    return [(one, other) for one, other in combinations(chosen, 2) if other in breaks_with(one)]


def event_types() -> pd.DataFrame:
    """Return the types of events: ``type``, ``name``, ``description``."""
    return frame("event_types")


def market_providers() -> pd.DataFrame:
    """Return whom estimates and surveys are about: ``provider``, ``name``, ``kind`` (provider or group)."""
    return frame("market_providers")


def codes(table: str, column: str) -> frozenset[str]:
    """Return the codes in a column of a reviewed table."""
    return frozenset(row[column] for row in rows(table))
