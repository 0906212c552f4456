"""A value of an indicator for each cloud, with its ends and the rows it is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cloudmarket.arguments.price_map import CLOUDS

COLUMNS = ["value", "low", "high"]


@dataclass(frozen=True, eq=False)
class Cells:
    """Values of one indicator.

    ``frame``: by cloud, value, low, high, missing where not known. ``rows``: by published table, what they rest on.
    """

    frame: pd.DataFrame
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def exact(values: Mapping[str, float] | pd.Series, **rows: pd.DataFrame) -> Cells:
    """Return values that are what they are."""
    series = pd.Series(dict(values), dtype="float64").reindex(CLOUDS)
    return Cells(pd.DataFrame(dict.fromkeys(COLUMNS, series)), rows)


def ranged(frame: pd.DataFrame, **rows: pd.DataFrame) -> Cells:
    """Return values with ends, from a frame by cloud."""
    return Cells(frame.reindex(CLOUDS)[COLUMNS].astype("float64"), rows)


def nothing() -> Cells:
    """Return what is known where nothing is."""
    return exact({})
