"""The electricity of Google Cloud's regions beside their prices: the one cloud that publishes both by region."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.europe.state import State, located
from cloudmarket.arguments.europe.staying import offered
from cloudmarket.measures import rank_correlation

CLOUD = "gcp"
GROUPS = ("France", "rest of the EU", "elsewhere")


def regions(found: State) -> pd.DataFrame:
    """Return carbon intensity and price level of the regions with machines with accelerators.

    The price level is the median, over the machines offered there, of the price over that of the cheapest region.

    Returns
    -------
    DataFrame
        region, region_name, country, is_eu, year, gco2_per_kwh, carbon_free_share, definition, level (1 is the cheapest
        region for every machine), machines, group (of ``GROUPS``). The newest year stated, one definition.
    """
    stated = found.carbon[(found.carbon.cloud == CLOUD) & found.carbon.superseded_at.isna()]
    stated = stated[stated.gco2_per_kwh.notna()]
    rows = offered(found)
    rows = rows[rows.cloud == CLOUD]
    if stated.empty or rows.empty:
        return pd.DataFrame()
    newest = stated[stated.year == stated.year.max()]
    least = rows.groupby("sku").usd_per_instance_hour.transform("min")
    ratio = (rows.usd_per_instance_hour / least).groupby(rows.region)
    level = pd.DataFrame({"level": ratio.median(), "machines": ratio.size()}).reset_index()
    columns = ["cloud", "region", "year", "gco2_per_kwh", "carbon_free_share", "definition"]
    both = located(newest[columns], found.places).merge(level, on="region")
    group = both.country.eq("FR").map({True: GROUPS[0], False: ""}).where(both.country.eq("FR"), "")
    group = group.where(group != "", both.is_eu.map({True: GROUPS[1], False: GROUPS[2]}))
    return both.assign(group=group).sort_values(["gco2_per_kwh", "region"], ignore_index=True)


def together(rows: pd.DataFrame) -> rank_correlation.RankCorrelation | None:
    """Return the rank correlation of carbon intensity and price level; nothing where there are too few regions."""
    if len(rows) < rank_correlation.FEWEST or rows.level.nunique() == 1:
        return None
    return rank_correlation.spearman(rows.gco2_per_kwh, rows.level)
