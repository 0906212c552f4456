"""When the packages came out through which developers use AI: a row per release, from the Python package index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.names.places import sdk_names
from cloudmarket.sources import safely
from cloudmarket.sources.origin import PackageReleases

NAME = "sdk_releases"
ORIGIN = PackageReleases(*sdk_names())
COLUMNS = pa.schema([("package", pa.string()), ("version", pa.string()), ("uploaded_at", pa.timestamp("us", tz="UTC"))])
KEY_COUNT = 2


def parse(content: bytes, version: str) -> Iterator[tuple[str, str, datetime]]:
    """Give the one row of a release.

    Raises
    ------
    ParseError
        If the document is not of a package's release.
    """
    said: Any = safely.load_json(content, NAME, version)
    try:
        row = (said["package"], said["version"], datetime.fromisoformat(said["uploaded_at"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ParseError.of_release(NAME, f"is no release ({error!r})", version) from error
    if " ".join(row[:2]) != version:
        raise ParseError.of_release(NAME, f"says that it is {row[0]} {row[1]}", version)
    yield row
