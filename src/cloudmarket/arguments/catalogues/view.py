"""All that the notebook shows of a day, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from cloudmarket.arguments.catalogues import arrival, breadth, churn, contents, retirement
from cloudmarket.arguments.catalogues.arrival import Arrival
from cloudmarket.arguments.catalogues.state import Catalogue, catalogues
from cloudmarket.arguments.claim import rests_on
from cloudmarket.arguments.price_map import SOURCE


@dataclass(frozen=True)
class View:
    """The catalogues of a day with what is derived from them; parts are computed when first asked for."""

    found: Catalogue

    @cached_property
    def dates(self) -> pd.DataFrame:
        """Printed retirement dates: see :func:`retirement.printed`."""
        return retirement.printed(self.found.day)

    @cached_property
    def ways(self) -> dict[str, pd.DataFrame]:
        """What is listed by each way of counting: see :func:`breadth.ways`."""
        return breadth.ways(self.found, self.dates)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """Breadth and overlap by each way of counting: see :func:`breadth.readings`."""
        return breadth.readings(self.ways)

    @cached_property
    def removed(self) -> pd.DataFrame:
        """Removals with their witnesses: see :func:`retirement.removals`."""
        return retirement.removals(self.found, self.dates)

    @cached_property
    def dated_share(self) -> pd.Series:
        """Share of the listings of each cloud, standing or gone, for which a retirement date is printed."""
        known = self.found.first[["seller", "model"]].merge(self.dates, on=["seller", "model"], how="left")
        return known.retires_on.notna().groupby(known.seller).mean()

    @property
    def dated(self) -> pd.DataFrame:
        """Return the printed retirement dates as rows of the map's history that a claim keeps."""
        return self.dates.dropna(subset="retires_on").assign(source=SOURCE, evidence="C")

    def resting(self, **tables: pd.DataFrame) -> pd.DataFrame:
        """Return all rows of ``model_listing`` about the clouds, and those of further tables, as a claim keeps them."""
        return rests_on(model_listing=self.found.rows.assign(evidence="C"), **tables)

    @cached_property
    def stays(self) -> pd.DataFrame:
        """How long listings stood: see :func:`churn.stays`."""
        return churn.stays(self.found, self.removed, self.dates)

    @cached_property
    def arrival(self) -> Arrival:
        """When models due on a cloud came: see :func:`arrival.arrival`."""
        return arrival.arrival(self.found)

    @cached_property
    def contexts(self) -> pd.DataFrame:
        """Spells with a context window: see :func:`contents.contexts`."""
        return contents.contexts(self.found)


def view(day: date) -> View:
    """Return what the notebook shows of a day."""
    return View(catalogues(day))
