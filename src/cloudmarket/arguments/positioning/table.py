"""The reviewed table of indicators: what each is, in which direction it counts, why it is there and what it lacks."""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import pandas as pd

ROOT = "position"
CONTEXT = "shown, not counted"


@cache
def indicators() -> pd.DataFrame:
    """Return the table by code, in the order in which indicators are shown.

    Its columns are name, unit, direction (1, -1, or 0: shown and not counted), group, table, spread, why, missing.
    """
    text = (files(__package__) / "indicators.csv").read_text(encoding="utf-8")
    return pd.read_csv(io.StringIO(text)).set_index("code")


def counted() -> pd.DataFrame:
    """Return the indicators that have a direction."""
    rows = indicators()
    return rows[rows.direction != 0]


def structure(codes: list[str]) -> pd.DataFrame:
    """Return the hierarchy over some of the counted indicators, as a composite reads it; empty groups are left out."""
    rows = counted().loc[codes]
    leaves = pd.DataFrame({"name": codes, "parent": rows.group.to_list(), "direction": rows.direction.to_list()})
    groups = pd.DataFrame({"name": rows.group.unique(), "parent": ROOT, "direction": 1})
    top = pd.DataFrame({"name": [ROOT], "parent": [None], "direction": [1]})
    return pd.concat([leaves, groups, top], ignore_index=True)
