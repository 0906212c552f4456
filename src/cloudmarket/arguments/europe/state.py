"""All that is known of Europe on a day, each table read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments import price_map
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.history import end_of

EU, FRANCE, US, JAPAN = "EU", "France", "United States", "Japan"
AREAS = (US, JAPAN, EU, FRANCE)
"""Japan beside France: one rich country of one language, far from the first regions."""
_COUNTRIES = {FRANCE: "FR", US: "US", JAPAN: "JP"}
CHIPS = {
    "nvidia-h100-80gb": "nvidia-h100-sxm", "nvidia-h100-mega-80gb": "nvidia-h100-sxm", "nvidia-h200": "nvidia-h200-sxm",
    "google-tpu-v7x": "google-tpu-v7",
}  # fmt: skip
"""Google's codes of chips that differ from the chips' names."""
NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}


@dataclass(frozen=True, eq=False)
class State:
    """What was known on a day; every table by that knowledge.

    ``regions``; ``services`` (by region) and ``apis`` with all their spells, ended ones too; ``machines``, the whole
    history of their prices; ``offers``, prices of tokens valid on the day, and ``listings``, their whole history, of
    the map of the three clouds; ``carbon``, ``shares``, ``events``, ``owned``, ``chips``. ``places`` tells of every
    region that a name table knows where it lies: geography, not news.
    """

    day: date
    regions: pd.DataFrame
    services: pd.DataFrame
    apis: pd.DataFrame
    machines: pd.DataFrame
    offers: pd.DataFrame
    listings: pd.DataFrame
    carbon: pd.DataFrame
    shares: pd.DataFrame
    events: pd.DataFrame
    owned: pd.DataFrame
    chips: pd.DataFrame
    places: pd.DataFrame

    @property
    def priced(self) -> pd.DataFrame:
        """Prices of machines that hold on the day, as printed."""
        rows, day = self.machines, pd.Timestamp(self.day)
        return rows[rows.is_printed & (rows.valid_from <= day) & ~(rows.valid_to <= day)]

    def __repr__(self) -> str:
        return f"State({self.day}: {len(self.regions)} regions, {len(self.priced)} prices of machines)"


def state(day: date) -> State:
    """Return all that was known on a day."""
    return State(
        day=day,
        regions=tables.load("region", known_on=day),
        services=_spells("service_region", day),
        apis=_spells("service_api", day),
        machines=tables.load("accelerator_price", known_on=day),
        offers=tables.load("token_price", as_of=day),
        listings=price_map.of_clouds(tables.load("token_price", known_on=day)),
        carbon=tables.load("region_carbon", known_on=day),
        shares=tables.load("market_share", known_on=day),
        events=tables.load("event", known_on=day),
        owned=tables.load("compute_owned", known_on=day),
        chips=tables.load("accelerator", known_on=day),
        places=names.regions().rename(columns={"seller": "cloud", "kind": "region_kind", "name": "region_name"}),
    )


def _spells(name: str, day: date) -> pd.DataFrame:
    """Return all spells seen by the end of a day, those that had ended by then included.

    By the knowledge of a day alone a table gives what was then listed: something that went and came back would seem
    to have come late.
    """
    end = pd.Timestamp(end_of(day))
    rows = tables.load(name)
    seen = rows[rows.observed_first_at < end]
    return seen.assign(
        superseded_at=seen.superseded_at.where(seen.superseded_at < end),
        observed_last_at=seen.observed_last_at.where(seen.observed_last_at < end, end),
    ).reset_index(drop=True)


def located(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add where each row's region lies: country, is_eu (False where not public), region_name, region_kind."""
    where = places[["cloud", "region", "country", "is_eu", "region_name", "region_kind"]]
    found = rows.merge(where, on=["cloud", "region"], how="left", validate="many_to_one")
    return found.assign(is_eu=found.is_eu.astype("boolean").fillna(False).astype("bool"))


def inside(rows: pd.DataFrame, area: str) -> pd.Series:
    """Return whether each located row lies in an area of ``AREAS``.

    Raises
    ------
    ValueError
        If there is no such area.
    """
    if area not in AREAS:
        raise ValueError(f"no area {area!r}: there are {', '.join(AREAS)}")
    chosen: pd.Series = rows.is_eu if area == EU else rows.country == _COUNTRIES[area]
    return chosen.fillna(False).astype("bool")


def of_clouds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows about the three clouds."""
    return rows[rows.cloud.isin(CLOUDS)]
