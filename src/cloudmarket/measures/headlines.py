"""What the notebooks state: the few numbers of each argument, from the tables as they read on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.measures import catalogue, evidence, offers, parity, price_path
from cloudmarket.tables import fills, inputs

CLOUDS = ["aws", "azure", "gcp"]
# The catalogue that covers the three clouds best and longest. A copy of it stands in where it was not seen: by
# construction the two never overlap, so together they are one series.
SOURCE, COPY = "litellm", "tokencost"
# The map is released every few days; a month without a release is a gap, not a pause.
FRESH_DAYS = 31


@dataclass(frozen=True)
class Catalogue:
    """Catalogues of the three clouds on a day; ``counts`` is monthly, without the months nobody observed.

    All is of one catalogue but ``first``, which dates the first listing of a model by whichever saw it first.
    """

    day: date
    spells: pd.DataFrame
    listed: pd.DataFrame
    counts: pd.DataFrame
    shared: pd.DataFrame
    suppliers: pd.DataFrame
    first: pd.DataFrame

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
    rows = tables.load("model_listing", known_on=day)
    rows = rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service")]
    spells = catalogue.spells(rows, SOURCE)
    listed = spells[spells.valid_to.isna()]
    counts = catalogue.counts(spells, observed_months(day))
    return Catalogue(
        day, spells, listed, _blanked(counts, day, ["models"]), catalogue.overlap(listed),
        catalogue.suppliers(listed, CLOUDS), catalogue.first_seen(rows),
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
    return Exclusivity(first, _blanked(counts, found.day, ["models"]))


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


def observed(day: date) -> list[date]:
    """Return the days until a day on which the catalogue was seen, itself or in the copy that fills its gaps."""
    own, copies = (
        [moment.observed_at for moment in inputs.moments(source) if moment.observed_at.date() <= day]
        for source in (SOURCE, COPY)
    )
    return [seen.date() for seen in fills.line(own, copies)]


def gaps(day: date) -> list[tuple[date, date]]:
    """Return the times without any look at the catalogue: (last day before, first day after)."""
    return [(last, first) for last, first in pairwise(observed(day)) if first - last > fills.GAP]


def staleness(day: date) -> str:
    """Return a warning where the newest snapshot is old by the day asked for, or could not be read; else nothing."""
    newest = observed(day)[-1]
    age = (day - newest).days
    warnings = []
    if age > FRESH_DAYS:
        warnings.append(
            f"The newest snapshot by then is of {newest}, {age} days earlier: all of this is what was known from it."
        )
    stale = evidence.stale(day).since_on
    if SOURCE in stale.index:
        since = f"Since {stale[SOURCE]} the source could not be brought up to date"
        warnings.append(f"{since}; see the notebook on evidence.")
    return "".join(f" {warning}" for warning in warnings)


def _of_clouds(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.source.isin((SOURCE, COPY)) & rows.seller.isin(CLOUDS)]


def _blanked(rows: pd.DataFrame, day: date, columns: list[str]) -> pd.DataFrame:
    """Blank what falls in a time without snapshots: nothing was seen then, so nothing is drawn."""
    rows = rows.copy()
    for last, first in gaps(day):
        unseen = (rows.day > pd.Timestamp(last)) & (rows.day < pd.Timestamp(first))
        rows[columns] = rows[columns].astype("float64").mask(unseen)
    return rows
