"""``sdk_download``: how often the packages were downloaded, month by month, from lists of the most downloaded ones.

A list counts the days of a window, which seldom is a calendar month. Each list speaks for the month that most of its
window lies in; a later list that covers more of that month takes its place. A package that had been released and is
not listed is censored: it had at most as many downloads as the last on the list.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.names import places
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import day_of

_DAY = pd.Timedelta(days=1)
_OF_A_LIST = [
    "window_from", "window_to", "window", "month_on", "month_share", "least", "list_length", "installers",
    "observed_first_at",
]  # fmt: skip

TABLE = Table(
    name="sdk_download",
    grain="downloads of a package in a month, by a list",
    key=("package", "month_on", "observed_first_at"),
    sources=("top_pypi", "sdk_releases"),
    columns=(
        Column("package", TEXT, "Name on the Python package index."),
        Column("month_on", DATE, "First day of the month of which the list speaks."),
        Column("owner", TEXT, "Seller whose package it is."),
        Column("kind", TEXT, "What it is.", values=("sdk", "framework", "agent", "identity")),
        Column("is_ai", BOOLEAN, "False for a package that serves all of a cloud, such as boto3."),
        Column("is_censored", BOOLEAN, "True if the package had been released but is not on the list."),
        Column("downloads", INTEGER, "Downloads in the window, to three digits; missing if censored.", False),
        Column("downloads_at_most", INTEGER, "If censored, the most it can have had in the window.", False),
        Column("downloads_per_day", NUMBER, "Downloads by days of the window; missing if censored.", False),
        Column("window_from", DATE, "First day of the window."),
        Column("window_to", DATE, "First day after the window."),
        Column("window", TEXT, "rolling: some days until the list was made; calendar_month.",
               values=("rolling", "calendar_month")),
        Column("month_share", NUMBER, "Share of the month's days that the window covers.", above=0),
        Column(
            "installers", TEXT, "Which downloads count: those by pip, or all. Never compare across the two.",
            values=("pip", "all"),
        ),
        Column("list_length", INTEGER, "Packages on the list.", above=0),
        Column("source", TEXT, "Where it was read.", values=("top_pypi",)),
        Column("evidence", TEXT, "B: a volunteer's query of the index's own log.", values=("B",)),
        *KNOWLEDGE_COLUMNS,
    ),
    period="month_on",
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return a row per package, month and list that was the best of its month when it came."""
    folded = evidence.folded["top_pypi"].to_pandas()
    lists = _best(_months(folded[folded.package == ""]))
    known = places.sdk_packages()[["package", "owner", "kind", "is_ai"]].merge(_released(evidence), on="package")
    rows = lists.merge(known, how="cross")
    rows = rows[rows.released_on < rows.window_to]
    rows = rows.merge(_counts(folded, lists), on=["package", "observed_first_at"], how="left")
    censored = rows.downloads.isna()
    days = (rows.window_to - rows.window_from).dt.days
    return TABLE.frame(
        rows.assign(
            is_censored=censored,
            downloads_at_most=rows.least.where(censored),
            downloads_per_day=rows.downloads / days,
            source="top_pypi",
            evidence="B",
        )
    )


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "a count, or a bound where it is censored", rows.downloads.isna() == rows.downloads_at_most.notna()
    yield "censored where it is not listed", rows.is_censored == rows.downloads.isna()
    yield "the month is a first day", rows.month_on.dt.day == 1
    meets = (rows.window_from < rows.month_on + pd.offsets.MonthBegin(1)) & (rows.window_to > rows.month_on)
    yield "the window meets its month", meets
    yield "no window ends after its list", rows.window_to <= day_of(rows.observed_first_at)
    believed = rows[rows.superseded_at.isna()]
    is_twice = believed.duplicated(["package", "month_on"], keep=False)
    yield "one believed row per package and month", ~is_twice.reindex(rows.index, fill_value=False)


def _months(lists: pd.DataFrame) -> pd.DataFrame:
    """Return lists with window and month. A rolling window ends a day before its list was made."""
    made = day_of(lists.listed_at)
    is_month = lists.window_days.isna()
    first = made.dt.to_period("M").dt.start_time.dt.as_unit("s")
    end = first.where(is_month, made - _DAY)
    days = pd.to_timedelta(lists.window_days.fillna(0), unit="D")
    start = (first - pd.offsets.MonthBegin(1)).where(is_month, end - days)
    # A window of at most 31 days has most of its days in the month of its middle.
    month = (start + (end - start) / 2).dt.to_period("M")
    from_, to = month.dt.start_time, (month + 1).dt.start_time
    covered = np.minimum(end, to) - np.maximum(start, from_)
    found = lists.assign(
        window_from=start, window_to=end, month_on=from_, month_share=covered / (to - from_),
        window=np.where(is_month, "calendar_month", "rolling"), least=lists.downloads,
    )  # fmt: skip
    return found.reindex(columns=_OF_A_LIST)


def _best(lists: pd.DataFrame) -> pd.DataFrame:
    """Return the lists that covered more of their month than any before, and when a better one came."""
    lists = lists.sort_values("observed_first_at", ignore_index=True)
    before = lists.groupby("month_on").month_share.transform(lambda shares: shares.cummax().shift())
    best = lists[before.isna() | (lists.month_share > before)].copy()
    best["superseded_at"] = best.groupby("month_on").observed_first_at.shift(-1)
    best["observed_last_at"] = best.observed_first_at
    return best


def _released(evidence: Evidence) -> pd.DataFrame:
    """Return the day of each package's first release."""
    releases = evidence.folded["sdk_releases"].to_pandas()
    first = releases.groupby("package", as_index=False).uploaded_at.min()
    return pd.DataFrame({"package": first.package, "released_on": day_of(first.uploaded_at)})


def _counts(folded: pd.DataFrame, lists: pd.DataFrame) -> pd.DataFrame:
    """Return what each of the lists prints of the packages."""
    counts = folded.loc[folded.package != "", ["package", "downloads", "observed_first_at", "observed_last_at"]]
    at = lists[["observed_first_at"]].rename(columns={"observed_first_at": "at"})
    pairs = counts.merge(at, how="cross")
    pairs = pairs[pairs["at"].between(pairs.observed_first_at, pairs.observed_last_at)]
    return pairs[["package", "downloads", "at"]].rename(columns={"at": "observed_first_at"})
