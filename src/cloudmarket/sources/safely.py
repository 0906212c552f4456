"""Read files of strangers as data: within limits, without running or resolving anything they say."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import python_calamine
import yaml

from cloudmarket.errors import ParseError

MAX_DEPTH = 50
"""Deepest nesting that any source uses is far below; what nests deeper is an attack on the parser."""
MAX_FIELD = 1_000_000
"""Longest cell of a CSV file, in characters."""
MAX_UNPACKED_BYTES = 200_000_000
"""Most that an Excel file may unpack to; the largest real one unpacks to a few MB."""


def load_json(content: bytes, source: str, version: str) -> Any:
    """Return what a JSON file says. Raises ParseError if it is none, or nests too deep."""
    try:
        return orjson.loads(content)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ParseError.of_release(source, f"is no JSON ({error})", version) from error


def load_toml(content: bytes, source: str, version: str) -> dict[str, Any]:
    """Return what a TOML file says. Raises ParseError if it is none, or nests too deep."""
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ParseError.of_release(source, f"is no TOML ({error})", version) from error


def _check_plain(content: bytes) -> None:
    """Refuse anchors, aliases and tags, and nesting deeper than ``MAX_DEPTH``, before anything is built."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if getattr(event, "anchor", None) is not None:
            raise yaml.YAMLError("it has an anchor or an alias")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise yaml.YAMLError(f"it has the tag {tag}")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"it nests deeper than {MAX_DEPTH}")


def load_yaml(content: bytes, source: str, version: str) -> Any:
    """Return what a YAML file says. Raises ParseError if it is none, or uses anchors, aliases or tags."""
    try:
        _check_plain(content)
        return yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ParseError.of_release(source, f"is no plain YAML ({reason})", version) from error


def csv_rows(
    content: bytes, source: str, version: str, needed: Sequence[str] = (), delimiter: str = ","
) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file with a header, by column name; a short row is refused.

    Raises
    ------
    ParseError
        If a column that is needed is missing, or the file is no CSV.
    """
    try:
        text = content.decode("utf-8-sig")
        previous = csv.field_size_limit(MAX_FIELD)
        try:
            reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise ParseError.of_release(source, f"has no column {', '.join(missing)}", version)
            rows = list(reader)
        finally:
            csv.field_size_limit(previous)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ParseError.of_release(source, f"is no CSV ({error})", version) from error
    for number, row in enumerate(rows, start=2):
        if any(row.get(name) is None for name in needed):
            raise ParseError.of_release(source, f"row {number} is cut short", version)
        yield row


def sheets(content: bytes, source: str, version: str) -> dict[str, list[list[Any]]]:
    """Return the sheets of an Excel file (old or new) as rows of cells.

    Raises
    ------
    ParseError
        If it is no Excel file, or unpacks to more than ``MAX_UNPACKED_BYTES``.
    """
    try:
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as members:
                unpacked = sum(member.file_size for member in members.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise ParseError.of_release(source, f"unpacks to {unpacked} bytes", version)
        # Calamine expands no entities of XML, so a file cannot grow by them.
        book = python_calamine.load_workbook(io.BytesIO(content))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (zipfile.BadZipFile, python_calamine.CalamineError, OSError, ValueError) as error:
        raise ParseError.of_release(source, f"is no Excel file ({error})", version) from error
