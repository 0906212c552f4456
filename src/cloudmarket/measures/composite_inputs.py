"""Indicators that are not known exactly: draws of a whole table of them, for a composite's uncertainty.

What is known of an indicator comes in two kinds. A cell has bounds or an interval of its own: it is drawn there,
independently of others. And a definition can be read in several ways, alike for all units (what counts as one item,
which of two reported figures is meant): then whole columns are exchanged together, never one unit's alone.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 8 (errors of the data among the sources of
uncertainty). Wallis (2014), The two-piece normal, binormal, or double Gaussian distribution, Statistical Science 29(1),
106-112, for an interval whose two halves differ.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Readings = Mapping[str, Mapping[str, pd.DataFrame]]
COLUMNS = ("unit", "indicator", "value", "low", "high", "spread")
BOUNDS, INTERVAL = "bounds", "interval"
# Half the width of a 95 % interval in standard deviations.
REACH = 1.959963984540054


def matrix(table: pd.DataFrame, column: str = "value") -> pd.DataFrame:
    """Return one column of a table of cells as a frame (units, indicators), both in order of appearance.

    Raises
    ------
    ValueError
        If a cell is there twice or a column is missing.
    """
    lacking = [name for name in COLUMNS if name not in table]
    if lacking:
        raise ValueError(f"the table of indicators has no column {lacking[0]!r}")
    twice = table.duplicated(["unit", "indicator"])
    if twice.any():
        cell = table[twice].iloc[0]
        raise ValueError(f"the cell of {cell.unit!r} and {cell.indicator!r} is there twice")
    wide = table.pivot(index="unit", columns="indicator", values=column)
    return wide.reindex(index=table.unit.unique(), columns=table.indicator.unique()).astype("float64")


def draw(table: pd.DataFrame, readings: Readings | None = None, *, draws: int, seed: int = 0) -> Array:
    """Return tables of indicators as they could be.

    Parameters
    ----------
    table : DataFrame
        One row per cell: unit, indicator, value, low, high, spread. ``spread`` says what the ends are: ``bounds`` (all
        between is as likely) or ``interval`` (95 %, its halves those of a two-piece normal; what would lie beyond is
        put at the ends). Without ends a value is exact; without a value it is missing in all draws.
    readings : mapping
        By set, the readings of it by name: frames (units, indicators) whose columns take the place of the table's.
        A reading is drawn first, as likely as the value printed, and its cells are then exact.
    draws : int
        Number of tables.

    Returns
    -------
    array (draws, units, indicators)

    Raises
    ------
    ValueError
        If a spread is unknown, ends are in the wrong order or do not hold the value, or a reading is of something else.
    """
    values = matrix(table)
    low, high = (_ends(table, name, values) for name in ("low", "high"))
    if ((low > values) | (values > high)).to_numpy().any():
        raise ValueError("an indicator lies outside its own ends")
    kinds = set(table.spread.dropna()) - {BOUNDS, INTERVAL}
    if kinds:
        raise ValueError(f"no spread {sorted(kinds)[0]!r}: use {BOUNDS} or {INTERVAL}")
    is_interval = (table.assign(spread=table.spread == INTERVAL).pipe(matrix, "spread") == 1).to_numpy()
    random = np.random.default_rng(seed)
    middle, bottom, top = (frame.to_numpy()[None] for frame in (values, low, high))
    flat = bottom + (top - bottom) * random.random((draws, *values.shape))
    z = np.clip(random.standard_normal((draws, *values.shape)), -REACH, REACH) / REACH
    peaked = middle + np.where(z < 0, z * (middle - bottom), z * (top - middle))
    drawn = np.where(is_interval[None], peaked, flat)
    for one in (readings or {}).values():
        chosen = random.integers(len(one) + 1, size=draws)
        for place, frame in enumerate(one.values(), 1):
            drawn[chosen == place] = read(drawn[chosen == place], values, frame)
    return np.asarray(drawn)


def read(drawn: Array, values: pd.DataFrame, reading: pd.DataFrame) -> Array:
    """Return tables in which the columns of a reading take the place of the others'.

    Raises
    ------
    ValueError
        If the reading has an indicator or unit that the table has not.
    """
    strange = [name for name in reading.columns if name not in values] + [u for u in reading.index if u not in values.T]
    if strange:
        raise ValueError(f"a reading is of {strange[0]!r}, which the table does not have")
    result = drawn.copy()
    columns = [int(place) for place in values.columns.get_indexer(reading.columns)]
    result[..., columns] = reading.reindex(values.index).to_numpy(dtype="float64")
    return result


def _ends(table: pd.DataFrame, name: str, values: pd.DataFrame) -> pd.DataFrame:
    ends = matrix(table, name)
    return ends.where(ends.notna(), values)
