"""Leaderboards of Arena AI as a volunteer reads them off its pages, a folder a day and a file a board.

A page shows the first models only, of text 20 to 50: a model that is not listed is not known to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitTree

NAME = "arena_boards"
ORIGIN = GitTree("oolong-tea-2026/arena-ai-leaderboards", "data/*/[a-z]*.json")
COLUMNS = pa.schema(
    [
        ("board", pa.string()),
        ("model", pa.string()),
        ("scored_on", pa.date32()),
        ("score", pa.float64()),
        ("half_width", pa.float64()),
        ("votes", pa.int64()),
        ("vendor", pa.string()),
    ]
)
KEY_COUNT = 3

_PATH = re.compile(r"data/(\d{4}-\d{2}-\d{2})/([a-z-]+)\.json")
_PLAUSIBLE = (500, 2500)


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[Any, ...]]:
    """Give board, model, day of the page, rating, half of its interval's width, votes and vendor.

    Raises
    ------
    ParseError
        If a file is no board, names a model twice, or prints what no rating can be.
    """
    for path, file in content.items():
        found = _PATH.fullmatch(path)
        if found is None:
            raise ParseError.of_release(NAME, f"has a file {path}, which is no board of a day", version)
        document = safely.load_json(file, NAME, version)
        models = document.get("models") if isinstance(document, dict) else None
        if not isinstance(models, list) or not models:
            raise ParseError.of_release(NAME, f"{path} lists no models", version)
        yield from _rows(models, found[2], date.fromisoformat(found[1]), version)


def _rows(models: list[Any], board: str, day: date, version: str) -> Iterator[tuple[Any, ...]]:
    seen = set()
    for entry in models:
        name, score = entry.get("model"), entry.get("score")
        if not isinstance(name, str) or name in seen:
            raise ParseError.of_release(NAME, f"the board {board} of {day} names {name!r} twice or no model", version)
        seen.add(name)
        if not isinstance(score, int | float) or not _PLAUSIBLE[0] <= score <= _PLAUSIBLE[1]:
            raise ParseError.of_release(NAME, f"the board {board} of {day} prints {score!r} for {name}", version)
        votes, half_width = _count(entry.get("votes")), entry.get("ci")
        if half_width is not None and not (isinstance(half_width, int | float) and half_width >= 0):
            raise ParseError.of_release(NAME, f"prints {half_width!r} as an interval of {name}", version)
        yield board, name, day, float(score), half_width, votes, entry.get("vendor")


def _count(printed: Any) -> int | None:
    return printed if isinstance(printed, int) and printed > 0 else None
