"""The AI price map of the ``litellm`` package: one JSON object, a key per model and provider.

A key's prices come as fields such as ``input_cost_per_token_above_200k_tokens_batches``: a measure and a
suffix. A row here is a key and a suffix; the suffix and every label stay as printed. Prices are USD per token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import orjson
import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources.origin import PackageMember

Row = tuple[Any, ...]

NAME = "litellm"
ORIGIN = PackageMember("litellm", "litellm/model_prices_and_context_window_backup.json")
MEASURES = (
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
)
LIMITS = ("max_input_tokens", "max_output_tokens", "max_tokens")
LABELS = ("litellm_provider", "mode", "deprecation_date", "source")
COLUMNS = pa.schema(
    [("label", pa.string()), ("suffix", pa.string())]
    + [(name, pa.float64()) for name in MEASURES]
    + [(name, pa.int64()) for name in LIMITS]
    + [(name, pa.string()) for name in LABELS]
)
KEY_COUNT = 2

# The map documents its own fields in an entry that is no model.
TEMPLATE = "sample_spec"
# A million USD per million tokens: five times the largest misprint the map has carried so far, so whatever
# exceeds it is a broken file and not an oddity of one entry.
ABSURD_USD_PER_TOKEN = 1.0
ABSURD_TOKENS = 1e15
_FIELD = re.compile("(" + "|".join(MEASURES) + r")(_.+)?$")


@cache
def _place(field: str) -> tuple[int, str] | None:
    """Return (number of the measure, suffix) for a price field, None for any other field."""
    match = _FIELD.match(field)
    return (MEASURES.index(match[1]), match[2] or "") if match else None


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give a row per key and price suffix, the plain suffix '' always among them.

    Raises
    ------
    ParseError
        If the member is not a JSON object of objects, or prints a price that cannot be one.
    """
    try:
        return iter(_parsed(content))
    except (ValueError, TypeError) as error:
        raise ParseError.of_release(NAME, str(error), version) from error


# Half of the releases carry the map of a release shortly before, and the others repeat nine of ten entries.
_known: dict[str, tuple[bytes, list[Row]]] = {}


@lru_cache(maxsize=16)
def _parsed(content: bytes) -> list[Row]:
    """Return the rows of a map. Raises ValueError or TypeError, saying what is wrong."""
    try:
        entries = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"the price map is not JSON ({error})") from error
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise TypeError("the price map is not a JSON object with an object per key")
    if not entries.keys() - {TEMPLATE}:
        raise ValueError("the price map lists no model")
    found: list[Row] = []
    for label, entry in entries.items():
        if label == TEMPLATE:
            continue
        printed = orjson.dumps(entry)
        before, rows = _known.get(label, (b"", []))
        if before != printed:
            rows = list(_rows(label, entry))
            _known[label] = printed, rows
        found += rows
    return found


def _rows(label: str, entry: dict[str, Any]) -> Iterator[Row]:
    prices: dict[str, list[float | None]] = {"": [None, None, None, None]}
    for field, value in entry.items():
        place = _place(field)
        if place is not None and value is not None:
            measure, suffix = place
            cells = prices.setdefault(suffix, [None, None, None, None])
            cells[measure] = _price(value, label, field)
    limits = [_limit(entry.get(name), label, name) for name in LIMITS]
    labels = [_text(entry.get(name)) for name in LABELS]
    for suffix, cells in prices.items():
        yield (label, suffix, *cells, *limits, *labels)


def _price(value: Any, label: str, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{label!r} prints {field} as {value!r}, not as a number")
    if not 0 <= value <= ABSURD_USD_PER_TOKEN:
        raise ValueError(f"{label!r} prints {field} = {value!r}, which no price per token can be")
    return float(value)


def _limit(value: Any, label: str, field: str) -> int | None:
    """Return a token limit; the map prints some as 1e6 or '8192', and words where it has none."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= ABSURD_TOKENS:
        raise TypeError(f"{label!r} prints {field} as {value!r}, not as a number of tokens")
    return int(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
