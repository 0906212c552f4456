"""Prices of machines with accelerators at European clouds, as a volunteer compares them.

The collection states no licence. What is kept of it are facts: which machine with which accelerator at what price.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "eu_cloud_prices"
ORIGIN = GitFile("mixxor/eu-cloud-prices", "normalized.json", one_per_day=True)
COLUMNS = pa.schema(
    [
        ("provider", pa.string()),
        ("region", pa.string()),
        ("machine", pa.string()),
        ("kind", pa.string()),
        ("currency", pa.string()),
        ("price_per_hour", pa.float64()),
        ("accelerator", pa.string()),
        ("accelerator_count", pa.int64()),
    ]
)
KEY_COUNT = 4
# Providers come and go as volunteers add them and fetchers break.
SMALLEST_REST = 0.2

# The three are read elsewhere, from lists with more of them.
_ELSEWHERE = {"aws", "azure", "gcp"}
_KINDS = {"price_hourly": "on_demand", "price_hourly_commitment_36mo": "commit_3y"}
_MODEL = ("gpu_model", "gpu_type", "gpu")


def parse(content: bytes, version: str) -> Iterator[tuple[Any, ...]]:
    """Give provider, place, machine, kind, currency, price per hour, and the accelerator as far as printed.

    Raises
    ------
    ParseError
        If the file is no JSON object with machines by provider, or prints something else than a number as a price.
    """
    document = safely.load_json(content, NAME, version)
    providers = document.get("providers") if isinstance(document, dict) else None
    if not isinstance(providers, dict) or not providers:
        raise ParseError.of_release(NAME, "is no JSON object with machines by provider", version)
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for provider, offer in sorted(providers.items()):
        if provider not in _ELSEWHERE:
            for machine in offer.get("instances") or ():
                if machine.get("category") == "gpu" or any(key in machine for key in ("gpu_count", *_MODEL)):
                    for row in _rows(provider, machine, version):
                        # A machine is listed once per operating system or disk at the same place: the cheapest is bare.
                        before = found.get(row[:KEY_COUNT])
                        if before is None or row[5] < before[5]:
                            found[row[:KEY_COUNT]] = row
    return iter(found.values())


def _rows(provider: str, machine: dict[str, Any], version: str) -> Iterator[tuple[Any, ...]]:
    name, place = str(machine.get("id")), str(machine.get("location") or "")
    model = next((str(machine[key]) for key in _MODEL if isinstance(machine.get(key), str)), None)
    count = next((machine[key] for key in ("gpu_count", "gpu") if isinstance(machine.get(key), int)), None)
    for key, kind in _KINDS.items():
        price = machine.get(key)
        if price is None or price == 0:
            continue
        if not isinstance(price, int | float) or price < 0:
            raise ParseError.of_release(NAME, f"prints the price {price!r} of {name} at {provider}", version)
        # Four digits are the fact; more would be the collection's own work.
        rounded = float(f"{price:.4g}")
        yield provider, place, name, kind, str(machine.get("currency")), rounded, model, count
