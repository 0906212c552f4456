"""When Amazon Web Services announced its regions, with the address of each announcement, as a volunteer noted it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "aws_announcements"
ORIGIN = GitFile("seligman/aws-ip-ranges", "announces.json")
COLUMNS = pa.schema([(name, pa.string()) for name in ("region", "appeared_on", "announced_on", "url")])
KEY_COUNT = 1

Row = tuple[str, str, str | None, str | None]


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row per region; a region in the address ranges that is not announced yet has no day and no address.

    Raises
    ------
    ParseError
        If the file is no JSON, or prints anything but regions with days, or a day without an address.
    """
    try:
        rows = [_row(entry) for entry in safely.load_json(content, NAME, version)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ParseError.of_release(NAME, f"prints announcements in another form ({error!r})", version) from error
    if not rows:
        raise ParseError.of_release(NAME, "names no region", version)
    return iter(rows)


def _row(entry: dict[str, Any]) -> Row:
    region, announced, url = entry["region"], entry.get("announced") or None, entry.get("announce_url") or None
    if not isinstance(region, str) or not region:
        raise TypeError(f"{region!r} is no region")
    if (announced is None) != (url is None):
        raise ValueError(f"{region} has a day without an announcement, or the reverse")
    return region, _day(entry["appeared_ip_ranges"]), announced and _day(announced), url


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat()
