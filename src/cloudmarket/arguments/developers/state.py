"""What was known on a day of the packages, their releases, Amazon's APIs and the surveys, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.history import end_of
from cloudmarket.names import places

COMPANIES = {
    "aws": "Amazon", "azure": "Microsoft", "gcp": "Google", "openai": "OpenAI", "anthropic": "Anthropic",
    "mistral": "Mistral",
}  # fmt: skip
"""Who publishes packages, by the code that gives a figure its colour."""
_ONE_COMPANY = {"google-ai": "gcp"}
FEWEST_MONTHS = 6
MOST_MONTHS = 24


@dataclass(frozen=True, eq=False)
class State:
    """What was known on a day.

    ``downloads``: believed rows of AI packages with ``company`` and ``counting`` (which downloads count, by which
    window); ``lists``: every list seen by then, superseded ones included; ``run``: the newest months of one counting
    that are enough for a trend; ``releases``; ``apis``: every spell seen by then, ended ones included; ``survey``;
    ``required``: which package installs which, with the day from which it can (``since_on``).
    """

    day: date
    downloads: pd.DataFrame
    lists: pd.DataFrame
    run: pd.DataFrame
    releases: pd.DataFrame
    apis: pd.DataFrame
    survey: pd.DataFrame
    required: pd.DataFrame

    def __repr__(self) -> str:
        months = self.downloads.month_on.nunique()
        return f"State({self.day}: {months} months of downloads, {len(self.releases)} releases)"


def state(day: date) -> State:
    """Return all that was known on a day."""
    lists = _counted(_seen("sdk_download", day))
    downloads = lists[lists.superseded_at.isna()]
    releases = tables.load("sdk_release", known_on=day)
    releases = releases[releases.is_ai].assign(company=lambda rows: rows.owner.replace(_ONE_COMPANY))
    survey = tables.load("developer_survey", known_on=day)
    return State(
        day, downloads, lists, newest_run(downloads), releases, _seen("service_api", day), survey, _required(releases)
    )


def newest_run(downloads: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the newest counting that has enough months for a trend, at most two years of them.

    Counts of another log or of other installers are another series: no month of them is joined to these.
    """
    for counting in downloads.sort_values("month_on").counting.drop_duplicates(keep="last").iloc[::-1]:
        rows = downloads[downloads.counting == counting]
        months = sorted(rows.month_on.unique())[-MOST_MONTHS:]
        if len(months) >= FEWEST_MONTHS:
            run: pd.DataFrame = rows[rows.month_on.isin(months)]
            return run
    return downloads.iloc[:0]


def established(run: pd.DataFrame) -> list[str]:
    """Return the packages that are listed in every month of a run: the fixed list."""
    listed = run[~run.is_censored].groupby("package").month_on.nunique()
    return sorted(listed.index[listed == run.month_on.nunique()])


def _seen(name: str, day: date) -> pd.DataFrame:
    """Return all rows of a table seen by a day's end, ended ones too; nothing learnt later is in them."""
    end = pd.Timestamp(end_of(day))
    rows = tables.load(name)
    rows = rows[rows.observed_first_at < end].copy()
    rows["superseded_at"] = rows.superseded_at.where(rows.superseded_at < end)
    rows["observed_last_at"] = rows.observed_last_at.where(rows.observed_last_at < end, rows.observed_first_at)
    return rows


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    counting = rows.installers + ", " + rows.window.str.replace("_", " ")
    own = rows.assign(company=rows.owner.replace(_ONE_COMPANY), counting=counting)
    return own[own.is_ai].sort_values(["month_on", "observed_first_at", "package"], ignore_index=True)


def _required(releases: pd.DataFrame) -> pd.DataFrame:
    """Return the requirements that were out, each with the day of the release that brought it."""
    since = releases[["package", "version", "released_on"]].set_axis(["package", "since_version", "since_on"], axis=1)
    return places.sdk_requirements().merge(since, on=["package", "since_version"])
