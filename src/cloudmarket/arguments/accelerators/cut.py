"""Amazon's price cut of June 2025 as a natural experiment.

Amazon Web Services announced on 5 June 2025 that P4d, P4de, P5 and P5en machines would cost less. Amazon's list shows
the new prices in its first snapshot after that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cloudmarket.arguments.accelerators import moves
from cloudmarket.arguments.accelerators.state import State
from cloudmarket.measures import difference_in_differences

ANNOUNCED_ON = pd.Timestamp("2025-06-05")
URL = "https://aws.amazon.com/blogs/aws/announcing-up-to-45-price-reduction-for-amazon-ec2-nvidia-gpu-accelerated-instances/"
TREATED = ("aws p4d", "aws p4de", "aws p5", "aws p5en")
EVENT_MONTH, SETTLED, BASE = (pd.Timestamp(day) for day in ("2025-06-01", "2025-07-01", "2025-05-01"))
BEFORE, AFTER = 3, 12
"""Months compared on either side; June 2025 is left out, for the day within it on which prices changed is not known.
List prices stand for years, so few months say what stood before; more would take in earlier cuts elsewhere."""
LEAST_AFTER = 1
LEAST_RATIO = 1 - moves.ROUNDING
GROUPS = ("AWS, machines cut", "AWS, all others", "Azure, same chips", "Google Cloud, same chips")
_ORDER = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True, eq=False)
class Cut:
    """The cut and what followed: ``effect`` on the machines named, ``rivals`` that of their chips on other clouds.

    ``panel`` has the log list prices by offer and month; ``rivals`` is missing where no other cloud's list was seen on
    both sides of the event.
    """

    effect: difference_in_differences.Effect
    rivals: difference_in_differences.Effect | None
    panel: pd.DataFrame

    @property
    def cuts(self) -> pd.DataFrame:
        """Cluster, change (percent) of each treated family, deepest first."""
        own = self.effect.changes[self.effect.changes.is_treated]
        return own.assign(percent=100 * np.expm1(own.change)).sort_values("change", ignore_index=True)

    @property
    def followed(self) -> pd.DataFrame:
        """The same chips on other clouds: cloud, offers, fell and rose (since ``BASE``), percent (mean change)."""
        return followed(self.panel)


def prices(found: State) -> pd.DataFrame:
    """Return list prices within a year of the event by offer and month, with unit, family and log price."""
    rows = found.panel[found.panel.kind == "on_demand"]
    first, last = (EVENT_MONTH + pd.DateOffset(months=sign * AFTER) for sign in (-1, 1))
    rows = rows[(rows.month >= first) & (rows.month <= last)]
    unit = rows.cloud + " " + rows.region + " " + rows.sku + " " + rows.definition
    log_price = np.log(rows.usd_per_accelerator_hour)
    return rows.assign(unit=unit, log_price=log_price, is_named=rows.family.isin(TREATED)).reset_index(drop=True)


def cut(found: State) -> Cut | None:
    """Return the effect of the cut, or None where its other side had not been seen by the day."""
    panel = prices(found)
    chips = panel.accelerator[panel.is_named].unique()
    own = panel[(panel.cloud == "aws") & (panel.month >= SETTLED)]
    if own.month.nunique() < LEAST_AFTER or panel[panel.is_named & (panel.month < EVENT_MONTH)].empty:
        return None
    near = panel[panel.month >= EVENT_MONTH - pd.DateOffset(months=BEFORE)]
    effect = _estimate(near, "is_named", "family")
    others = near[near.cloud != "aws"]
    others = others.assign(is_same=others.accelerator.isin(chips), chip=others.cloud + " " + others.accelerator)
    sides = others.groupby(["is_same", "chip"]).month.agg(["min", "max"])
    is_seen = (sides["min"] < EVENT_MONTH) & (sides["max"] >= SETTLED)
    both = set(sides.index[is_seen].get_level_values("is_same"))
    rivals = _estimate(others, "is_same", "chip") if both == {True, False} else None
    return Cut(effect, rivals, panel)


def _estimate(panel: pd.DataFrame, treated: str, cluster: str) -> difference_in_differences.Effect:
    return difference_in_differences.estimate(
        panel, since=EVENT_MONTH, settled=SETTLED, unit="unit", period="month", outcome="log_price",
        treated=treated, cluster=cluster,
    )  # fmt: skip


def sensitivity(found: Cut) -> pd.DataFrame:
    """Return the effect by other windows and controls: what, percent, low, high, p_value, controls.

    The interval is that of the permutation test, open where there are too few controls.
    """
    panel, near = found.panel, EVENT_MONTH - pd.DateOffset(months=BEFORE)
    chips = panel.accelerator[panel.is_named].unique()
    cases = {
        "against all other machines, three months before": panel[panel.month >= near],
        "against all other machines, a year before": panel,
        "against AWS's other machines": panel[(panel.cloud == "aws") & (panel.month >= near)],
        "against the same chips on other clouds": panel[
            (panel.is_named | ((panel.cloud != "aws") & panel.accelerator.isin(chips))) & (panel.month >= near)
        ],
    }
    rows = []
    for what, part in cases.items():
        sides = part[~part.is_named]
        if sides[sides.month >= SETTLED].empty or sides[sides.month < EVENT_MONTH].empty:
            continue
        one = _estimate(part, "is_named", "family")
        ends = 100 * np.expm1([one.effect, one.low, one.high])
        rows.append((what, *ends, one.p_value, int((~one.changes.is_treated).sum())))
    return pd.DataFrame(rows, columns=["what", "percent", "low", "high", "p_value", "controls"])


def followed(panel: pd.DataFrame) -> pd.DataFrame:
    """Return by other cloud how many list prices of the same chips fell or rose from ``BASE`` to the last month."""
    chips = panel.accelerator[panel.is_named].unique()
    rows = panel[(panel.cloud != "aws") & panel.accelerator.isin(chips)]
    before = rows[rows.month == BASE].set_index("unit").usd_per_accelerator_hour
    after = rows[rows.month >= SETTLED].sort_values("month").groupby("unit").usd_per_accelerator_hour.last()
    both = pd.concat([before.rename("before"), after.rename("after")], axis=1, join="inner").reset_index()
    ratio = both.after / both.before
    table = both.assign(
        cloud=both.unit.str.split(" ").str[0], fell=ratio < LEAST_RATIO, rose=ratio > 1 / LEAST_RATIO, log=np.log(ratio)
    )
    result = table.groupby("cloud").agg(
        offers=("unit", "size"), fell=("fell", "sum"), rose=("rose", "sum"), log=("log", "mean")
    )
    return result.assign(percent=100 * np.expm1(result.log)).drop(columns="log").reset_index()


def earlier(panel: pd.DataFrame) -> pd.DataFrame:
    """Return offers of the same chips on other clouds seen twice until ``BASE``: unit, first, last, fell."""
    chips = panel.accelerator[panel.is_named].unique()
    rows = panel[(panel.cloud != "aws") & panel.accelerator.isin(chips) & (panel.month <= BASE)].sort_values("month")
    seen = rows.groupby("unit").usd_per_accelerator_hour.agg(["first", "last", "size"]).reset_index()
    return seen[seen["size"] > 1].assign(fell=lambda table: table["last"] / table["first"] < LEAST_RATIO)


def paths(panel: pd.DataFrame) -> pd.DataFrame:
    """Return list prices by group and month, ``BASE`` 100: mean over families of the mean log change of their offers.

    Offers not seen in the month of the base are left out.

    Returns
    -------
    DataFrame
        group, month, index, low and high (range over families), families, offers.
    """
    base = panel[panel.month == BASE].set_index("unit").log_price
    rows = panel[panel.unit.isin(base.index)].copy()
    rows["change"] = rows.log_price - rows.unit.map(base)
    chips = panel.accelerator[panel.is_named].unique()
    is_same = rows.accelerator.isin(chips)
    rows["group"] = np.select(
        [rows.is_named, rows.cloud == "aws", (rows.cloud == "azure") & is_same, (rows.cloud == "gcp") & is_same],
        GROUPS, "",
    )  # fmt: skip
    rows = rows[rows.group != ""]
    families = rows.groupby(["group", "month", "family"]).agg(change=("change", "mean"), offers=("unit", "size"))
    table = families.groupby(["group", "month"]).agg(
        index=("change", "mean"), low=("change", "min"), high=("change", "max"),
        families=("change", "size"), offers=("offers", "sum"),
    ).reset_index()  # fmt: skip
    for name in ("index", "low", "high"):
        table[name] = 100 * np.exp(table[name])
    return table.sort_values(["group", "month"], key=lambda part: part.map(_ORDER) if part.name == "group" else part)
