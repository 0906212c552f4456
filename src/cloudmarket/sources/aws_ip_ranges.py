"""Public IPv4 addresses of Amazon Web Services by region, from its list of address ranges.

Amazon overwrites the list; a volunteer's repository commits every version. A row is a region and a service:
``AMAZON`` holds all addresses, ``EC2`` those of virtual machines. A prefix may lie within another of the same region
and service, so addresses are counted once.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "aws_ip_ranges"
ORIGIN = GitFile("seligman/aws-ip-ranges", "ip-ranges.json", one_per_day=True)
COLUMNS = pa.schema(
    [
        ("region", pa.string()),
        ("service", pa.string()),
        ("ipv4_addresses", pa.int64()),
        ("ipv4_prefixes", pa.int64()),
    ]
)
KEY_COUNT = 2
SERVICES = ("AMAZON", "EC2")

Row = tuple[str, str, int, int]


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row per region and service.

    Raises
    ------
    ParseError
        If the file is no JSON, or prints anything but ranges with region and service.
    """
    try:
        return iter(_rows(safely.load_json(content, NAME, version)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ParseError.of_release(NAME, f"prints ranges in another form ({error!r})", version) from error


def _rows(ranges: dict[str, Any]) -> list[Row]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in ranges["prefixes"]:
        if entry["service"] in SERVICES:
            found[_text(entry["region"]), entry["service"]].add(entry["ip_prefix"])
    if not found:
        raise ValueError("no range")
    return [(region, service, _distinct(prefixes), len(prefixes)) for (region, service), prefixes in found.items()]


def _distinct(prefixes: set[str]) -> int:
    """Return how many addresses lie in any of the prefixes."""
    count, reached = 0, 0
    for first, end in sorted(map(_ends, prefixes)):
        count += max(0, end - max(first, reached))
        reached = max(reached, end)
    return count


@lru_cache(maxsize=100_000)
def _ends(prefix: str) -> tuple[int, int]:
    """Return the first address of a prefix, and the one after its last."""
    network = ipaddress.IPv4Network(prefix)
    first = int(network.network_address)
    return first, first + network.num_addresses


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no name")
    return value
