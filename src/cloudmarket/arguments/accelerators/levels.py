"""What an hour of an accelerator costs, and what that is per unit of compute, memory and power."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.accelerators.state import State
from cloudmarket.arguments.price_map import CLOUDS

ANCHOR = "nvidia-h100-sxm"
"""The chip that all three clouds sell and by which they are compared."""
UNITS = {"pflop_hour": "bf16_tflops_dense", "gb_hour": "memory_gb", "kilowatt_hour": "tdp_w"}
_PER = {"pflop_hour": 1000.0, "gb_hour": 1.0, "kilowatt_hour": 1000.0}


def current(found: State, kind: str = "on_demand") -> pd.DataFrame:
    """Return the prices in force on the day, of the lists followed, in commercial regions."""
    rows = found.panel
    newest = rows.groupby("cloud").seen_on.transform("max")
    rows = rows[(rows.seen_on == newest) & (rows.kind == kind)]
    pairs = pd.Series(list(zip(rows.cloud, rows.region, strict=True)), index=rows.index, dtype="object")
    return rows[pairs.isin(found.commercial)].assign(is_home=pairs.isin(found.home))


def cheapest(rows: pd.DataFrame, *also: str) -> pd.DataFrame:
    """Keep of each chip and region the machine that asks least per accelerator: the host's size is not the chip's.

    ``also`` names further columns within which one is kept, such as the month.
    """
    keys = ["cloud", *also, "region", "accelerator"]
    return rows.sort_values([*keys, "usd_per_accelerator_hour", "sku"]).drop_duplicates(keys)


def units(found: State) -> pd.DataFrame:
    """Return the list price of each chip on each cloud and what it is per unit.

    Returns
    -------
    DataFrame
        accelerator, name, vendor, released_in, cloud; usd (the least in any commercial region in the United States: of
        AWS one is known, among its cheapest, so a mean of all would not compare like with like), low and high (over all
        commercial regions), regions; pflop_hour (USD per dense BF16 PFLOP-hour), gb_hour, kilowatt_hour (of the chip's
        own power); ordered by year and name of the chip. Chips that a cloud sells in no such region are left out.
    """
    rows = cheapest(current(found))
    keys = ["accelerator", "cloud"]
    home = rows[rows.is_home].groupby(keys).usd_per_accelerator_hour.min().rename("usd")
    price = rows.groupby(keys).usd_per_accelerator_hour
    ends = price.agg(low="min", high="max", regions="size")
    table = pd.concat([home, ends], axis=1, join="inner").reset_index()
    about = found.chips[["name", "vendor", "released_in", *UNITS.values()]]
    table = table.merge(about.reset_index(), on="accelerator")
    for unit, column in UNITS.items():
        table[unit] = _PER[unit] * table.usd / table[column]
    order = table.sort_values(["released_in", "name", "cloud"], ignore_index=True)
    return order.drop(columns=list(UNITS.values()))


def panels(table: pd.DataFrame) -> pd.DataFrame:
    """Return chips by cloud in two panels: USD per accelerator-hour and per PFLOP-hour; newest chips first."""
    newest = table.sort_values(["released_in", "name", "cloud"], ascending=[False, True, True])
    parts = [
        newest[["name", "cloud"]].assign(panel=panel, usd=newest[column].to_numpy())
        for panel, column in (("per accelerator-hour", "usd"), ("per dense BF16 PFLOP-hour", "pflop_hour"))
    ]
    return pd.concat(parts, ignore_index=True)


def against(found: State, chip: str = ANCHOR) -> pd.DataFrame:
    """Return the list prices of one chip by cloud: cloud (index), usd (the least), high, regions; US regions."""
    rows = cheapest(current(found))
    rows = rows[(rows.accelerator == chip) & rows.is_home]
    table = rows.groupby("cloud").usd_per_accelerator_hour.agg(usd="min", high="max", regions="size")
    return pd.DataFrame(table.reindex([cloud for cloud in CLOUDS if cloud in table.index]))
