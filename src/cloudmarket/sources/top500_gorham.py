"""Computers of cloud operators on some TOP500 lists, 2021-11 to 2025-06, from another collection of the files.

It bears the first collection out where both have a list, and has the one of 2025-06 alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cloudmarket.errors import ParseError
from cloudmarket.sources import top500_list
from cloudmarket.sources.origin import GitTree

NAME = "top500_gorham"
ORIGIN = GitTree("tommygorham/top500", "datasets/june*.xls*", "datasets/november*.xls*")
COLUMNS, KEY_COUNT = top500_list.COLUMNS, top500_list.KEY_COUNT

_PATH = re.compile(r"datasets/(june|november)(\d{4})\.xlsx?")
_MONTH = {"june": 6, "november": 11}


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
        yield from top500_list.rows(file, date(int(found[2]), _MONTH[found[1]], 1), NAME, version)
