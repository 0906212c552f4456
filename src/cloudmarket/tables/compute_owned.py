"""``compute_owned``: AI chips that companies own at the ends of quarters, as Epoch AI estimates them.

An owner is not a user: clouds rent out what they own. Medians and bounds of an owner's chips do not add up to those
of its total, and bounds of owners do not add up across owners.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names.benchmarks import compute_owners
from cloudmarket.sources.epoch_compute import ALL_CHIPS
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

ALL = "all"
"""The chip of rows that tell of all chips of an owner and family."""

_FAMILIES = {"Nvidia": "nvidia-gpu", "AMD": "amd-gpu", "Google": "google-tpu", "Amazon": "aws-trainium"}
_NUMBERS = ("h100e_median", "h100e_p05", "h100e_p95", "units_median", "units_p05", "units_p95")
_OTHERS = r"Excludes ([^.]+)\."

TABLE = Table(
    name="compute_owned",
    grain="an estimate of the chips of a family that an owner has at the end of a quarter",
    key=("owner", "chip_family", "chip", "quarter_on", "observed_first_at"),
    sources=("epoch_compute",),
    period="quarter_on",
    columns=(
        Column("owner", TEXT, "Who owns the chips, as printed; Other and China are groups of owners."),
        Column("cloud", TEXT, "Code of the owner's cloud where the study follows it.", is_required=False),
        Column("chip_family", TEXT, "Whose design.", values=tuple(_FAMILIES.values())),
        Column("chip", TEXT, "The chip as printed; all for the owner's total."),
        Column("quarter_on", DATE, "First day of the quarter at whose end the chips are counted."),
        Column("quarter_ended_on", DATE, "Last day of the quarter."),
        Column("counted_from_on", DATE, "Chips bought before this day are not counted."),
        Column("h100e_median", NUMBER, "Median estimate, in H100 equivalents."),
        Column("h100e_p05", NUMBER, "5th percentile of the estimate, in H100 equivalents."),
        Column("h100e_p95", NUMBER, "95th percentile of the estimate, in H100 equivalents."),
        Column("units_median", NUMBER, "Median estimate of the number of chips."),
        Column("units_p05", NUMBER, "5th percentile of the number of chips."),
        Column("units_p95", NUMBER, "95th percentile of the number of chips."),
        Column("is_incomplete", BOOLEAN, "True if the quarter was not over for the maker of the chips."),
        Column("excluded_owners", TEXT, "Of Other: owners that are not in it; they change.", is_required=False),
        Column("source", TEXT, "Where it was read.", values=("epoch_compute",)),
        Column("evidence", TEXT, "B: a published estimate.", values=("B",)),
        *KNOWLEDGE_COLUMNS,
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the estimates, each as long as it was published. Raises CheckError if an owner or maker is unknown."""
    rows = evidence.folded["epoch_compute"].to_pandas()
    clouds = compute_owners()
    for name, known, where in (
        ("owner", clouds, "names/data/compute_owners.csv"),
        ("manufacturer", _FAMILIES, "the table's module"),
    ):
        unknown = sorted(set(rows[name]) - known.keys())
        if unknown:
            raise CheckError(f"compute_owned: unknown {name} {', '.join(unknown)}: add it to {where}")
    ended = pd.to_datetime(rows.ended_on)
    return TABLE.frame(
        rows.assign(
            cloud=rows.owner.map(clouds),
            chip_family=rows.manufacturer.map(_FAMILIES),
            chip=rows.chip.replace({ALL_CHIPS: ALL}),
            quarter_on=ended.dt.to_period("Q").dt.start_time,
            quarter_ended_on=ended,
            counted_from_on=pd.to_datetime(rows.started_on),
            is_incomplete=rows.incomplete.notna(),
            excluded_owners=rows.notes.str.extract(_OTHERS)[0],
            evidence="B",
            source="epoch_compute",
            superseded_at=rows.ended_at,
        )
    )


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    for unit in ("h100e", "units"):
        median, low, high = (rows[f"{unit}_{part}"] for part in ("median", "p05", "p95"))
        yield f"the median of {unit} is within its bounds", (low <= median) & (median <= high)
        yield f"{unit} are not below zero", low >= 0
    last = rows.quarter_on.dt.to_period("Q").dt.end_time.dt.normalize()
    yield "a stock is counted at the end of a quarter", rows.quarter_ended_on == last
    yield "a total is at least as large as any of its chips", rows.h100e_median * 1.0001 + 1 >= _largest_part(rows)


def _largest_part(rows: pd.DataFrame) -> pd.Series:
    """Return, for totals, the largest median of a chip of the same owner and family known at the same time."""
    keys = ["owner", "chip_family", "quarter_on", "observed_first_at"]
    parts = rows[rows.chip != ALL].groupby(keys).h100e_median.max().rename("part").reset_index()
    part = rows[keys].merge(parts, on=keys, how="left").part.fillna(0)
    return part.where(rows.chip == ALL, 0.0)
