"""From whom: models that can be bought bound to the EU, the European clouds' catalogues and their prices in euro."""

from __future__ import annotations

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.europe.state import EU, NAMES, State, inside, located
from cloudmarket.arguments.europe.staying import offered
from cloudmarket.arguments.price_map import CLOUDS, SOURCE

OPEN, CLOSED, UNKNOWN = "open weights", "closed weights", "weights not known"
EUROPEAN = "european_cloud"
_FAMILY = {"nvidia-h100-sxm": "H100", "nvidia-h100-pcie": "H100", "nvidia-h100-nvl": "H100"}


def listed(found: State) -> pd.DataFrame:
    """Return the models that each seller lists on the day, and whether one is offered bound to the EU.

    Of the three clouds by the catalogue that covers them best; of European clouds by every catalogue. A European
    cloud's offer is not bound by what is printed: ``is_bound`` is false, though it may run in the EU alone.

    Returns
    -------
    DataFrame
        seller, seller_kind, model, developer, is_bound, weights, is_eu_developer; one row per seller and model.
    """
    rows = found.offers
    own = rows.seller.isin(CLOUDS) & (rows.source == SOURCE)
    rows = rows[(own | (rows.seller_kind == EUROPEAN)) & ~rows.is_alias]
    rows = located(rows.assign(cloud=rows.seller), found.places)
    rows = rows.assign(is_bound=(rows.scope == "eu") | inside(rows, EU))
    key = ["seller", "seller_kind", "model", "developer"]
    table = rows.groupby(key, dropna=False).is_bound.any().reset_index()
    known = names.models().set_index("model")
    table = table[table.model.map(known.kind) != "service"]
    weights = table.model.map(known.is_open_weights).map({True: OPEN, False: CLOSED}).astype("object")
    home = names.developers().set_index("code").is_eu
    european = table.developer.map(home).astype("boolean").fillna(False).astype("bool")
    return table.assign(weights=weights.fillna(UNKNOWN), is_eu_developer=european).reset_index(drop=True)


def catalogues(rows: pd.DataFrame) -> pd.DataFrame:
    """Return models per seller and weights, as bars with parts; of the three clouds those bound to the EU.

    Returns
    -------
    DataFrame
        seller (the three clouds first, then most models first), weights, models.
    """
    bound = rows[rows.seller.isin(CLOUDS) & rows.is_bound]
    shown = pd.concat([bound, rows[rows.seller_kind == EUROPEAN]])
    counts = shown.groupby(["seller", "weights"]).model.nunique().unstack(fill_value=0)
    for part in (OPEN, CLOSED, UNKNOWN):
        counts[part] = counts.get(part, 0)
    is_cloud = counts.index.isin(CLOUDS)
    counts = counts.assign(total=counts.sum(axis=1), cloud=is_cloud).sort_values(["cloud", "total"], ascending=False)
    tidy = counts[[OPEN, CLOSED, UNKNOWN]].reset_index().melt("seller", var_name="weights", value_name="models")
    order = {seller: place for place, seller in enumerate(counts.index)}
    return tidy.sort_values(["seller", "weights"], key=lambda one: one.map(order) if one.name == "seller" else one,
                            kind="stable").reset_index(drop=True)  # fmt: skip


def two_prints(found: State) -> pd.DataFrame:
    """Return where two catalogues print the input price of one European cloud's model: the larger over the smaller.

    Both print dollars. A seller that lists in euro and is off by one factor throughout was converted by one only.

    Returns
    -------
    DataFrame
        seller, model, sources, ratio.
    """
    rows = found.offers
    rows = rows[(rows.seller_kind == EUROPEAN) & (rows.tier == "standard") & (rows.context_from_tokens == 0)]
    rows = rows[~rows.is_alias & ~rows.is_inherited].dropna(subset="input_usd_per_mtok")
    least = rows.groupby(["seller", "model", "source"]).input_usd_per_mtok.min()
    groups = least.reset_index().groupby(["seller", "model"])
    table = groups.agg(sources=("source", ", ".join), count=("source", "size"),
                       low=("input_usd_per_mtok", "min"), high=("input_usd_per_mtok", "max"))  # fmt: skip
    table = table[table["count"] > 1].reset_index()
    return table.assign(ratio=table.high / table.low)[["seller", "model", "sources", "ratio"]]


def against_clouds(found: State) -> pd.DataFrame:
    """Return European clouds' input prices as printed over the cheapest that the three clouds print for the model.

    Returns
    -------
    DataFrame
        seller, source, model, ratio: of one source, as printed, whatever the currency was.
    """
    rows = found.offers
    rows = rows[(rows.tier == "standard") & (rows.context_from_tokens == 0) & ~rows.is_alias & ~rows.is_inherited]
    least = rows.groupby(["source", "seller", "seller_kind", "model"]).input_usd_per_mtok.min().reset_index().dropna()
    base = least[least.seller.isin(CLOUDS)].groupby(["source", "model"]).input_usd_per_mtok.min().rename("base")
    own = least[least.seller_kind == EUROPEAN].merge(base.reset_index(), on=["source", "model"])
    return own.assign(ratio=own.input_usd_per_mtok / own.base)[["seller", "source", "model", "ratio"]]


def in_euro(found: State) -> pd.DataFrame:
    """Return what European clouds ask in euro for a chip, and the rate at which the three clouds ask as much in the EU.

    No rate of exchange is used. ``even_usd_per_eur`` is that at which the cheapest of the three clouds' machines with
    the chip in the EU costs the same per chip: with a dearer euro than this the European cloud is the dearer one.

    Returns
    -------
    DataFrame
        chip, cloud, country, eur_per_chip_hour, usd_per_chip_hour, sold_by (cheapest of the three in the EU),
        even_usd_per_eur; the last three are missing where none of the three prices the chip in the EU.
    """
    rows = located(found.priced[found.priced.kind == "on_demand"], found.places)
    rows = rows[(rows.currency == "EUR") & (rows.accelerator_count > 0)]
    rows = rows.assign(
        chip=rows.accelerator.replace(_FAMILY), eur=rows.price_per_instance_hour / rows.accelerator_count
    )
    columns = ["chip", "cloud", "country", "eur_per_chip_hour", "usd_per_chip_hour", "sold_by", "even_usd_per_eur"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    rows = rows.sort_values(["chip", "cloud", "eur"]).drop_duplicates(["chip", "cloud"])
    dollars = offered(found)
    dollars = dollars[inside(dollars, EU)].dropna(subset="usd_per_accelerator_hour")
    dollars = dollars.assign(chip=dollars.accelerator.replace(_FAMILY))
    dollars = dollars.sort_values(["chip", "usd_per_accelerator_hour", "cloud", "region"]).drop_duplicates("chip")
    dollars = dollars.set_index("chip")
    usd = rows.chip.map(dollars.usd_per_accelerator_hour)
    sold = rows.chip.map(dollars.cloud.map(NAMES) + ", " + dollars.region)
    table = rows.rename(columns={"eur": "eur_per_chip_hour"}).assign(usd_per_chip_hour=usd, sold_by=sold)
    table["even_usd_per_eur"] = table.usd_per_chip_hour / table.eur_per_chip_hour
    return table[columns].reset_index(drop=True)
