"""From raw indicators to comparable numbers: screening, treatment of outliers, normalisation.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, Part 1: steps 3 (missing data and outliers), 4
(multivariate analysis) and 5 (normalisation). Thresholds of skewness 2 and excess kurtosis 3.5 and winsorisation
before logarithms: the practice of the JRC's Competence Centre on Composite Indicators (Becker et al. 2022, COINr,
Journal of Open Source Software 7(78), 4567).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from cloudmarket.measures.composite_structure import Tree

Outliers = Literal["none", "winsorise", "log", "winsorise-log"]
Normalisation = Literal["minmax", "z", "rank", "ratio"]
SKEWNESS, KURTOSIS = 2.0, 3.5
MOST_WINSORISED = 5
# The share of its range that is added before a logarithm, so that the least value has one.
LOG_OFFSET = 0.01


def check(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators as float64. Raises ValueError where they cannot be compared."""
    for what, labels in (("unit", indicators.index), ("indicator", indicators.columns)):
        if labels.has_duplicates:
            raise ValueError(f"the {what} {labels[labels.duplicated()][0]!r} is there twice")
    try:
        values = indicators.astype("float64")
    except (TypeError, ValueError) as error:
        raise ValueError(f"indicators must be numbers: {error}") from error
    if len(values) < 2 or values.shape[1] == 0:
        raise ValueError(f"{len(values)} units and {values.shape[1]} indicators: at least 2 units and 1 are compared")
    endless = values.columns[np.isinf(values.to_numpy()).any(axis=0)]
    if len(endless):
        raise ValueError(f"{endless[0]!r} has an infinite value")
    same = values.columns[values.nunique() < 2]
    if len(same):
        raise ValueError(f"{same[0]!r} is the same for every unit that has it: it compares nothing, leave it out")
    return values


def screen(values: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """Return what to look at before anything is added up: one row per indicator.

    Returns
    -------
    DataFrame
        known (units), missing_share, zero_share (fractions), distinct (values), skewness, excess_kurtosis (adjusted
        for sample size; missing with fewer than 3 or 4 units), is_skewed (beyond 2 and 3.5), nearest (the sibling
        it is correlated with most), nearest_correlation (Pearson, over units that have both).
    """
    table = pd.DataFrame({
        "known": values.notna().sum(),
        "missing_share": values.isna().mean(),
        "zero_share": (values == 0).sum() / values.notna().sum(),
        "distinct": values.nunique(),
        "skewness": values.skew(),
        "excess_kurtosis": values.kurt(),
    })  # fmt: skip
    table["is_skewed"] = [_is_skewed(values[name].to_numpy()) for name in values]
    correlation = values.corr(min_periods=3)
    siblings = {}
    for parts in tree.children.values():
        names = [tree.names[part] for part in parts if part < tree.indicators]
        for name in names:
            others = correlation.loc[name, [other for other in names if other != name]].dropna()
            best = others.abs().idxmax() if len(others) else None
            siblings[name] = (best, others[best] if best is not None else np.nan)
    table["nearest"] = [siblings[name][0] for name in table.index]
    table["nearest_correlation"] = [siblings[name][1] for name in table.index]
    return table


def treat(values: NDArray[np.float64], outliers: Outliers) -> NDArray[np.float64]:
    """Return the indicators after the treatment of those that are skewed (skewness 2, excess kurtosis 3.5).

    ``winsorise`` sets the outermost value, on the side of the skew, to the next one, at most 5 times and no more
    than once per ten units, until it is no longer skewed. ``log`` takes logarithms from the least value (reflected
    where the tail is on the left) and stretches them to the indicator's own range, so that unit and sign stay.
    ``winsorise-log`` takes logarithms of the untreated where winsorising 5 was not enough.

    Parameters
    ----------
    values : array (units, indicators)

    Raises
    ------
    ValueError
        If the treatment is unknown.
    """
    if outliers not in get_args(Outliers):
        raise ValueError(f"no treatment of outliers {outliers!r}: use one of {', '.join(get_args(Outliers))}")
    result = values.copy()
    if outliers == "none":
        return result
    for column in range(values.shape[1]):
        before = values[:, column]
        if not _is_skewed(before):
            continue
        after = _logarithms(before) if outliers == "log" else _winsorised(before)
        if outliers == "winsorise-log" and _is_skewed(after):
            after = _logarithms(before)
        result[:, column] = after
    return result


def normalise(
    values: NDArray[np.float64], direction: NDArray[np.float64], how: Normalisation, names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return comparable numbers, more being better.

    ``minmax``: from 1 (worst) to 100, so that a geometric mean exists. ``z``: mean 50, standard deviation 10 over
    units (with n - 1). ``rank``: 1 for the worst, ties shared. ``ratio``: to the median; where less is better, the
    median to the value.

    Parameters
    ----------
    values : array (units, indicators)

    Raises
    ------
    ValueError
        If the method is unknown, or a ratio is asked of values that are not above 0.
    """
    signed = values * direction
    if how == "minmax":
        low, high = np.nanmin(signed, axis=0), np.nanmax(signed, axis=0)
        return np.asarray(1 + 99 * (signed - low) / (high - low))
    if how == "z":
        return np.asarray(50 + 10 * (signed - np.nanmean(signed, axis=0)) / np.nanstd(signed, axis=0, ddof=1))
    if how == "rank":
        return np.asarray(rankdata(signed, axis=0, nan_policy="omit"))
    if how == "ratio":
        wrong = np.flatnonzero((values <= 0).any(axis=0))
        if len(wrong):
            raise ValueError(f"{names[wrong[0]]!r} has values that are not above 0: it has no ratio to a median")
        return np.asarray((values / np.nanmedian(values, axis=0)) ** direction)
    raise ValueError(f"no normalisation {how!r}: use one of {', '.join(get_args(Normalisation))}")


def _is_skewed(values: NDArray[np.float64]) -> bool:
    known = pd.Series(values).dropna()
    if len(known) < 4 or known.nunique() < 2:
        return False
    return abs(_skewness(values)) > SKEWNESS and float(np.asarray(known.kurt(), dtype="float64")) > KURTOSIS


def _skewness(values: NDArray[np.float64]) -> float:
    return float(np.asarray(pd.Series(values).skew(), dtype="float64"))


def _winsorised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    result = values.copy()
    # Of few units, five would be most: then no more than one in ten, and at least one.
    for _ in range(min(MOST_WINSORISED, max(1, int(np.isfinite(values).sum() // 10)))):
        known = np.unique(result[np.isfinite(result)])
        if len(known) < 3 or not _is_skewed(result):
            break
        is_right = _skewness(result) > 0
        outer, inner = (known[-1], known[-2]) if is_right else (known[0], known[1])
        result[result == outer] = inner
    return result


def _logarithms(values: NDArray[np.float64]) -> NDArray[np.float64]:
    sign = 1.0 if _skewness(values) > 0 else -1.0
    signed = sign * values
    low, high = np.nanmin(signed), np.nanmax(signed)
    logs = np.log(signed - low + LOG_OFFSET * (high - low))
    bottom, top = np.nanmin(logs), np.nanmax(logs)
    return np.asarray(sign * (low + (high - low) * (logs - bottom) / (top - bottom)))
