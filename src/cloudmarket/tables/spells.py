"""Spells: the times during which a source said the same, under whatever label."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cloudmarket.history import Moment

TIMES = ["observed_first_at", "observed_last_at", "ended_at"]
"""Columns of time that a folded history has."""


def spells(rows: pd.DataFrame, identity: Sequence[str], moments: Sequence[Moment], start: pd.Timestamp) -> pd.DataFrame:
    """Join the intervals of labels that mean the same into spells, and say between which snapshots each began.

    Parameters
    ----------
    rows : DataFrame
        ``identity``, ``TIMES``; further columns keep the value of a spell's first row.
    identity : sequence of str
    moments : sequence of Moment
        Folded snapshots of the source in order.
    start : Timestamp
        Date of the first of them that lists anything of the kind.
    """
    rows = rows.sort_values([*identity, "observed_first_at", "observed_last_at"], ignore_index=True)
    by = [rows[name] for name in identity]
    # A spell goes on while any of its labels is printed: it ends where all earlier rows have ended.
    end = rows.ended_at.fillna(pd.Timestamp.max.tz_localize("UTC").floor("us"))
    before = end.groupby(by).cummax().groupby(by).shift()
    rows["spell"] = (before.isna() | (rows.observed_first_at > before)).cumsum()
    kept = [name for name in rows.columns if name not in {"spell", *TIMES}]
    groups = rows.groupby("spell", sort=False)
    found = groups[kept].first()
    found["observed_first_at"] = groups.observed_first_at.min()
    found["observed_last_at"] = groups.observed_last_at.max()
    found["superseded_at"] = groups.ended_at.max().where(groups.ended_at.count() == groups.size())
    return _dated(found.reset_index(drop=True), moments, start)


def _dated(found: pd.DataFrame, moments: Sequence[Moment], start: pd.Timestamp) -> pd.DataFrame:
    observed = pd.DatetimeIndex([moment.observed_at for moment in moments])
    place = observed.searchsorted(pd.DatetimeIndex(found.observed_first_at))
    earlier = observed[(place - 1).clip(min=0)].to_series(index=found.index)
    found["is_first_seen_at_start"] = found.observed_first_at == start
    found["first_seen_on"] = day_of(found.observed_first_at)
    found["first_seen_after_on"] = day_of(earlier).where(~found.is_first_seen_at_start)
    return found


def day_of(instants: pd.Series) -> pd.Series:
    """Return the UTC day of each instant."""
    days: pd.Series = instants.dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()
    return days
