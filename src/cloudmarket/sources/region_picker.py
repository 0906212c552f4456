"""Which Google Cloud products are in which regions, from the data of the vendor's tool for choosing a region."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import GitFile

NAME = "region_picker"
ORIGIN = GitFile("GoogleCloudPlatform/region-picker", "data/products.json")
COLUMNS = pa.schema([("product", pa.string()), ("region", pa.string())])
KEY_COUNT = 2


def parse(content: bytes, version: str) -> Iterator[tuple[str, str]]:
    """Give a row per product and region where it is said to be available.

    Raises
    ------
    ParseError
        If the file is anything but products with yes or no per region.
    """
    products = safely.load_json(content, NAME, version)
    if not isinstance(products, dict) or not products:
        raise ParseError.of_release(NAME, "is no JSON object with a key per product", version)
    rows: list[tuple[str, str]] = []
    for product, regions in products.items():
        if not isinstance(regions, dict) or not all(isinstance(is_there, bool) for is_there in regions.values()):
            raise ParseError.of_release(NAME, f"says something else than yes or no of {product!r}", version)
        rows += [(product, region) for region, is_there in regions.items() if is_there]
    return iter(rows)
