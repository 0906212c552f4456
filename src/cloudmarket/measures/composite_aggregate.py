"""From comparable numbers to scores and ranks, for many sets of weights at once.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 7 (additive, geometric and non-compensatory
aggregation). Copeland (1951); Munda and Nardo (2009), Non-compensatory/nonlinear composite indicators for ranking
countries, Applied Economics 41(12), 1513-1523, for the outranking matrix.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cloudmarket.measures.composite_structure import Tree

Aggregation = Literal["arithmetic", "geometric", "copeland"]
Missing = Literal["strict", "available"]
# Scores, and weights for and against, that differ by less than this are a tie that rounding hides.
TIE = 1e-9


def aggregate(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    tree: Tree,
    how: Aggregation,
    *,
    missing: Missing = "strict",
    min_coverage: float = 0.65,
    node: int | None = None,
) -> NDArray[np.float64]:
    """Return the score of every unit under every set of weights.

    ``arithmetic`` and ``geometric`` means are taken level by level. ``copeland`` compares units two by two over all
    indicators, weighted by the product of weights down the hierarchy: the score is the share of others that a unit
    beats less the share that beats it, from -1 to 1.

    Missing values: ``strict`` gives no score where anything below is missing. ``available`` spreads the weight of
    what is missing over what its group has, if that is at least ``min_coverage`` of the group's weight; Copeland
    compares two units in what both have.

    Parameters
    ----------
    values : array (units, indicators)
    weights : array (draws, names)
        Not negative; 0 leaves an indicator out.
    node : int, optional
        Position of the group to score; the whole by default.

    Returns
    -------
    array (draws, units)
        NaN where there is no score.

    Raises
    ------
    ValueError
        If the method or rule is unknown, or a geometric mean is asked of values that are not above 0.
    """
    if missing not in get_args(Missing) or not 0 < min_coverage <= 1:
        raise ValueError(f"missing is {missing!r} with coverage {min_coverage}: use strict, or available with 0 to 1")
    least = 1.0 if missing == "strict" else min_coverage
    top = tree.root if node is None else node
    shares = tree.shares(weights)
    if how == "copeland":
        return _copeland(values, tree.effective(shares, top), least)
    if how == "arithmetic":
        return _mean(values, shares, tree, top, least)
    if how != "geometric":
        raise ValueError(f"no aggregation {how!r}: use one of {', '.join(get_args(Aggregation))}")
    wrong = np.flatnonzero((values <= 0).any(axis=0))
    if len(wrong):
        raise ValueError(f"{tree.names[wrong[0]]!r} is not above 0 after normalisation: it has no geometric mean")
    return np.exp(_mean(np.log(values), shares, tree, top, least))


def rank(scores: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return 1 plus the number of units with a higher score (SMAA-2's rank); 0 where there is no score.

    Parameters
    ----------
    scores : array (draws, units)
    """
    known = ~np.isnan(scores)
    filled = np.where(known, scores, -np.inf)
    margin = TIE * np.max(np.abs(np.where(known, scores, 0.0)), axis=1)
    ranks = np.ones(scores.shape, dtype="int16")
    for other in range(scores.shape[1]):
        ranks += filled[:, [other]] > filled + margin[:, None]
    ranks[~known] = 0
    return ranks


def _mean(
    values: NDArray[np.float64], shares: NDArray[np.float64], tree: Tree, top: int, least: float
) -> NDArray[np.float64]:
    """Return weighted means up to one node, of shape (draws, units)."""
    known = ~np.isnan(values)
    if known.all():
        return np.asarray(tree.effective(shares, top) @ values.T)
    scores: dict[int, NDArray[np.float64]] = {}
    for group, parts in tree.children.items():
        leaves = parts[parts < tree.indicators]
        total = shares[:, leaves] @ np.where(known, values, 0.0)[:, leaves].T
        have = shares[:, leaves] @ known[:, leaves].T.astype("float64")
        for part in parts[parts >= tree.indicators]:
            scored = ~np.isnan(scores[part])
            total += shares[:, [part]] * np.where(scored, scores[part], 0.0)
            have += shares[:, [part]] * scored
        enough = (have >= least - TIE) & (have > 0)
        scores[group] = np.divide(total, have, out=np.full(total.shape, np.nan), where=enough)
        if group == top:
            break
    return scores[top]


def _copeland(values: NDArray[np.float64], weights: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return wins less losses over the number of opponents, of shape (draws, units)."""
    known = ~np.isnan(values)
    scored = weights @ known.T.astype("float64") >= least - TIE
    units = len(values)
    balance = np.zeros((len(weights), units))
    for one in range(units - 1):
        # NaN in either makes no win; equal values make none either.
        others = values[one + 1 :]
        wins = np.sign(np.nan_to_num(values[one] - others))
        margin = weights @ wins.T
        decided = (margin > TIE).astype("int8") - (margin < -TIE).astype("int8")
        decided *= scored[:, [one]] & scored[:, one + 1 :]
        balance[:, one] += decided.sum(axis=1)
        balance[:, one + 1 :] -= decided
    opponents = np.maximum(scored.sum(axis=1, keepdims=True) - 1, 1)
    return np.where(scored, balance / opponents, np.nan)
