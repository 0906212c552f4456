"""How soon models come: shares by a day, their intervals, and what they turn on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments.catalogues.arrival import (
    ANY,
    CHAT,
    EARLIEST,
    HORIZON,
    LATEST,
    MOST,
    OWN_ENTRY,
    RANGE,
    SAME,
    SOLD,
    arrival,
    estimate,
)
from cloudmarket.arguments.catalogues.state import Catalogue
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.measures import availability
from cloudmarket.measures.availability_turnbull import turnbull


def share_by(curves: availability.Curves, days: float = HORIZON) -> pd.DataFrame:
    """Return the share listed by so many days after the release, in percent.

    Returns
    -------
    DataFrame
        seller (index), percent (that has surely come by then), percent_may (that may have: its interval holds the
        day), low and high (pointwise 95 % band of the estimate).
    """
    rows = []
    for seller, part in curves.turnbull.groupby("group"):
        come = part[part.by <= days]
        last = come.iloc[-1] if len(come) else None
        share = 0.0 if last is None else 1 - float(last.survival)
        ends = (0.0, np.nan) if last is None else (1 - float(last.high), 1 - float(last.low))
        may = float(part.mass[part.after < days].sum())
        rows.append((seller, 100 * share, 100 * max(may, share), 100 * ends[0], 100 * ends[1]))
    return pd.DataFrame(rows, columns=["seller", "percent", "percent_may", "low", "high"]).set_index("seller")


def sensitivity(found: Catalogue) -> pd.DataFrame:
    """Return the share listed within ``HORIZON`` days by cloud under every reading and choice of models.

    Returns
    -------
    DataFrame
        release, models (readings), one column per cloud (percent), pairs, p_low and p_high (log-rank over the bounds).
    """
    cases = [(reading, SAME) for reading in (RANGE, MOST, EARLIEST, LATEST, OWN_ENTRY)]
    cases += [(RANGE, models) for models in (ANY, CHAT, SOLD)]
    rows = []
    for reading, models in cases:
        one = arrival(found, reading, models)
        if not one.is_enough:
            continue
        curves = estimate(one.due)
        share = share_by(curves).percent
        p = curves.log_rank.p_value
        rows.append({"release": reading, "models": models, **share.to_dict(), "pairs": len(one.due),
                     "p_low": p.min(), "p_high": p.max()})  # fmt: skip
    return pd.DataFrame(rows, columns=["release", "models", *CLOUDS, "pairs", "p_low", "p_high"])


def clustered(due: pd.DataFrame, days: float = HORIZON, draws: int = 200, seed: int = 0) -> pd.DataFrame:
    """Return a 95 % interval of the share listed by so many days, with developers resampled, not models.

    A developer's models come together or not at all, so they are no independent draws (cluster bootstrap: Davison and
    Hinkley 1997, section 3.8). Percentiles of the draws.

    Returns
    -------
    DataFrame
        seller (index), low and high (percent), developers.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for seller, part in due.groupby("seller"):
        groups = [one[["low", "high"]].to_numpy(dtype=float) for _, one in part.groupby("developer")]
        shares = []
        for _ in range(draws):
            chosen = np.concatenate([groups[place] for place in rng.integers(0, len(groups), len(groups))])
            high = np.where(np.isnan(chosen[:, 1]), np.inf, chosen[:, 1])
            _, by, mass = turnbull(chosen[:, 0], high, tolerance=1e-3)
            shares.append(100 * float(mass[by <= days].sum()))
        low, high_end = np.percentile(shares, [2.5, 97.5])
        rows.append((seller, float(low), float(high_end), len(groups)))
    return pd.DataFrame(rows, columns=["seller", "low", "high", "developers"]).set_index("seller")


def by_developer(due: pd.DataFrame) -> pd.DataFrame:
    """Return models due and listed per developer and cloud: developer, seller, due, listed; most due first."""
    table = due.groupby(["developer", "seller"]).valid_from.agg(due="size", listed="count").reset_index()
    total = table.groupby("developer").due.transform("sum")
    order = table.assign(total=total).sort_values(["total", "developer", "seller"], ascending=[False, True, True])
    return order.drop(columns="total").reset_index(drop=True)
