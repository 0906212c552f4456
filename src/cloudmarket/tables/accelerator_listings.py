"""What the lists of machines print about those with accelerators: one shape for all lists, labels as printed."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names import accelerators
from cloudmarket.tables.inputs import Evidence

KEY = ["cloud", "region", "sku", "kind"]
"""What identifies an offer; ``sku`` is the machine as the cloud calls it."""
TIMES = ["begins_at", "seen_at", "ends_at"]
"""First snapshot with a price, last one with it, first later one without it (missing while the newest has it)."""
HOURS_PER_MONTH = 730
"""Google and the calculators that read its catalogue count a month as a twelfth of 8,760 hours."""

PRECEDENCE = (
    "karpenter_aws", "karpenter_azure", "cyclenerd_prices", "karpenter_gcp", "ec2instances", "eu_cloud_prices",
)  # fmt: skip
"""The lists, the first that prints a price for an offer on a day gives it; those after it bear it out or contradict."""
ENDED = ("ec2instances",)
"""Lists whose later snapshots cannot be read: what the last one printed is not taken to go on."""

_CLOUDS = {"karpenter_aws": "aws", "karpenter_azure": "azure", "cyclenerd_prices": "gcp", "karpenter_gcp": "gcp",
           "ec2instances": "aws"}  # fmt: skip
_PROVIDERS = {"ovh": "ovhcloud"}
_COLUMNS = [*KEY, "source", "currency", "price", *TIMES]
_NAMES = {"machine": "sku", "usd_per_hour": "price", "price_per_hour": "price",
          "observed_first_at": "begins_at", "observed_last_at": "seen_at", "ended_at": "ends_at"}  # fmt: skip
_CONVERTED = {"hour": ("on_demand", 1), "hour_spot": ("spot", 1),
              "month_1y": ("commit_1y", HOURS_PER_MONTH), "month_3y": ("commit_3y", HOURS_PER_MONTH)}  # fmt: skip


def printed(evidence: Evidence) -> pd.DataFrame:
    """Return the prices of machines with accelerators, all lists: ``KEY``, source, currency, price, ``TIMES``.

    Raises
    ------
    CheckError
        If a machine's accelerator is not known, or its family is none that was reviewed.
    """
    parts = []
    for source in PRECEDENCE:
        rows = evidence.folded[source].to_pandas().rename(columns=_NAMES)
        rows["cloud"] = _CLOUDS.get(source) or rows.provider.replace(_PROVIDERS)
        if source in ENDED:
            last = evidence.moments[source][-1].observed_at
            rows["ends_at"] = rows.ends_at.fillna(pd.Timestamp(last) + timedelta(days=1))
        rows = _accelerated(rows.assign(source=source))
        parts.append(_runs(_spread(rows) if source == "cyclenerd_prices" else _filled(rows)))
    # A list that printed nothing has no types of its own.
    types = {"price": "float64", **dict.fromkeys(TIMES, "datetime64[us, UTC]")}
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True).astype(types)


def _accelerated(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep machines with accelerators of the kind that runs AI models."""
    machines = rows[["cloud", "sku"]].drop_duplicates()
    machines["review"] = [_review(cloud, sku) for cloud, sku in machines.itertuples(index=False)]
    unknown = machines[~machines.review.isin(["machine", "other"])].sort_values(["cloud", "sku"])
    if len(unknown):
        listed = "; ".join(f"{cloud} {sku} ({remedy})" for cloud, sku, remedy in unknown[:10].itertuples(index=False))
        raise CheckError(f"accelerator_price: {len(unknown)} machines are not reviewed: {listed}")
    return rows.merge(machines[machines.review == "machine"].drop(columns="review"), on=["cloud", "sku"])


def _review(cloud: str, sku: str) -> str:
    """Return ``machine``, ``other``, or which reviewed table lacks the machine."""
    if not accelerators.is_accelerated(cloud, sku):
        return "other" if accelerators.is_general(cloud, sku) else "fill general_families.csv"
    if accelerators.is_out_of_scope(cloud, sku):
        return "other"
    return "machine" if (cloud, sku) in accelerators.known() else "fill instance_types.csv"


def _runs(rows: pd.DataFrame) -> pd.DataFrame:
    """Join intervals of one price that follow each other: a row ends when any price of its line changes."""
    rows = rows.sort_values([*KEY, "begins_at"], ignore_index=True)
    columns = [*KEY, "currency", "price"]
    is_same = (rows[columns] == rows[columns].shift()).all(axis=1) & rows.begins_at.eq(rows.ends_at.shift())
    run = (~is_same).cumsum()
    joined = rows[~run.duplicated()].reset_index(drop=True)
    joined[["seen_at", "ends_at"]] = rows.loc[~run.duplicated(keep="last"), ["seen_at", "ends_at"]].reset_index(
        drop=True
    )
    return joined


def _filled(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what goes without saying in a list: that it is in USD, that it is of on-demand prices."""
    return rows.assign(kind=rows.get("kind", "on_demand"), currency=rows.get("currency", "USD"))[_COLUMNS]


def _spread(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a row per price of the calculator's table, which has four on a line; a price of zero is none."""
    rest = [name for name in rows.columns if name not in _CONVERTED]
    long = rows.melt(rest, list(_CONVERTED), "column", "printed")
    long = long[long.printed > 0]
    hours = long.column.map({name: hours for name, (_, hours) in _CONVERTED.items()}).astype("float64")
    long["kind"] = long.column.map({name: kind for name, (kind, _) in _CONVERTED.items()})
    return long.assign(currency="USD", price=(long.printed / hours).round(6))[_COLUMNS]
