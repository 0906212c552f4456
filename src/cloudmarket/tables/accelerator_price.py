"""``accelerator_price``: what machines with accelerators cost, by cloud, region and kind of price, through time.

Several lists print prices of the same machines. For each offer and time one list gives the price, the first of
``accelerator_listings.PRECEDENCE`` that prints one; what the others print at that time is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.names import accelerators
from cloudmarket.tables import accelerator_line, accelerator_listings, accelerator_reasons
from cloudmarket.tables.accelerator_listings import HOURS_PER_MONTH, KEY, PRECEDENCE
from cloudmarket.tables.base import BOOLEAN, NUMBER, TEXT, TIME_COLUMNS, Column, Table
from cloudmarket.tables.inputs import Evidence

KINDS = ("on_demand", "spot", "commit_1y", "commit_3y")
# The vendors' own repositories are primary; the calculators read the vendor's catalogue and add up; volunteers last.
_EVIDENCE = {"karpenter_aws": "A", "karpenter_azure": "A", "cyclenerd_prices": "B", "karpenter_gcp": "B",
             "ec2instances": "B", "eu_cloud_prices": "C"}  # fmt: skip
LEAST_SHARE, MOST_SHARE = 0.5, 2.2
"""Within these multiples of a machine's median over regions and time lies every on-demand price that was reviewed; one
below leaves the accelerator out or is an error."""
LEAST_OF = {"spot": 0.05, "commit_1y": 0.5, "commit_3y": 0.3}
"""Least share of the on-demand price: Google's spot may fall by 91 %, no three-year commitment is below a third."""
ROUNDING = 1.0005

TABLE = Table(
    name="accelerator_price",
    grain="a price of a machine with accelerators (cloud, region, sku, kind) during an interval of validity",
    key=(*KEY, "valid_from", "observed_first_at", "is_printed"),
    sources=(*PRECEDENCE, "cyclenerd_machines"),
    columns=(
        Column("cloud", TEXT, "Who sells: the cloud's code."),
        Column("region", TEXT, "Region as the cloud calls it; of some European clouds a country or 'eu'."),
        Column("sku", TEXT, "Machine as the cloud calls it."),
        Column(
            "kind", TEXT,
            f"Kind of price. A commitment is an hourly equivalent: a monthly price over {HOURS_PER_MONTH} hours, or as "
            "printed.",
            values=KINDS,
        ),
        Column("source", TEXT, "List that gives the price.", values=PRECEDENCE),
        Column("accelerator", TEXT, "Canonical accelerator, as in the table accelerator."),
        Column(
            "accelerator_count", NUMBER,
            "How many of them; a share of one where the machine has a part; missing where not known.",
            is_required=False, above=0,
        ),
        Column("currency", TEXT, "Currency of the printed price (ISO 4217).", values=("USD", "EUR")),
        Column("price_per_instance_hour", NUMBER, "Price of the machine per hour, in the printed currency.", above=0),
        Column(
            "usd_per_instance_hour", NUMBER, "USD per hour of the machine; missing where printed in EUR.",
            is_required=False, above=0,
        ),
        Column(
            "usd_per_accelerator_hour", NUMBER,
            "USD per hour and accelerator; missing for EUR, for components and where the count is not known.",
            is_required=False, above=0,
        ),
        Column("is_component", BOOLEAN, "True if the price leaves the accelerators out."),
        Column(
            "is_offered", BOOLEAN,
            "Whether the cloud's list of machines by region has it there; missing where there is no such list.",
            is_required=False,
        ),
        Column("confirmed_by", TEXT, "Another list with the same price at the time (within 0.1 %).", is_required=False),
        Column("contradicted_by", TEXT, "Another list with another price at the time, and it.", is_required=False),
        Column("evidence", TEXT, "A: the vendor's own repository; B: read from its catalogue; C: volunteers.",
               values=("A", "B", "C")),
        *TIME_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the prices of machines with accelerators.

    Prices that held for less than a day are left out here; the folded histories keep them.

    Raises
    ------
    CheckError
        If a machine's accelerator is not known, or its family is none that was reviewed.
    """
    rows = accelerator_line.line(accelerator_listings.printed(evidence), evidence)
    rows = rows.rename(
        columns={"price": "price_per_instance_hour", "begins_at": "observed_first_at", "seen_at": "observed_last_at"}
    )
    rows["valid_from"], rows["valid_to"] = _day(rows.observed_first_at), _day(rows.ends_at)
    rows = rows[~(rows.valid_to <= rows.valid_from)].reset_index(drop=True)
    machines = accelerators.instance_types()[["cloud", "machine", "accelerator", "accelerator_count"]]
    rows = rows.merge(machines.rename(columns={"machine": "sku"}), on=["cloud", "sku"], validate="many_to_one")
    rows = accelerator_reasons.judged(rows.assign(evidence=rows.source.map(_EVIDENCE), is_printed=True))
    rows["usd_per_instance_hour"] = rows.price_per_instance_hour.where(rows.currency == "USD")
    per_accelerator = (rows.usd_per_instance_hour / rows.accelerator_count).round(6)
    rows["usd_per_accelerator_hour"] = per_accelerator.where(~rows.is_component)
    return TABLE.frame(rows)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    believed = rows[rows.superseded_at.isna()].sort_values([*KEY, "valid_from"])
    previous = believed.groupby(KEY, sort=False).valid_to.shift()
    follows = ~believed.duplicated(KEY) | (previous <= believed.valid_from)
    yield "one price per offer and day", follows.reindex(rows.index, fill_value=True)
    yield "USD of the three", (rows.currency == "USD") | ~rows.cloud.isin(["aws", "azure", "gcp"])
    whole = believed[~believed.is_component]
    yield "near the machine's usual price, or a component", _is_usual(whole).reindex(rows.index, fill_value=True)
    off = pd.Series(True, index=_off(whole))
    yield (
        "spot and commitments at most the on-demand price, and no sliver of it",
        ~off.reindex(rows.index, fill_value=False),
    )


def _is_usual(rows: pd.DataFrame) -> pd.Series:
    full = rows[rows.kind == "on_demand"]
    usual = full.groupby(["cloud", "sku", "currency"]).price_per_instance_hour.transform("median")
    is_usual: pd.Series = (full.price_per_instance_hour / usual).between(LEAST_SHARE, MOST_SHARE)
    return is_usual


def _off(rows: pd.DataFrame) -> list[int]:
    """Return the rows that ask more than the on-demand price of a day they share with it, or hardly any of it."""
    offer, price = ["cloud", "region", "sku", "currency"], "price_per_instance_hour"
    full = rows.loc[rows.kind == "on_demand", [*offer, "valid_from", "valid_to", price]]
    cheap = rows[rows.kind != "on_demand"].reset_index()
    pairs = cheap.merge(full, on=offer, suffixes=("", "_full"))
    meets = ~(pairs.valid_to <= pairs.valid_from_full) & ~(pairs.valid_to_full <= pairs.valid_from)
    share, least = pairs[price] / pairs[f"{price}_full"], pairs.kind.map(LEAST_OF).astype("float64")
    wrong: list[int] = pairs["index"][meets & ~share.between(least, ROUNDING)].unique().tolist()
    return wrong


def _day(instants: pd.Series) -> pd.Series:
    days: pd.Series = instants.dt.tz_convert("UTC").dt.tz_localize(None).dt.floor("D").astype("datetime64[s]")
    return days
