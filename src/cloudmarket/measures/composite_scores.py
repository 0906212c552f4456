"""Scores for many tables of indicators at once, each with its own weights.

The same sums as :func:`cloudmarket.measures.composite_aggregate.aggregate`, which takes one table and many weights;
what is missing gives its weight to what its group has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloudmarket.measures.composite_aggregate import TIE
from cloudmarket.measures.composite_structure import Tree

Array = NDArray[np.float64]


def scores(values: Array, weights: Array, tree: Tree, how: str) -> Array:
    """Return the score of every unit in every table.

    Parameters
    ----------
    values : array (tables, units, indicators)
        Normalised; NaN where missing. Above 0 for a geometric mean.
    weights : array (tables, names)
        Not negative; 0 leaves out an indicator or a group.
    how : str
        ``arithmetic``, ``geometric`` or ``copeland``.

    Returns
    -------
    array (tables, units)
        NaN where nothing that counts is known of a unit.

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    if how == "copeland":
        return _copeland(values, tree.effective(tree.shares(weights), tree.root))
    if how == "geometric":
        return np.asarray(np.exp(_mean(np.log(values), weights, tree)))
    if how != "arithmetic":
        raise ValueError(f"no aggregation {how!r}: use arithmetic, geometric or copeland")
    return _mean(values, weights, tree)


def _mean(values: Array, weights: Array, tree: Tree) -> Array:
    """Return weighted means level by level; a part without a score has no weight in its group."""
    found = {leaf: values[:, :, leaf] for leaf in range(tree.indicators)}
    for group, parts in tree.children.items():
        total: Any = 0.0
        have: Any = 0.0
        for part in parts:
            known = ~np.isnan(found[part]) & (weights[:, [part]] > 0)
            share = np.where(known, weights[:, [part]], 0.0)
            total = total + share * np.where(known, found[part], 0.0)
            have = have + share
        found[group] = np.divide(total, have, out=np.full(total.shape, np.nan), where=have > 0)
    return found[tree.root]


def _copeland(values: Array, weights: Array) -> Array:
    """Return wins less losses over the number of opponents; two units are compared in what both have."""
    scored = (weights[:, None, :] * ~np.isnan(values)).sum(axis=2) > TIE
    balance = np.zeros(values.shape[:2])
    for one in range(values.shape[1] - 1):
        wins = np.sign(np.nan_to_num(values[:, [one]] - values[:, one + 1 :]))
        margin = (weights[:, None, :] * wins).sum(axis=2)
        decided = (margin > TIE).astype("int8") - (margin < -TIE).astype("int8")
        decided *= scored[:, [one]] & scored[:, one + 1 :]
        balance[:, one] += decided.sum(axis=1)
        balance[:, one + 1 :] -= decided
    opponents = np.maximum(scored.sum(axis=1, keepdims=True) - 1, 1)
    return np.where(scored, balance / opponents, np.nan)
