"""Indicators of prices, places and chips."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket import names
from cloudmarket.arguments.market import owned
from cloudmarket.arguments.positioning.cells import Cells, exact, nothing, ranged
from cloudmarket.arguments.positioning.knowledge import Knowledge
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.arguments.prices import ratios
from cloudmarket.measures import offers, price_path
from cloudmarket.tables.compute_owned import ALL

ANCHOR = "nvidia-h100-sxm"
RECENT_YEARS = 4
CATALOGUE = "cloud_regions"
"""The one source that names the regions of more than one cloud: before it was seen, counts do not compare."""
GOOGLE_LIST = "cyclenerd_accelerators"
_GOOGLE_CODES = {
    "nvidia-h100-80gb": ANCHOR, "nvidia-h100-mega-80gb": ANCHOR, "nvidia-h200": "nvidia-h200-sxm",
    "google-tpu-v7x": "google-tpu-v7",
}  # fmt: skip
OWN_VENDOR = {"aws": "Amazon", "azure": "Microsoft", "gcp": "Google"}
_FEWEST = 3


def price_level(known: Knowledge) -> Cells:
    """Return the price of identical models, AWS being 1, with a 95 % interval clustered by model."""
    found = ratios.of_clouds(offers.baseline(known.offers)) if len(known.offers) else None
    if found is None or len(found.table) < len(CLOUDS) - 1:
        return nothing()
    table = ratios.table(found).set_index("seller").rename(columns={"ratio": "value"})
    table.loc[ratios.BASE, ["value", "low", "high"]] = 1.0
    rows = offers.standard(known.offers)
    rows = rows[rows.scope.isin(offers.BASELINE_SCOPES)]
    # Models of one seller say nothing of the others' prices.
    shared = rows.groupby("model").seller.transform("nunique") > 1
    return ranged(table, token_price=rows[shared])


def eu_uplift(known: Knowledge) -> Cells:
    """Return what endpoints bound to the EU cost more on average, in percent, with a 95 % interval over models."""
    if known.offers.empty:
        return nothing()
    rows = price_path.scope_ratios(known.offers)
    rows = rows[rows.scope == "eu"]
    extra = (100 * (rows.ratio - 1)).groupby(rows.seller)
    table = pd.DataFrame({"value": extra.mean(), "n": extra.size(), "error": extra.sem()})
    table = table[table.n >= _FEWEST]
    width = stats.t.ppf(0.975, table.n - 1) * table.error
    frame = table.assign(low=table.value - width, high=table.value + width)
    behind = known.offers[known.offers.model.isin(rows.model) & (known.offers.tier == "standard")]
    return ranged(frame, token_price=behind)


def h100_price(known: Knowledge) -> Cells:
    """Return the median list price over commercial regions of the United States, with its range over them."""
    rows = known.machines[known.machines.accelerator == ANCHOR].merge(
        names.regions().rename(columns={"seller": "cloud", "kind": "place"})[["cloud", "region", "country", "place"]],
        on=["cloud", "region"],
    )
    rows = rows[(rows.country == "US") & (rows.place == "commercial")]
    # The machine that asks least per chip: what the host adds is not the chip's.
    rows = rows.sort_values("usd_per_accelerator_hour").drop_duplicates(["cloud", "region"])
    price = rows.groupby("cloud").usd_per_accelerator_hour
    frame = pd.DataFrame({"value": price.median(), "low": price.min(), "high": price.max()})
    return ranged(frame, accelerator_price=rows.drop(columns=["country", "place"]))


def regions(known: Knowledge) -> dict[str, Cells]:
    """Return commercial regions open on the day and those of them in the EU."""
    rows, at = known.region, pd.Timestamp(known.day)
    if not (rows.source == CATALOGUE).any():
        return {"regions": nothing(), "eu_regions": nothing()}
    is_open = (rows.launched_on <= at) | (rows.first_listed_on <= at)
    rows = rows[is_open & (rows.kind == "commercial") & rows.cloud.isin(CLOUDS)].drop_duplicates(["cloud", "region"])
    inside = rows[rows.is_eu.astype("boolean").fillna(False).astype("bool")]
    return {
        "regions": exact(rows.groupby("cloud").size(), region=rows),
        "eu_regions": exact(inside.groupby("cloud").size(), region=inside),
    }


def recent_chips(known: Knowledge) -> Cells:
    """Return how many kinds of chip of the last ``RECENT_YEARS`` years each cloud lists.

    Of AWS one commercial region is listed: it may have, at most, every merchant's chip that another of the three
    lists, and every one of its own design.
    """
    chips = known.accelerator.set_index("accelerator")
    recent = chips[(chips.released_in > known.day.year - RECENT_YEARS) & (chips.released_in <= known.day.year)]
    at = pd.Timestamp(known.day)
    google = known.service_region[
        (known.service_region.source == GOOGLE_LIST) & (known.service_region.first_seen_on <= at)
    ]
    google = google.assign(accelerator=google.service.replace(_GOOGLE_CODES))
    google = google[google.accelerator.isin(recent.index)]
    priced = known.machines[(known.machines.cloud != "gcp") & known.machines.accelerator.isin(recent.index)]
    own = {
        "aws": set(priced.accelerator[priced.cloud == "aws"]),
        "azure": set(priced.accelerator[priced.cloud == "azure"]),
        "gcp": set(google.accelerator),
    }  # fmt: skip
    if not all(own.values()):
        return nothing()
    merchants = ~recent.vendor.isin(OWN_VENDOR.values())
    every = set(recent.index[merchants]) & set.union(*own.values())
    most = own["aws"] | every | set(recent.index[recent.vendor == OWN_VENDOR["aws"]])
    values = {cloud: float(len(have)) for cloud, have in own.items()}
    frame = pd.DataFrame({"value": values, "low": values, "high": values | {"aws": float(len(most))}})
    return ranged(frame, accelerator_price=priced, service_region=google, accelerator=recent.reset_index())


def compute(known: Knowledge) -> dict[str, Cells]:
    """Return the compute that each company owned by the newest finished quarter, and what of it is of own design."""
    rows, at = known.compute_owned, pd.Timestamp(known.day)
    rows = rows[(rows.chip == ALL) & (rows.quarter_ended_on <= at)]
    unfinished = rows.groupby("quarter_on").is_incomplete.transform("any").astype("bool")
    rows = rows[~unfinished]
    rows = rows[(rows.quarter_on == rows.quarter_on.max()) & rows.cloud.isin(CLOUDS)]
    if set(rows.cloud) != set(CLOUDS):
        return {"compute_owned": nothing(), "own_chip_share": nothing()}
    table = owned.owners(rows).set_index("cloud").rename(columns={"middle": "value"})
    design = rows[rows.chip_family.isin(["google-tpu", "aws-trainium"])].groupby("cloud").h100e_median.sum() / 1e6
    share = (100 * design / table.value).replace(0.0, np.nan)
    return {
        "compute_owned": ranged(table, compute_owned=rows),
        "own_chip_share": exact(share, compute_owned=rows),
    }


def carbon(known: Knowledge) -> Cells:
    """Return the median carbon-free share of regions in the newest year stated."""
    rows = known.region_carbon[known.region_carbon.cloud.isin(CLOUDS)].dropna(subset=["carbon_free_share"])
    rows = rows[rows.year == rows.year.max()]
    return exact(100 * rows.groupby("cloud").carbon_free_share.median(), region_carbon=rows)
