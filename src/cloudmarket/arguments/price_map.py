"""The catalogue that covers the three clouds best and longest: when it was seen, and when it was not."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd

from cloudmarket.arguments.staleness import stale as stale_sources
from cloudmarket.tables import fills, inputs

CLOUDS = ["aws", "azure", "gcp"]
# The catalogue that covers the three clouds best and longest. A copy of it stands in where it was not seen: by
# construction the two never overlap, so together they are one series.
SOURCE, COPY = "litellm", "tokencost"
# The map is released every few days; a month without a release is a gap, not a pause.
FRESH_DAYS = 31


def observed_months(day: date) -> pd.DatetimeIndex:
    """Return the first day of each month since the first snapshot, and the day itself at the end."""
    first = min(moment.observed_at for moment in inputs.moments(SOURCE)).date()
    months = pd.date_range(first, day, freq="MS", unit="s")
    return months.union(pd.DatetimeIndex([pd.Timestamp(day)], dtype="datetime64[s]"))


def observed(day: date) -> list[date]:
    """Return the days until a day on which the catalogue was seen, itself or in the copy that fills its gaps."""
    own, copies = (
        [moment.observed_at for moment in inputs.moments(source) if moment.observed_at.date() <= day]
        for source in (SOURCE, COPY)
    )
    return [seen.date() for seen in fills.line(own, copies)]


def gaps(day: date) -> list[tuple[date, date]]:
    """Return the times without any look at the catalogue: (last day before, first day after)."""
    return [(last, first) for last, first in pairwise(observed(day)) if first - last > fills.GAP]


def staleness(day: date) -> str:
    """Return a warning where the newest snapshot is old by the day asked for, or could not be read; else nothing."""
    newest = observed(day)[-1]
    age = (day - newest).days
    warnings = []
    if age > FRESH_DAYS:
        warnings.append(
            f"The newest snapshot by then is of {newest}, {age} days earlier: all of this is what was known from it."
        )
    stale = stale_sources(day).since_on
    if SOURCE in stale.index:
        since = f"Since {stale[SOURCE]} the source could not be brought up to date"
        warnings.append(f"{since}; see the notebook on evidence.")
    return "".join(f" {warning}" for warning in warnings)


def of_clouds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the catalogue, or of its copy where it was not seen, about the three clouds."""
    return rows[rows.source.isin((SOURCE, COPY)) & rows.seller.isin(CLOUDS)]


def blanked(rows: pd.DataFrame, day: date, columns: list[str]) -> pd.DataFrame:
    """Blank what falls in a time without snapshots: nothing was seen then, so nothing is drawn."""
    rows = rows.copy()
    for last, first in gaps(day):
        unseen = (rows.day > pd.Timestamp(last)) & (rows.day < pd.Timestamp(first))
        rows[columns] = rows[columns].astype("float64").mask(unseen)
    return rows
