"""The rows of published tables under the indicators of a day, by the knowledge of that day or of a later one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.price_map import CLOUDS, SOURCE, of_clouds
from cloudmarket.measures import catalogue

LISTS = {"aws": "karpenter_aws", "azure": "karpenter_azure", "gcp": "cyclenerd_prices"}
"""The list of machine prices of each cloud."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of a day.

    ``listings``: the history of ``model_listing`` about the clouds; ``offers`` and ``machines``: prices of the day, of
    ``token_price`` and of ``accelerator_price`` on demand; the rest are tables of these names, about the clouds.
    """

    day: date
    known_on: date
    listings: pd.DataFrame
    offers: pd.DataFrame
    machines: pd.DataFrame
    region: pd.DataFrame
    service_region: pd.DataFrame
    region_carbon: pd.DataFrame
    accelerator: pd.DataFrame
    compute_owned: pd.DataFrame
    sdk_download: pd.DataFrame
    sdk_release: pd.DataFrame
    financial: pd.DataFrame
    capex: pd.DataFrame

    @property
    def listed(self) -> pd.DataFrame:
        """Spells of models that stand in the price map on the day: see :func:`standing`."""
        return standing(self.listings, self.day)


def standing(listings: pd.DataFrame, day: date, source: str = SOURCE) -> pd.DataFrame:
    """Return the spells of a catalogue that hold on a day."""
    return _held(catalogue.spells(listings, source), day)


def of_day(day: date) -> Knowledge:
    """Return what was known on a day of that day, with the errors of the time."""
    facts = {name: _current(tables.load(name, known_on=day)) for name in _FACTS}
    return Knowledge(
        day, day, _listings(day), of_clouds(tables.load("token_price", as_of=day)),
        _machines(tables.load("accelerator_price", as_of=day)), **facts,
    )  # fmt: skip


def in_hindsight(day: date, known: Knowledge) -> Knowledge:
    """Return what is known of an earlier day by a later one's knowledge, corrections applied."""
    offers, machines = (_held(_history(name, known.known_on), day) for name in ("token_price", "accelerator_price"))
    return replace(known, day=day, offers=of_clouds(offers), machines=_machines(machines))


@lru_cache(maxsize=2)
def _history(name: str, known_on: date) -> pd.DataFrame:
    return tables.load(name, known_on=known_on)


def _held(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of a history that hold on a day."""
    at = pd.Timestamp(day)
    return rows[(rows.valid_from <= at) & ~(rows.valid_to <= at)].reset_index(drop=True)


@lru_cache(maxsize=2)
def _listings(day: date) -> pd.DataFrame:
    rows = tables.load("model_listing", known_on=day)
    kept = rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service")]
    return kept.reset_index(drop=True)


_FACTS = (
    "region", "service_region", "region_carbon", "accelerator", "compute_owned", "sdk_download", "sdk_release",
    "financial", "capex",
)  # fmt: skip


def _current(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what had not been given up by then."""
    return rows[rows.superseded_at.isna()].reset_index(drop=True)


def _machines(rows: pd.DataFrame) -> pd.DataFrame:
    own = rows.source == rows.cloud.map(LISTS)
    is_sold = (rows.cloud != "gcp") | rows.is_offered.astype("boolean").fillna(False).astype("bool")
    priced = rows.usd_per_accelerator_hour.notna()
    return rows[own & is_sold & priced & (rows.kind == "on_demand")].reset_index(drop=True)
