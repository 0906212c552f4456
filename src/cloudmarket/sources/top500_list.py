"""Read one list of the 500 fastest computers from its Excel file, and keep the computers of cloud operators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from cloudmarket.errors import CheckError, ParseError
from cloudmarket.names import benchmarks
from cloudmarket.sources import safely

COLUMNS = pa.schema(
    [
        ("listed_on", pa.date32()),
        ("rank", pa.int64()),
        ("name", pa.string()),
        ("computer", pa.string()),
        ("site", pa.string()),
        ("manufacturer", pa.string()),
        ("country", pa.string()),
        ("year", pa.int64()),
        ("accelerator", pa.string()),
        ("rmax_tflops", pa.float64()),
        ("rpeak_tflops", pa.float64()),
        ("power_kw", pa.float64()),
    ]
)
KEY_COUNT = 2

LENGTH = 500
# The header says TFlop/s from 2018 on; the two lists of 2017 print TFlop/s under the older header.
_FIRST_IN_TFLOPS = date(2017, 6, 1)
_NAMES = {
    "accelerator": ("Accelerator/Co-Processor", "Accelerator"),
    "rmax": ("Rmax [TFlop/s]", "Rmax", "RMax"),
    "rpeak": ("Rpeak [TFlop/s]", "Rpeak", "RPeak"),
    "power": ("Power (kW)", "Power"),
}
_NEEDED = ("Rank", "Computer", "Site", "Manufacturer", "Country", "Year")


def rows(content: bytes, listed_on: date, source: str, version: str) -> Iterator[tuple[Any, ...]]:
    """Give the computers of cloud operators on a list.

    Raises
    ------
    ParseError
        If the file is no list of 500 computers in order of rank.
    """
    where = f"the list of {listed_on:%Y-%m}"
    cells = next(iter(safely.sheets(content, source, version).values()), [])
    head = [str(cell) for cell in cells[0]] if cells else []
    place = {name: next((head.index(form) for form in forms if form in head), None) for name, forms in _NAMES.items()}
    missing = [name for name in _NEEDED if name not in head] + [n for n in ("rmax", "rpeak") if place[n] is None]
    if missing:
        raise ParseError.of_release(source, f"{where} has no column {', '.join(missing)}", version)
    if len(cells) != LENGTH + 1:
        raise ParseError.of_release(source, f"{where} has {len(cells) - 1} computers, not {LENGTH}", version)
    per_tflops = 1.0 if listed_on >= _FIRST_IN_TFLOPS else 1000.0
    for row in cells[1:]:
        text = {name: _text(row[head.index(name)]) for name in (*_NEEDED, "Name") if name in head}
        if not _is_of_a_cloud(text, where, source, version):
            continue
        number = {name: _number(row, place[name], where, source, version) for name in ("rmax", "rpeak", "power")}
        if not number["rmax"] or not number["rpeak"]:
            raise ParseError.of_release(source, f"{where} prints no Rmax or Rpeak of {text['Computer']}", version)
        accelerator = _text(row[place["accelerator"]]) if place["accelerator"] is not None else None
        yield (
            listed_on, int(float(row[head.index("Rank")])), text.get("Name"), text["Computer"], text["Site"],
            text["Manufacturer"], text["Country"], int(float(row[head.index("Year")])),
            None if accelerator == "None" else accelerator,
            number["rmax"] / per_tflops, number["rpeak"] / per_tflops, number["power"] or None,
        )  # fmt: skip


def _is_of_a_cloud(text: dict[str, str | None], where: str, source: str, version: str) -> bool:
    try:
        return benchmarks.top500_operator(text["Site"] or "", text["Computer"] or "") is not None
    except CheckError as error:
        raise ParseError.of_release(source, f"{where}: {error}", version) from error


def _text(cell: Any) -> str | None:
    # Some cells carry spaces of no width.
    return " ".join(str(cell).replace("\u200b", "").split()) or None


def _number(row: list[Any], place: int | None, where: str, source: str, version: str) -> float | None:
    cell = row[place] if place is not None else None
    if cell is None or cell == "":
        return None
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if number < 0:
        raise ParseError.of_release(source, f"{where} prints {cell!r} as a number", version)
    return number
