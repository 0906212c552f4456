"""Downloads by month: windows, the best list of a month, censoring, and nothing of the future."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pandas as pd
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.sources import sdk_releases, top_pypi
from cloudmarket.tables import inputs, sdk_download
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from tables.vintage import cut, end_of, rows_of

SOURCES = (top_pypi.NAME, sdk_releases.NAME)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC)


def built(lists: dict[str, dict[str, int]], released: str = "2020-01-01", days: int | None = 30) -> pd.DataFrame:
    """Return the table of lists by the day they were made; a list's '' is the least count in it."""
    snapshots: list[tuple[Moment, list[tuple[Any, ...]]]] = []
    for day, counts in lists.items():
        least = ("", counts[""], at(day), 5000, days, "pip" if days else "all")
        ours = [(package, count, None, None, None, None) for package, count in counts.items() if package]
        snapshots.append((Moment(day, at(day)), [least, *ours]))
    releases = [(Moment("openai 1", at(released)), [("openai", "1", at(released))])]
    folded = {
        top_pypi.NAME: history.fold(snapshots, top_pypi.COLUMNS, top_pypi.KEY_COUNT),
        sdk_releases.NAME: history.fold(releases, sdk_releases.COLUMNS, sdk_releases.KEY_COUNT),
    }
    rows = sdk_download.build(Evidence(folded, {name: [] for name in SOURCES}))
    check(sdk_download.TABLE, rows)
    check_all(sdk_download.TABLE, rows, sdk_download.check(rows))
    return rows


def test_a_window_ends_the_day_before_and_speaks_for_the_month_it_mostly_lies_in() -> None:
    [row] = built({"2024-04-01": {"": 10, "openai": 3000}}).itertuples()
    assert (row.window_from, row.window_to) == (pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-31"))
    assert (row.month_on, row.window) == (pd.Timestamp("2024-03-01"), "rolling")
    assert row.month_share == pytest.approx(30 / 31)
    assert (row.downloads, row.downloads_per_day, row.is_censored) == (3000, 100.0, False)


def test_a_calendar_month_is_the_one_before_the_list() -> None:
    [row] = built({"2025-07-05": {"": 10, "openai": 3000}}, days=None).itertuples()
    assert (row.window_from, row.window_to) == (pd.Timestamp("2025-06-01"), pd.Timestamp("2025-07-01"))
    assert (row.window, row.month_share, row.downloads_per_day) == ("calendar_month", 1.0, 100.0)


def test_a_list_that_covers_more_takes_the_place_of_one_that_covers_less() -> None:
    lists = {
        "2024-03-20": {"": 10, "openai": 100},
        "2024-03-29": {"": 10, "openai": 200},
        "2024-04-01": {"": 10, "openai": 300},
        "2024-04-05": {"": 10, "openai": 400},
    }
    rows = built(lists)
    assert rows.month_on.astype("str").tolist() == ["2024-03-01"] * 3
    assert rows.downloads.tolist() == [100, 200, 300]
    assert rows.superseded_at.tolist()[:2] == [at("2024-03-29"), at("2024-04-01")]
    assert pd.isna(rows.superseded_at[2])


def test_what_is_released_and_not_listed_had_at_most_the_least_count() -> None:
    [row] = built({"2024-04-01": {"": 770}}).itertuples()
    assert (row.is_censored, row.downloads_at_most, row.list_length) == (True, 770, 5000)
    assert pd.isna(row.downloads)
    assert pd.isna(row.downloads_per_day)


def test_before_its_first_release_a_package_has_no_row() -> None:
    lists = {"2024-04-01": {"": 770}, "2024-05-01": {"": 770}}
    assert built(lists, released="2024-04-15").month_on.astype("str").tolist() == ["2024-04-01"]
    assert len(built(lists, released="2024-04-30")) == 0


def test_equal_counts_of_two_lists_are_two_rows() -> None:
    rows = built({"2024-04-01": {"": 10, "openai": 300}, "2024-05-01": {"": 10, "openai": 300}})
    assert rows.downloads.tolist() == [300, 300]


def test_the_checks_can_fail() -> None:
    rows = built({"2024-03-20": {"": 10, "openai": 100}, "2024-04-01": {"": 10}})
    for column, value in (
        ("downloads", 5),
        ("is_censored", True),
        ("month_on", pd.Timestamp("2024-03-02")),
        ("month_on", pd.Timestamp("2023-03-01")),
        ("window_to", pd.Timestamp("2024-06-02")),
        ("superseded_at", None),
    ):
        broken = rows.assign(**{column: value})
        with pytest.raises(CheckError, match=r"sdk_download: [0-9]+ rows break"):
            check_all(sdk_download.TABLE, broken, sdk_download.check(broken))


@cache
def shipped() -> pd.DataFrame:
    return sdk_download.build(inputs.evidence(SOURCES))


def believed(package: str) -> pd.DataFrame:
    rows = shipped()
    rows = rows[rows.superseded_at.isna() & (rows.package == package)]
    return rows.set_index(rows.month_on.dt.strftime("%Y-%m"))


def test_downloads_of_openai() -> None:
    rows = believed("openai")
    assert rows.loc["2026-03", ["downloads", "window", "installers"]].tolist() == [
        232_000_000, "calendar_month", "all",
    ]  # fmt: skip
    assert rows.downloads["2024-10"] == 35_400_000
    # Not growth: from the list of the next month on, all installers count.
    assert rows.installers["2024-10":"2024-11"].tolist() == ["pip", "all"]
    assert (rows.is_censored.sum(), rows.index[~rows.is_censored][0]) == (11, "2020-08")


def test_months_that_no_list_covers_are_missing() -> None:
    months = believed("boto3").index
    every = pd.period_range("2018-01", "2026-03", freq="M").strftime("%Y-%m")
    assert sorted(set(every) - set(months)) == ["2024-07", "2024-12", "2025-05"]
    assert not believed("boto3").is_censored.any()


@pytest.mark.parametrize("day", [date(2018, 3, 20), date(2024, 11, 30), date(2025, 6, 30)])
def test_a_vintage_is_what_the_evidence_of_its_day_gives(day: date) -> None:
    moments = {name: [one for one in inputs.moments(name) if one.observed_at < end_of(day)] for name in SOURCES}
    then = sdk_download.build(Evidence({name: cut(name, day) for name in SOURCES}, moments))
    now = known_facts(sdk_download.TABLE, shipped(), day, inputs.latest(SOURCES, day))
    check(sdk_download.TABLE, now)
    assert len(now) > 0
    assert rows_of(then[then.superseded_at.isna()]) == rows_of(now)
