"""One composite indicator, built by one set of choices that are all named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.measures import composite_prepare as prepare
from cloudmarket.measures.composite_aggregate import Aggregation, Missing, aggregate, rank
from cloudmarket.measures.composite_prepare import Normalisation, Outliers
from cloudmarket.measures.composite_structure import Structure, Tree, read
from cloudmarket.measures.composite_weights import Weighting, weigh

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Method:
    """The choices behind a composite; see :func:`build`."""

    outliers: Outliers = "none"
    normalisation: Normalisation = "minmax"
    weights: Weighting = "equal"
    aggregation: Aggregation = "arithmetic"
    missing: Missing = "strict"
    min_coverage: float = 0.65


@dataclass(frozen=True, repr=False)
class Composite:
    """Scores and ranks of units.

    ``table``: by unit, best first, ``score`` (in the unit of the normalisation), ``rank`` (1 is best, ties share the
    better one; missing where there is no score) and ``coverage`` (share of the weight for which there are data).
    ``groups``: score by unit and group. ``weights``: by indicator, adding up to 1. ``screening``: see
    :func:`~cloudmarket.measures.composite_prepare.screen`. ``normalised``: units by indicator. A rank is not to be
    shown without its range: see :func:`~cloudmarket.measures.composite_robustness.robustness`.
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    weights: pd.Series
    screening: pd.DataFrame
    normalised: pd.DataFrame
    method: Method
    indicators: pd.DataFrame
    tree: Tree

    def __repr__(self) -> str:
        ranked = self.table.dropna(subset=["score"])
        how = self.method
        named = f"{how.outliers}, {how.normalisation}, {how.weights}, {how.aggregation}"
        first = f"first {ranked.index[0]!r}" if len(ranked) else "none ranked"
        return (
            f"Composite of {self.tree.indicators} indicators ({named}): {len(ranked)} of {len(self.table)} units"
            f" ranked, {first}"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw scores, best on top, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        ranked = self.table.dropna(subset=["score"])[::-1]
        axes.barh([str(unit) for unit in ranked.index], ranked.score)
        axes.set_xlabel(f"score ({self.method.normalisation}, {self.method.aggregation})")
        return axes


def build(
    indicators: pd.DataFrame,
    structure: Structure,
    *,
    outliers: Outliers = "none",
    normalisation: Normalisation = "minmax",
    weights: Weighting = "equal",
    aggregation: Aggregation = "arithmetic",
    missing: Missing = "strict",
    min_coverage: float = 0.65,
) -> Composite:
    """Build a composite indicator.

    Parameters
    ----------
    indicators : DataFrame (units, indicators)
        Raw values; missing ones are missing and are never filled in.
    structure : DataFrame or mapping
        Hierarchy, directions and weights: see :func:`~cloudmarket.measures.composite_structure.read`.
    outliers : str
        ``none``, ``winsorise``, ``log`` or ``winsorise-log``: see ``composite_prepare.treat``.
    normalisation : str
        ``minmax``, ``z``, ``rank`` or ``ratio``: see ``composite_prepare.normalise``.
    weights : str
        ``equal`` (among siblings), ``given`` (by the structure), ``pca`` or ``entropy``: see ``composite_weights``.
    aggregation : str
        ``arithmetic``, ``geometric`` or ``copeland``: see ``composite_aggregate.aggregate``.
    missing : str
        ``strict``: no score where anything is missing. ``available``: the mean of what there is, if that is
        ``min_coverage`` of the weight of each group.

    Raises
    ------
    ValueError
        If the data or the structure cannot be compared or a choice cannot be made on them; the message names which.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators: Methodology and User Guide, Part 1.
    """
    values = prepare.check(indicators)
    tree = read(structure, [str(name) for name in values.columns])
    values = values.set_axis([str(name) for name in values.columns], axis=1)[list(tree.names[: tree.indicators])]
    treated = prepare.treat(values.to_numpy(), outliers)
    normal = prepare.normalise(treated, tree.direction, normalisation, tree.names)
    weight = weigh(treated * tree.direction, tree, weights)[None, :]
    score = {
        tree.names[group]: aggregate(
            normal, weight, tree, aggregation, missing=missing, min_coverage=min_coverage, node=group
        )[0]
        for group in reversed(tree.children)
    }
    effective = tree.effective(tree.shares(weight), tree.root)[0]
    labels = list(tree.names[: tree.indicators])
    return Composite(
        table=_table(score[tree.names[tree.root]], ~np.isnan(normal) @ effective, values.index),
        groups=pd.DataFrame(score, index=values.index),
        weights=pd.Series(effective, index=labels, name="weight"),
        screening=prepare.screen(values, tree),
        normalised=pd.DataFrame(normal, index=values.index, columns=labels),
        method=Method(outliers, normalisation, weights, aggregation, missing, min_coverage),
        indicators=values,
        tree=tree,
    )


def _table(score: NDArray[np.float64], coverage: NDArray[np.float64], units: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame({"score": score, "rank": rank(score[None, :])[0], "coverage": coverage}, index=units)
    table["rank"] = table["rank"].astype("Int64").mask(table["rank"] == 0)
    return table.sort_values("rank", kind="stable")
