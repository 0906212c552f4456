"""AWS prices of accelerated machines in all regions, 2013 to 2017, as a comparison site collected them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "ec2instances"
ORIGIN = GitFile("vantage-sh/ec2instances.info", "www/instances.json", one_per_day=True)
COLUMNS = pa.schema(
    [("region", pa.string()), ("kind", pa.string()), ("machine", pa.string()), ("usd_per_hour", pa.float64())]
)
KEY_COUNT = 3
# A file of the first weeks lists few machines, a later one all generations: a loss of rows is no sign of a broken file.
SMALLEST_REST = 0.3

# Families with accelerators at any time: cluster GPU, graphics, parallel computing, field-programmable, inference.
_FAMILY = re.compile(r"(?:cg|g|p|f|inf|trn|dl|vt)\d")
# Hourly equivalents; AWS sells no three-year commitment without money down before 2017.
_TERMS = {
    "yrTerm1.noUpfront": "commit_1y",
    "yrTerm1Standard.noUpfront": "commit_1y",
    "yrTerm3.partialUpfront": "commit_3y",
    "yrTerm3Standard.partialUpfront": "commit_3y",
}
_NO_PRICE = {None, "", "N/A", "N/A*", "0"}


def parse(content: bytes, version: str) -> Iterator[tuple[str, str, str, float]]:
    """Give region, kind of price, machine and USD per hour, for Linux.

    Raises
    ------
    ParseError
        If the file is no list of machines with prices by region and system.
    """
    machines = safely.load_json(content, NAME, version)
    if not isinstance(machines, list) or not machines:
        raise ParseError.of_release(NAME, "is no list of machines", version)
    for machine in machines:
        if not isinstance(machine, dict) or not isinstance(machine.get("pricing"), dict):
            raise ParseError.of_release(NAME, "lists a machine without prices by region", version)
        name = str(machine.get("instance_type"))
        if _FAMILY.match(name):
            for region, systems in sorted(machine["pricing"].items()):
                for kind, price in _kinds(systems.get("linux"), version):
                    yield region, kind, name, price


def _kinds(linux: Any, version: str) -> Iterator[tuple[str, float]]:
    """Yield kind and price: a bare price in early files, prices by kind and term later."""
    printed = linux if isinstance(linux, dict) else {"ondemand": linux}
    found = {"on_demand": printed.get("ondemand")}
    found |= {_TERMS[term]: price for term, price in (printed.get("reserved") or {}).items() if term in _TERMS}
    for kind, price in sorted(found.items()):
        if price not in _NO_PRICE:
            try:
                yield kind, float(price)  # type: ignore[arg-type]
            except (TypeError, ValueError) as error:
                raise ParseError.of_release(NAME, f"prints the price {price!r}", version) from error
