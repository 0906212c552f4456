"""Google Cloud's machine prices by region, as a volunteer's calculator collects them from the vendor's catalogue.

One YAML file of up to 4 MB lists each machine type with a block of prices per region. YAML libraries need minutes
for the whole history, so the one section that matters is read line by line, and only the machines whose block
changed. The reader takes the plain mappings of numbers that the section consists of and refuses all else: tags,
anchors, quotes, repeated names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources.cyclenerd import NAME_SHAPE as _NAME
from cloudmarket.sources.cyclenerd import REPOSITORY
from cloudmarket.sources.origin import GitFile

Row = tuple[str, str, float | None, float | None, float | None, float | None]

NAME = "cyclenerd_prices"
ORIGIN = GitFile(REPOSITORY, "pricing.yml")
PRICES = ("hour", "hour_spot", "month_1y", "month_3y")
COLUMNS = pa.schema([("machine", pa.string()), ("region", pa.string()), *((name, pa.float64()) for name in PRICES)])
KEY_COUNT = 2

# Ten times what the dearest machine of the catalogue costs a month: what exceeds it is a broken file.
ABSURD_USD = 10_000_000.0
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_MACHINE = re.compile(rf"    ({_NAME}):\n")
_ATTRIBUTE = re.compile(rf"      ({_NAME}): \S+")
_REGION = re.compile(rf"        ({_NAME}):")
_PRICE = re.compile(rf"          ([a-z0-9_]+): ({_NUMBER})")
_BLOCK_START = re.compile(r"^    (?=[^ \n])", re.MULTILINE)
_DEDENT = re.compile(r"^ {0,3}[^ \n]", re.MULTILINE)
_SECTION = re.compile(rf"(?:  )?{_NAME}:")
_COMPUTE = "\ncompute:\n"
_INSTANCE = "  instance:\n"
_COST = "      cost:"

_known: dict[str, tuple[str, list[Row]]] = {}


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row per machine type and region: USD per hour, per spot hour, and per month of a commitment.

    Raises
    ------
    ParseError
        If the file has no such section, or anything in it but plain names and numbers.
    """
    try:
        rows = [row for block in _blocks(content.decode()) for row in _remembered(block)]
    except ValueError as error:
        raise ParseError.of_release(NAME, str(error), version) from error
    return iter(rows)


def _blocks(text: str) -> Iterator[str]:
    """Yield the block of each machine. Raises ValueError if the section is missing or a machine repeats."""
    text = f"\n{text}"
    if text.count(_COMPUTE) != 1:
        raise ValueError("does not have one section of computing prices")
    start = text.index(_COMPUTE) + len(_COMPUTE)
    if not text.startswith(_INSTANCE, start):
        raise ValueError("does not begin its computing prices with machines")
    start += len(_INSTANCE)
    end = _DEDENT.search(text, start)
    # Only the next section may end this one: a tab or a remark must not cut it short unseen.
    if end and not _SECTION.match(text, end.start()):
        raise ValueError(f"prints {text[end.start() :].split(chr(10), 1)[0]!r} among the machines")
    section = text[start : end.start() if end else len(text)]
    bounds = [match.start() for match in _BLOCK_START.finditer(section)]
    if not bounds or bounds[0] != 0:
        raise ValueError("lists no machine")
    seen: set[str] = set()
    for begin, stop in zip(bounds, [*bounds[1:], len(section)], strict=True):
        block = section[begin:stop]
        name = block[: block.find("\n")]
        if name in seen:
            raise ValueError(f"lists {name.strip()} twice")
        seen.add(name)
        yield block


def _remembered(block: str) -> list[Row]:
    """Return a machine's rows; those of an unchanged block are the same objects as the last time."""
    name = block[: block.find("\n")]
    before, rows = _known.get(name, ("", []))
    if before != block:
        rows = list(_rows(block))
        _known[name] = block, rows
    return rows


def _rows(block: str) -> Iterator[Row]:
    """Read a machine's block line by line. Raises ValueError, saying which line is not as it should be."""
    head = _MACHINE.match(block)
    if head is None:
        raise ValueError(f"names no machine in {block.split(chr(10), 1)[0]!r}")
    machine = head[1]
    in_cost, has_cost = False, False
    regions: dict[str, dict[str, float]] = {}
    prices: dict[str, float] = {}
    for line in block[head.end() :].removesuffix("\n").split("\n"):
        if in_cost and (price := _PRICE.fullmatch(line)) and regions:
            _add(prices, price[1], _usd(price[2]), line)
        elif in_cost and (region := _REGION.fullmatch(line)):
            prices = {}
            _add(regions, region[1], prices, line)
        elif line == _COST and not has_cost:
            in_cost = has_cost = True
        elif _ATTRIBUTE.fullmatch(line):
            in_cost = False
        else:
            raise ValueError(f"prints {line!r} among the prices of {machine}")
    # Some machines are listed before they have any price; a region without one is an error.
    if has_cost and not (regions and all(regions.values())):
        raise ValueError(f"prints no price of {machine}")
    for name, found in regions.items():
        yield machine, name, found.get("hour"), found.get("hour_spot"), found.get("month_1y"), found.get("month_3y")


def _add(mapping: dict[str, Any], name: str, value: Any, line: str) -> None:
    if name in mapping:
        raise ValueError(f"repeats {line.strip()!r}")
    mapping[name] = value


def _usd(printed: str) -> float:
    price = float(printed)
    if price > ABSURD_USD:
        raise ValueError(f"prints {printed} USD for a machine")
    return price
