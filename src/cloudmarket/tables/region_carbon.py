"""``region_carbon``: how carbon-free the electricity of a region was in a year, as the vendor stated it.

The vendor restates years, and said only in 2022-06 that its intensities until then were of the whole life cycle; each
statement is a row with the time in which it was made.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.tables.base import DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import day_of, spells

# Intensities of 2021 on are operational by the vendor's description; the heading of earlier years says nothing at
# first, and "lifecycle" since 2022-06.
_OPERATIONAL_SINCE = 2021
_MISSING = -1.0
_NUMBERS = ["carbon_free_share", "gco2_per_kwh"]

TABLE = Table(
    name="region_carbon",
    grain="a statement of a region's electricity in a year, for as long as it was made",
    key=("cloud", "region", "year", "observed_first_at"),
    sources=("region_carbon",),
    columns=(
        Column("cloud", TEXT, "Whose region it is.", values=("gcp",)),
        Column("region", TEXT, "Region as the cloud spells it."),
        Column("year", INTEGER, "Calendar year."),
        Column(
            "carbon_free_share", NUMBER,
            "Share (0 to 1) of the hours' energy that was carbon-free, the vendor's own contracts included.", False,
        ),
        Column("gco2_per_kwh", NUMBER, "Carbon intensity of the local grid (gCO2eq/kWh).", False),
        Column(
            "definition", TEXT,
            "What the intensity counts: life_cycle, operational (of burning alone), or unstated when it was printed."
            " Never compare across definitions.", values=("life_cycle", "operational", "unstated"),
        ),
        Column("stated_on", DATE, "Day (UTC) on which the statement was first published."),
        Column("source", TEXT, "Where it was read.", values=("region_carbon",)),
        Column("evidence", TEXT, "A: the vendor's own file.", values=("A",)),
        *KNOWLEDGE_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return every statement; what differs only in the wording of a heading is one."""
    rows = evidence.folded["region_carbon"].to_pandas()
    says_life_cycle = rows.intensity_label.str.startswith("Lifecycle")
    later = np.where(rows.year >= _OPERATIONAL_SINCE, "operational", "unstated")
    rows["definition"] = np.where(says_life_cycle, "life_cycle", later)
    rows[_NUMBERS] = rows[_NUMBERS].fillna(_MISSING)
    identity = ["year", "region", *_NUMBERS, "definition"]
    start = rows.observed_first_at.min()
    found = spells(rows.drop(columns="intensity_label"), identity, evidence.moments["region_carbon"], start)
    found[_NUMBERS] = found[_NUMBERS].where(found[_NUMBERS] != _MISSING)
    stated_on = day_of(found.observed_first_at)
    return TABLE.frame(found.assign(cloud="gcp", stated_on=stated_on, source="region_carbon", evidence="A"))


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "a share lies between 0 and 1", rows.carbon_free_share.isna() | rows.carbon_free_share.between(0, 1)
    yield "no intensity is negative", ~(rows.gco2_per_kwh < 0)
    yield "stated after the year was over", rows.stated_on.dt.year > rows.year
    yield (
        "life cycle is of the years until 2020",
        (rows.definition == "operational") == (rows.year >= _OPERATIONAL_SINCE),
    )
    believed = rows[rows.superseded_at.isna()]
    is_twice = believed.duplicated(["cloud", "region", "year"], keep=False)
    yield "one believed statement per region and year", ~is_twice.reindex(rows.index, fill_value=False)
