"""Which sources could not be brought up to date, by what was known on a day."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs


def stale(day: date) -> pd.DataFrame:
    """Return the sources known on a day to be out of date: source (index), since_on, problem.

    A refresh runs after the newest snapshot there is: a report of today's state knows what it found.
    """
    found = inputs.stale().set_index("source")
    is_past = day < inputs.last_observed_on(tuple(SOURCES))
    return found[pd.to_datetime(found.since_on) <= pd.Timestamp(day)] if is_past else found
