"""Who owns how much compute, by whose design: the published estimate with its intervals."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.accelerators.state import State
from cloudmarket.arguments.price_map import CLOUDS

FAMILIES = {"nvidia-gpu": "NVIDIA", "amd-gpu": "AMD", "google-tpu": "own TPU", "aws-trainium": "own Trainium"}
OWN = ("google-tpu", "aws-trainium")
INTERVAL = "from the low ends of one family's 90 % interval and the high ends of the others', and the reverse"


def latest(found: State) -> pd.DataFrame:
    """Return the estimates of the three clouds' owners for the last quarter that is complete for all families.

    Returns
    -------
    DataFrame
        Rows of ``compute_owned`` (owner totals), owners in the order of the clouds, own designs first; empty before the
        estimate was published.
    """
    rows = found.compute_owned
    rows = rows[(rows.chip == "all") & rows.cloud.isin(CLOUDS)]
    if rows.empty:
        return rows
    last = rows[~rows.is_incomplete].groupby(["owner", "chip_family"]).quarter_on.max().min()
    rows = rows[rows.quarter_on == last]
    order = rows.cloud.map({cloud: place for place, cloud in enumerate(CLOUDS)}).astype("int64")
    is_own = rows.chip_family.isin(OWN)
    rows = rows.assign(order=order, is_own=is_own).sort_values(
        ["order", "is_own", "h100e_median"], ascending=[True, False, False]
    )
    return pd.DataFrame(rows.drop(columns="order").reset_index(drop=True))


def drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as drawn: what, cloud, value, low, high in thousands of H100 equivalents."""
    what = rows.owner + ", " + rows.chip_family.map(FAMILIES)
    values = {"value": "h100e_median", "low": "h100e_p05", "high": "h100e_p95"}
    return pd.DataFrame({"what": what, "cloud": rows.cloud, **{to: rows[name] / 1000 for to, name in values.items()}})


def own_share(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share of own designs in each owner's compute.

    Returns
    -------
    DataFrame
        owner, cloud, percent (of medians), low and high (percent: ``INTERVAL``, the widest the intervals allow).
    """
    parts = []
    for owner, part in rows.groupby("owner", sort=False):
        own, other = part[part.is_own], part[~part.is_own]
        value = own.h100e_median.sum() / part.h100e_median.sum()
        low = own.h100e_p05.sum() / (own.h100e_p05.sum() + other.h100e_p95.sum())
        high = own.h100e_p95.sum() / (own.h100e_p95.sum() + other.h100e_p05.sum())
        parts.append((owner, part.cloud.iloc[0], 100 * value, 100 * low, 100 * high))
    return pd.DataFrame(parts, columns=["owner", "cloud", "percent", "low", "high"])
