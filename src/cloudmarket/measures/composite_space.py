"""All choices behind a composite of few units, its data among them, and the ranks that each set of choices gives.

Beside :mod:`~cloudmarket.measures.composite_model`, for three to eight units: no weights from correlations, which so
few points do not have, and no outliers; but data drawn anew, whole groups left out, and gaps bridged or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.measures import composite_prepare as prepare
from cloudmarket.measures.composite_aggregate import rank
from cloudmarket.measures.composite_scores import scores
from cloudmarket.measures.composite_structure import Structure, Tree, read

Array = NDArray[np.float64]
Point = dict[str, NDArray[np.int64]]
NOTHING, MEASURED, DRAWN = "nothing", "as measured", "drawn anew"
GROUPS, INDICATORS, ANY = "groups alike", "indicators alike", "any"
COMPLETE, AVAILABLE = "what all have", "what there is"
OPTIONS: dict[str, tuple[str, ...]] = {
    "normalisation": ("minmax", "z", "rank", "ratio"),
    "weights": (GROUPS, INDICATORS, ANY),
    "aggregation": ("arithmetic", "geometric", "copeland"),
    "gaps": (COMPLETE, AVAILABLE),
}


@dataclass(frozen=True, eq=False)
class Space:
    """Data and options; see :func:`space`.

    ``tables``: (tables, units, indicators), the measured one first; ``options``: by choice, what is built first;
    ``left_out``: options that the data do not permit, with the reason.
    """

    units: pd.Index
    tree: Tree
    tables: Array
    options: dict[str, tuple[str, ...]]
    left_out: dict[str, str]
    _normal: dict[str, Array] = field(default_factory=dict, repr=False)

    def normal(self, how: str) -> Array:
        """Return all tables, normalised; an indicator in which all units are alike compares nothing and is blank.

        Columns are normalised one by one, so those of all tables are done at once.
        """
        if how not in self._normal:
            count, units, width = self.tables.shape
            columns = self.tables.transpose(1, 0, 2).reshape(units, count * width)
            known = ~np.isnan(columns)
            low, high = (
                edge(np.where(known, columns, fill), axis=0) for edge, fill in ((np.min, np.inf), (np.max, -np.inf))
            )
            varies = high > low
            direction, names = np.tile(self.tree.direction, count), self.tree.names[:width] * count
            found = np.full(columns.shape, np.nan)
            chosen = tuple(name for name, kept in zip(names, varies, strict=True) if kept)
            found[:, varies] = prepare.normalise(columns[:, varies], direction[varies], how, chosen)  # type: ignore[arg-type]
            self._normal[how] = found.reshape(units, count, width).transpose(1, 0, 2)
        return self._normal[how]

    def ranks(self, point: Point, random: Array) -> NDArray[np.int16]:
        """Return ranks (points, units); 0 where a unit has no score.

        Parameters
        ----------
        point : mapping
            By choice, the position of the option, one per point.
        random : array (points, names)
            Exponentials behind the weights that are drawn.
        """
        result = np.zeros((len(random), len(self.units)), dtype="int16")
        for place, how in enumerate(self.options["normalisation"]):
            rows = np.flatnonzero(point["normalisation"] == place)
            if len(rows):
                normal = self.normal(how)[point["inputs"][rows]]
                known = ~np.isnan(normal)
                is_strict = np.array(self.options["gaps"])[point["gaps"][rows]] == COMPLETE
                counted = np.where(is_strict[:, None], known.all(axis=1), known.sum(axis=1) > 1)
                weights = self._weights(point, random, rows, counted)
                names = np.array(self.options["aggregation"])[point["aggregation"][rows]]
                for name in self.options["aggregation"]:
                    own = names == name
                    result[rows[own]] = rank(scores(normal[own], weights[own], self.tree, name))
        return result

    def _weights(self, point: Point, random: Array, rows: NDArray[np.intp], counted: NDArray[np.bool_]) -> Array:
        """Return weights (rows, names): 0 for what is left out, or compares nothing; ``counted`` (rows, indicators)."""
        tree, names = self.tree, self.options["weights"]
        chosen = np.array(names)[point["weights"][rows]]
        weights = np.where((chosen == ANY)[:, None], random[rows], 1.0)
        weights[:, : tree.indicators] *= counted
        omitted = np.array([-1 if name == NOTHING else tree.names.index(name) for name in self.options["omitted"]])
        at = omitted[point["omitted"][rows]]
        some = np.flatnonzero(at >= 0)
        weights[some, at[some]] = 0.0
        alike = np.flatnonzero(chosen == INDICATORS)
        for group, parts in tree.children.items():
            # A group weighs what its indicators weigh together, unless it is itself left out.
            weights[alike, group] *= weights[np.ix_(alike, parts)].sum(axis=1)
        return weights


def space(
    values: pd.DataFrame,
    structure: Structure,
    *,
    drawn: Array | None = None,
    readings: Mapping[str, Array] | None = None,
    options: Mapping[str, Sequence[str]] | None = None,
) -> Space:
    """Return everything that can be chosen.

    Parameters
    ----------
    values : DataFrame (units, indicators)
        As measured; missing ones stay missing.
    structure : DataFrame or mapping
        See :func:`~cloudmarket.measures.composite_structure.read`.
    drawn : array (tables, units, indicators), optional
        The same as they could be, see :func:`~cloudmarket.measures.composite_inputs.draw`; columns as in ``values``.
    readings : mapping, optional
        By name, tables (units, indicators) of which each is one choice made otherwise.
    options : mapping, optional
        By choice, the options; by default all of ``OPTIONS`` that the data permit, with the first as built.

    Raises
    ------
    ValueError
        If data and structure differ or a choice is unknown.
    """
    frame = values.set_axis([str(name) for name in values.columns], axis=1).astype("float64")
    tree = read(structure, list(frame.columns))
    place = frame.columns.get_indexer(pd.Index(tree.names[: tree.indicators]))
    named = list((readings or {}).values())
    parts = [frame.to_numpy()[None], *(table[None] for table in named), *(() if drawn is None else (drawn,))]
    tables = np.concatenate(parts)[:, :, place]
    kept, left_out = _options(tree, tables, options or {})
    kept["inputs"] = (MEASURED, *(readings or {}), *([DRAWN] if drawn is not None and len(drawn) else []))
    return Space(frame.index, tree, tables, kept, left_out)


def _options(
    tree: Tree, tables: Array, options: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return the options that the data permit, and the others with the reason. Raises ValueError."""
    unknown = sorted(set(options) - {*OPTIONS, "omitted"})
    if unknown:
        raise ValueError(f"no choice {unknown[0]!r}: use {', '.join((*OPTIONS, 'omitted'))}")
    groups = [tree.names[group] for group in tree.children if group != tree.root]
    every = OPTIONS | {"omitted": (NOTHING, *tree.names[: tree.indicators], *(groups if len(groups) > 1 else ()))}
    kept = {name: tuple(options.get(name, known)) for name, known in every.items()}
    for name, chosen in kept.items():
        strange = [option for option in chosen if option not in every[name]]
        if strange or not chosen:
            raise ValueError(f"the choice {name!r} has no option {strange[:1]}: use {', '.join(every[name])}")
    left_out = {}
    if "ratio" in kept["normalisation"] and np.nanmin(tables) <= 0:
        left_out["ratio"] = "a value is not above 0: it has no ratio to a median"
        kept["normalisation"] = tuple(name for name in kept["normalisation"] if name != "ratio")
    return kept, left_out
