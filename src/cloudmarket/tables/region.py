"""``region``: where clouds have regions, since when, and how well that is known.

Several sources speak of a region: announcements, a volunteer's list, the address ranges, the lists of prices and
endpoints. A row puts together what all of them said at a time, and holds until one of them says something new.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.tables import region_statements
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

_PRECISIONS = ("day", "month", "year", "at_latest")
# Prices are listed some weeks before a region opens, and volunteers' lists lag by as much.
_LEEWAY = pd.Timedelta(days=92)

TABLE = Table(
    name="region",
    grain="a region of a cloud, as it was known from one piece of evidence to the next",
    key=("cloud", "region", "observed_first_at"),
    sources=("aws_announcements", "aws_ip_ranges", "botocore", "cloud_regions", "cyclenerd_prices"),
    columns=(
        Column("cloud", TEXT, "Whose region it is."),
        Column("region", TEXT, "Region as the cloud's price list spells it."),
        Column("name", TEXT, "What the cloud calls it; missing if it is reserved and not announced.", False),
        Column("kind", TEXT, "Who may use it.", values=("commercial", "government", "china", "sovereign", "secret")),
        Column("country", TEXT, "Country (ISO 3166-1 alpha-2); missing where it is not public.", False),
        Column("is_eu", BOOLEAN, "Whether it lies in the European Union; missing where that is not public.", False),
        Column("latitude", NUMBER, "Latitude (degrees) of a town near by, or of the country's middle.", False),
        Column("longitude", NUMBER, "Longitude (degrees) of the same place.", False),
        Column("launched_on", DATE, "Day of launch by the best source; first day of a month or year.", False),
        Column(
            "launch_precision", TEXT, "What is known: the day, month or year; at_latest: open by launched_on.", False,
            values=_PRECISIONS,
        ),
        Column("launch_source", TEXT, "Who says so: curated (a named publication) or a source.", False),
        Column("launch_url", TEXT, "Address of the publication.", False),
        Column("launched_on_alternative", DATE, "Day of launch by another source that cannot be the same.", False),
        Column("alternative_precision", TEXT, "Its precision.", False, values=_PRECISIONS),
        Column("alternative_source", TEXT, "Who says that.", False),
        Column("first_seen_in_ip_ranges_on", DATE, "Day it appeared in Amazon's addresses, if after the first.", False),
        Column("first_listed_on", DATE, "Day of the first list of prices (Google) or endpoints (AWS) with it.", False),
        Column("first_listed_after_on", DATE, "Day of the last one without it; missing if the first list has it.",
               False),
        Column(
            "is_launch_doubtful", BOOLEAN,
            "True if a volunteer's day of launch lies more than 92 days after the first list of prices with the region,"
            " or before the last one without it. Of Azure no list is read, so nothing is doubted.",
        ),
        Column("source", TEXT, "The source that speaks of it: that of the launch, else the first to list it."),
        Column("evidence", TEXT, "A the vendor's own file, B from a named announcement, C other.",
               values=("A", "B", "C")),
        *KNOWLEDGE_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the regions as known over time. Raises CheckError if a source prints one that nobody has reviewed."""
    rows = TABLE.frame(region_statements.composed(evidence).assign(is_launch_doubtful=False))
    return rows.assign(is_launch_doubtful=_is_doubtful(rows))


def last_day(launched_on: pd.Series, precision: pd.Series) -> pd.Series:
    """Return the last day that a statement of a launch allows."""
    month = launched_on + pd.offsets.MonthEnd(0)
    year = launched_on + pd.offsets.YearEnd(0)
    return launched_on.where(~precision.eq("month"), month).where(~precision.eq("year"), year)


def _is_doubtful(rows: pd.DataFrame) -> pd.Series:
    by = last_day(rows.launched_on, rows.launch_precision)
    too_late = rows.launched_on - _LEEWAY > rows.first_listed_on
    too_early = by + _LEEWAY < rows.first_listed_after_on
    return (too_late | too_early) & (rows.launch_source == "cloud_regions")


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    believed = rows.superseded_at.isna()
    is_twice = rows[believed].duplicated(["cloud", "region"], keep=False)
    yield "one believed row per region", ~is_twice.reindex(rows.index, fill_value=False)
    yield (
        "a launch has a precision and a source",
        (rows.launched_on.notna() == rows.launch_precision.notna())
        & (rows.launched_on.notna() == rows.launch_source.notna()),
    )
    yield "an alternative is another day", ~(rows.launched_on_alternative == rows.launched_on)
    yield "on the globe", rows.latitude.isna() | (rows.latitude.between(-90, 90) & rows.longitude.between(-180, 180))
    yield "first listed after the list before", ~(rows.first_listed_after_on > rows.first_listed_on)
    yield "the European Union has countries", np.logical_not(rows.is_eu.fillna(False)) | rows.country.notna()
    before = rows.groupby(["cloud", "region"]).superseded_at.shift()
    is_first = ~rows.duplicated(["cloud", "region"])
    yield "what is known follows on what was", is_first | (before <= rows.observed_first_at)
