"""What the lines of a bill bought: machines and models that they name exactly, or that the reader's own table names.

Nothing is guessed. A machine must stand in a text as the cloud writes it, a model under one of its names and followed
by nothing that could make it another model; the rest is left out, with the reason.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.workload.focus_columns import AI_CATEGORY
from cloudmarket.names import accelerators, services

INPUT, OUTPUT, HOURS = BUYS = ("input", "output", "hours")
TABLE_COLUMNS = ("provider", "sku", "buys", "item", "per_unit")
_EDGE = r"(?<![a-z0-9.]){}(?![a-z0-9.]*[a-z0-9])"
_AFTER = {
    "", "input", "inp", "output", "outp", "outpt", "out", "opt", "token", "tokens", "prompt", "response", "completion",
    "batch", "text", "global", "glbl", "regional", "rgnl", "data", "zone", "dzone", "on", "in", "for", "per", "1k",
    "1m", "cache", "cached", "caching", "provisioned",
}  # fmt: skip
_DIRECTIONS = {
    INPUT: re.compile(r"\b(input|inp|prompt)\b"),
    OUTPUT: re.compile(r"\b(output|outp|outpt|opt|completion|response)\b"),
}
_NOT_PLAIN = re.compile(r"\b(cache[ds]?|caching|cached|provisioned|ptu|fine ?tun\w*|training|audio|image|hosting)\b")
_TOKENS = re.compile(r"(?P<number>\d[\d,]*)? ?(?P<scale>k|m|thousand|million)?[ -]?(?:tokens?)", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_HOURS = re.compile(r"(?:1 )?(?:hours?|hrs?)", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """What a line of a bill bought, or why that is not known.

    ``buys``: input, output (tokens) or hours (of accelerators), empty where not known; ``item``: model or accelerator;
    ``per_unit``: tokens or accelerator hours in one unit; ``machine``: the machine, where one is named.
    """

    buys: str = ""
    item: str = ""
    per_unit: float = 0.0
    reason: str = ""
    machine: str = ""


def seller(provider: str) -> str:
    """Return the code of a provider as bills name it; empty for one whose prices are not in our lists."""
    return _providers().get(provider.strip().casefold(), "")


def is_ai(category: str, service: str) -> bool:
    """Whether a line is spent on AI by its category, or by a service that our table of AI services has."""
    return category == AI_CATEGORY or service.casefold() in _services()


def meaning(seller: str, text: str, unit: str | None) -> Meaning:
    """Return what one description says was bought.

    Parameters
    ----------
    seller : str
        Code of the provider.
    text : str
        All that the bill says of the product.
    unit : str or None
        Unit of the quantity.
    """
    plain = re.sub(r"\s+", " ", text.casefold().replace("_", " ").replace("/", " "))
    machines = _longest(plain, _machines(seller))
    if machines:
        return _of_machine(seller, machines, unit)
    return _of_model(re.sub(r"\s+", " ", plain.replace("-", " ")), unit)


def _of_machine(seller: str, found: list[str], unit: str | None) -> Meaning:
    known = {_machines(seller)[name] for name in found}
    if len(known) > 1:
        several = ", ".join(sorted(name for name, _, _ in known))
        return Meaning(reason=f"names several machines: {several}", machine=several)
    machine, accelerator, count = known.pop()
    if not _HOURS.fullmatch((unit or "").strip()):
        return Meaning(reason=f"a machine, but its unit is {unit or 'missing'}, not hours", machine=machine)
    if not count >= 1:
        return Meaning(
            reason="a machine with a part of an accelerator, or of an unknown number of them", machine=machine
        )
    return Meaning(HOURS, accelerator, count, machine=machine)


def _of_model(plain: str, unit: str | None) -> Meaning:
    found = [name for name in _longest(plain, _models()) if _ends(plain, name)]
    models = {_models()[name] for name in found}
    if not models:
        return Meaning(reason="names no machine or model that our tables have")
    if len(models) > 1:
        return Meaning(reason=f"names several models: {', '.join(sorted(models))}")
    if _NOT_PLAIN.search(plain):
        return Meaning(reason="a model, but cached, provisioned, tuned or not text: no list price for it here")
    directions = [name for name, words in _DIRECTIONS.items() if words.search(plain)]
    scale = tokens_in(unit)
    if len(directions) != 1:
        return Meaning(reason="a model, but not said whether of input or of output")
    if scale is None:
        return Meaning(reason=f"a model, but its unit is {unit or 'missing'}, not tokens")
    return Meaning(directions[0], models.pop(), scale)


def tokens_in(unit: str | None) -> float | None:
    """Return the number of tokens in a unit, as 1,000 in ``1K tokens``; None where it is none of tokens."""
    found = _TOKENS.fullmatch((unit or "").strip())
    if found is None:
        return None
    return float((found["number"] or "1").replace(",", "")) * _SCALES.get((found["scale"] or "").lower(), 1.0)


def own_table(path: Path) -> dict[tuple[str, str], Meaning]:
    """Return what a reader's own table says of products, by provider (as in the bill) and sku.

    A CSV with ``TABLE_COLUMNS``; others are not read, and rows without ``buys`` say nothing. ``per_unit`` is the number
    of tokens, or of accelerator hours, in one unit of the bill.

    Raises
    ------
    ValueError
        Naming row and column, if a column is missing, a word or name is unknown, or a number is none above zero.
    """
    with path.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        missing = [name for name in TABLE_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"no column {missing[0]!r}; it needs {', '.join(TABLE_COLUMNS)}")
        rows = [
            (place, {key: (cell or "").strip() for key, cell in row.items() if key})
            for place, row in enumerate(reader, 1)
        ]
    return {(row["provider"], row["sku"]): _stated(row, place) for place, row in rows if row["buys"]}


def _stated(row: dict[str, str], place: int) -> Meaning:
    if row["buys"] not in BUYS:
        raise ValueError(f"row {place}, buys: {row['buys']!r}; write {', '.join(BUYS)}, or nothing to leave it out")
    known = set(accelerators.instance_types().accelerator) if row["buys"] == HOURS else set(names.models().model)
    if row["item"] not in known:
        raise ValueError(
            f"row {place}, item: {row['item']!r} is no {'accelerator' if row['buys'] == HOURS else 'model'} we know"
        )
    try:
        amount = float(row["per_unit"])
    except ValueError:
        amount = float("nan")
    if not 0 < amount < float("inf"):
        raise ValueError(f"row {place}, per_unit: {row['per_unit']!r} is no number above zero")
    return Meaning(row["buys"], row["item"], amount)


def _longest(plain: str, known: dict[str, tuple[str, str, float]] | dict[str, str]) -> list[str]:
    """Return the names that stand in a text as whole words, without those that are parts of longer ones found."""
    found = [name for name in known if name in plain and re.search(_EDGE.format(re.escape(name)), plain)]
    return [name for name in found if not any(name != other and name in other for other in found)]


def _ends(plain: str, name: str) -> bool:
    """Whether what follows a model's name cannot make it another one, as mini, a date or a size would."""
    after = re.split(re.escape(name), plain, maxsplit=1)[1]
    word = re.match(r"[\s:,;|()]*([a-z0-9.]*)", after)
    return word is not None and (word[1] in _AFTER or bool(re.match(r"\s*[|:,;()]", after)))


@cache
def _providers() -> dict[str, str]:
    text = (files("cloudmarket.arguments.workload") / "data" / "bill_providers.csv").read_text(encoding="utf-8")
    return {row["provider"].casefold(): row["seller"] for row in csv.DictReader(text.splitlines())}


@cache
def _services() -> frozenset[str]:
    return frozenset(name.casefold() for name in services.ai_services().name)


@cache
def _machines(seller: str) -> dict[str, tuple[str, str, float]]:
    """Return machines by the spelling looked for: Azure's bills leave Standard_ away and write blanks."""
    rows = accelerators.instance_types()
    rows = rows[rows.cloud == seller]
    counts = pd.to_numeric(rows.accelerator_count, errors="coerce")
    return {
        machine.removeprefix("Standard_").casefold().replace("_", " "): (machine, accelerator, float(count))
        for machine, accelerator, count in zip(rows.machine, rows.accelerator, counts, strict=True)
    }


@cache
def _models() -> dict[str, str]:
    """Return models by their names in small letters, with blanks for hyphens."""
    known = names.models()
    chat = known[known.kind.isin(["chat", "embedding"])]
    # Names of one word, as ada or nova, stand in texts for other things too.
    return {name.replace("-", " ").casefold(): name for name in chat.model if "-" in name}
