"""Read a basket from a short TOML or CSV file, and refuse what is wrong with the place where it stands."""

from __future__ import annotations

import csv
import difflib
import io
import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cloudmarket import names, tables
from cloudmarket.arguments.workload.basket import ANYWHERE, CLOUDS, COMMITMENTS, EU, Basket, Line

TEXTS = ("name", "model", "as_good_as", "accelerator", "regions", "commitment")
NUMBERS = ("input_mtok", "output_mtok", "hours", "flexible_share")
COUNTS = ("prompt_tokens", "machine_accelerators")
COLUMNS = (*TEXTS, *NUMBERS, *COUNTS)
ITEMS = ("model", "as_good_as", "accelerator")
_TOKENS = ("input_mtok", "output_mtok", "prompt_tokens")
_HOURS = ("hours", "commitment", "machine_accelerators")
EXAMPLE = "example_basket.toml"


def example() -> Path:
    """Return the path of the example that comes with the package."""
    return Path(str(files("cloudmarket.arguments.workload") / "data" / EXAMPLE))


def read(path: str | Path) -> Basket:
    """Return the basket that a file states.

    Parameters
    ----------
    path : str or Path
        TOML: ``name`` and ``sellers`` (a list, the three clouds without it), then one ``[[line]]`` per thing bought,
        with ``COLUMNS``. CSV: a header of those columns, and one row per line; empty cells are not stated.

    Raises
    ------
    ValueError
        Naming line and column, if a column or name is unknown, an amount is missing, negative or no number, a share is
        not between zero and one, or two things are bought in one line.
    OSError
        If the file cannot be read.
    """
    where = Path(path)
    try:
        text = where.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"the file is not UTF-8 text ({error.reason} at byte {error.start})") from error
    if where.suffix.lower() == ".csv":
        return Basket(where.stem, tuple(_line(row, place) for place, row in enumerate(_csv(text), 1)))
    if where.suffix.lower() != ".toml":
        raise ValueError("a basket is a .toml or .csv file")
    return _toml(text, where.stem)


def _toml(text: str, stem: str) -> Basket:
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"this is no TOML: {error}") from error
    strange = set(stated) - {"name", "sellers", "line"}
    if strange:
        raise ValueError(f"{_unknown('key', sorted(strange)[0], ('name', 'sellers', 'line'))}")
    lines = stated.get("line", [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ValueError("write each line of the basket under [[line]]")
    sellers = stated.get("sellers", list(CLOUDS))
    if not isinstance(sellers, list) or not all(isinstance(seller, str) for seller in sellers):
        raise ValueError('sellers: write a list of codes, as ["aws", "gcp"]')
    parsed = tuple(_line(line, place) for place, line in enumerate(lines, 1))
    return Basket(str(stated.get("name", stem)), parsed, tuple(sellers))


def _csv(text: str) -> list[dict[str, Any]]:
    rows = list(csv.reader(io.StringIO(text)))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError("the file is empty")
    header = [cell.strip() for cell in rows[0]]
    found = []
    for place, row in enumerate(rows[1:], 1):
        if len(row) != len(header):
            raise ValueError(f"row {place} has {len(row)} cells, the header {len(header)}")
        found.append({name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()})
    strange = [name for name in header if name not in COLUMNS]
    if strange:
        raise ValueError(_unknown("column", strange[0], COLUMNS))
    return found


def _line(row: Mapping[str, Any], place: int) -> Line:
    """Return one line, checked; what is wrong is said with its place and column."""
    strange = [name for name in row if name not in COLUMNS]
    if strange:
        raise ValueError(f"line {place}: {_unknown('column', strange[0], COLUMNS)}")
    where = f"line {place} ({row['name']})" if row.get("name") else f"line {place}"
    try:
        return Line(**_checked(row, place))
    except ValueError as error:
        raise ValueError(f"{where}, {error}") from error


def _checked(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name in (name for name in COLUMNS if name in row):
        cells[name] = _text(row[name], name) if name in TEXTS else _number(row[name], name)
    stated = [name for name in ITEMS if cells.get(name)]
    if len(stated) != 1:
        said = "none is" if not stated else f"{' and '.join(stated)} are"
        raise ValueError(f"model: exactly one of {', '.join(ITEMS)} must be given, {said}")
    is_tokens = stated[0] != "accelerator"
    misplaced = [name for name in (_HOURS if is_tokens else _TOKENS) if name in cells]
    if misplaced:
        raise ValueError(f"{misplaced[0]}: it has no meaning for {'tokens' if is_tokens else 'accelerators'}")
    needed = [name for name in (_TOKENS[:2] if is_tokens else _HOURS[:1]) if name not in cells]
    if needed:
        raise ValueError(f"{needed[0]}: the amount is missing; write 0 for none")
    if not sum(cells[name] for name in (_TOKENS[:2] if is_tokens else _HOURS[:1])):
        raise ValueError(f"{_TOKENS[0] if is_tokens else _HOURS[0]}: nothing is bought; leave the line out")
    _check_names(cells, stated[0])
    return {"name": cells.pop("name", "") or f"{place}: {cells[stated[0]]}", **cells}


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: {value!r} is no text; write it in quotes")  # noqa: TRY004
    return value.strip()


def _number(value: Any, name: str) -> float | int:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name}: {value!r} is no number")
    if number < 0:
        raise ValueError(f"{name}: {value} is negative")
    if name == "flexible_share" and number > 1:
        raise ValueError(f"{name}: {value} is no share; write one between 0 and 1, as 0.5")
    if name in COUNTS and number != int(number):
        raise ValueError(f"{name}: {value} is no whole number")
    return int(number) if name in COUNTS else number


def _check_names(cells: dict[str, Any], item: str) -> None:
    known = _chips() if item == "accelerator" else _models()
    if cells[item] not in known:
        kind = "accelerator" if item == "accelerator" else "model"
        raise ValueError(f"{item}: {_unknown(kind, cells[item], known)}")
    if cells.get("commitment", "none") not in COMMITMENTS:
        raise ValueError(f"commitment: {_unknown('commitment', cells['commitment'], COMMITMENTS)}")
    if "regions" in cells:
        stated = cells["regions"]
        cells["regions"] = stated.lower() if stated.lower() in (ANYWHERE, EU) else stated.upper()
        if cells["regions"] not in (ANYWHERE, EU, *_countries()):
            raise ValueError(f"regions: {stated!r} is no place; write any, eu or a country: {', '.join(_countries())}")


def _unknown(kind: str, stated: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(stated, known, n=3, cutoff=0.5)
    listed = near if near or len(known) > 20 else known
    hint = f"; did you mean {' or '.join(listed)}?" if near else f"; there are {', '.join(listed)}" if listed else ""
    return f"no {kind} is called {stated!r}{hint}"


@cache
def _models() -> tuple[str, ...]:
    return tuple(names.models().model)


@cache
def _chips() -> tuple[str, ...]:
    return tuple(tables.load("accelerator").accelerator)


@cache
def _countries() -> tuple[str, ...]:
    return tuple(sorted(names.regions().country.dropna().unique()))
