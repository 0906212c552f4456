"""Azure on-demand prices of accelerated machines in all regions, as Karpenter's provider for Azure ships them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from cloudmarket.sources import karpenter
from cloudmarket.sources.origin import GitFile

NAME = "karpenter_azure"
ORIGIN = GitFile("Azure/karpenter-provider-azure", "pkg/providers/pricing/zz_generated.pricing.go")
COLUMNS = pa.schema([("region", pa.string()), ("machine", pa.string()), ("usd_per_hour", pa.float64())])
KEY_COUNT = 2
# All accelerated machines are of this series; prices of others flip between meters from list to list.
_SERIES = "Standard_N"


def parse(content: bytes, version: str) -> Iterator[tuple[str, str, float]]:
    """Give region, machine and USD per hour of the N series. Raises ParseError."""
    prices = karpenter.price_maps(content, NAME, version)
    return karpenter.rows({key: price for key, price in prices.items() if key[1].startswith(_SERIES)})
