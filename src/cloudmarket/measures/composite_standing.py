"""Where few units stand under every choice: ranks with ranges, what decides them, and what flips them.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 8; Saisana, Saltelli and Tarantola (2005),
JRSS A 168(2), 307-323; Lahdelma and Salminen (2001), SMAA-2, Operations Research 49(3), 444-454.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.measures.composite_sobol import design, shares
from cloudmarket.measures.composite_space import ANY, COMPLETE, DRAWN, Point, Space

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHOICES = ("inputs", "normalisation", "weights", "aggregation", "gaps", "omitted")


@dataclass(frozen=True, repr=False)
class Standing:
    """Ranks of units under all choices.

    ``ranks``: by unit, ``rank`` as built, ``low``, ``median``, ``high`` (quantiles over draws, at ``level``), ``mean``,
    ``unranked`` (share). ``acceptability``: unit by rank, shares of draws; units that tie share the better rank.
    ``beats``: unit by unit, share of draws in which the row ranks above the column. ``options``: share of draws in
    which each unit is first, by choice and option. ``single``: by choice and option made otherwise, all others as
    built: one column of ranks per unit, ``flips_leader`` and ``flips_order``. ``sobol``: shares of variance by output
    (a unit's rank) and choice.
    """

    ranks: pd.DataFrame
    acceptability: pd.DataFrame
    beats: pd.DataFrame
    options: pd.DataFrame
    single: pd.DataFrame
    sobol: pd.DataFrame
    draws: int
    level: float

    def __repr__(self) -> str:
        first = self.acceptability[1].idxmax()
        return (
            f"Standing over {self.draws:,} draws: {first!r} is first in {self.acceptability[1].max():.0%};"
            f" {int(self.single.flips_order.sum())} of {len(self.single)} single choices change the order"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw ranks as built with their ranges, best on top, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        places = np.arange(len(self.ranks))
        axes.hlines(places, self.ranks.low, self.ranks.high)
        axes.plot(self.ranks["rank"], places, "o")
        axes.set_yticks(places, [str(unit) for unit in self.ranks.index])
        axes.invert_yaxis()
        axes.set_xlabel(f"rank as built, and {self.level:.0%} of draws")
        return axes


def standing(found: Space, *, draws: int = 20_000, sobol_draws: int = 0, level: float = 0.9, seed: int = 0) -> Standing:
    """Draw every choice anew, many times, and tell how ranks depend on them.

    Every option of a choice is as likely as the others; data, where there are drawn ones, are drawn ones.

    Parameters
    ----------
    found : Space
    draws : int
        Of the Monte Carlo; the standard error of a share is at most 0.5 / sqrt(draws).
    sobol_draws : int
        Rows of each of the two samples behind the shares of variance, a power of 2; 0 for none.

    Raises
    ------
    ValueError
        If draws or level cannot be.
    """
    point, ranks = _draw(found, draws, level, seed)
    built, units = _built(found), found.units
    table, share = _shares(ranks, built, units, level)
    wins = [(np.where(ranks[:, [one]] > 0, ranks[:, [one]], 99) < np.where(ranks > 0, ranks, 99)).mean(axis=0)
            for one in range(len(units))]  # fmt: skip
    return Standing(
        ranks=table,
        acceptability=share,
        beats=pd.DataFrame(np.stack(wins), units, units),
        options=_by_option(found, point, ranks),
        single=_single(found, built),
        sobol=_sobol(found, sobol_draws, seed),
        draws=draws,
        level=level,
    )


def acceptability(
    found: Space, *, draws: int = 20_000, level: float = 0.9, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ``ranks`` and ``acceptability`` alone; see :class:`Standing`, and :func:`standing` for what is drawn."""
    return _shares(_draw(found, draws, level, seed)[1], _built(found), found.units, level)


def _draw(found: Space, draws: int, level: float, seed: int) -> tuple[Point, NDArray[np.int16]]:
    """Return sets of choices and the ranks that they give. Raises ValueError."""
    if draws < 1 or not 0 < level < 1:
        raise ValueError(f"draws {draws}, level {level}: at least 1, between 0 and 1")
    random = np.random.default_rng(seed)
    point = {name: random.integers(size, size=draws) for name, size in _sizes(found).items()}
    point["inputs"] += _first_drawn(found)
    return point, found.ranks(point, random.standard_exponential((draws, len(found.tree.names))))


def _built(found: Space) -> NDArray[np.int16]:
    return np.asarray(found.ranks(_base(1), np.ones((1, len(found.tree.names))))[0])


def _shares(
    ranks: NDArray[np.int16], built: NDArray[np.int16], units: pd.Index, level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = np.stack([np.bincount(column, minlength=len(units) + 1) for column in ranks.T]) / len(ranks)
    table = _intervals(ranks, built, units, level).assign(unranked=count[:, 0])
    return table, pd.DataFrame(count[:, 1:], units, pd.RangeIndex(1, len(units) + 1, name="rank"))


def _sizes(found: Space) -> dict[str, int]:
    """Return the number of options per choice; of data, the tables that are drawn, or the measured one."""
    sizes = {name: len(found.options[name]) for name in CHOICES}
    sizes["inputs"] = len(found.tables) - _first_drawn(found)
    return sizes


def _first_drawn(found: Space) -> int:
    return len(found.options["inputs"]) - 1 if DRAWN in found.options["inputs"] else 0


def _base(points: int) -> Point:
    return {name: np.zeros(points, dtype="int64") for name in CHOICES}


def _intervals(ranks: NDArray[np.int16], built: NDArray[np.int16], units: pd.Index, level: float) -> pd.DataFrame:
    known = np.where(ranks == 0, np.nan, ranks.astype("float64"))
    tail = (1 - level) / 2
    low, median, high = np.nanquantile(known, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
    columns = {"rank": built, "low": low, "median": median, "high": high, "mean": np.nanmean(known, axis=0)}
    return pd.DataFrame(columns, index=units)


def _by_option(found: Space, point: Point, ranks: NDArray[np.int16]) -> pd.DataFrame:
    rows = []
    for name in CHOICES[1:]:
        for place, option in enumerate(found.options[name]):
            own = ranks[point[name] == place]
            if len(own):
                first = dict(zip(found.units, (own == 1).mean(axis=0), strict=True))
                rows.append({"choice": name, "option": option, **first})
    return pd.DataFrame(rows, columns=["choice", "option", *found.units])


def _single(found: Space, built: NDArray[np.int16]) -> pd.DataFrame:
    rows = []
    # To leave out what the composite as built does not count is no choice made otherwise.
    gaps = np.isnan(found.tables[0]).any(axis=0) & (found.options["gaps"][0] == COMPLETE)
    idle = {name for name, is_gap in zip(found.tree.names, gaps, strict=False) if is_gap}
    for name in CHOICES:
        for place, option in enumerate(found.options[name]):
            if place and option not in {ANY, DRAWN, *(idle if name == "omitted" else ())}:
                point = _base(1) | {name: np.array([place])}
                ranks = found.ranks(point, np.ones((1, len(found.tree.names))))[0]
                flips = {"flips_leader": bool(((ranks == 1) != (built == 1)).any()),
                         "flips_order": bool((ranks != built).any())}  # fmt: skip
                rows.append({"choice": name, "option": option, **dict(zip(found.units, ranks, strict=True)), **flips})
    return pd.DataFrame(rows, columns=["choice", "option", *found.units, "flips_leader", "flips_order"])


def _sobol(found: Space, draws: int, seed: int) -> pd.DataFrame:
    """Return shares of variance by unit and choice, of those choices that have options."""
    named = [name for name, size in _sizes(found).items() if size > 1]
    if not draws or not named:
        return pd.DataFrame()
    factors = named + ["weights"] * len(found.tree.names) * (ANY in found.options["weights"])
    points = design(factors, draws, seed)
    point = _base(len(points))
    for place, name in enumerate(named):
        point[name] = (points[:, place] * _sizes(found)[name]).astype("int64")
    point["inputs"] += _first_drawn(found)
    random = np.ones((len(points), len(found.tree.names)))
    if points.shape[1] > len(named):
        random = -np.log1p(-points[:, len(named) :])
    ranks = found.ranks(point, random).astype("float64")
    ranks[ranks == 0] = np.nan
    tables = {unit: shares(ranks[:, at], factors, seed) for at, unit in enumerate(found.units)}
    together: pd.DataFrame = pd.concat(tables, names=["unit"])
    return together
