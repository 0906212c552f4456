"""Investment per dollar of revenue, and revenue already contracted, over trailing years.

Both numerator and denominator are sums over the same four quarters, which removes the seasons. Quarters are told by
their first and last day, never by a label: a fiscal second quarter may end in December.

References
----------
Cash payments for property, plant and equipment: FASB ASC 230-10-45-13. Backlog as remaining performance obligations:
FASB ASC 606-10-50-13.
"""

from __future__ import annotations

import pandas as pd

SPAN = ["period_start_on", "period_end_on"]
QUARTERS = 4
# Calendar quarters have 90 to 92 days; those of companies that count weeks 84 to 98.
QUARTER_DAYS = (84, 98)


def trailing_year(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return sums over four quarters in a row.

    Parameters
    ----------
    quarters : DataFrame
        ``period_start_on``, ``period_end_on``, ``value`` and ``unit`` of one flow, in any order.

    Returns
    -------
    DataFrame
        ``period_start_on`` (of the first of the four), ``period_end_on``, ``value``, ``unit``; only where all four
        are known and each begins the day after the one before.

    Raises
    ------
    ValueError
        If a period is no quarter, two begin or end on one day, or units are mixed.
    """
    rows = _quarters(quarters)
    follows = rows.period_start_on == rows.period_end_on.shift() + pd.Timedelta(days=1)
    # A gap begins a new run, and no four quarters are summed across it.
    run = (~follows).cumsum()
    runs = rows.groupby(run)
    # Shifted and added, not rolled: a rolling sum subtracts what it added and leaves rounding behind.
    total = sum((runs.value.shift(back) for back in range(1, QUARTERS)), start=rows.value.astype("float64"))
    result = rows.assign(period_start_on=runs.period_start_on.shift(QUARTERS - 1), value=total)
    return result.dropna(subset=["period_start_on", "value"]).reset_index(drop=True)[[*SPAN, "value", "unit"]]


def capex_intensity(capex: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """Return capital expenditure per dollar of revenue over trailing years.

    Parameters
    ----------
    capex, revenue : DataFrame
        Quarters of one company (or segment), as for :func:`trailing_year`, in one unit. The definition of capex is
        the caller's to choose and to state: cash purchases leave finance leases out.

    Returns
    -------
    DataFrame
        ``period_start_on``, ``period_end_on``, ``capex``, ``revenue`` (in the unit), ``intensity`` (dollars per
        dollar); for the years both are known.

    Raises
    ------
    ValueError
        As :func:`trailing_year`; if units differ, revenue is not above zero, or the quarters of the two never end on
        the same days, as where fiscal and calendar quarters are mixed.
    """
    _check_units(capex, revenue)
    mine, other = trailing_year(capex), trailing_year(revenue)
    both = mine.rename(columns={"value": "capex"}).merge(other.rename(columns={"value": "revenue"}), on=[*SPAN, "unit"])
    overlap = _overlap(mine, other)
    if both.empty and overlap:
        raise ValueError("no trailing years of the two begin and end together: are fiscal and calendar quarters mixed?")
    _check_positive(both)
    return both.assign(intensity=both.capex / both.revenue)[[*SPAN, "capex", "revenue", "intensity"]]


def backlog_cover(backlog: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """Return how many years of trailing revenue the contracted backlog is worth.

    Parameters
    ----------
    backlog : DataFrame
        ``on`` (day), ``value``, ``unit``: a stock.
    revenue : DataFrame
        Quarters of the same company or segment, as for :func:`trailing_year`.

    Returns
    -------
    DataFrame
        ``on``, ``backlog``, ``revenue`` (of the four quarters that end on that day), ``years``; for the days on
        which both are known.

    Raises
    ------
    ValueError
        As :func:`trailing_year`; if a day has two stocks, units differ, revenue is not above zero, or no stock is of
        the end of a quarter.
    """
    _check_units(backlog, revenue)
    if backlog.on.duplicated().any():
        raise ValueError(f"two stocks are of {backlog.on[backlog.on.duplicated()].iloc[0]:%Y-%m-%d}")
    years = trailing_year(revenue)
    stocks = backlog.dropna(subset=["value"]).rename(columns={"value": "backlog"})[["on", "backlog"]]
    both = stocks.merge(years.rename(columns={"value": "revenue", "period_end_on": "on"}), on="on").sort_values("on")
    within = stocks.on.between(years.period_end_on.min(), years.period_end_on.max())
    if both.empty and within.any():
        raise ValueError("no stock is of the last day of a quarter of revenue")
    _check_positive(both)
    return both.assign(years=both.backlog / both.revenue)[["on", "backlog", "revenue", "years"]].reset_index(drop=True)


def _quarters(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return quarters in order. Raises ValueError if one is none."""
    rows = quarters.sort_values(SPAN, ignore_index=True)
    if rows.unit.nunique() > 1:
        raise ValueError(f"units are mixed: {', '.join(sorted(rows.unit.unique()))}")
    days = (rows.period_end_on - rows.period_start_on).dt.days + 1
    wrong = ~days.between(*QUARTER_DAYS)
    if wrong.any():
        first = rows[wrong].iloc[0]
        span = f"{first.period_start_on:%Y-%m-%d} to {first.period_end_on:%Y-%m-%d}"
        raise ValueError(f"{span} has {days[wrong].iloc[0]} days and is no quarter: lengths are not mixed")
    for name in SPAN:
        if rows[name].duplicated().any():
            raise ValueError(f"two quarters have {name} {rows[name][rows[name].duplicated()].iloc[0]:%Y-%m-%d}")
    return rows


def _check_units(one: pd.DataFrame, other: pd.DataFrame) -> None:
    units = sorted({*one.unit, *other.unit})
    if len(units) > 1:
        raise ValueError(f"units are mixed: {', '.join(units)}")


def _check_positive(rows: pd.DataFrame) -> None:
    if (rows.revenue <= 0).any():
        raise ValueError("revenue of a year is not above zero: nothing can be put in relation to it")


def _overlap(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether the times that two sets of years cover have any day in common."""
    if one.empty or other.empty:
        return False
    starts, ends = (max(one[SPAN[0]].min(), other[SPAN[0]].min()), min(one[SPAN[1]].max(), other[SPAN[1]].max()))
    return bool(starts <= ends)
