"""What ``07_accelerators`` states about where chips are, whose they are, and what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cloudmarket.arguments.accelerators import benchmarks, diffusion, owned
from cloudmarket.arguments.accelerators.resting import NOTEBOOK
from cloudmarket.arguments.accelerators.state import NAMES
from cloudmarket.arguments.claim import Claim, grades, rests_on

if TYPE_CHECKING:
    from cloudmarket.arguments.accelerators.view import View

YEAR = diffusion.HORIZONS[1]


def chips(seen: View) -> Iterator[Claim]:
    """Yield the claims about chips; those for which there are no data on the day are absent."""
    yield from _spread(seen)
    yield from _owned(seen)
    yield from _shown(seen)


def _spread(seen: View) -> Iterator[Claim]:
    if seen.curves is None:
        return
    table = diffusion.reach(diffusion.at_risk(seen.spells))
    table = table[table.index.isin(list(diffusion.LABELS))].dropna(subset=[f"least_{YEAR}"])
    if len(table) < 2:
        return
    first = table[table.index.isin(list(diffusion.GPUS))]
    if first.empty:
        return
    lead = first[f"least_{YEAR}"].idxmax()
    each = ", ".join(f"{diffusion.LABELS[str(name)]} {row[f'least_{YEAR}']:.0f}%" for name, row in table.iterrows())
    low, high = table[f"least_{YEAR}"].min(), table[f"least_{YEAR}"].max()
    whole = seen.curves.turnbull
    curve = whole[(whole.group == lead) & (whole.by <= YEAR)].iloc[-1]
    value = 100 * (1 - float(curve.survival))
    places = seen.found.places
    kept = rests_on(service_region=places[places.service.isin(table.index)], region=_regions(seen))
    yield Claim(
        claim="accelerator-spread",
        statement=f"Within a year of its first region a chip reached {low:.0f}% to {high:.0f}% of Google Cloud's"
        f" regions: {each}",
        value=value,
        low=100 * (1 - float(curve.high)),
        high=100 * (1 - float(curve.low)),
        unit="percent",
        interval=f"of {diffusion.LABELS[str(lead)]}: 95 % band of Turnbull's curve, regions resampled",
        evidence=grades(kept),
        notebook=NOTEBOOK,
        figure="07-spread",
        sources=(diffusion.SOURCE, "cyclenerd_prices"),
        rows=kept,
        would_change_if="the list of chips by region lagged behind the regions, or counted places with hardly a chip",
    )


def _regions(seen: View) -> pd.DataFrame:
    rows = seen.found.region
    return rows[(rows.cloud == "gcp") & rows.first_listed_on.notna()]


def _owned(seen: View) -> Iterator[Claim]:
    rows = seen.owned
    if rows.empty:
        return
    share = owned.own_share(rows).sort_values("percent", ascending=False, ignore_index=True)
    lead = share.iloc[0]
    if lead.percent == 0:
        return
    # An owner without a family of its own in the estimate has chips that nobody counted, not none.
    each = " and ".join(f"{row.percent:.0f}% of {row.owner}'s" for row in share[share.percent > 0].itertuples())
    kept = rests_on(compute_owned=rows.drop(columns="is_own"))
    yield Claim(
        claim="accelerator-own-chips",
        statement=f"At the end of {rows.quarter_ended_on.max():%B %Y} chips of own design made {each} compute",
        value=float(lead.percent),
        low=float(lead.low),
        high=float(lead.high),
        unit="percent",
        interval=f"of {lead.owner}: {owned.INTERVAL}",
        evidence=grades(kept),
        notebook=NOTEBOOK,
        figure="07-owned",
        sources=("epoch_compute",),
        rows=kept,
        would_change_if="the owners published their stock, or Maia, Inferentia and what was bought before the count"
        " began were in it",
    )


def _shown(seen: View) -> Iterator[Claim]:
    table = seen.attendance
    rows = seen.found.mlperf_result
    if rows.empty:
        return
    mlperf = table[table.show != benchmarks.TOP500].groupby("cloud")[["rounds", "of"]].sum()
    top = table[table.show == benchmarks.TOP500].set_index("cloud")
    own = seen.found.top500_entry
    kept = rests_on(
        mlperf_result=rows.drop_duplicates(["suite", "round", "submitter"]),
        top500_entry=own[own.cloud.isin(list(NAMES))],
    )
    each, lists = (
        ", ".join(f"{NAMES[str(cloud)]} {row.rounds}" for cloud, row in part.iterrows()) for part in (mlperf, top)
    )
    listed = int(top["of"].iloc[0])
    yield Claim(
        claim="accelerator-benchmarks",
        statement=f"MLPerf rounds with an entry of its own, of {int(mlperf['of'].iloc[0])}: {each}"
        + (f"; TOP500 lists with a computer on it, of {listed}: {lists}" if listed else ""),
        value=float(mlperf.rounds.get("aws", np.nan)),
        unit="MLPerf rounds with an entry of AWS",
        interval="a count of the rounds at hand",
        evidence=grades(kept),
        notebook=NOTEBOOK,
        figure="07-benchmarks",
        sources=("mlperf_training", "mlperf_inference", "top500", "top500_gorham"),
        rows=kept,
        would_change_if="an entry under another name, or in one of the rounds that could not be read, were its own",
    )
