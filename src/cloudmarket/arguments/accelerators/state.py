"""Prices, places and owners of accelerators by what was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from cloudmarket import history, tables
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.tables import accelerator_reasons, inputs

LISTS = {"aws": "karpenter_aws", "azure": "karpenter_azure", "gcp": "cyclenerd_prices"}
"""The list of prices of each cloud that is followed through time."""
NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
OFFER = ["cloud", "region", "sku", "kind", "source", "definition"]
"""What a price is a price of; a list that begins to count more into its prices begins another offer."""
HOME, COMMERCIAL = "US", "commercial"
_NO_BF16 = "no BF16"


@dataclass(frozen=True, eq=False)
class State:
    """What was known on a day; prices in USD of whole machines, without rows known to be wrong.

    ``prices``: rows of ``accelerator_price`` with ``definition`` and ``family``; those of Google Cloud only where its
    list of machines by region has the machine, for its prices are printed for all regions. ``chips`` by name.
    ``sheets``: rows of ``accelerator`` as published. ``places``: spells of accelerators in ``service_region``. The rest
    are tables of these names.
    """

    day: date
    prices: pd.DataFrame
    chips: pd.DataFrame
    sheets: pd.DataFrame
    places: pd.DataFrame
    region: pd.DataFrame
    compute_owned: pd.DataFrame
    mlperf_result: pd.DataFrame
    top500_entry: pd.DataFrame

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Prices of each month, as in the last snapshot of the month: see :func:`monthly`."""
        return monthly(self.prices, self.day)

    @property
    def home(self) -> set[tuple[str, str]]:
        """Commercial regions in the United States, as pairs of cloud and region."""
        rows = self.region[(self.region.country == HOME) & (self.region.kind == COMMERCIAL)]
        return set(zip(rows.cloud, rows.region, strict=True))

    @property
    def commercial(self) -> set[tuple[str, str]]:
        """Commercial regions anywhere."""
        rows = self.region[self.region.kind == COMMERCIAL]
        return set(zip(rows.cloud, rows.region, strict=True))


def state(day: date) -> State:
    """Return all that the notebook needs, by what was known on a day."""
    sheets = tables.load("accelerator", known_on=day)
    chips = sheets.set_index("accelerator")
    # The figure of a chip without BF16 is FP16: no BF16 PFLOP can be bought of it.
    is_other = chips.note.fillna("").str.contains(_NO_BF16)
    chips["bf16_tflops_dense"] = chips.bf16_tflops_dense.mask(is_other)
    places = _spells(tables.load("service_region"), day)
    whole = {
        name: tables.load(name, known_on=day) for name in ("region", "compute_owned", "mlperf_result", "top500_entry")
    }
    return State(
        day,
        _prices(tables.load("accelerator_price", known_on=day), day),
        chips,
        sheets,
        places,
        **{name: rows[rows.superseded_at.isna()].reset_index(drop=True) for name, rows in whole.items()},
    )


def _spells(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the spells of accelerators that had begun by the day, those that had ended by then too.

    A table as it was known on a day leaves out what was no longer listed; here it counts that it was.
    """
    end = history.end_of(day)
    last = pd.Timestamp(end) - pd.Timedelta(microseconds=1)
    known = rows[(rows.kind == "accelerator") & (rows.observed_first_at < end)]
    return known.assign(
        observed_last_at=known.observed_last_at.where(known.observed_last_at < end, last),
        superseded_at=known.superseded_at.where(known.superseded_at < end),
    ).reset_index(drop=True)


def _prices(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    is_whole = rows.superseded_at.isna() & rows.usd_per_accelerator_hour.notna() & rows.cloud.isin(CLOUDS)
    is_sold = (rows.cloud != "gcp") | rows.is_offered.fillna(value=False).astype("bool")
    kept = rows[is_whole & is_sold].reset_index(drop=True)
    return kept.assign(definition=_definition(kept, day), family=family(kept))


def _definition(rows: pd.DataFrame, day: date) -> pd.Series:
    """Return of each price until when its list counted less into it; nothing where it counts the whole."""
    until = pd.Series("", index=rows.index)
    entries = accelerator_reasons.read()
    for _, entry in entries[(entries.verdict == "definition") & (entries.known_on <= pd.Timestamp(day))].iterrows():
        until[accelerator_reasons.spoken_of(rows, entry)] = f"until {entry.until_on:%Y-%m-%d}"
    return until


def family(rows: pd.DataFrame) -> pd.Series:
    """Return the family a machine is priced with: cloud and machine type, of Azure and its long names the chip."""
    machine = rows.sku.str.split(".").str[0]
    series = rows.sku.str.split("-").str[:2].str.join("-")
    name = np.select([rows.cloud == "aws", rows.cloud == "gcp"], [machine, series], rows.accelerator)
    return rows.cloud + " " + pd.Series(name, index=rows.index)


def snapshots(day: date) -> pd.DataFrame:
    """Return the last snapshot of each cloud's list in each month: cloud, month, seen_on."""
    rows = [
        (cloud, pd.Timestamp(moment.observed_at.date()))
        for cloud, source in LISTS.items()
        for moment in inputs.moments(source)
        if moment.observed_at.date() <= day
    ]
    seen = pd.DataFrame(rows, columns=["cloud", "seen_on"]).astype({"seen_on": "datetime64[s]"})
    seen["month"] = seen.seen_on.dt.to_period("M").dt.to_timestamp().astype("datetime64[s]")
    return pd.DataFrame(seen.groupby(["cloud", "month"], as_index=False).seen_on.max())


def monthly(prices: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the prices that stood in each cloud's last snapshot of each month, with ``month`` and ``seen_on``.

    A month in which nobody looked has no prices: none is carried on.
    """
    parts = []
    for cloud, looks in snapshots(day).groupby("cloud"):
        own = prices[prices.source == LISTS[str(cloud)]]
        for month, seen_on in zip(pd.to_datetime(looks.month), pd.to_datetime(looks.seen_on), strict=True):
            stands = (own.valid_from <= seen_on) & ~(own.valid_to <= seen_on)
            parts.append(own[stands].assign(month=month, seen_on=seen_on))
    if parts:
        return pd.concat(parts, ignore_index=True)
    return prices.head(0).assign(month=prices.valid_from, seen_on=prices.valid_from)
