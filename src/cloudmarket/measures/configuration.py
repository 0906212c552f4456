"""A map of few units: classical scaling of distances over indicators, with regions by resampling the indicators.

Of n units, n - 1 dimensions hold all distances exactly: three units always lie in a plane, as a triangle. Nothing is
lost by the map, and nothing is found by it that the distances do not say; its axes have no meaning of their own.

References
----------
Torgerson (1952), Multidimensional scaling I, Psychometrika 17(4), 401-419. Gower (1966), Some distance properties of
latent root and vector methods, Biometrika 53(3-4), 325-338. Regions by the bootstrap, each resample turned onto the map
by Procrustes rotation: Jacoby and Armstrong (2014), Bootstrap confidence regions for multidimensional scaling
solutions, American Journal of Political Science 58(1), 264-278. Arrows as in biplots: Gabriel (1971), Biometrika 58(3),
453-467.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Configuration:
    """A map of units in a plane.

    ``points``: by unit, x and y. ``draws``: array (resamples, units, 2), each turned onto the map. ``distances``: by
    pair (one, other): distance (root mean square difference in standard deviations, groups alike), low and high (95 %
    of the resamples), closest (share of resamples in which no pair is closer). ``arrows``: by group, x and y of the
    direction in which its mean score rises, of the length by which it rises per unit of the map. ``explained``: share
    of the squared distances that two dimensions hold.
    """

    points: pd.DataFrame
    draws: Array
    distances: pd.DataFrame
    arrows: pd.DataFrame
    explained: float

    def __repr__(self) -> str:
        near = self.distances.reset_index().sort_values("closest", kind="stable").iloc[-1]
        return (
            f"Configuration of {len(self.points)} units: {near.one!r} and {near.other!r} are the closest pair in"
            f" {self.distances.closest.max():.0%} of {len(self.draws)} resamples"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the resamples and the points, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        for place, (unit, point) in enumerate(self.points.iterrows()):
            axes.plot(*self.draws[:, place].T, ".", ms=2, alpha=0.3)
            axes.annotate(str(unit), (point.x, point.y))
        axes.set_aspect("equal")
        return axes


def configuration(
    tables: Array, units: pd.Index, direction: Array, groups: list[str], *, resamples: int = 500, seed: int = 0
) -> Configuration:
    """Return a map of units.

    Parameters
    ----------
    tables : array (tables, units, indicators)
        Without missing values; the first is mapped, the resamples take any of the others (or the only one).
    units : Index
    direction : array (indicators,)
        1 where more is better, -1 where less is.
    groups : list of str
        Group of each indicator: groups count alike, and indicators are resampled within them.
    resamples : int

    Raises
    ------
    ValueError
        If there are fewer than three units, or a value is missing.
    """
    if len(units) < 3 or np.isnan(tables).any():
        raise ValueError(f"a map needs three units and every value; there are {len(units)} units")
    random = np.random.default_rng(seed)
    members = [np.flatnonzero(np.array(groups) == name) for name in dict.fromkeys(groups)]
    scores = [_scores(table, direction) for table in tables]
    whole = [np.arange(len(own)) for own in members]
    base = _distances(scores[0], members, whole)
    points, explained = scaled(base)
    pairs = list(combinations(range(len(units)), 2))
    draws = np.empty((resamples, len(units), 2))
    found = np.empty((resamples, len(pairs)))
    for at in range(resamples):
        table = scores[random.integers(1, len(scores)) if len(scores) > 1 else 0]
        chosen = [random.integers(len(own), size=len(own)) for own in members]
        squared = _distances(table, members, chosen)
        own = scaled(squared)[0]
        draws[at] = own @ orthogonal_procrustes(own, points)[0]
        found[at] = [np.sqrt(squared[pair]) for pair in pairs]
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    distances = pd.DataFrame(
        {"distance": [np.sqrt(base[pair]) for pair in pairs], "low": low, "high": high,
         "closest": (found <= found.min(axis=1, keepdims=True)).mean(axis=0)},
        index=pd.MultiIndex.from_tuples([(units[a], units[b]) for a, b in pairs], names=["one", "other"]),
    )  # fmt: skip
    means = np.column_stack([scores[0][:, own].mean(axis=1) for own in members])
    slopes = np.linalg.lstsq(points, means, rcond=None)[0].T
    return Configuration(
        pd.DataFrame(points, units, ["x", "y"]), draws, distances,
        pd.DataFrame(slopes, pd.Index(list(dict.fromkeys(groups)), name="group"), ["x", "y"]), explained,
    )  # fmt: skip


def scaled(squared: Array) -> tuple[Array, float]:
    """Return coordinates (units, 2) by classical scaling of squared distances, and the share of them that these hold.

    The sign of each axis is that which makes its largest coordinate positive.
    """
    count = len(squared)
    centre = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centre @ squared @ centre)
    kept = np.clip(values[::-1][:2], 0.0, None)
    points = vectors[:, ::-1][:, :2] * np.sqrt(kept)
    largest = points[np.abs(points).argmax(axis=0), range(points.shape[1])]
    total = np.clip(values, 0.0, None).sum()
    return np.asarray(points * np.where(largest < 0, -1.0, 1.0)), float(kept.sum() / total) if total > 0 else 1.0


def _scores(table: Array, direction: Array) -> Array:
    """Return standard scores over units, more being better; 0 where all are alike."""
    turned = (table - table.mean(axis=0)) * direction
    spread = table.std(axis=0, ddof=1)
    scores: Array = np.divide(turned, spread, out=np.zeros_like(turned), where=spread > 0)
    return scores


def _distances(scores: Array, members: list[NDArray[np.intp]], chosen: list[NDArray[np.intp]]) -> Array:
    """Return squared distances (units, units): means over the chosen indicators of a group, then over groups."""
    parts = []
    for own, taken in zip(members, chosen, strict=True):
        gaps = scores[:, None, own[taken]] - scores[None, :, own[taken]]
        parts.append((gaps**2).mean(axis=2))
    return np.asarray(np.mean(parts, axis=0))
