"""Frames that the notebook draws and tables that it prints."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cloudmarket.arguments.accelerators import benchmarks, cut, diffusion, levels, moves
from cloudmarket.arguments.accelerators.resting import short
from cloudmarket.arguments.accelerators.state import LISTS, NAMES
from cloudmarket.measures import availability

if TYPE_CHECKING:
    from cloudmarket.arguments.accelerators.view import View

SERIES = {
    ("on_demand", moves.MATCHED): "same offers",
    ("on_demand", moves.ADJUSTED): "adjusted for quality",
}
KINDS = {"on_demand": "list", "spot": "spot", "commit_1y": "one-year commitment", "commit_3y": "three-year commitment"}
PANELS = {f"{cloud} {kind}": f"{name}, {kind}" for kind in ("list", "spot") for cloud, name in NAMES.items()}
CUT_LIMITS = (
    "The test answers one question: could a random choice of families have shown so deep a fall? It does not say why"
    " AWS cut these; it chose them, nobody drew lots. List prices of the controls hardly move, so their spread says"
    " little of the spread of prices that are paid. It is one event, of one seller, in a list with one commercial"
    " region."
)
_SINCE = 2018
"""Older chips are no longer what models run on."""


def priced(seen: View) -> pd.DataFrame:
    """Return the prices that are drawn: chips with a price per unit, and others that two clouds sell."""
    table = seen.units
    clouds = table.groupby("accelerator").cloud.transform("nunique")
    kept = table[(table.pflop_hour.notna() | (clouds > 1)) & (table.released_in >= _SINCE)]
    return levels.panels(kept)


def unit_table(seen: View, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return list prices per unit as printed, newest chips first."""
    table = seen.units[seen.units.released_in >= _SINCE]
    table = table.sort_values(["released_in", "name", "cloud"], ascending=[False, True, True])
    money = {"usd": "per accelerator", "pflop_hour": "per BF16 PFLOP", "gb_hour": "per GB", "kilowatt_hour": "per kW"}
    digits = {"usd": 2, "pflop_hour": 2, "gb_hour": 3, "kilowatt_hour": 2}
    shown = pd.DataFrame({"chip": table["name"], "year": table.released_in, "cloud": table.cloud.map(labels)})
    for column, title in money.items():
        shown[f"{title}, USD/h"] = [_number(value, digits[column]) for value in table[column]]
    shown["all regions, USD/h"] = [f"{low:.2f} to {high:.2f}" for low, high in zip(table.low, table.high, strict=True)]
    return shown.assign(regions=table.regions)


def _number(value: float, digits: int) -> str:
    return "\u2013" if pd.isna(value) else f"{value:,.{digits}f}"


def indices(seen: View) -> pd.DataFrame:
    """Return the indices as drawn: panel, month, series, index, and of the adjusted one its band; spot by chip last."""
    listed = seen.indices
    if listed.empty:
        return listed
    named = [SERIES.get((kind, method), "") for kind, method in zip(listed.kind, listed.method, strict=True)]
    drawn = listed.assign(series=named, panel=listed.cloud + " list")
    drawn = drawn[drawn.series != ""]
    if len(seen.spot):
        chips = seen.spot.accelerator.map(seen.found.chips["name"]).map(short)
        drawn = pd.concat([drawn, seen.spot.assign(series=chips, panel=seen.spot.cloud + " spot")])
    order = {f"{cloud} {kind}": place for place, (kind, cloud) in enumerate(product(("list", "spot"), LISTS))}
    drawn = drawn.assign(order=drawn.panel.map(order)).sort_values(["order", "series", "month"], ignore_index=True)
    return drawn[["panel", "month", "series", "index", "low", "high"]]


def last(rows: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return the last value of each line, as ``index_at``; lines by ``keys``, or by panel and series."""
    chosen = list(keys) or ["panel", "series"]
    ends = rows.sort_values("month").groupby(chosen, sort=False).tail(1)
    return ends.rename(columns={"index": "index_at"}).sort_values(chosen, ignore_index=True)


def rate_table(seen: View, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return how often prices change, as printed."""
    rates = seen.rates
    if rates.empty:
        return rates
    until_2017 = rates.source.map(lambda name: " until 2017" if name not in LISTS.values() else "")
    ends = zip(rates.low, rates.high, strict=True)
    return pd.DataFrame({
        "cloud": rates.cloud.map(labels) + until_2017, "price": rates.kind.map(KINDS), "offers": rates.offers,
        "followed, years of all": rates.years.map("{:,.0f}".format), "changes": rates.changes,
        "days with any": rates.dates, "per offer and year": rates.per_year.map("{:.2f}".format),
        "95% interval": [f"{_number(low, 2)} to {_number(high, 2)}" for low, high in ends],
        "median change": [_number(value, 1) + "%" * pd.notna(value) for value in rates.median_percent],
    })  # fmt: skip


def share_table(seen: View) -> pd.DataFrame:
    """Return what spot and commitments cost of the list price in the last month, by chip, as printed."""
    rows = seen.shares[seen.shares.month == seen.shares.month.max()]
    names = seen.found.chips["name"]
    rows = rows[rows.accelerator.isin(names.index)]
    if rows.empty:
        return pd.DataFrame()
    cell = [f"{100 * row.ratio:.0f}% ({100 * row.low:.0f} to {100 * row.high:.0f})" for row in rows.itertuples()]
    table = rows.assign(chip=rows.accelerator.map(names), price=rows.kind.map(KINDS), cell=cell)
    wide = table.pivot(index="chip", columns="price", values="cell").fillna("\u2013")
    return pd.DataFrame(wide.rename_axis(columns=None))


def cut_words(found: cut.Cut) -> str:
    """Return how far each family was cut, in words."""
    cuts = found.cuts
    named = cuts.cluster.str.removeprefix("aws ").str.capitalize()
    each = (f"{name} {percent:.0f}%" for name, percent in zip(named, cuts.percent, strict=True))
    earlier = cut.earlier(found.panel)
    families = ", ".join(each)
    return (
        f"By family: {families}. In the year before, {int(earlier.fell.sum())} of {len(earlier)} list prices of"
        " the same chips on other clouds had come down already; that is before the window, and no answer to the cut."
    )


def cut_table(found: cut.Cut) -> pd.DataFrame:
    """Return the effect of the cut by window and controls, as printed."""
    rows = cut.sensitivity(found)
    return pd.DataFrame({
        "compared": rows.what, "families of controls": rows.controls, "effect": rows.percent.map("{:.1f}%".format),
        "95% interval": [
            f"{low:.0f}% to {high:.0f}%" if np.isfinite(high) else "open: too few controls"
            for low, high in zip(rows.low, rows.high, strict=True)
        ],
        "p": rows.p_value.map("{:.2g}".format),
    })  # fmt: skip


def reach_table(seen: View) -> pd.DataFrame:
    """Return how far each chip has spread, as printed."""
    rows = diffusion.at_risk(seen.spells)
    table = diffusion.reach(rows)
    if table.empty:
        return table
    shown = pd.DataFrame({
        "chip": table["name"], "first listed": table.launched_on.dt.date, "regions there": table.regions,
        "reached": table.reached,
    })  # fmt: skip
    for days in diffusion.HORIZONS:
        shown[f"within {days} days"] = [
            "\u2013" if pd.isna(low) else f"{low:.0f}%" if round(low) == round(high) else f"{low:.0f}% to {high:.0f}%"
            for low, high in zip(table[f"least_{days}"], table[f"most_{days}"], strict=True)
        ]
    return shown


def log_rank_words(curves: availability.Curves) -> str:
    """Return the test that all chips spread alike, in words."""
    low, high = curves.log_rank.p_value.min(), curves.log_rank.p_value.max()
    return f"Log-rank test that all chips spread alike: p = {low:.2g} to {high:.2g} over the bounds."


def customer_words(seen: View, labels: Mapping[str, str]) -> str:
    """Return on how many TOP500 lists a cloud has customers' computers alone, in words."""
    counts = benchmarks.customers_alone(seen.found)
    each = ", ".join(f"{labels[cloud]} {count}" for cloud, count in counts.items() if count)
    return f"TOP500 lists with computers of a cloud's customers alone: {each}." if each else ""


def entry_table(seen: View, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return entries by cloud, benchmark and chip, and results that others ran on the cloud."""
    rows = benchmarks.submitted(seen.found)
    counts = rows.groupby(["show", "cloud", "chip"]).entries.sum()
    others = benchmarks.by_others(seen.found)
    table = []
    for line in seen.attendance.to_dict("records"):
        place = (str(line["show"]), str(line["cloud"]))
        own = counts[place] if place in rows.set_index(["show", "cloud"]).index else pd.Series(dtype="int64")
        parts = ", ".join(f"{value} on {chip}" for chip, value in own.items()) or "none"
        when = "\u2013" if pd.isna(line["last_on"]) else f"{line['last_on']:%Y-%m-%d}"
        entries = (f"{line['rounds']} of {line['of']}", parts, when, others.get(place, 0))
        table.append((line["show"], labels[place[1]], *entries))
    return pd.DataFrame(
        table, columns=["benchmark", "cloud", "rounds or lists", "entries", "last", "entries by others on it"]
    )
