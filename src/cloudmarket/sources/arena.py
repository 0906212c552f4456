"""Ratings of chat models by the people of Chatbot Arena, one column a model, one row a published day.

A volunteer took the numbers out of the Arena's own files. A rating of 0 stands where a model had none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "arena"
# Of its successor, output/scores.json, copies of the repository have the names and not the contents.
ORIGIN = GitFile("nakasyou/lmarena-history", "output/result.csv", one_per_day=True)
COLUMNS = pa.schema([("model", pa.string()), ("scored_on", pa.date32()), ("score", pa.float64())])
KEY_COUNT = 2

_DAY = ""
_PLAUSIBLE = (500.0, 2500.0)


def parse(content: bytes, version: str) -> Iterator[tuple[str, date, float]]:
    """Give model, day and rating, where there is one.

    Raises
    ------
    ParseError
        If the file is no table of ratings by day, or prints what no rating can be.
    """
    count = 0
    for row in safely.csv_rows(content, NAME, version, needed=(_DAY,)):
        day = _day(row.pop(_DAY), version)
        for model, printed in row.items():
            score = _score(printed, model, version)
            if score is not None:
                count += 1
                yield model, day, score
    if not count:
        raise ParseError.of_release(NAME, "has no rating", version)


def _day(printed: str, version: str) -> date:
    try:
        return datetime.strptime(printed, "%Y%m%d").date()
    except ValueError as error:
        raise ParseError.of_release(NAME, f"prints the day {printed!r}", version) from error


def _score(printed: str | None, model: str, version: str) -> float | None:
    try:
        score = float(printed or "nan")
    except ValueError:
        score = math.nan
    if score == 0:
        return None
    if not _PLAUSIBLE[0] <= score <= _PLAUSIBLE[1]:
        raise ParseError.of_release(NAME, f"prints {printed!r} as a rating of {model}", version)
    return score
