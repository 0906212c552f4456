"""Lists of what Google Cloud offers in each region, as a volunteer's calculator exports them from the vendor's API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely

REPOSITORY = "Cyclenerd/google-cloud-pricing-cost-calculator"
NAME_SHAPE = r"[a-z0-9][a-z0-9.-]*"

_PLAIN = re.compile(NAME_SHAPE)


def offered(content: bytes, source: str, version: str) -> Iterator[tuple[str, str]]:
    """Give (name, region) for each line of such a list, each pair once.

    The column with the region is headed ZONE. A machine that is deprecated in one zone of a region and not in
    another is on two lines.

    Raises
    ------
    ParseError
        If a line names nothing, or what no name can be.
    """
    pairs: set[tuple[str, str]] = set()
    for row in safely.csv_rows(content, source, version, needed=("NAME", "ZONE"), delimiter=";"):
        pair = _pair(row["NAME"], row["ZONE"])
        if pair is None:
            raise ParseError.of_release(source, f"names {row['NAME']!r} in {row['ZONE']!r}", version)
        pairs.add(pair)
    return iter(sorted(pairs))


@cache
def _pair(name: str, region: str) -> tuple[str, str] | None:
    """Return the pair, the same object each time, so that folding needs no comparison; None if it is no name."""
    return (name, region) if _PLAIN.fullmatch(name) and _PLAIN.fullmatch(region) else None
