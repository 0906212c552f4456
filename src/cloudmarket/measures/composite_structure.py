"""The hierarchy of a composite indicator: which indicators make which groups, in which direction, with what weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROOT = "index"
Structure = pd.DataFrame | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """A checked hierarchy: ``names`` lists indicators first, then groups from the lowest up, the root last.

    ``children`` maps the position of each group to those of its parts; ``direction`` is +1 or -1 per indicator;
    ``weight`` is what the structure states per name, NaN where it states nothing.
    """

    names: tuple[str, ...]
    indicators: int
    children: dict[int, NDArray[np.intp]]
    direction: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def root(self) -> int:
        """Position of the whole."""
        return len(self.names) - 1

    @property
    def has_weights(self) -> bool:
        """Whether the structure states every weight that it could."""
        return not bool(np.isnan(self.weight[:-1]).any())

    def leaves(self, node: int) -> NDArray[np.intp]:
        """Return the positions of the indicators below a node."""
        if node < self.indicators:
            return np.array([node])
        return np.concatenate([self.leaves(int(child)) for child in self.children[node]])

    def shares(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return weights that add up to 1 within each group; a group of which nothing is left weighs nothing.

        Parameters
        ----------
        weights : array (draws, names)
        """
        result = weights.copy()
        for group, parts in self.children.items():
            total = result[:, parts].sum(axis=1, keepdims=True)
            result[:, parts] = np.divide(result[:, parts], total, out=np.zeros_like(result[:, parts]), where=total > 0)
            result[total[:, 0] <= 0, group] = 0.0
        return result

    def effective(self, shares: NDArray[np.float64], node: int) -> NDArray[np.float64]:
        """Return the weight of each indicator in a node: the product of the shares on the way down.

        Parameters
        ----------
        shares : array (draws, names)

        Returns
        -------
        array (draws, indicators)
            Rows add up to 1 where the node has any weight.
        """
        full = np.zeros_like(shares)
        full[:, node] = 1.0
        for group in reversed(self.children):
            full[:, self.children[group]] += full[:, [group]] * shares[:, self.children[group]]
        return full[:, : self.indicators]


def read(structure: Structure, columns: list[str]) -> Tree:
    """Return the hierarchy over the columns of the indicators.

    Parameters
    ----------
    structure : DataFrame or mapping
        A frame of ``name``, ``parent`` (missing for the whole), ``direction`` (1: more is better, -1: less is; for
        indicators) and optionally ``weight``; or a mapping from indicator to direction, without groups.
    columns : list of str
        Indicators for which there are data.

    Raises
    ------
    ValueError
        If a name is repeated, there is not exactly one whole, a parent is unknown, names form a circle, a direction
        is neither 1 nor -1, a weight is not above 0, or indicators and data do not match.
    """
    frame = _frame(structure)
    names, parents = frame.name.tolist(), frame.set_index("name").parent
    roots = [name for name in names if pd.isna(parents[name])]
    if len(roots) != 1:
        raise ValueError(f"a structure has one whole, without parent; this one has {len(roots)}: {roots[:5]}")
    unknown = sorted(set(parents.dropna()) - set(names))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is a parent and no name of the structure")
    groups = set(parents.dropna())
    depth = {name: _depth(name, parents) for name in names}
    leaves = [name for name in names if name not in groups]
    if sorted(leaves) != sorted(columns):
        odd = sorted(set(leaves) ^ set(columns))
        raise ValueError(f"structure and data differ in {odd[0]!r}: each indicator must be in both")
    above = sorted((name for name in names if name in groups), key=lambda name: -depth[name])
    ordered = [*leaves, *above]
    place = {name: position for position, name in enumerate(ordered)}
    children = {place[group]: np.array([place[name] for name in ordered if parents[name] == group]) for group in above}
    indexed = frame.set_index("name").reindex(ordered)
    return Tree(tuple(ordered), len(leaves), children, _directions(indexed.direction[: len(leaves)]), _weights(indexed))


def _frame(structure: Structure) -> pd.DataFrame:
    """Return any structure as name, parent, direction, weight. Raises ValueError."""
    if isinstance(structure, Mapping):
        flat = [(name, ROOT, direction) for name, direction in structure.items()]
        frame = pd.DataFrame([*flat, (ROOT, None, 1)], columns=["name", "parent", "direction"])
    else:
        frame = structure
    missing = [column for column in ("name", "parent", "direction") if column not in frame]
    if missing:
        raise ValueError(f"the structure has no column {missing[0]!r}")
    if frame.name.duplicated().any():
        raise ValueError(f"the structure names {frame.name[frame.name.duplicated()].iloc[0]!r} twice")
    weight = frame.weight if "weight" in frame else np.nan
    return frame[["name", "parent", "direction"]].assign(weight=weight)


def _depth(name: str, parents: pd.Series) -> int:
    """Return how many steps a name is below the whole. Raises ValueError on a circle."""
    depth, here = 0, name
    while not pd.isna(parents[here]):
        depth, here = depth + 1, parents[here]
        if depth > len(parents):
            raise ValueError(f"{name!r} is its own ancestor")
    return depth


def _directions(stated: pd.Series) -> NDArray[np.float64]:
    wrong = stated[~stated.isin([1, -1])]
    if len(wrong):
        raise ValueError(f"the direction of {wrong.index[0]!r} is {wrong.iloc[0]}: say 1 (more is better) or -1")
    return stated.to_numpy(dtype="float64")


def _weights(indexed: pd.DataFrame) -> NDArray[np.float64]:
    weight = pd.to_numeric(indexed.weight).astype("float64")
    wrong = weight[(weight <= 0) | np.isinf(weight)]
    if len(wrong):
        raise ValueError(f"the weight of {wrong.index[0]!r} is {wrong.iloc[0]:g}, which is not above 0")
    return np.asarray(weight, dtype="float64")
