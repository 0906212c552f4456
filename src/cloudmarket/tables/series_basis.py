"""On which basis a series stands, where others begin, and which periods nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cloudmarket.errors import CloudMarketError
from cloudmarket.names import facts as names


def chosen(rows: pd.DataFrame, basis: str | Sequence[str] | None, what: str) -> tuple[list[str], str]:
    """Return the bases of a series, and why.

    Without any asked for, the one that reaches furthest, and of those the one with most periods.

    Raises
    ------
    CloudMarketError
        If a basis is not there, or two that are asked for break.
    """
    reach = rows.groupby("basis").period_end_on.agg(["max", "nunique"])
    there = sorted(reach.index)
    if basis is None:
        best = str(reach.sort_values(["max", "nunique"], kind="stable").index[-1])
        if len(there) == 1:
            return [best], "the only basis"
        others = ", ".join(name for name in there if name != best)
        return [best], f"reaches furthest, to {reach['max'][best]:%Y-%m-%d}; there are also {others}"
    asked = [basis] if isinstance(basis, str) else list(dict.fromkeys(basis))
    if missing := [name for name in asked if name not in there]:
        raise CloudMarketError(f"no {what} on basis {', '.join(missing)}; there are: {', '.join(there)}")
    if broken := names.broken_pairs(asked):
        told = "; ".join(f"{one} and {other}" for one, other in broken)
        raise CloudMarketError(
            f"{what} on {told} are different definitions and cannot be joined: take one basis and show where it breaks"
        )
    return asked, "asked for"


def breaks(rows: pd.DataFrame, on: Sequence[str]) -> tuple[tuple[pd.Timestamp, str], ...]:
    """Return where the bases that break with the chosen one begin, and where it does, in order of time."""
    begin = rows.groupby("basis").period_end_on.min()
    apart = set().union(*(names.breaks_with(name) for name in on)) & set(begin.index)
    found = [*((begin[name], name) for name in apart), *((begin[name], name) for name in on if apart)]
    # Nothing breaks at the first period of all.
    return tuple((day, name) for day, name in sorted(found) if day > begin.min())


def gaps(ends: pd.Series, period_kind: str) -> tuple[pd.Timestamp, ...]:
    """Return the last days of the periods within a series of which nothing is known."""
    every = pd.DateOffset(months=12 if period_kind == "year" else 3)
    there = pd.DatetimeIndex(ends).sort_values()
    months = pd.date_range(there[0] + pd.Timedelta(days=1), there[-1] + pd.Timedelta(days=1), freq=every)
    return tuple(day for day in months - pd.Timedelta(days=1) if day not in there)
