"""How chips spread over the regions of Google Cloud, the one cloud whose roll-out anybody recorded.

A region counts if the cloud had it when it first listed the chip anywhere; the clock starts on that day. The day on
which a region got the chip lies between two snapshots. A region that has not got it by the last one is censored
there.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.accelerators.state import State
from cloudmarket.measures import availability
from cloudmarket.tables import inputs

SOURCE, REGIONS_OF = "cyclenerd_accelerators", "cyclenerd_prices"
GPUS = {"nvidia-l4": "L4", "nvidia-h100-80gb": "H100", "nvidia-b200": "B200"}
TPUS = {"google-tpu-v5e": "TPU v5e", "google-tpu-v6e": "TPU v6e"}
LABELS = {**GPUS, **TPUS}
CUSTOMARY, OWN = "NVIDIA's chips", "Google's own chips"
HORIZONS = (180, 365, 730)
"""Days after the first listing at which chips are compared."""


def spells(found: State) -> pd.DataFrame:
    """Return for each chip and region when the chip came.

    Returns
    -------
    DataFrame
        service, name, region, launched_on (of the chip, anywhere), after and by (days since; missing ``by``: not yet).
        Only chips that came after the first snapshot, and regions that were there.
    """
    rows = found.places[found.places.source == SOURCE]
    if rows.empty:
        return pd.DataFrame(columns=["service", "name", "region", "launched_on", "after", "by"])
    first = rows.sort_values("first_seen_on").drop_duplicates(["service", "region"])
    began = first.groupby("service").is_first_seen_at_start.any()
    first = first[~first.service.map(began).astype("bool")]
    launched = first.groupby("service").first_seen_on.min()
    looks = [moment.observed_at.date() for moment in inputs.moments(SOURCE) if moment.observed_at.date() <= found.day]
    last = pd.Timestamp(looks[-1])
    there = regions(found)
    pairs = launched.rename("launched_on").reset_index().merge(there, how="cross")
    pairs = pairs[pairs.opened_on <= pairs.launched_on]
    seen = first[["service", "region", "name", "first_seen_on", "first_seen_after_on"]]
    pairs = pairs.merge(seen, on=["service", "region"], how="left")
    names = first.drop_duplicates("service").set_index("service").name
    known = pairs.first_seen_on.notna()
    pairs["after"] = (
        (pairs.first_seen_after_on.where(known, last) - pairs.launched_on).dt.days.clip(lower=-1).fillna(-1)
    )
    pairs["by"] = (pairs.first_seen_on - pairs.launched_on).dt.days
    pairs = pairs[~(pairs.after >= pairs.by)].assign(name=pairs.service.map(names))
    return pairs[["service", "name", "region", "launched_on", "after", "by"]].reset_index(drop=True)


def regions(found: State) -> pd.DataFrame:
    """Return the commercial regions of Google Cloud with the day by which its price list had them."""
    rows = found.region[(found.region.cloud == "gcp") & (found.region.kind == "commercial")]
    rows = rows.dropna(subset=["first_listed_on"]).rename(columns={"first_listed_on": "opened_on"})
    return pd.DataFrame(rows.groupby("region", as_index=False).opened_on.min())


def estimate(rows: pd.DataFrame) -> availability.Curves:
    """Return Turnbull's curves by chip, over regions; a band over resampled regions."""
    return availability.curves(rows, "service", low="after", high="by", start=-1, draws=100)


def at_risk(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep chips that were followed for the least horizon and reached more than one region."""
    open_for = rows.groupby("service").after.transform("max")
    reached = rows.groupby("service").by.transform("count")
    return rows[(open_for >= HORIZONS[0]) & (reached > 1)]


def drawn(curves: availability.Curves) -> pd.DataFrame:
    """Return the curves of the chips that are drawn: panel, service, after, by, percent, low, high."""
    rows = curves.turnbull[curves.turnbull.group.isin(list(LABELS))].copy()
    rows["panel"] = [CUSTOMARY if name in GPUS else OWN for name in rows.group]
    rows["percent"] = 100 * (1 - rows.survival)
    rows["low"], rows["high"] = 100 * (1 - rows.high), 100 * (1 - rows.low)
    # What has not come by the last look: the curve is level until then.
    rest = rows[rows.by == float("inf")]
    level = rows[rows.by < float("inf")].groupby("group")[["percent", "low", "high"]].last()
    rest = rest.drop(columns=["percent", "low", "high"]).join(level, on="group").assign(by=rest.after)
    rows = pd.concat([rows[rows.by < float("inf")], rest]).rename(columns={"group": "service"})
    order = rows.service.map({name: place for place, name in enumerate(LABELS)})
    return rows.assign(order=order).sort_values(["order", "by"], ignore_index=True)[
        ["panel", "service", "after", "by", "percent", "low", "high"]
    ]


def reach(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what share of regions each chip had reached by each of ``HORIZONS``, at least and at most.

    Returns
    -------
    DataFrame
        service (index), name, launched_on, regions (that were there), reached, followed (days), and for each horizon
        least_<days> and most_<days> (percent): least if every region got it at the end of its interval, most if at the
        beginning; missing where the chip was not followed for so long.
    """
    parts = []
    for service, part in rows.groupby("service"):
        followed = float(max(part.after.max(), part.by.max()))
        line = {
            "service": service, "name": part["name"].iloc[0],
            "launched_on": part.launched_on.iloc[0], "regions": len(part), "reached": int(part.by.notna().sum()),
            "followed": followed,
        }  # fmt: skip
        for days in HORIZONS:
            is_long = followed >= days
            came = part.by.notna()
            line[f"least_{days}"] = 100 * float((part.by <= days).mean()) if is_long else float("nan")
            line[f"most_{days}"] = 100 * float((came & (part.after < days)).mean()) if is_long else float("nan")
        parts.append(line)
    return pd.DataFrame(parts).set_index("service").sort_values("launched_on") if parts else pd.DataFrame()
