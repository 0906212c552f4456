"""How often AI packages were downloaded, from a monthly list of the most downloaded packages of the Python index.

The list comes without a licence, so no more is kept of it than facts on a few packages: their downloads to three
significant digits. A row without a package tells of the list itself: how long it is and the least count in it, rounded
up, so that a package which is not listed had at most that many downloads.

What is counted changed over time, which the list does not say but the script that makes it does (``_QUERIES``): a
window of 30 to 22 days that ended a day before, of the installer pip alone at first; since 2025-07 the calendar month
before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from packaging.utils import canonicalize_name

from cloudmarket.errors import ParseError
from cloudmarket.names.places import sdk_names
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "top_pypi"
ORIGIN = GitFile(
    "hugovk/top-pypi-packages", "top-pypi-packages.json", "top-pypi-packages-30-days.json", one_per_day=True
)
COLUMNS = pa.schema(
    [
        ("package", pa.string()),
        ("downloads", pa.int64()),
        ("listed_at", pa.timestamp("us", tz="UTC")),
        ("list_length", pa.int64()),
        ("window_days", pa.int64()),
        ("installers", pa.string()),
    ]
)
KEY_COUNT = 1

DIGITS = 3
# (from this time on, days, installers): the query of the script when it was run, by its commits.
_QUERIES = (
    (datetime(2018, 2, 7, tzinfo=UTC), 30, "pip"),
    (datetime(2024, 11, 10, 16, 2, tzinfo=UTC), 30, "all"),
    (datetime(2024, 12, 1, 7, 58, tzinfo=UTC), 29, "all"),
    (datetime(2025, 3, 1, 19, 57, tzinfo=UTC), 28, "all"),
    (datetime(2025, 4, 1, 6, 3, tzinfo=UTC), 27, "all"),
    (datetime(2025, 4, 29, 13, 30, tzinfo=UTC), 24, "all"),
    (datetime(2025, 5, 31, 17, 42, tzinfo=UTC), 22, "all"),
)
_MONTHLY = "ClickHouse"

Row = tuple[str, int, datetime | None, int | None, int | None, str | None]


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row of the list itself, and one per package of ours that is on it.

    Raises
    ------
    ParseError
        If the file is anything but a dated list of packages with downloads, the most downloaded first.
    """
    said = safely.load_json(content, NAME, version)
    try:
        return iter(_rows(said))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ParseError.of_release(NAME, f"is no dated list of packages ({error!r})", version) from error


def _rows(said: dict[str, Any]) -> list[Row]:
    listed_at = datetime.strptime(said["last_update"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    counts = [_count(entry["download_count"]) for entry in said["rows"]]
    if not counts or counts != sorted(counts, reverse=True):
        raise ValueError("the most downloaded is not first")
    days, installers = _query(listed_at, said.get("source"))
    rows: list[Row] = [("", _rounded(counts[-1], up=True), listed_at, len(counts), days, installers)]
    ours = set(sdk_names())
    for entry, count in zip(said["rows"], counts, strict=True):
        package = canonicalize_name(entry["project"])
        if package in ours:
            rows.append((package, _rounded(count), None, None, None, None))
    return rows


def _query(listed_at: datetime, source: str | None) -> tuple[int | None, str]:
    """Return the days of the window, none for a calendar month, and which installers count."""
    if source == _MONTHLY:
        return None, "all"
    found = [(days, installers) for since, days, installers in _QUERIES if since <= listed_at]
    if source is not None or not found:
        raise ValueError(f"what the list of {listed_at:%Y-%m-%d} from {source} counts is not known")
    return found[-1]


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no count of downloads")
    return value


def _rounded(count: int, *, up: bool = False) -> int:
    """Return a count to three significant digits."""
    step = int(10 ** max(0, len(str(count)) - DIGITS))
    return (math.ceil(count / step) if up else round(count / step)) * step
