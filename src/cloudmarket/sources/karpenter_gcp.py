"""Google Cloud on-demand and spot machine prices, as Karpenter's provider for Google Cloud ships them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.karpenter import ABSURD_USD
from cloudmarket.sources.origin import GitFile

NAME = "karpenter_gcp"
ORIGIN = GitFile("cloudpilot-ai/karpenter-provider-gcp", "pkg/providers/pricing/initial-prices.json")
COLUMNS = pa.schema(
    [("region", pa.string()), ("kind", pa.string()), ("machine", pa.string()), ("usd_per_hour", pa.float64())]
)
KEY_COUNT = 3
KINDS = ("on_demand", "spot")
# Series A and G carry accelerators, CT are TPU machines; all others have none unless one is attached at its own price.
_SERIES = re.compile(r"a\d|g[2-9]|ct\d|tpu")


def parse(content: bytes, version: str) -> Iterator[tuple[str, str, str, float]]:
    """Give region, kind of price, machine and USD per hour of the accelerated series.

    Raises
    ------
    ParseError
        If the file is anything but prices by region, kind and machine.
    """
    document = safely.load_json(content, NAME, version)
    regions = document.get("prices") if isinstance(document, dict) else None
    if not isinstance(regions, dict) or not regions:
        raise ParseError.of_release(NAME, "is no JSON object with prices by region", version)
    for region, kinds in sorted(regions.items()):
        if not isinstance(kinds, dict) or not kinds.keys() <= set(KINDS):
            raise ParseError.of_release(NAME, f"has other kinds of prices in {region}", version)
        for kind, prices in sorted(kinds.items()):
            for machine, price in sorted(prices.items()):
                if not isinstance(price, int | float) or not 0 <= price <= ABSURD_USD:
                    raise ParseError.of_release(NAME, f"prints {price!r} for {machine} in {region}", version)
                if _SERIES.match(machine) and price > 0:
                    yield region, kind, machine, float(price)
