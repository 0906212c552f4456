"""Descriptions of the systems of MLPerf submissions: a JSON file a system, in the submitter's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely

System = dict[str, str | None]

# Spellings of the field that holds each fact, the one that is asked for first.
_FIELDS = {
    "system_name": ("system_name",),
    "availability": ("status",),
    "nodes": ("number_of_nodes", "number of nodes", "nodes"),
    "accelerators_per_node": ("accelerators_per_node",),
    "accelerator": ("accelerator_model_name",),
    "framework": ("framework",),
    "suite": ("system_type",),
}
COLUMNS = [(name, pa.string()) for name in _FIELDS]
UNKNOWN: System = dict.fromkeys(_FIELDS)

_PATH = re.compile(r"(?P<folder>.+)/systems/(?P<name>[^/]+)\.json")
_LAST_COMMA = re.compile(rb",(\s*[}\]])")


def systems(content: Mapping[str, bytes], source: str, version: str) -> dict[tuple[str, str], System]:
    """Return the systems by the submitter's folder and the file's name without its ending.

    Raises
    ------
    ParseError
        If a file that is not empty is no JSON object.
    """
    found = {}
    for path in content:
        place = _PATH.fullmatch(path)
        # Some submitters left the file empty, and one put lines of a log into it.
        if place and (printed := content[path].lstrip()).startswith(b"{"):
            described = _object(printed, path, source, version)
            found[place["folder"], place["name"]] = {
                name: next((_text(described[key]) for key in keys if key in described), None)
                for name, keys in _FIELDS.items()
            }
    return found


def _object(printed: bytes, path: str, source: str, version: str) -> dict[str, Any]:
    try:
        described = safely.load_json(printed, source, version)
    except ParseError:
        # A comma before the closing bracket is the one slip that was seen.
        described = safely.load_json(_LAST_COMMA.sub(rb"\1", printed), source, version)
    if not isinstance(described, dict):
        raise ParseError.of_release(source, f"{path} is no JSON object", version)
    return described


def _text(value: Any) -> str | None:
    return " ".join(str(value).split()) or None if value is not None else None
