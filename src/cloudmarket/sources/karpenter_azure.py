"""Azure on-demand prices of accelerated machines in all regions, as Karpenter's provider for Azure ships them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import karpenter
from cloudmarket.sources.origin import GitFile

NAME = "karpenter_azure"
ORIGIN = GitFile("Azure/karpenter-provider-azure", "pkg/providers/pricing/zz_generated.pricing.go")
COLUMNS = pa.schema([("region", pa.string()), ("machine", pa.string()), ("usd_per_hour", pa.float64())])
KEY_COUNT = 2
# By the cloud's naming all machines with accelerators are of series N; prices of others flip between meters. Labels
# without the prefix are dedicated hosts, which hold several machines, and leftovers.
_SERIES = "Standard_N"
_REVIEWED = re.compile(r"(?:(?:Standard|Basic)_)?(?:[A-HLMN]|PB|SQL)|ARM_SKU")


def parse(content: bytes, version: str) -> Iterator[tuple[str, str, float]]:
    """Give region, machine and USD per hour of the N series.

    Raises
    ------
    ParseError
        If the file is no list of prices, or has machines of a series that nobody has reviewed.
    """
    prices = karpenter.price_maps(content, NAME, version)
    unknown = sorted({sku for _, sku in prices if not _REVIEWED.match(sku)})
    if unknown:
        raise ParseError.of_release(NAME, f"has machines of an unknown series: {', '.join(unknown[:5])}", version)
    return karpenter.rows({key: price for key, price in prices.items() if key[1].startswith(_SERIES)})
