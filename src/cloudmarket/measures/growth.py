"""Who contributed to growth, and how fast levels grow.

References
----------
IMF, Quarterly National Accounts Manual (2017), chapter 8, on contributions to percent change: at current prices the
parts add up, so each part's change over the whole's earlier level is its contribution, exactly. Compound annual rate:
the constant yearly rate that leads from the first level to the last.
"""

from __future__ import annotations

import pandas as pd

_PER_YEAR = {"Y": 1, "Q": 4, "M": 12}


def contributions(before: pd.Series, after: pd.Series, *, absent_is_zero: bool = False) -> pd.DataFrame:
    """Return what each part contributed to the growth of the whole between two periods.

    Parameters
    ----------
    before, after : Series
        Levels by part in two periods of equal length, in one unit; together the whole. Parts may be negative
        (losses); the whole before must not be.
    absent_is_zero : bool
        A part that only one period has entered or left the market. Without this, it is an error: not known is
        not zero.

    Returns
    -------
    DataFrame
        Index: part, in order of contribution, largest first. before, after, change (in the unit); contribution
        (fraction of the whole before; they add up to the growth of the whole); share_of_growth (fraction of the
        change of the whole; they add up to 1; missing where the whole did not change).

    Raises
    ------
    ValueError
        If a part is named twice, is missing, or the whole before is not above zero.
    """
    for name, levels in (("before", before), ("after", after)):
        if levels.index.has_duplicates:
            raise ValueError(f"{levels.index[levels.index.duplicated()][0]!r} is given twice {name}")
        if levels.isna().any():
            raise ValueError(f"{levels.index[levels.isna()][0]!r} has no level {name}")
    table = pd.concat({"before": before.astype("float64"), "after": after.astype("float64")}, axis=1)
    if table.isna().any(axis=None) and not absent_is_zero:
        part = table.index[table.isna().any(axis=1)][0]
        raise ValueError(f"{part!r} is there in one of the periods only: say absent_is_zero if it entered or left")
    table = table.fillna(0.0)
    whole = table.before.sum()
    if not whole > 0:
        raise ValueError(f"the whole before is {whole:g}: growth of what is not above zero has no meaning")
    table["change"] = table.after - table.before
    total = table.after.sum() - whole
    table["contribution"] = table.change / whole
    table["share_of_growth"] = table.change / total if total else float("nan")
    return table.sort_values("contribution", ascending=False, kind="stable")


def year_on_year(levels: pd.Series) -> pd.Series:
    """Return the growth of each period over the same period a year before.

    Parameters
    ----------
    levels : Series
        Indexed by a PeriodIndex of years, quarters or months, in any order, above zero; periods may be absent or
        missing.

    Returns
    -------
    Series
        Fractions over all periods from the first to the last; missing where either level is not known.

    Raises
    ------
    ValueError
        If the index has no such periods or repeats one, or a level is not above zero.
    """
    full, per_year = _regular(levels)
    return full / full.shift(per_year) - 1


def compound_rate(levels: pd.Series, start: str | pd.Period | None = None, end: str | pd.Period | None = None) -> float:
    """Return the compound annual rate of growth between two periods.

    Parameters
    ----------
    levels : Series
        As for :func:`year_on_year`.
    start, end : str or Period, optional
        As 2021 or 2021Q3; by default the first and the last period that are known.

    Returns
    -------
    float
        Fraction per year.

    Raises
    ------
    ValueError
        If a level is not known, or the end is not after the start.
    """
    full, per_year = _regular(levels)
    known = full.dropna()
    periods = pd.PeriodIndex(known.index)
    first = periods[0] if start is None else pd.Period(start, periods.freqstr)
    last = periods[-1] if end is None else pd.Period(end, periods.freqstr)
    for period in (first, last):
        if period not in periods:
            raise ValueError(f"the level of {period} is not known")
    years = (last.ordinal - first.ordinal) / per_year
    if not years > 0:
        raise ValueError(f"{last} is not after {first}")
    ratio = float(known[periods == last].iloc[0] / known[periods == first].iloc[0])
    return float(ratio ** (1 / years) - 1)


def _regular(levels: pd.Series) -> tuple[pd.Series, int]:
    """Return levels over all periods from first to last, and how many make a year. Raises ValueError."""
    index = levels.index
    if not isinstance(index, pd.PeriodIndex) or index.freqstr[0] not in _PER_YEAR:
        raise ValueError("levels must be indexed by periods of years, quarters or months")
    if index.has_duplicates:
        raise ValueError(f"{index[index.duplicated()][0]} is given twice")
    if levels.isna().all():
        raise ValueError("there are no levels")
    if (levels <= 0).any():
        raise ValueError(f"the level of {index[levels <= 0][0]} is not above zero: its growth has no meaning")
    span = pd.period_range(index.min(), index.max(), freq=index.freqstr)
    return levels.astype("float64").reindex(span), _PER_YEAR[index.freqstr[0]]
