"""All that the notebook shows of a day, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from cloudmarket.arguments.accelerators import benchmarks, cut, diffusion, levels, moves, owned
from cloudmarket.arguments.accelerators.state import State, state
from cloudmarket.measures import availability


@dataclass(frozen=True, eq=False)
class View:
    """The state of a day with what is derived from it; parts are computed when first asked for."""

    found: State

    @cached_property
    def units(self) -> pd.DataFrame:
        """List prices by chip and cloud, and per unit: see :func:`levels.units`."""
        return levels.units(self.found)

    @cached_property
    def rates(self) -> pd.DataFrame:
        """How often prices change: see :func:`moves.rates`."""
        return moves.rates(self.found.prices)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Spot and commitments over the list price: see :func:`moves.shares`."""
        return moves.shares(self.found)

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The rows under the indices: see :func:`moves.compared`."""
        return moves.compared(self.found)

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Price indices: see :func:`moves.indices`."""
        return moves.indices(self.compared)

    @cached_property
    def spot(self) -> pd.DataFrame:
        """Indices of spot prices by chip: see :func:`moves.spot`."""
        return moves.spot(self.compared)

    @cached_property
    def cut(self) -> cut.Cut | None:
        """The cut of June 2025: see :func:`cut.cut`."""
        return cut.cut(self.found)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """When chips came to regions: see :func:`diffusion.spells`."""
        return diffusion.spells(self.found)

    @cached_property
    def curves(self) -> availability.Curves | None:
        """Curves of the chips that are drawn; none where too few were followed long enough."""
        rows = diffusion.at_risk(self.spells)
        rows = rows[rows.service.isin(list(diffusion.LABELS))]
        return diffusion.estimate(rows) if rows.service.nunique() > 1 else None

    @cached_property
    def owned(self) -> pd.DataFrame:
        """Compute owned: see :func:`owned.latest`."""
        return owned.latest(self.found)

    @cached_property
    def attendance(self) -> pd.DataFrame:
        """Who submits to public benchmarks: see :func:`benchmarks.attendance`."""
        return benchmarks.attendance(self.found)


def view(day: date) -> View:
    """Return what the notebook shows of a day."""
    return View(state(day))
