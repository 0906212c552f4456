"""AI compute by owner and chip, as Epoch AI estimates it: stocks at the ends of quarters with 5 to 95 % intervals.

Totals of an owner are simulated apart from its chips: medians and percentiles of chips do not add up to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitTree

NAME = "epoch_compute"
ORIGIN = GitTree("epoch-research/ai-chip-counts", "owners_csv_export/**/*_cumulative_*.csv")
_NUMBERS = {
    "h100e_median": "Compute estimate in H100e (median)",
    "h100e_p05": "H100e (5th percentile)",
    "h100e_p95": "H100e (95th percentile)",
    "units_median": "Number of Units",
    "units_p05": "Number of Units (5th percentile)",
    "units_p95": "Number of Units (95th percentile)",
}
COLUMNS = pa.schema(
    [
        ("manufacturer", pa.string()),
        ("owner", pa.string()),
        ("chip", pa.string()),
        ("ended_on", pa.date32()),
        ("started_on", pa.date32()),
        *((name, pa.float64()) for name in _NUMBERS),
        ("incomplete", pa.string()),
        ("notes", pa.string()),
    ]
)
KEY_COUNT = 4
ALL_CHIPS = ""
"""What stands for the chip where a row is an owner's total."""

_LABELS = ("Chip manufacturer", "Owner", "Start date", "End date", "Notes")
# One of the files spells the median of the units out.
_UNITS = "Number of Units (median)"


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[Any, ...]]:
    """Give manufacturer, owner, chip ('' for the total), quarter's end, first day counted, and the estimates.

    Raises
    ------
    ParseError
        If a file misses a column, or prints a number or a date that cannot be one.
    """
    if not content:
        raise ParseError.of_release(NAME, "has no files", version)
    for path, file in content.items():
        needed = [*_LABELS, *list(_NUMBERS.values())[:3]]
        is_by_chip = path.endswith("_by_chip.csv")
        for row in safely.csv_rows(file, NAME, version, needed=[*needed, "Chip type"] if is_by_chip else needed):
            row.setdefault(_NUMBERS["units_median"], row.get(_UNITS, ""))
            chip = row["Chip type"] if is_by_chip else ALL_CHIPS
            if is_by_chip == (chip == ALL_CHIPS):
                raise ParseError.of_release(NAME, f"{path} has a row without a chip", version)
            days = [_day(row[name], path, version) for name in ("End date", "Start date")]
            numbers = [_number(row.get(column, ""), column, path, version) for column in _NUMBERS.values()]
            incomplete = row.get("Incomplete") or None
            yield row["Chip manufacturer"], row["Owner"], chip, *days, *numbers, incomplete, row["Notes"] or None


def _day(printed: str, path: str, version: str) -> date:
    try:
        return datetime.strptime(printed, "%m/%d/%Y").date()
    except ValueError as error:
        raise ParseError.of_release(NAME, f"{path} prints the date {printed!r}", version) from error


def _number(printed: str, column: str, path: str, version: str) -> float:
    try:
        number = float(printed)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ParseError.of_release(NAME, f"{path} prints {printed!r} as {column}", version)
    return number
