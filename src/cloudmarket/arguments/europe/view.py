"""All that the notebook shows of a day, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from cloudmarket.arguments.europe import carbon, lag, power, presence, sellers, staying
from cloudmarket.arguments.europe.binding import Binding, binding
from cloudmarket.arguments.europe.state import State, state
from cloudmarket.measures.rank_correlation import RankCorrelation


@dataclass(frozen=True)
class View:
    """What is known on a day with what is derived from it; parts are computed when first asked for."""

    found: State

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Regions in Europe: see :func:`presence.sites`."""
        return presence.sites(self.found)

    @cached_property
    def lags(self) -> lag.Lag:
        """Lags behind the first region: see :func:`lag.lags`."""
        return lag.lags(self.found)

    @cached_property
    def binding(self) -> Binding:
        """How late models are bound to the EU: see :func:`binding.binding`."""
        return binding(self.found)

    @cached_property
    def offered(self) -> pd.DataFrame:
        """Prices of machines on demand: see :func:`staying.offered`."""
        return staying.offered(self.found)

    @cached_property
    def chips(self) -> pd.DataFrame:
        """What machines cost in the EU and in France: see :func:`staying.machines`."""
        return staying.machines(self.offered)

    @cached_property
    def models(self) -> pd.DataFrame:
        """What models cost bound to the EU: see :func:`staying.models`."""
        return staying.models(self.found)

    @cached_property
    def premiums(self) -> pd.DataFrame:
        """Typical premium of each way of staying: see :func:`staying.premiums`."""
        return staying.premiums(self.chips, self.models)

    @cached_property
    def listed(self) -> pd.DataFrame:
        """Models by seller: see :func:`sellers.listed`."""
        return sellers.listed(self.found)

    @cached_property
    def carbon(self) -> pd.DataFrame:
        """Electricity and prices of regions: see :func:`carbon.regions`."""
        return carbon.regions(self.found)

    @cached_property
    def together(self) -> RankCorrelation | None:
        """Rank correlation of the two: see :func:`carbon.together`."""
        return carbon.together(self.carbon)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """European providers' share: see :func:`power.shares`."""
        return power.shares(self.found)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Events of law and sovereignty: see :func:`power.steps`."""
        return power.steps(self.found)

    @cached_property
    def owned(self) -> pd.DataFrame:
        """Chips by owner: see :func:`power.owned`."""
        return power.owned(self.found)


def view(day: date) -> View:
    """Return what the notebook shows of a day."""
    return View(state(day))
