"""What ``07_accelerators`` states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cloudmarket.arguments.accelerators import levels
from cloudmarket.arguments.accelerators.claims_chips import chips
from cloudmarket.arguments.accelerators.claims_moves import moved
from cloudmarket.arguments.accelerators.resting import price_claim, short, told
from cloudmarket.arguments.accelerators.state import NAMES
from cloudmarket.arguments.accelerators.view import View, view
from cloudmarket.arguments.claim import Claim

FIRST = "nvidia-a100-40gb"
"""The chip of the oldest generation with BF16 that all three clouds sell."""
FIGURE = "07-price"
OWN_VENDORS = {"aws": "Amazon", "azure": "Microsoft", "gcp": "Google"}


def claims(day: date) -> list[Claim]:
    """Return the claims of the notebook on accelerators."""
    return stated(view(day))


def stated(seen: View) -> list[Claim]:
    """Return the claims of what is seen; those for which there are no data on the day are absent."""
    return [*_levels(seen), *moved(seen), *chips(seen)]


def _levels(seen: View) -> Iterator[Claim]:
    if (chip := anchor(seen)) is None:
        return
    yield _hour(seen, chip)
    yield from _regions(seen, chip)
    yield from _generations(seen)
    yield from _own(seen)


def anchor(seen: View) -> str | None:
    """Return the newest data-centre chip that most clouds sell in the United States; None if none is sold by two."""
    table = seen.units.dropna(subset=["pflop_hour"])
    table = table.assign(on=table.accelerator.map(seen.found.chips.released_on))
    counts = table.groupby(["accelerator", "on"]).cloud.nunique().reset_index()
    best = counts[counts.cloud >= 2].sort_values(["cloud", "on"])
    return str(best.accelerator.iloc[-1]) if len(best) else None


def _rows(seen: View, accelerators: list[str]) -> pd.DataFrame:
    rows = levels.current(seen.found)
    return rows[rows.is_home & rows.accelerator.isin(accelerators)].drop(columns=["is_home"])


def _hour(seen: View, chip: str) -> Claim:
    table = levels.against(seen.found, chip).sort_values("usd")
    name = short(seen.found.chips.name[chip])
    cheap, dear = table.iloc[0], table.iloc[-1]
    asked = ", ".join(f"{row.usd:.2f} USD on {NAMES[str(cloud)]}" for cloud, row in table.iterrows())
    return price_claim(
        seen, _rows(seen, [chip]), "accelerator-hour", FIGURE,
        statement=f"The least list price of {told(name)}-hour in the United States is {asked}",
        value=float(dear.usd / cheap.usd), low=float(dear.usd / cheap.high), high=float(dear.high / cheap.usd),
        unit="times the cheapest cloud's price", interval="over pairs of commercial regions in the United States",
        would_change_if="the machines around the chip differed by more than the price, or AWS asked more in the regions"
        " whose list nobody recorded",
    )  # fmt: skip


def _regions(seen: View, chip: str) -> Iterator[Claim]:
    """Tell how much more a chip costs in a cloud's dearest commercial region than in its cheapest."""
    table = seen.units[(seen.units.accelerator == chip) & (seen.units.regions > 1)].set_index("cloud")
    if table.empty:
        return
    ratio = (table.high / table.low).sort_values()
    each = ", ".join(f"{value:.1f} on {NAMES[str(cloud)]}" for cloud, value in ratio.items())
    name = told(short(seen.found.chips.name[chip]))
    rows = levels.current(seen.found)
    own = rows[(rows.accelerator == chip) & rows.cloud.isin(ratio.index)].drop(columns=["is_home"])
    yield price_claim(
        seen, own, "accelerator-regions", FIGURE,
        statement=f"In its dearest region {name} lists at this multiple of its least price: {each}",
        value=float(ratio.iloc[-1]), low=float(ratio.iloc[0]), high=float(ratio.iloc[-1]), unit="times",
        interval="range over clouds, the widest as the value",
        would_change_if="the dear regions sold none: Azure's list does not say where a machine can be had",
    )  # fmt: skip


def _generations(seen: View) -> Iterator[Claim]:
    """Compare the cheapest newer NVIDIA chip of each cloud with the A100, per unit of compute."""
    table = seen.units[seen.units.vendor == "NVIDIA"].dropna(subset=["pflop_hour"])
    first = table[table.accelerator == FIRST].set_index("cloud").pflop_hour.rename("first")
    if first.empty:
        return
    since = seen.found.chips.released_in[FIRST]
    newer = table[table.released_in > since].sort_values("pflop_hour").drop_duplicates("cloud").set_index("cloud")
    both = newer.join(first, how="inner")
    if both.empty:
        return
    percent = 100 * (both.pflop_hour / both["first"] - 1)
    words = ", ".join(
        f"{percent[cloud]:+.0f}% on {NAMES[str(cloud)]} ({row['name']})" for cloud, row in both.iterrows()
    )
    yield price_claim(
        seen, _rows(seen, [FIRST, *table[table.released_in > since].accelerator]), "accelerator-generations", FIGURE,
        statement=f"Against the A100 of {since}, a unit of BF16 compute on the newer NVIDIA chip that asks least for it"
        f" lists at {words}",
        value=float(percent.median()), low=float(percent.min()), high=float(percent.max()), unit="percent",
        interval="range over clouds, median as the value", with_chips=True,
        would_change_if="work ran in FP8 or FP4, which only newer chips have, or list prices were not what is paid",
    )  # fmt: skip


def _own(seen: View) -> Iterator[Claim]:
    """Compare a cloud's own chips with its cheapest NVIDIA chip, per unit of compute."""
    table = seen.units.dropna(subset=["pflop_hour"])
    for cloud, vendor in OWN_VENDORS.items():
        own = table[(table.cloud == cloud) & (table.vendor == vendor)]
        other = table[(table.cloud == cloud) & (table.vendor == "NVIDIA")]
        if own.empty or other.empty:
            continue
        best = other.sort_values("pflop_hour").iloc[0]
        percent = 100 * (own.pflop_hour / best.pflop_hour - 1)
        each = " and ".join(
            f"{row['name']} {value:+.0f}%" for (_, row), value in zip(own.iterrows(), percent, strict=True)
        )
        yield price_claim(
            seen, _rows(seen, [*own.accelerator, best.accelerator]), f"accelerator-own-price-{cloud}", FIGURE,
            statement=f"Against the cheapest NVIDIA chip on {NAMES[cloud]} ({best['name']}), a unit of BF16 compute on"
            f" its own chips lists at {each}",
            value=float(percent.min()), low=float(percent.min()), high=float(percent.max()), unit="percent",
            interval="range over its own chips, the cheapest as the value", with_chips=True,
            would_change_if="measured speed took the place of peak speed, or prices of its newer chips were recorded",
        )  # fmt: skip
