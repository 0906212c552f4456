"""Regions of clouds with coordinates and days of launch, as a volunteer's list gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "cloud_regions"
ORIGIN = GitFile("jasonwilbur/mcp-server-cloud-regions", "data/regions.json")
COLUMNS = pa.schema(
    [
        ("provider", pa.string()),
        ("region", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("country", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("launched_on", pa.string()),
    ]
)
KEY_COUNT = 2

Row = tuple[str, str, str, str, str, str, float, float, str | None]


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row per provider and region.

    Raises
    ------
    ParseError
        If the file is anything but a list of regions, each with a country and a place on the globe.
    """
    try:
        rows = [_row(entry) for entry in safely.load_json(content, NAME, version)["regions"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ParseError.of_release(NAME, f"prints regions in another form ({error!r})", version) from error
    if not rows:
        raise ParseError.of_release(NAME, "names no region", version)
    return iter(rows)


def _row(entry: dict[str, Any]) -> Row:
    provider, region = _text(entry["provider"]), _text(entry["regionCode"])
    place, launched = entry["location"], entry.get("launchedDate")
    return (
        provider,
        region,
        _text(entry["displayName"]),
        _text(entry["regionType"]),
        _text(entry["status"]),
        _text(place["countryCode"]),
        _degrees(place["latitude"], 90),
        _degrees(place["longitude"], 180),
        None if launched is None else date.fromisoformat(launched).isoformat(),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no name")
    return value


def _degrees(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise ValueError(f"{value!r} is no place on the globe")
    return float(value)
