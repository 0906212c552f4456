"""Dated prices of the ``genai-prices`` package: a Python module that holds data, read as data.

The module is parsed with :mod:`ast` and never imported or executed. A row is a price entry of a model:
variant (such as ``processing=batch``), context band and the day the entry starts, all as printed. Prices are
USD per million tokens.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources.origin import PackageMember

NAME = "genai_prices"
ORIGIN = PackageMember("genai-prices", "genai_prices/data.py")
MEASURES = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
COLUMNS = pa.schema(
    [
        ("provider_id", pa.string()),
        ("label", pa.string()),
        ("variant", pa.string()),
        ("context_from_tokens", pa.int64()),
        ("starts_on", pa.date32()),
    ]
    + [(name, pa.float64()) for name in MEASURES]
    + [("ends_on", pa.date32()), ("context_window", pa.int64()), ("checked_on", pa.date32())]
)
KEY_COUNT = 5
ABSURD_USD_PER_MTOK = 1_000_000
# The calls that a data module may make; any other one is code, whatever arguments it takes.
RECORDS = (
    "Provider", "ModelInfo", "ModelPrice", "ConditionalPrice", "PriceVariant", "StartDateConstraint",
    "TimeOfDateConstraint", "TieredPrices", "Tier",
)  # fmt: skip
# Deep nesting ends the parser with one of the last two.
_NOT_THE_SHAPE = (
    SyntaxError, ValueError, LookupError, TypeError, AttributeError, InvalidOperation, RecursionError, MemoryError
)  # fmt: skip

Call = ast.Call
Prices = dict[str, Any]


def parse(content: bytes, version: str) -> Iterator[tuple[Any, ...]]:
    """Yield the price entries of every model of every provider.

    Raises
    ------
    ParseError
        If the bytes are no Python module of the known shape, or print a price that cannot be one.
    """
    try:
        tree = ast.parse(content)
        providers = _providers(tree)
        rows = [row for provider in providers for row in _provider_rows(_arguments(provider))]
    except _NOT_THE_SHAPE as error:
        raise ParseError.of_release(
            NAME, f"data.py has not the known shape ({type(error).__name__}: {error})", version
        ) from error
    if not rows:
        raise ParseError.of_release(NAME, "data.py lists no prices", version)
    repeated = [key for key, count in Counter(row[:KEY_COUNT] for row in rows).items() if count > 1]
    if repeated:
        raise ParseError.of_release(
            NAME, f"data.py prints {len(repeated)} prices twice, such as {repeated[0]}", version
        )
    yield from rows


def _providers(tree: ast.Module) -> list[ast.expr]:
    for node in tree.body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == "providers" and isinstance(node, ast.AnnAssign):
            if isinstance(node.value, ast.List):
                return node.value.elts
            break
    raise ValueError("no list named providers")


def _arguments(call: ast.AST) -> dict[str, ast.expr]:
    if not isinstance(call, Call) or ast.unparse(call.func) not in RECORDS:
        raise TypeError(f"expected a record, found {ast.unparse(call)[:60]}")
    return {keyword.arg or "": keyword.value for keyword in call.keywords}


def _provider_rows(provider: dict[str, ast.expr]) -> Iterator[tuple[Any, ...]]:
    provider_id = ast.literal_eval(provider["id"])
    for node in provider["models"].elts:  # type: ignore[attr-defined]
        model = _arguments(node)
        label = f"{provider_id}/{ast.literal_eval(model['id'])}"
        stated = model.get("context_window")
        window = None if stated is None or _is_missing(stated) else _whole(stated)
        checked = _date(model.get("prices_checked"))
        entries = list(_entries(model["prices"])) + list(_variants(model.get("price_variants")))
        ends = _ends(entries)
        for variant, starts_on, prices in entries:
            for band, cells in _bands(prices):
                if any(cell is not None for cell in cells):
                    yield (
                        provider_id, label, variant, band, starts_on, *cells,
                        ends.get((variant, starts_on)), window, checked,
                    )  # fmt: skip


def _entries(node: ast.expr, variant: str = "") -> Iterator[tuple[str, date | None, Prices]]:
    """Yield (variant, first day or None, prices) for one price or a list of conditional ones."""
    if not isinstance(node, ast.List):
        yield variant, None, _prices(node)
        return
    for item in node.elts:
        condition = _arguments(item)
        yield (*_constraint(condition.get("constraint"), variant), _prices(condition["prices"]))


def _variants(node: ast.expr | None) -> Iterator[tuple[str, date | None, Prices]]:
    for item in getattr(node, "elts", []):
        arguments = _arguments(item)
        when = ast.literal_eval(arguments["when"])
        variant = ",".join(f"{key}={value}" for key, value in sorted(when.items()))
        yield (*_constraint(arguments.get("constraint"), variant), _prices(arguments["prices"]))


def _constraint(node: ast.expr | None, variant: str) -> tuple[str, date | None]:
    """Return the variant and first day that a constraint states; hours of the day become part of the variant."""
    if node is None or _is_missing(node):
        return variant, None
    arguments = _arguments(node)
    if "start_date" in arguments:
        return variant, _date(arguments["start_date"])
    hours = "-".join(ast.unparse(arguments[name]) for name in ("start_time", "end_time"))
    return f"{variant},hours={hours}".lstrip(","), None


def _prices(node: ast.expr) -> Prices:
    return {name: _amount(value) for name, value in _arguments(node).items() if name in MEASURES}


def _amount(node: ast.expr) -> dict[int, float] | None:
    """Return {first token of the context band: USD per million tokens}, None where nothing is printed."""
    if _is_missing(node):
        return None
    if isinstance(node, Call) and isinstance(node.func, ast.Name) and node.func.id == "TieredPrices":
        arguments = _arguments(node)
        bands = {0: _decimal(arguments["base"])}
        for tier in arguments["tiers"].elts:  # type: ignore[attr-defined]
            step = _arguments(tier)
            bands[_whole(step["start"])] = _decimal(step["price"])
        return bands
    return {0: _decimal(node)}


def _decimal(node: ast.expr) -> float:
    if not isinstance(node, Call) or ast.unparse(node.func) != "Decimal":
        raise TypeError(f"expected a Decimal, found {ast.unparse(node)[:60]}")
    value = Decimal(str(ast.literal_eval(node.args[0])))
    if not 0 <= value <= ABSURD_USD_PER_MTOK:
        raise ValueError(f"{value} cannot be a price per million tokens")
    return float(value)


def _is_missing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _whole(node: ast.expr) -> int:
    value = ast.literal_eval(node)
    if type(value) is not int:
        raise TypeError(f"{value!r} is no number of tokens")
    return value


def _bands(prices: Prices) -> Iterator[tuple[int, list[float | None]]]:
    starts = sorted({start for amount in prices.values() if amount for start in amount} | {0})
    for start in starts:
        yield start, [(prices.get(name) or {}).get(start) for name in MEASURES]


def _ends(entries: list[tuple[str, date | None, Prices]]) -> dict[tuple[str, date | None], date | None]:
    """Return the day on which each entry of a variant gives way to the next one; None for the last."""
    ends: dict[tuple[str, date | None], date | None] = {}
    for variant in {entry[0] for entry in entries}:
        starts = sorted({entry[1] for entry in entries if entry[0] == variant}, key=lambda day: day or date.min)
        ends |= dict(zip(((variant, day) for day in starts), [*starts[1:], None], strict=True))
    return ends


def _date(node: ast.expr | None) -> date | None:
    if node is None or _is_missing(node):
        return None
    if isinstance(node, Call) and ast.unparse(node.func) == "datetime.date":
        return date(*(ast.literal_eval(argument) for argument in node.args))
    return date.fromisoformat(ast.literal_eval(node))
