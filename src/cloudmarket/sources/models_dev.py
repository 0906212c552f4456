"""Prices and dates of models in the files of ``models.dev``: a TOML file per model and provider.

A row is a model of a provider and a context band, labels as printed, prices in USD per million tokens. What a file
inherits is resolved as data, as the project's own generator does it: from the description of a model
(``base_model``) or from another provider's file (``extends``, until June 2026).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources.origin import GitTree
from cloudmarket.sources.safely import load_toml

Row = tuple[Any, ...]
Record = dict[str, Any]

NAME = "models_dev"
PROVIDERS = (
    "amazon-bedrock", "anthropic", "azure", "cohere", "deepseek", "google", "google-vertex",
    "google-vertex-anthropic", "llama", "minimax", "mistral", "moonshotai", "nebius", "nova", "openai", "ovhcloud",
    "scaleway", "stackit", "xai", "zai",
)  # fmt: skip
"""Folders of the sellers that the study follows; that of Azure's older endpoint is links to ``azure``."""
# No seller that the study follows, but others inherit from its files.
_LENDERS = ("alibaba",)
ORIGIN = GitTree(
    "anomalyco/models.dev",
    "models/**/*.toml",
    *(f"providers/{provider}/models/**/*.toml" for provider in (*PROVIDERS, *_LENDERS)),
)
MEASURES = ("input", "output", "cache_read", "cache_write")
COLUMNS = pa.schema(
    [("label", pa.string()), ("context_from_tokens", pa.int64()), ("provider", pa.string())]
    + [(name, pa.float64()) for name in MEASURES]
    + [("inherited_from", pa.string()), ("context_tokens", pa.int64())]
    + [("release_date", pa.string()), ("knowledge", pa.string())]
)
KEY_COUNT = 2
ABSURD_USD_PER_MTOK = 1_000_000
ABSURD_TOKENS = 10**15
_LEGACY_BAND = 200_000
# The deepest so far: a file that inherits from one that inherits from one.
_DEEPEST = 5
# Nearly all files stay as they are from day to day.
_read: dict[bytes, Record] = {}


def parse(content: Mapping[str, bytes], version: str) -> Iterator[Row]:
    """Give a row per model of a provider and context band, the band from 0 always among them.

    Raises
    ------
    ParseError
        If a file is no TOML, inherits from one that is not there, or prints a price that cannot be one.
    """
    files = _Files(content, version)
    for path in sorted(content):
        provider = _provider(path)
        if provider in PROVIDERS:
            try:
                record, priced_in = files.resolved(path)
                yield from _rows(provider, path, record, priced_in)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                raise ParseError.of_release(NAME, f"{path}: {error}", version) from error


def _provider(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "providers" else ""


def _label(path: str) -> str:
    """Return ``provider/model id`` of a provider's file."""
    return path.removeprefix("providers/").replace("/models/", "/", 1).removesuffix(".toml")


class _Files:
    """The files of a snapshot, with what they inherit from each other."""

    def __init__(self, content: Mapping[str, bytes], version: str) -> None:
        self._content, self._version = content, version

    def resolved(self, path: str, depth: int = 0) -> tuple[Record, str]:
        """Return what a file says with all that it inherits, and the path of the file that states its price."""
        if path not in self._content:
            raise ValueError(f"it inherits from {path}, which is not there")
        if depth > _DEEPEST:
            raise ValueError("it inherits without end")
        own = self._toml(self._content[path])
        base, omitted = _base(own)
        if base is None:
            return own, path
        inherited, priced_in = self.resolved(base, depth + 1)
        merged = _merged(inherited, own)
        for name in omitted:
            _omit(merged, name.split("."))
        states_price = {"input", "output"} & own.get("cost", {}).keys()
        return merged, path if states_price else priced_in

    def _toml(self, content: bytes) -> Record:
        try:
            return _read.get(content) or _read.setdefault(content, load_toml(content, NAME, self._version))
        except ParseError as error:
            raise ValueError(error.problem) from error


def _base(own: Record) -> tuple[str | None, list[str]]:
    """Return the path of the file that a record inherits from, and what it does not take over from it."""
    if "base_model" in own:
        return f"models/{own['base_model']}.toml", own.get("base_model_omit", [])
    if "extends" in own:
        provider, _, model = own["extends"]["from"].partition("/")
        return f"providers/{provider}/models/{model}.toml", own["extends"].get("omit", [])
    return None, []


def _merged(base: Record, own: Record) -> Record:
    """Return a record with the other's entries over it; tables are merged, all else is replaced."""
    merged = dict(base)
    for name, value in own.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _omit(record: Record, parts: list[str]) -> None:
    name, *rest = parts
    if not rest:
        record.pop(name, None)
    elif isinstance(record.get(name), dict):
        # The table may be that of the file inherited from, which others read too.
        record[name] = dict(record[name])
        _omit(record[name], rest)


def _rows(provider: str, path: str, record: Record, priced_in: str) -> Iterator[Row]:
    inherited_from = None if priced_in == path or "cost" not in record else _label(priced_in)
    context = _tokens(record.get("limit", {}).get("context"))
    dates = [_text(record.get(name)) for name in ("release_date", "knowledge")]
    for band, cost in _bands(record.get("cost", {})).items():
        prices = [_price(cost.get(name), name) for name in MEASURES]
        yield (_label(path), band, provider, *prices, inherited_from, context, *dates)


def _bands(cost: Record) -> dict[int, Record]:
    """Return the prices by the prompt length from which they apply."""
    bands = {0: cost}
    for step in cost.get("tiers", []):
        tier = step["tier"]
        if tier.get("type", "context") != "context":
            raise ValueError(f"a tier by {tier['type']} is not known")
        size = _tokens(tier.get("size"))
        if not size or size in bands:
            raise ValueError(f"a tier from {tier.get('size')!r} tokens, or two of them")
        bands[size] = step
    # Where both are printed, the older field repeats the tier, whatever its true threshold.
    if "context_over_200k" in cost and len(bands) == 1:
        bands[_LEGACY_BAND] = cost["context_over_200k"]
    return bands


def _price(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= ABSURD_USD_PER_MTOK:
        raise ValueError(f"prints {name} = {value!r}, which no price per million tokens can be")
    return float(value)


def _tokens(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < ABSURD_TOKENS:
        raise ValueError(f"prints {value!r} as a number of tokens")
    return value


def _text(value: Any) -> str | None:
    return str(value) if value else None
