"""What the notebooks state: the few numbers of each argument, from the tables as they read on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.measures import catalogue, offers, parity, price_path
from cloudmarket.tables import inputs

CLOUDS = ["aws", "azure", "gcp"]
SOURCE = "litellm"
# The map is released every few days; a month without a release is a gap, not a pause.
FRESH_DAYS = 31


@dataclass(frozen=True)
class Catalogue:
    """Catalogues of the three clouds on a day; ``counts`` is monthly, without the months nobody observed."""

    day: date
    spells: pd.DataFrame
    listed: pd.DataFrame
    counts: pd.DataFrame
    shared: pd.DataFrame
    suppliers: pd.DataFrame

    @property
    def models(self) -> int:
        """Number of distinct models on any of the clouds."""
        return int(self.listed.model.nunique())

    def on_at_least(self, clouds: int) -> int:
        """Return the number of models that so many clouds list, or more."""
        return int((self.listed.groupby("model").seller.nunique() >= clouds).sum())


@dataclass(frozen=True)
class Prices:
    """Token prices of the three clouds on a day."""

    day: date
    vintage: pd.DataFrame
    parity: parity.Parity
    offers: pd.DataFrame
    scopes: pd.DataFrame
    tiers: pd.DataFrame
    changes: pd.DataFrame
    levels: pd.DataFrame


def catalogues(day: date) -> Catalogue:
    """Return the state of the three catalogues by what was known on a day; moving labels are no models."""
    spells = tables.load("model_listing", known_on=day)
    spells = spells[spells.seller.isin(CLOUDS) & ~spells.is_alias & (spells.kind != "service")]
    listed = spells[spells.valid_to.isna()]
    counts = catalogue.counts(spells, observed_months(day))
    return Catalogue(
        day, spells, listed, _blanked(counts, day, ["models"]), catalogue.overlap(listed),
        catalogue.suppliers(listed, CLOUDS),
    )  # fmt: skip


def prices(day: date) -> Prices:
    """Return the state of token prices by what was known on a day."""
    vintage = _of_clouds(tables.load("token_price", as_of=day))
    baseline = offers.baseline(vintage)
    known = _of_clouds(tables.load("token_price", known_on=day))
    changes = tables.load("price_change", known_on=day)
    changes = changes[changes.seller.isin(CLOUDS) & (changes.tier == "standard") & (changes.context_from_tokens == 0)]
    levels = price_path.levels(known, observed_months(day))
    return Prices(
        day, vintage, parity.compare(baseline), baseline, price_path.scope_ratios(vintage),
        price_path.tier_ratios(vintage), changes.reset_index(drop=True),
        _blanked(levels, day, ["low", "median", "high"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Exclusivity:
    """Where a developer's models with closed weights are listed: ``spells``, and ``counts`` per day and cloud."""

    spells: pd.DataFrame
    counts: pd.DataFrame

    def elsewhere(self, home: str) -> pd.DataFrame:
        """Return the spells on other clouds than ``home``, earliest first."""
        return self.spells[self.spells.seller != home].sort_values(["valid_from", "seller", "model"], ignore_index=True)


def exclusivity(found: Catalogue, developer: str) -> Exclusivity:
    """Return on which clouds a developer's models with closed weights are listed.

    Models with open weights are left out: anybody may serve them, so they say nothing about exclusivity.
    """
    is_open = names.models().set_index("model").is_open_weights.fillna(False)
    spells = found.spells
    own = spells[(spells.developer == developer) & ~spells.model.map(is_open).astype("bool")]
    sellers = own.seller.unique()
    covered = spells[spells.seller.isin(sellers)].groupby("seller").valid_from.min()
    counts = catalogue.counts(own, observed_months(found.day), covered)
    return Exclusivity(own, _blanked(counts, found.day, ["models"]))


def parity_by_weights(found: parity.Parity) -> pd.DataFrame:
    """Return comparable models by weights (closed, open, not known) and whether all sellers ask the same."""
    weights = names.models().set_index("model").is_open_weights
    kind = found.comparable.model.map(weights).map({True: "open weights", False: "closed weights"}).astype("object")
    rows = found.comparable.assign(weights=kind.fillna("weights not known"))
    rows["prices"] = rows.is_equal.map({True: "same price everywhere", False: "different prices"})
    table = pd.crosstab(rows.weights, rows.prices).reset_index()
    return table.melt("weights", var_name="prices", value_name="models").sort_values(
        ["weights", "prices"], ignore_index=True
    )


def observed_months(day: date) -> pd.DatetimeIndex:
    """Return the first day of each month since the first snapshot, and the day itself at the end."""
    first = min(moment.observed_at for moment in inputs.moments(SOURCE)).date()
    months = pd.date_range(first, day, freq="MS", unit="s")
    return months.union(pd.DatetimeIndex([pd.Timestamp(day)], dtype="datetime64[s]"))


def staleness(day: date) -> str:
    """Return a sentence that warns where the newest snapshot is old by the day asked for, else nothing."""
    newest = inputs.latest((SOURCE,), day)[SOURCE].date()
    age = (day - newest).days
    if age <= FRESH_DAYS:
        return ""
    return f" The newest snapshot by then is of {newest}, {age} days earlier: all of this is what was known from it."


def _of_clouds(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows.source == SOURCE) & rows.seller.isin(CLOUDS)]


def _blanked(rows: pd.DataFrame, day: date, columns: list[str]) -> pd.DataFrame:
    """Blank what falls in a time without snapshots: nothing was seen then, so nothing is drawn."""
    rows = rows.copy()
    for last, first in inputs.gaps(SOURCE, day):
        unseen = (rows.day > pd.Timestamp(last)) & (rows.day < pd.Timestamp(first))
        rows[columns] = rows[columns].astype("float64").mask(unseen)
    return rows
