"""Price lists that a cluster autoscaler compiles in: Go source files, read as text and never compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloudmarket.errors import ParseError

Prices = dict[tuple[str, str], float]

ABSURD_USD = 10_000.0
"""Ten times the dearest machine's hour: what exceeds it is a broken file."""

_COMMENT = re.compile(r"//[^\n]*")
# A region opens a block; a flat list of an early version has none and names its region in a comment.
_TOKEN = re.compile(
    r'"(?P<region>[a-z0-9-]+)"\]?\s*(?::|=\s*map\[string\]float64)\s*\{'
    r'|"(?P<sku>[^"\n]+)":\s*(?P<price>[0-9]+(?:\.[0-9]+)?)\s*,'
)
_FLAT = re.compile(r"^// generated at [^\n]* for ([a-z0-9-]+)$", re.MULTILINE)
_PAIR = re.compile(r'"[^"\n]+":\s*[^\s{]')


def price_maps(content: bytes, source: str, version: str) -> Prices:
    """Return prices by (region, machine) out of a Go file of map literals.

    Raises
    ------
    ParseError
        If the file has no price, a pair that is no price, a price outside of a region, or one machine twice.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ParseError.of_release(source, f"is no UTF-8 text ({error})", version) from error
    named = _FLAT.search(text)
    body = _COMMENT.sub("", text[text.find("OnDemandPrices") :])
    region = named[1] if named else None
    prices: Prices = {}
    for found in _TOKEN.finditer(body):
        if found["region"]:
            region = found["region"]
            continue
        key, price = (region or "", found["sku"]), float(found["price"])
        if not key[0] or key in prices or price > ABSURD_USD:
            raise ParseError.of_release(source, f"prints {found[0]!r} twice, out of place or absurd", version)
        prices[key] = price
    if not prices or len(prices) != len(_PAIR.findall(body)):
        raise ParseError.of_release(source, f"has {len(prices)} prices that can be read, and other pairs", version)
    return prices


def rows(prices: Prices) -> Iterator[tuple[str, str, float]]:
    """Yield region, machine and price in order; a price of zero is none."""
    for (region, sku), price in sorted(prices.items()):
        if price > 0:
            yield region, sku, price
