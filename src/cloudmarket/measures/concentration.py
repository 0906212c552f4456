"""How concentrated a market is, from all shares or from some of them.

References
----------
US Department of Justice and Federal Trade Commission, Merger Guidelines (2023), section 2.1 (Guideline 1): the
Herfindahl-Hirschman index in points of 10,000. Hall and Tideman (1967), Measures of Concentration, JASA 62(317),
162-168: the rank-weighted index. Adelman (1969), Comment on the "H" Concentration Measure as a Numbers-Equivalent,
Review of Economics and Statistics 51(1), 99-101: the effective number. Theil (1967), Economics and Information Theory:
entropy. Nauenberg, Basu and Chand (1997), Hirschman-Herfindahl index determination under incomplete information,
Applied Economics Letters 4(10), 639-642, and Naldi and Flamini (2014), Interval Estimation of the Herfindahl-Hirschman
Index under Incomplete Market Information: bounds from partial shares; those here allow for intervals as well.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cloudmarket.measures import _shares
from cloudmarket.measures._shares import Interval

Unit = Literal["fraction", "percent"]
POINTS = 10_000
FIRMS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Concentration:
    """Measures of a market whose shares are all known.

    ``hhi`` in points, (0, 10,000]; ``cr1`` to ``cr4`` and ``hall_tideman`` as fractions, (0, 1]; ``entropy`` in nats,
    from 0 (monopoly) to ln of the number of firms; ``effective_firms`` the number of equal firms with the same
    index, 10,000 over ``hhi``; ``firms`` with a share above 0; ``stated_total`` what the shares given add up to.
    """

    hhi: float
    cr1: float
    cr2: float
    cr3: float
    cr4: float
    entropy: float
    hall_tideman: float
    effective_firms: float
    firms: int
    stated_total: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and largest values that the shares known allow; units as in :class:`Concentration`.

    Where an unknown rest is left, the least values are limits: they are approached as the rest is split ever finer.
    """

    hhi: Interval
    cr1: Interval
    cr2: Interval
    cr3: Interval
    cr4: Interval


def summary(
    shares: pd.Series | Mapping[Hashable, float], *, unit: Unit | None = None, tolerance: float = 1e-6
) -> Concentration:
    """Measure the concentration of a market whose shares are all known.

    Parameters
    ----------
    shares : Series or mapping
        One share per firm.
    unit : str, optional
        ``fraction`` or ``percent``. Without it they are percent if any is above 1, else fractions: say it where the
        shares are of many small firms, 0.5 may be either.
    tolerance : float
        How far from 1 the total may be, as a fraction: 0.02 for shares published as whole percent. Shares are
        divided by their total.

    Raises
    ------
    ValueError
        If a share is missing, negative or above the whole, or the total is not that of a whole market.
    """
    stated = _shares.unit_of(pd.Series(shares, dtype="float64"), unit)
    values = _shares.fractions(shares, stated)
    total = float(values.sum())
    if unit == "percent" and total <= (1 + tolerance) / 100:
        raise ValueError(f"the shares add up to {100 * total:.6g} %: they look like fractions")
    if not abs(total - 1) <= tolerance:
        raise ValueError(
            f"the shares add up to {total:.6g} of the market, not to 1 within {tolerance:g}; if only some are known,"
            " use bounds"
        )
    ordered = np.sort(values[values > 0] / total)[::-1]
    hhi = POINTS * float(np.sum(ordered**2))
    ranks = np.arange(1, len(ordered) + 1)
    cr1, cr2, cr3, cr4 = (float(ordered[:count].sum()) for count in FIRMS)
    return Concentration(
        hhi=hhi,
        cr1=cr1,
        cr2=cr2,
        cr3=cr3,
        cr4=cr4,
        entropy=float(np.sum(ordered * -np.log(ordered))),
        hall_tideman=float(1 / (2 * np.sum(ranks * ordered) - 1)),
        effective_firms=POINTS / hhi,
        firms=len(ordered),
        stated_total=total,
    )


def bounds(
    partial_shares: Mapping[Hashable, float | Interval],
    *,
    unit: Unit | None = None,
    rest: float | Interval | None = None,
    largest_unknown: float | None = None,
) -> Bounds:
    """Bound the concentration of a market of which some shares are known, or known to intervals.

    The index is convex in the shares. Its least value is at the shares as even as the intervals allow (water
    filling), with the rest split without end; its largest at a vertex of what is allowed, with the rest in firms
    as large as allowed. Both are computed exactly, none by sampling.

    Parameters
    ----------
    partial_shares : mapping
        A share, or a pair of least and largest share, per known firm.
    unit : str, optional
        ``fraction`` or ``percent``, of all numbers given. Without it, as for :func:`summary`.
    rest : float or pair, optional
        Share of all other firms together; by default what the known ones leave, 0 if they are the whole market.
    largest_unknown : float, optional
        No other firm is larger: that of the smallest known one where the largest are known. By default one firm
        may hold all of the rest, the widest bounds.

    Returns
    -------
    Bounds

    Raises
    ------
    ValueError
        If a number is no share, an interval is upside down, all together cannot add up to 1, or more than
        ``MOST_INTERVALS`` shares are intervals, whose vertices are too many to visit.
    """
    ends = [share[1] if isinstance(share, tuple) else share for share in partial_shares.values()]
    stated = _shares.unit_of(pd.Series(ends, dtype="float64"), unit)
    market = _shares.market(partial_shares, stated, rest, largest_unknown)
    even = _shares.most_even(market)
    hhi = (POINTS * float(np.sum(even**2)), POINTS * _shares.largest_sum_of_squares(market))
    ratios = []
    for count in FIRMS:
        least = float(np.sort(even)[::-1][:count].sum())
        ratios.append((least, _shares.largest_ratio(market, count)))
    return Bounds(hhi, *ratios)


def disagreement(frame: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """Return how far publishers and definitions differ about the same figure.

    Parameters
    ----------
    frame : DataFrame
        ``by``, ``publisher``, ``definition`` and ``value``; one row per combination. Rows without a value say
        nothing and are left out.
    by : list of str
        What identifies a figure; by default period and provider.

    Returns
    -------
    DataFrame
        ``by``, then low, high, spread (high - low, in the unit of value), low_by, high_by (publisher: definition,
        the first in order of name), statements, publishers, definitions.

    Raises
    ------
    ValueError
        If one publisher states a figure twice under one definition, as revised series do: choose a vintage first.
    """
    key = by or ["period", "provider"]
    rows = frame.dropna(subset=["value"]).sort_values([*key, "publisher", "definition"])
    twice = rows.duplicated([*key, "publisher", "definition"])
    if twice.any():
        first = rows[twice].iloc[0][[*key, "publisher", "definition"]].to_dict()
        raise ValueError(f"stated twice: {first}; choose one vintage first")
    rows["said_by"] = rows.publisher + ": " + rows.definition
    groups = rows.groupby(key, sort=True)
    result = groups.value.agg(low="min", high="max")
    result["spread"] = result.high - result.low
    for name, ascending in (("low_by", True), ("high_by", False)):
        ordered = rows.sort_values("value", ascending=ascending, kind="stable")
        result[name] = ordered.groupby(key).said_by.first()
    result["statements"] = groups.size()
    result["publishers"] = groups.publisher.nunique()
    result["definitions"] = groups.definition.nunique()
    return result.reset_index()
