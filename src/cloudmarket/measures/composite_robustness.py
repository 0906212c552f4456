"""How far ranks depend on choices that could have been made otherwise.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 8 (uncertainty and sensitivity analysis);
Saisana, Saltelli and Tarantola (2005), JRSS A 168(2), 307-323; Lahdelma and Salminen (2001), SMAA-2, Operations
Research 49(3), 444-454, for rank acceptability indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.measures.composite_build import Composite
from cloudmarket.measures.composite_model import DEFAULT, STEPS, Model
from cloudmarket.measures.composite_single import one_at_a_time
from cloudmarket.measures.composite_sobol import COLUMNS, design, shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEAN_SHIFT = "mean shift"


@dataclass(frozen=True, repr=False)
class Robustness:
    """Ranks under all choices.

    ``ranks``: by unit, ``rank`` as built, ``low``, ``median``, ``high`` (quantiles over the draws in which it has
    one, at ``level``), ``best``, ``worst``, ``unranked`` (share of draws without a score). ``acceptability``: unit by
    rank, shares of draws; rows and ``unranked`` add up to 1. ``beats``: unit by unit, share of draws in which the row
    ranks above the column. ``single``: one row per choice made otherwise, all others as built: ``largest_shift`` (in
    ranks), ``kendall`` (tau-b with the ranks as built), ``leader``, ``flips_leader``, ``flips_order``. ``sobol``:
    shares of variance by output (each unit's rank, and the mean absolute shift) and choice. ``options``: what was
    drawn from; ``left_out``: what the data did not permit, with the reason.
    """

    ranks: pd.DataFrame
    acceptability: pd.DataFrame
    beats: pd.DataFrame
    single: pd.DataFrame
    sobol: pd.DataFrame
    options: dict[str, tuple[str, ...]]
    left_out: dict[str, str]
    draws: int
    level: float

    @property
    def flips(self) -> pd.DataFrame:
        """The single choices that change the order."""
        return self.single[self.single.flips_order]

    def __repr__(self) -> str:
        first = self.acceptability[1].idxmax()
        return (
            f"Robustness over {self.draws:,} draws: {first!r} is first in {self.acceptability[1].max():.0%};"
            f" {len(self.flips)} of {len(self.single)} single choices change the order,"
            f" {int(self.single.flips_leader.sum())} the leader"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw ranks as built with their intervals, best on top, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        shown = self.ranks.dropna(subset=["low"])
        places = np.arange(len(shown))
        axes.hlines(places, shown.low, shown.high)
        axes.plot(shown["rank"].astype("float64"), places, "o")
        axes.set_yticks(places, [str(unit) for unit in shown.index])
        axes.invert_yaxis()
        axes.set_xlabel(f"rank as built, and {self.level:.0%} of draws")
        return axes


def robustness(
    composite: Composite,
    choices: Mapping[str, Sequence[str]] | None = None,
    *,
    draws: int = 100_000,
    sobol_draws: int = 4_096,
    level: float = 0.9,
    seed: int = 0,
) -> Robustness:
    """Draw every choice anew, many times, and tell how ranks depend on them.

    Parameters
    ----------
    composite : Composite
        As built; its rule for missing values holds in all draws.
    choices : mapping, optional
        Options by choice (``outliers``, ``normalisation``, ``weights``, ``aggregation``, ``omitted``); one that is not
        named stays as built, ``omitted`` is nothing or any one indicator. By default all that the data permit.
        Weights ``random`` are uniform over all that add up to 1 in each group. Omission spreads the indicator's weight
        over its siblings and leaves normalisation as it is.
    draws : int
        Of the Monte Carlo; the standard error of a share is at most 0.5 / sqrt(draws).
    sobol_draws : int
        Rows of each of the two samples behind the shares of variance, a power of 2; 0 for none.
    level : float
        Of the intervals of ranks.

    Raises
    ------
    ValueError
        If a choice or option is unknown, or named and not permitted by the data.
    """
    unknown = sorted(set(choices or ()) - {*STEPS, "omitted"})
    if unknown:
        raise ValueError(f"no choice {unknown[0]!r}: use {', '.join((*STEPS, 'omitted'))}")
    if draws < 1 or sobol_draws < 0 or sobol_draws == 1 or not 0 < level < 1:
        raise ValueError(f"draws {draws}, sobol_draws {sobol_draws}, level {level}: at least 1, not 1, between 0 and 1")
    model = Model(composite, DEFAULT if choices is None else choices, is_lenient=choices is None)
    units = composite.indicators.index
    built = composite.table["rank"].reindex(units)
    random = np.random.default_rng(seed)
    drawn = model.ranks(model.draw(draws, random))
    found = np.stack([np.bincount(column, minlength=len(units) + 1) for column in drawn.T]) / draws
    acceptability = pd.DataFrame(found[:, 1:], index=units, columns=pd.RangeIndex(1, len(units) + 1, name="rank"))
    order = composite.table.index
    return Robustness(
        ranks=_intervals(found, built, level).loc[order],
        acceptability=acceptability.loc[order],
        beats=_beats(drawn, units).loc[order, order],
        single=one_at_a_time(composite, model, built),
        sobol=_sobol(model, sobol_draws, built, seed),
        options=model.options,
        left_out=model.left_out,
        draws=draws,
        level=level,
    )


def _intervals(shares: NDArray[np.float64], built: pd.Series, level: float) -> pd.DataFrame:
    """Return quantiles of ranks, read from their distribution: the least rank that reaches the share."""
    ranked = shares[:, 1:].sum(axis=1)
    cumulative = np.cumsum(shares[:, 1:], axis=1) / np.where(ranked > 0, ranked, np.nan)[:, None]
    table = pd.DataFrame({"rank": built})
    tail = (1 - level) / 2
    for name, share in (("low", tail), ("median", 0.5), ("high", 1 - tail), ("best", 1e-9), ("worst", 1.0)):
        reached = 1 + (cumulative < share - 1e-12).sum(axis=1)
        table[name] = pd.array(reached, dtype="Int64")
        table.loc[ranked == 0, name] = pd.NA
    table["unranked"] = shares[:, 0]
    return table


def _beats(drawn: NDArray[np.int16], units: pd.Index) -> pd.DataFrame:
    ranks = np.where(drawn == 0, np.int16(np.iinfo("int16").max), drawn)
    wins = np.stack([(ranks[:, [one]] < ranks).mean(axis=0) for one in range(len(units))])
    return pd.DataFrame(wins, index=units, columns=units)


def _sobol(model: Model, draws: int, built: pd.Series, seed: int) -> pd.DataFrame:
    """Return shares of variance by output and choice, of those choices that have options."""
    factors = model.factors()
    if not draws or not factors:
        return pd.DataFrame(columns=["output", "choice", *COLUMNS]).set_index(["output", "choice"])
    ranks = model.ranks(model.at(design(factors, draws, seed)))
    outputs = _outputs(ranks, built.to_numpy(dtype="float64", na_value=np.nan))
    labels = [MEAN_SHIFT, *built.index]
    tables = {label: shares(outputs[:, place], factors, seed) for place, label in enumerate(labels)}
    found: pd.DataFrame = pd.concat(tables, names=["output"])
    return found


def _outputs(ranks: NDArray[np.int16], built: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, per draw, the mean absolute shift of ranks and then the rank of each unit; NaN where not ranked."""
    known = np.where(ranks == 0, np.nan, ranks.astype("float64"))
    shift = np.abs(known - built)
    count = (~np.isnan(shift)).sum(axis=1)
    mean = np.divide(np.nansum(shift, axis=1), count, out=np.full(len(ranks), np.nan), where=count > 0)
    return np.column_stack([mean, known])
