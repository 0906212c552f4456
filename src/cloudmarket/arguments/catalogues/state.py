"""The three catalogues of models as they read on a day, and where a developer's models are listed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.price_map import CLOUDS, SOURCE, blanked, observed_months
from cloudmarket.measures import catalogue

OWN = {"aws": "amazon", "azure": "microsoft", "gcp": "google"}
"""Developer that is the cloud's own company."""
NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
OPEN, CLOSED, UNKNOWN = "open weights", "closed weights", "weights not known"


@dataclass(frozen=True)
class Catalogue:
    """Catalogues of the three clouds on a day; ``counts`` is monthly, without the months nobody observed.

    All is of one catalogue but ``first``, which dates the first listing of a model by whichever saw it first, and
    ``rows``, the rows of ``model_listing`` about the clouds, by what was known, that all of it comes from.
    """

    day: date
    spells: pd.DataFrame
    listed: pd.DataFrame
    counts: pd.DataFrame
    shared: pd.DataFrame
    suppliers: pd.DataFrame
    first: pd.DataFrame
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def models(self) -> int:
        """Number of distinct models on any of the clouds."""
        return int(self.listed.model.nunique())

    def on_at_least(self, clouds: int) -> int:
        """Return the number of models that so many clouds list, or more."""
        return int((self.listed.groupby("model").seller.nunique() >= clouds).sum())

    @property
    def is_whole(self) -> bool:
        """Whether each of the three clouds has a catalogue on the day: else they cannot be compared."""
        return set(self.listed.seller) == set(CLOUDS)

    def __repr__(self) -> str:
        own = self.listed.groupby("seller").model.nunique().reindex(CLOUDS, fill_value=0)
        return f"Catalogue({self.day}: {self.models} models; {', '.join(f'{a} {n}' for a, n in own.items())})"


def catalogues(day: date) -> Catalogue:
    """Return the state of the three catalogues by what was known on a day; moving labels are no models."""
    rows = tables.load("model_listing", known_on=day)
    rows = rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service")]
    spells = catalogue.spells(rows, SOURCE)
    listed = spells[spells.valid_to.isna()]
    counts = catalogue.counts(spells, observed_months(day))
    shared = catalogue.overlap(listed) if len(listed) else pd.DataFrame()
    return Catalogue(
        day, spells, listed, blanked(counts, day, ["models"]), shared,
        catalogue.suppliers(listed, CLOUDS), catalogue.first_seen(rows), rows.reset_index(drop=True),
    )  # fmt: skip


def weights(models: pd.Series) -> pd.Series:
    """Return of each model whether its weights are ``OPEN``, ``CLOSED`` or ``UNKNOWN``."""
    known = names.models().set_index("model").is_open_weights
    kind = models.map(known).map({True: OPEN, False: CLOSED}).astype("object")
    return kind.where(kind.notna(), UNKNOWN)


@dataclass(frozen=True)
class Exclusivity:
    """Where a developer's models with closed weights are listed: ``first`` listings, ``counts`` per day and cloud."""

    first: pd.DataFrame
    counts: pd.DataFrame

    def elsewhere(self, home: str) -> pd.DataFrame:
        """Return the first listings on other clouds than ``home``, earliest first."""
        return self.first[self.first.seller != home].sort_values(["valid_from", "seller", "model"], ignore_index=True)


def exclusivity(found: Catalogue, developer: str) -> Exclusivity:
    """Return on which clouds a developer's models with closed weights are listed.

    Models with open weights are left out: anybody may serve them, so they say nothing about exclusivity.
    """
    is_open = names.models().set_index("model").is_open_weights.fillna(False)
    spells = found.spells
    own, first = (
        rows[(rows.developer == developer) & ~rows.model.map(is_open).astype("bool")] for rows in (spells, found.first)
    )
    sellers = own.seller.unique()
    covered = spells[spells.seller.isin(sellers)].groupby("seller").valid_from.min()
    counts = catalogue.counts(own, observed_months(found.day), covered)
    return Exclusivity(first, blanked(counts, found.day, ["models"]))
