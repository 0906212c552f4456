"""Lists of downloads: what is kept and rounded, what a list counts, what is refused, and an independent extract."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import top_pypi
from cloudmarket.tables import inputs
from shared import panel

COUNTS = [("pip", 9_000_000), ("OpenAI", 123_456), ("semantic_kernel", 10_051), ("six", 10_001)]


def listed(counts: object = None, at: str = "2024-03-01 09:13:24", **more: object) -> bytes:
    rows = [{"download_count": count, "project": name} for name, count in counts or COUNTS]
    return json.dumps({"last_update": at, "rows": rows} | more).encode()


def parse(content: bytes) -> list[tuple[object, ...]]:
    return list(top_pypi.parse(content, "v1"))


def test_ours_are_kept_to_three_digits_and_the_list_bounds_the_others() -> None:
    at = datetime(2024, 3, 1, 9, 13, 24, tzinfo=UTC)
    assert parse(listed()) == [
        ("", 10_100, at, 4, 30, "pip"),
        ("openai", 123_000, None, None, None, None),
        ("semantic-kernel", 10_100, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("count", "kept", "bound"),
    [(999, 999, 999), (1_004, 1_000, 1_010), (1_005, 1_000, 1_010), (99_951, 100_000, 100_000)],
)
def test_a_bound_is_rounded_up(count: int, kept: int, bound: int) -> None:
    rows = parse(listed([("openai", count)]))
    assert (rows[0][1], rows[1][1]) == (bound, kept)


@pytest.mark.parametrize(
    ("at", "source", "days", "installers"),
    [
        ("2018-02-10 09:21:55", None, 30, "pip"),
        ("2024-11-01 12:27:36", None, 30, "pip"),
        ("2024-11-26 15:27:36", None, 30, "all"),
        ("2024-12-01 08:25:42", None, 29, "all"),
        ("2025-03-01 20:10:22", None, 28, "all"),
        ("2025-04-01 06:34:58", None, 27, "all"),
        ("2025-05-01 06:34:33", None, 24, "all"),
        ("2025-06-13 13:22:58", None, 22, "all"),
        ("2025-07-05 09:16:05", "ClickHouse", None, "all"),
    ],
)
def test_what_a_list_counts(at: str, source: str | None, days: int | None, installers: str) -> None:
    more = {} if source is None else {"source": source}
    assert parse(listed(at=at, **more))[0][4:] == (days, installers)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'[{"download_count": 1, "project": "pip"}]',
        listed(at="yesterday"),
        listed(at="2018-01-31 09:00:00"),
        listed(source="Elsewhere"),
        listed([("pip", 1), ("openai", 2)]),
        listed([("openai", -1)]),
        listed([("openai", 1.5)]),
        listed([("openai", True)]),
        b'{"last_update": "2024-03-01 09:13:24", "rows": []}',
    ],
)
def test_what_is_no_dated_list_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^top_pypi v1: is no "):
        parse(content)


def test_the_panel_has_the_same_counts_before_rounding() -> None:
    theirs = pd.read_csv(panel("top_pypi/cloud_ai_sdk_panel.csv.gz"))
    rows = inputs.folded("top_pypi").to_pandas()
    lists = rows[rows.package == ""]
    assert len(lists) == 158
    at = lists[["observed_first_at", "listed_at", "list_length"]].rename(columns={"observed_first_at": "at"})
    pairs = rows.loc[rows.package != "", ["package", "downloads", "observed_first_at", "observed_last_at"]]
    pairs = pairs.merge(at, how="cross")
    ours = pairs[pairs["at"].between(pairs.observed_first_at, pairs.observed_last_at)]
    ours = ours.assign(last_update=ours.listed_at.dt.strftime("%Y-%m-%d"), project=ours.package)
    theirs = theirs[theirs.project.isin(set(ours.package))]
    both = theirs.merge(ours, on=["last_update", "project"], how="outer", indicator=True, suffixes=("_theirs", ""))
    alone = both[both["_merge"] == "left_only"]
    assert set(alone.last_update) == {
        "2018-01-09", "2018-01-10", "2018-01-17", "2018-01-24", "2018-01-31", "2018-02-07",
    }  # fmt: skip
    assert set(both.loc[both["_merge"] == "right_only", "package"]) == {"azureml-core"}
    same = both[both["_merge"] == "both"]
    assert len(same) == 752
    assert ((same.downloads - same.downloads_theirs).abs() <= 0.005 * same.downloads_theirs).all()
    assert (same.list_length == same.list_len).all()
