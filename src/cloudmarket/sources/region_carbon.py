"""How carbon-free the electricity of Google Cloud's regions was, year by year, as the vendor publishes it.

A file per year, a row per region. The heading of the intensity says how it was reckoned, so it is kept as printed;
the share of carbon-free energy was printed as ``78%`` at first and as ``0.78`` since 2021-03.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitTree

NAME = "region_carbon"
ORIGIN = GitTree("GoogleCloudPlatform/region-carbon-info", "data/yearly/20*.csv")
COLUMNS = pa.schema(
    [
        ("year", pa.int64()),
        ("region", pa.string()),
        ("carbon_free_share", pa.float64()),
        ("gco2_per_kwh", pa.float64()),
        ("intensity_label", pa.string()),
    ]
)
KEY_COUNT = 2

_PATH = re.compile(r"data/yearly/(20\d\d)\.csv")
_REGION = ("Google Cloud Region", "Cloud Region", "region")
_SHARE = ("Google CFE", "Google CFE%", "google_cfe")
_INTENSITY = (
    "Grid carbon intensity (gCO2eq / kWh)",
    "Lifecycle grid carbon intensity (gCO2eq / kWh)",
    "Grid gCO2eq / kWh",
    "grid_gCO2perkWh",
)
# The dirtiest grids run on coal alone, at about 1,000 g.
_ABSURD_GRAMS = 2_000.0

Row = tuple[int, str, float | None, float | None, str]


def parse(content: Mapping[str, bytes], version: str) -> Iterator[Row]:
    """Give a row per year and region.

    Raises
    ------
    ParseError
        If a file is not named by a year, lacks a column, or prints what is no share or no intensity.
    """
    for path, text in content.items():
        match = _PATH.fullmatch(path)
        if match is None:
            raise ParseError.of_release(NAME, f"{path!r} is no file of a year", version)
        yield from _year(int(match[1]), text, version)


def _year(year: int, content: bytes, version: str) -> Iterator[Row]:
    rows = list(safely.csv_rows(content, NAME, version))
    if not rows:
        raise ParseError.of_release(NAME, f"has no region in {year}", version)
    region, share, intensity = (_heading(rows[0], names, year, version) for names in (_REGION, _SHARE, _INTENSITY))
    for row in rows:
        if not row[region]:
            raise ParseError.of_release(NAME, f"has a row without a region in {year}", version)
        yield (
            year,
            row[region],
            _number(row[share], 1, f"{year} {row[region]}", version),
            _number(row[intensity], _ABSURD_GRAMS, f"{year} {row[region]}", version),
            intensity,
        )


def _heading(row: Mapping[str, str], names: tuple[str, ...], year: int, version: str) -> str:
    found = [name for name in names if name in row]
    if len(found) != 1:
        raise ParseError.of_release(NAME, f"has not one column {' or '.join(names)} in {year}", version)
    return found[0]


def _number(printed: str | None, most: float, where: str, version: str) -> float | None:
    """Return a number; nothing where nothing is printed. ``78%`` is 0.78."""
    if printed is None or not printed.strip():
        return None
    text, percent = printed.strip(), printed.strip().endswith("%")
    try:
        number = round(float(text.rstrip("%")) / 100, 6) if percent else float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        raise ParseError.of_release(NAME, f"prints {printed!r} for {where}", version)
    return number
