"""The ranks of units as a function of every choice, for many draws at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloudmarket.measures import composite_prepare as prepare
from cloudmarket.measures.composite_aggregate import aggregate, rank
from cloudmarket.measures.composite_build import Composite
from cloudmarket.measures.composite_weights import weigh

Options = dict[str, tuple[str, ...]]
NOTHING = "nothing"
STEPS = ("outliers", "normalisation", "weights", "aggregation")
DEFAULT: Options = {
    "outliers": ("none", "winsorise", "log"),
    "normalisation": ("minmax", "z", "rank", "ratio"),
    "weights": ("equal", "given", "pca", "entropy", "random"),
    "aggregation": ("arithmetic", "geometric", "copeland"),
}


@dataclass(frozen=True)
class Sample:
    """Draws: ``choice`` has the position of the option per choice, ``random`` the exponentials behind weights."""

    choice: dict[str, NDArray[np.int64]]
    random: NDArray[np.float64]


class Model:
    """Everything that the choices permit on one set of data, prepared once.

    Parameters
    ----------
    composite : Composite
        Data, structure, rule for missing values, and the choices made.
    options : mapping
        Options by choice; those that are left out stay as in the composite.
    is_lenient : bool
        Leave out, and name in ``left_out``, what the data do not permit; else raise ValueError.
    """

    def __init__(self, composite: Composite, options: Mapping[str, Sequence[str]], *, is_lenient: bool) -> None:
        self.composite, self.tree = composite, composite.tree
        self.left_out: dict[str, str] = {}
        values = composite.indicators.to_numpy()
        chosen = {step: options.get(step, (getattr(composite.method, step),)) for step in STEPS}
        treated = {option: prepare.treat(values, option) for option in chosen["outliers"]}
        self.normal: dict[tuple[str, str], NDArray[np.float64]] = {}
        self.weight: dict[tuple[str, str], NDArray[np.float64]] = {}
        kept: Options = {"outliers": tuple(treated)}
        for step, table in (("normalisation", self.normal), ("weights", self.weight)):
            kept[step] = tuple(option for option in chosen[step] if self._add(table, step, option, treated, is_lenient))
        kept["aggregation"] = tuple(chosen["aggregation"])
        if "geometric" in kept["aggregation"] and min(np.nanmin(x) for x in self.normal.values()) <= 0:
            self._refuse("geometric", "a normalised value is not above 0", is_lenient)
            kept["aggregation"] = tuple(option for option in kept["aggregation"] if option != "geometric")
        omitted = options.get("omitted", (NOTHING, *self.tree.names[: self.tree.indicators]))
        kept["omitted"] = tuple(omitted) if self.tree.indicators > 1 else (NOTHING,)
        self.options = kept
        self._check()

    def _add(
        self,
        table: dict[tuple[str, str], NDArray[np.float64]],
        step: str,
        option: str,
        treated: dict[str, NDArray[np.float64]],
        is_lenient: bool,
    ) -> bool:
        """Prepare an option under every treatment of outliers and return whether the data permit it."""
        try:
            for outliers, values in treated.items():
                if step == "normalisation":
                    made = prepare.normalise(values, self.tree.direction, option, self.tree.names)  # type: ignore[arg-type]
                elif option == "random":
                    made = np.ones(len(self.tree.names))
                else:
                    made = weigh(values * self.tree.direction, self.tree, option)  # type: ignore[arg-type]
                table[outliers, option] = made
        except ValueError as error:
            self._refuse(option, str(error), is_lenient)
            for outliers in treated:
                table.pop((outliers, option), None)
            return False
        return True

    def _refuse(self, option: str, why: str, is_lenient: bool) -> None:
        if not is_lenient:
            raise ValueError(f"{option!r} cannot be chosen: {why}")
        self.left_out[option] = why

    def _check(self) -> None:
        known = (NOTHING, *self.tree.names[: self.tree.indicators])
        for name, options in self.options.items():
            if not options or len(set(options)) < len(options):
                raise ValueError(f"the choice {name!r} has no options, or one twice: {options}")
        unknown = [name for name in self.options["omitted"] if name not in known]
        unknown += [name for name in self.options["aggregation"] if name not in DEFAULT["aggregation"]]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no indicator to omit and no aggregation")

    def draw(self, count: int, random: np.random.Generator) -> Sample:
        """Return independent draws, every option of a choice as likely as the others."""
        choice = {name: random.integers(len(options), size=count) for name, options in self.options.items()}
        return Sample(choice, random.standard_exponential((count, len(self.tree.names))))

    def factors(self) -> list[str]:
        """Return the choice that each coordinate of a point makes, of those that leave something to choose.

        Weights drawn at random belong to the choice of weights: one more coordinate of it per name.
        """
        found = [name for name, options in self.options.items() if len(options) > 1]
        return found + ["weights"] * len(self.tree.names) * ("random" in self.options["weights"])

    def at(self, points: NDArray[np.float64]) -> Sample:
        """Return the choices made by points of the unit cube, whose coordinates are those of :meth:`factors`.

        Parameters
        ----------
        points : array (draws, coordinates)
            On [0, 1): each coordinate is cut into as many equal parts as its choice has options.
        """
        named = [name for name, options in self.options.items() if len(options) > 1]
        choice = {name: np.zeros(len(points), dtype="int64") for name in self.options}
        for place, name in enumerate(named):
            choice[name] = (points[:, place] * len(self.options[name])).astype("int64")
        random = np.ones((len(points), len(self.tree.names)))
        if points.shape[1] > len(named):
            # Exponentials over their sum are uniform over all weights that add up to 1.
            random = -np.log1p(-points[:, len(named) :])
        return Sample(choice, random)

    def ranks(self, sample: Sample) -> NDArray[np.int16]:
        """Return ranks of shape (draws, units), 0 where a unit has no score."""
        rule, options = self.composite.method, self.options
        result = np.empty((len(sample.random), len(self.composite.indicators)), dtype="int16")
        sizes = [len(options[step]) for step in ("outliers", "normalisation", "aggregation")]
        cell = np.ravel_multi_index(
            [sample.choice[step] for step in ("outliers", "normalisation", "aggregation")], sizes
        )
        for one in np.unique(cell):
            rows = np.flatnonzero(cell == one)
            treatment, scale, sums = np.unravel_index(int(one), sizes)
            outliers = options["outliers"][treatment]
            scores = aggregate(
                self.normal[outliers, options["normalisation"][scale]],
                self._weights(sample, rows, outliers),
                self.tree,
                options["aggregation"][sums],  # type: ignore[arg-type]
                missing=rule.missing,
                min_coverage=rule.min_coverage,
            )
            result[rows] = rank(scores)
        return result

    def _weights(self, sample: Sample, rows: NDArray[np.int64], outliers: str) -> NDArray[np.float64]:
        """Return weights of shape (rows, names), 0 for what is omitted."""
        names = self.options["weights"]
        stacked = np.stack([self.weight[outliers, name] for name in names])
        chosen = sample.choice["weights"][rows]
        weights = stacked[chosen]
        if "random" in names:
            is_random = chosen == names.index("random")
            weights[is_random] = sample.random[rows[is_random]]
        places = [-1 if name == NOTHING else self.tree.names.index(name) for name in self.options["omitted"]]
        omitted = np.array(places)[sample.choice["omitted"][rows]]
        some = np.flatnonzero(omitted >= 0)
        weights[some, omitted[some]] = 0.0
        return weights
