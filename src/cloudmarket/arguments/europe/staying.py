"""What staying costs: the same machine, and the same model, in the EU and in France against where it is cheapest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments import price_map
from cloudmarket.arguments.europe.state import EU, FRANCE, NAMES, State, inside, located
from cloudmarket.measures import price_path

KINDS = ("on_demand", "spot", "commit_1y", "commit_3y")
FEWEST = 3
"""With fewer chips or models no typical premium is stated."""
_LEAST_REGIONS = 2
_KEY = ["cloud", "accelerator", "sku"]
_BASE = "us-east-1"
FREE, BOUND = "an endpoint bound to the EU", "one bound to the EU, against one to the US"


def offered(found: State, kind: str = "on_demand") -> pd.DataFrame:
    """Return the prices in USD of whole machines in commercial regions, where no list of offers denies them.

    Azure's promotions of old machines are left out: they end one region at a time.
    """
    rows = found.priced
    rows = rows[(rows.kind == kind) & rows.cloud.isin(price_map.CLOUDS) & (rows.currency == "USD") & ~rows.is_component]
    rows = rows[rows.is_offered.astype("boolean").fillna(True).astype("bool") & ~rows.sku.str.endswith("_Promo")]
    there = located(rows, found.places)
    return there[there.region_kind == "commercial"].reset_index(drop=True)


def machines(rows: pd.DataFrame) -> pd.DataFrame:
    """Return by chip what its machines cost in each area at least, against the cheapest region of the same cloud.

    Parameters
    ----------
    rows : DataFrame
        As :func:`offered`.

    Returns
    -------
    DataFrame
        cloud, accelerator, area, ratio (median over the machines with the chip), machines, region (the cheapest of the
        area). Machines priced in one region only have no ratio.
    """
    regions = rows.groupby(_KEY).region.transform("nunique")
    rows = rows[regions >= _LEAST_REGIONS]
    least = rows.groupby(_KEY).usd_per_instance_hour.transform("min")
    rows = rows.assign(ratio=rows.usd_per_instance_hour / least)
    parts = []
    for area in (EU, FRANCE):
        own = rows[inside(rows, area)].sort_values([*_KEY, "ratio", "region"]).drop_duplicates(_KEY)
        chips = own.groupby(["cloud", "accelerator"])
        table = chips.agg(ratio=("ratio", "median"), machines=("sku", "size"), region=("region", "first"))
        parts.append(table.reset_index().assign(area=area))
    columns = ["cloud", "accelerator", "area", "ratio", "machines", "region"]
    return pd.concat(parts, ignore_index=True)[columns]


def models(found: State) -> pd.DataFrame:
    """Return by model what an endpoint in the EU costs against another: seller, what, model, ratio.

    Input prices of one catalogue, in the standard tier. Endpoints bound to the EU against the least bound, and against
    those bound to the United States; on AWS also single regions, the cheapest of the EU and that of France, against its
    first one.
    """
    rows = price_map.of_clouds(found.offers)
    ratios = price_path.scope_ratios(rows).groupby(["seller", "model", "scope"]).ratio.min().unstack()
    ratios = ratios.reindex(columns=["eu", "us"])
    bound = {FREE: ratios.eu, BOUND: ratios.eu / ratios.us}
    parts = [one.dropna().rename("ratio").reset_index().assign(what=what) for what, one in bound.items()]
    own = rows[rows.region.notna() & (rows.tier == "standard") & (rows.context_from_tokens == 0) & ~rows.is_alias]
    own = located(own.assign(cloud=own.seller), found.places)
    base = own[own.region == _BASE].groupby(["seller", "model"]).input_usd_per_mtok.min().rename("base")
    for area, what in ((EU, "one region of the EU"), (FRANCE, "the region in France")):
        here = own[inside(own, area)].groupby(["seller", "model"]).input_usd_per_mtok.min()
        both = pd.concat([here, base], axis=1, join="inner").dropna()
        ratio = (both.input_usd_per_mtok / both.base).rename("ratio").reset_index()
        parts.append(ratio.assign(what=what))
    return pd.concat(parts, ignore_index=True)[["seller", "what", "model", "ratio"]]


def premiums(chips: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Return the typical premium of each way of staying, in percent.

    Returns
    -------
    DataFrame
        what, seller, median, low, high (10th and 90th percentile of chips or models), items; ways with fewer than
        ``FEWEST`` items are left out.
    """
    rows = []
    for (cloud, area), own in chips.groupby(["cloud", "area"]):
        place = "the EU" if area == EU else "France"
        rows.append((f"{NAMES[str(cloud)]}: machines in {place}", str(cloud), own.ratio, "chips"))
    for (seller, what), own in tokens.groupby(["seller", "what"]):
        rows.append((f"{NAMES[str(seller)]}: models at {what}", str(seller), own.ratio, "models"))
    table = []
    for what, seller, ratios, unit in rows:
        if len(ratios) >= FEWEST:
            low, median, high = 100 * (np.quantile(ratios, [0.1, 0.5, 0.9]) - 1)
            table.append((f"{what} ({len(ratios)} {unit})", seller, median, low, high, len(ratios)))
    return pd.DataFrame(table, columns=["what", "seller", "median", "low", "high", "items"])


def by_kind(found: State) -> pd.DataFrame:
    """Return the median premium of the machines by kind of price: cloud, kind, area, percent, chips."""
    parts = []
    for kind in KINDS:
        own = machines(offered(found, kind))
        if len(own):
            table = own.groupby(["cloud", "area"]).ratio.agg(percent="median", chips="size").reset_index()
            parts.append(table.assign(kind=kind, percent=100 * (table.percent - 1)))
    columns = ["cloud", "kind", "area", "percent", "chips"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
