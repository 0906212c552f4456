"""The published tables as a Frictionless data package, and the codebook; both come from the schemas alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from cloudmarket.sources import sidecar
from cloudmarket.tables.base import BOOLEAN, DATE, INSTANT, INTEGER, NUMBER, TEXT, Column, Table

_TYPES = {
    DATE: "date", INSTANT: "datetime", TEXT: "string", NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean"
}  # fmt: skip
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def descriptor(tables: Mapping[str, Table], files: Mapping[str, bytes], observed_on: str) -> bytes:
    """Return ``datapackage.json`` (Data Package v1) for the tables and the bytes of their files.

    Parameters
    ----------
    tables : mapping of name to Table
    files : mapping of name to the bytes of its Parquet file
    observed_on : str
        Day of the newest snapshot; the package's version, since nothing else dates it.
    """
    sources = sorted({source for table in tables.values() for source in table.sources})
    package = {
        "profile": "data-package",
        "name": "cloud-ai-market",
        "title": "Cloud AI Market",
        "description": "Dated public evidence about the AI offerings of AWS, Microsoft Azure and Google Cloud.",
        "version": observed_on,
        "licenses": [LICENCE],
        "sources": [_source(source) for source in sources],
        "resources": [_resource(tables[name], content) for name, content in sorted(files.items())],
    }
    return orjson.dumps(package, option=orjson.OPT_INDENT_2) + b"\n"


def digests(content: bytes) -> dict[str, tuple[str, int]]:
    """Return {table: (SHA-256, bytes)} as a ``datapackage.json`` states them."""
    package = orjson.loads(content)
    return {r["name"]: (r["hash"].removeprefix("sha256:"), r["bytes"]) for r in package["resources"]}


def _source(name: str) -> dict[str, str]:
    told = sidecar(name)
    # What people typed in has no single address.
    path = {"path": told["origin"]} if told["origin"].startswith("https://") else {}
    return {"title": told["title"], **path}


def _resource(table: Table, content: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "profile": "data-resource",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": f"One row is {table.grain}.",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": [_field(column) for column in table.columns], "primaryKey": list(table.key)},
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.is_required}
    if column.values:
        constraints["enum"] = list(column.values)
    kind = _TYPES[column.type]
    return {"name": column.name, "type": kind, "description": column.description, "constraints": constraints}


def codebook(tables: Mapping[str, Table]) -> str:
    """Return the codebook page in Markdown: every table, its grain, key, sources and columns."""
    parts = [
        "# Codebook",
        "Generated from the tables' schemas. Days are UTC days; instants are UTC. A missing value is missing: it is"
        " never zero. `load(name)` returns a table whole, `load(name, as_of=day)` as it read on a day, `load(name,"
        " on=day)` that day by today's knowledge, corrections applied.",
    ]
    for table in sorted(tables.values(), key=lambda table: table.name):
        licences = "; ".join(f"{s} ({sidecar(s)['licence']})" for s in table.sources)
        parts += [
            f"## {table.name}",
            f"One row is {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}. Sources: {licences}.",
            "\n".join(["| column | type | missing? | meaning |", "|---|---|---|---|", *map(_line, table.columns)]),
        ]
    return "\n\n".join(parts) + "\n"


def _line(column: Column) -> str:
    values = f" One of: {', '.join(column.values)}." if column.values else ""
    return (
        f"| `{column.name}` | {column.type} | {'no' if column.is_required else 'yes'} | {column.description}{values} |"
    )
