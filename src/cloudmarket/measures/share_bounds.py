"""Shares of groups whose levels are known to intervals only: the least and largest that the intervals allow.

A group's share rises with its own level and falls with all others', so that its least value is at its own lower ends
and the others' upper ends, and the largest the other way round: exact, as each interval may be anywhere in its range.

References
----------
Manski (2003), Partial Identification of Probability Distributions, chapter 1: worst-case bounds under missing data.
"""

from __future__ import annotations

import pandas as pd


def share_bounds(levels: pd.DataFrame, *, group: str) -> pd.DataFrame:
    """Return the bounds of the groups' shares.

    Parameters
    ----------
    levels : DataFrame
        ``group`` with ``low`` and ``high``, the ends of the level of each member; of what is not known at all, there
        is no share.
    group : str
        Column of the groups.

    Returns
    -------
    DataFrame
        Index: group, in order; ``low`` and ``high``, fractions in [0, 1]. Missing where all levels are surely zero.

    Raises
    ------
    ValueError
        If an end is missing, negative, or an interval is upside down.
    """
    ends = levels[["low", "high"]].astype("float64")
    if ends.isna().any(axis=None) or (ends.low < 0).any() or (ends.low > ends.high).any():
        raise ValueError("each level needs two ends, from zero up, the lower one first")
    sums = ends.groupby(levels[group], sort=True).sum()
    rest = sums.sum() - sums
    least, largest = sums.low + rest.high, sums.high + rest.low
    # Alone with a level that may be zero, a group has all of what there is; if it is surely zero, none of it.
    all_or_none = (sums.high > 0).astype("float64").where(sums.high + rest.high > 0)
    return pd.DataFrame({
        "low": (sums.low / least.where(least > 0)).fillna(all_or_none),
        "high": (sums.high / largest.where(largest > 0)).fillna(all_or_none),
    })  # fmt: skip
