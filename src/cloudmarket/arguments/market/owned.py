"""Who owns the compute: estimates of chips with their intervals. An owner is no user: clouds rent out what they own."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.tables.compute_owned import ALL

COVERAGE = 0.90
"""Of the interval of one owner and family, from the 5th to the 95th percentile."""


def compute(day: date) -> pd.DataFrame:
    """Return the estimates of chips owned at the end of the newest quarter that was over for all makers.

    Returns
    -------
    DataFrame
        Rows of ``compute_owned`` for totals of owner and family, largest median first; China and Other are groups of
        owners and left out.
    """
    rows = tables.load("compute_owned", as_of=day)
    rows = rows[(rows.chip == ALL) & ~rows.owner.isin(["China", "Other"])]
    unfinished = rows.groupby("quarter_on").is_incomplete.transform("any")
    rows = rows[~unfinished.astype("bool")]
    rows = rows[rows.quarter_on == rows.quarter_on.max()]
    ordered: pd.DataFrame = rows.sort_values(["h100e_median", "owner"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def owners(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each owner has of all families together, in millions of H100 equivalents.

    Medians and percentiles of families do not add up to those of the total. The sums of the ends still hold the total
    with at least the probability that all families lie within theirs, by Bonferroni's inequality.

    Returns
    -------
    DataFrame
        By owner, largest first: cloud, families, low, middle (sum of medians), high, coverage (at least).
    """
    groups = rows.groupby("owner")
    table = pd.DataFrame({
        "cloud": groups.cloud.first(), "families": groups.size(), "low": groups.h100e_p05.sum() / 1e6,
        "middle": groups.h100e_median.sum() / 1e6, "high": groups.h100e_p95.sum() / 1e6,
    })  # fmt: skip
    table["coverage"] = 1 - table.families * (1 - COVERAGE)
    return table.sort_values("middle", ascending=False, kind="stable")
