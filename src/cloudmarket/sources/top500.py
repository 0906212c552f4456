"""Computers of cloud operators on the TOP500 lists from 2010-11 on, from a student's collection of the files.

Neither the collection nor the lists have a licence that lets them be passed on: what is kept are facts of a few rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cloudmarket.errors import ParseError
from cloudmarket.sources import top500_list
from cloudmarket.sources.origin import GitTree

NAME = "top500"
# The first cloud on a list is of 2010-11.
ORIGIN = GitTree(
    "littlleHawk/Top500_Analysis", "data/top500/TOP500_201011.xls", "data/top500/TOP500_201[1-9]*.xls",
    "data/top500/TOP500_20[2-9]*.xlsx",
)  # fmt: skip
COLUMNS, KEY_COUNT = top500_list.COLUMNS, top500_list.KEY_COUNT

_PATH = re.compile(r"data/top500/TOP500_(\d{4})(06|11)\.xlsx?")


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[Any, ...]]:
    """Give month of the list, rank and what the list says of each computer of a cloud operator.

    Raises
    ------
    ParseError
        If a file is not named or made as a list.
    """
    for path, file in content.items():
        found = _PATH.fullmatch(path)
        if found is None:
            raise ParseError.of_release(NAME, f"has a file {path}, which is no list", version)
        yield from top500_list.rows(file, date(int(found[1]), int(found[2]), 1), NAME, version)
