"""AWS on-demand machine prices of us-east-1 and of the two US government regions, as Karpenter ships them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import karpenter
from cloudmarket.sources.origin import GitTree

NAME = "karpenter_aws"
# The list has moved four times, and was split by partition in October 2023.
ORIGIN = GitTree("aws/karpenter-provider-aws", "pkg/**/zz_generated.pricing*.go")
COLUMNS = pa.schema([("region", pa.string()), ("machine", pa.string()), ("usd_per_hour", pa.float64())])
KEY_COUNT = 2
# Their list is a file of its own today; for some months of 2023 it was part of the common one.
_CHINA = "cn-"


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[str, str, float]]:
    """Give region, machine and USD per hour. The Chinese regions' prices are in another currency and left out.

    Raises
    ------
    ParseError
        If a file is no list of prices, or two lists contradict each other.
    """
    found: karpenter.Prices = {}
    for path, file in content.items():
        prices = karpenter.price_maps(file, NAME, version)
        if any(found.get(key, price) != price for key, price in prices.items()):
            raise ParseError.of_release(NAME, f"has two lists that differ, one of them {path}", version)
        found |= prices
    return karpenter.rows({key: price for key, price in found.items() if not key[0].startswith(_CHINA)})
