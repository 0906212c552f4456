"""Tables of facts as they were known on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from cloudmarket.history import end_of
from cloudmarket.tables.base import Table


def known_facts(table: Table, rows: pd.DataFrame, day: date, latest: Mapping[str, datetime]) -> pd.DataFrame:
    """Return the facts that were printed at the end of a day, with nothing in them that was learnt later.

    ``latest`` gives the newest snapshot of each source by then: what is still printed today was last seen in it.
    """
    end = pd.Timestamp(end_of(day))
    seen = rows[(rows.observed_first_at < end) & ~(rows.superseded_at < end)].copy()
    later = seen.observed_last_at >= end
    newest = seen.source.map(latest) if "source" in seen else None
    if newest is not None:
        seen.loc[later, "observed_last_at"] = pd.to_datetime(newest[later], utc=True)
    seen["superseded_at"] = seen.superseded_at.where(seen.superseded_at < end)
    return table.frame(seen)
