"""What stands where: the regions in Europe, and whether a chip as fast as an H100 is listed in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments.europe.state import CHIPS, State, located
from cloudmarket.arguments.price_map import CLOUDS

FAST, SLOWER, UNKNOWN = "a chip as fast as an H100", "slower chips or none", "not known"
STATES = (FAST, SLOWER, UNKNOWN)
CATALOGUE = "cloud_regions"
"""The one source that names the regions of all three clouds, with where they lie."""
_YARDSTICK = "nvidia-h100-sxm"
_PLACE = ["cloud", "region"]
EUROPE = (
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
"""The European Union and its neighbours with regions of clouds."""


def fast_chips(chips: pd.DataFrame) -> set[str]:
    """Return the chips with the dense BF16 rate of an H100 or more; H100s of other forms count as such."""
    rate = chips.set_index("accelerator").bf16_tflops_dense
    if _YARDSTICK not in rate.index:
        return set()
    return {str(chip) for chip in rate.index[(rate >= rate[_YARDSTICK]) | rate.index.str.startswith("nvidia-h100-")]}


def listed_chips(found: State) -> pd.DataFrame:
    """Return which chips are listed in which region on the day: cloud, region, accelerator, source.

    On Google Cloud by its own list of chips by region; elsewhere by prices of machines on demand, where a list of
    offers does not deny them.
    """
    google = found.services[(found.services.source == "cyclenerd_accelerators") & found.services.superseded_at.isna()]
    google = google.assign(accelerator=google.service.replace(CHIPS))
    priced = found.priced
    priced = priced[(priced.kind == "on_demand") & priced.is_offered.astype("boolean").fillna(True).astype("bool")]
    columns = [*_PLACE, "accelerator", "source"]
    both = pd.concat([google[columns], priced[priced.source != "cyclenerd_prices"][columns]], ignore_index=True)
    return both.drop_duplicates(ignore_index=True)


def sites(found: State) -> pd.DataFrame:
    """Return the regions in Europe that are open on the day, with what is known of their chips.

    Returns
    -------
    DataFrame
        cloud, region, region_name, country, is_eu, longitude and latitude (missing where only the country is known),
        state (of ``STATES``), chips (number listed). Empty on a day by which no source had named the regions of all
        three clouds.
    """
    known = found.regions
    if not (known.source == CATALOGUE).any():
        return pd.DataFrame()
    day = pd.Timestamp(found.day)
    # Amazon reserves addresses years ahead; a European cloud's region has no date at all.
    is_open = (known.launched_on <= day) | (known.first_listed_on <= day) | ~known.cloud.isin(CLOUDS)
    rows = located(known[is_open][[*_PLACE, "longitude", "latitude"]], found.places)
    extra = _other_places(found, rows)
    rows = pd.concat([rows, extra], ignore_index=True) if len(extra) else rows
    rows = rows[rows.country.isin(EUROPE) & rows.region_kind.isin(["commercial", "sovereign"])]
    chips = listed_chips(found).groupby(_PLACE).accelerator.agg(set)
    # Google's list names every region with chips; where no list of Azure's prices names a region, none tells of it.
    whole = {"gcp"} & set(chips.index.get_level_values("cloud"))
    keys = list(map(tuple, rows[_PLACE].to_numpy()))
    own = [chips.get(key, set() if key[0] in whole else None) for key in keys]
    fast = fast_chips(found.chips)
    rows = rows.assign(state=[_state(key[0], have, fast) for key, have in zip(keys, own, strict=True)])
    rows["chips"] = [len(have or ()) for have in own]
    order = {cloud: place for place, cloud in enumerate(CLOUDS)}
    return rows.sort_values(
        _PLACE, key=lambda one: one.map(order).fillna(9) if one.name == "cloud" else one
    ).reset_index(drop=True)


def _state(cloud: str, have: set[str] | None, fast: set[str]) -> str:
    """Return what is known of a region; a European cloud's list is partial, so what is not in it is not known."""
    if have and have & fast:
        return FAST
    return SLOWER if have is not None and cloud in CLOUDS else UNKNOWN


def _other_places(found: State, rows: pd.DataFrame) -> pd.DataFrame:
    """Return places of European clouds that a list of prices names and no list of regions does."""
    priced = found.priced[found.priced.source == "eu_cloud_prices"][_PLACE].drop_duplicates()
    there = located(priced, found.places).dropna(subset=["country", "region_name"])
    known = set(zip(rows.cloud, rows.country, strict=True))
    strange = [(row.cloud, row.country) not in known for row in there.itertuples()]
    return there[np.array(strange, dtype=bool)].assign(longitude=float("nan"), latitude=float("nan"))


def by_area(placed: pd.DataFrame) -> pd.DataFrame:
    """Return regions per cloud in the EU and in France: cloud, area, regions, fast, unknown."""
    parts = []
    for area, mask in (("EU", placed.is_eu), ("France", placed.country == "FR")):
        own = placed[mask].groupby("cloud").state
        counts = own.agg(
            regions="size", fast=lambda one: int((one == FAST).sum()), unknown=lambda one: int((one == UNKNOWN).sum())
        )
        parts.append(counts.assign(area=area).reset_index())
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)[["cloud", "area", "regions", "fast", "unknown"]]
    return table
