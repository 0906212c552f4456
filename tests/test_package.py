"""The house itself: rooms, size of files, what is shipped and how it is described."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from frictionless import Package

from cloudmarket import store, tables
from cloudmarket.tables.datapackage import codebook

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cloudmarket"
LARGEST_SHIPPED_BYTES = 40_000_000


def test_every_module_is_in_a_room() -> None:
    """What is in no layer would be free to import anything; the contract itself is run by ``lint-imports``."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    rooms = {room.strip().removeprefix("cloudmarket.") for layer in layers for room in layer.split(":")}
    modules = {
        path.stem if path.is_file() else path.name
        for path in SOURCE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    # The package's own front door stands above all rooms.
    assert modules - {"__init__"} == rooms


def test_type_hints_are_published() -> None:
    assert (SOURCE / "py.typed").read_bytes() == b""


def test_shipped_tables_are_small() -> None:
    sizes = {path: path.stat().st_size for path in (ROOT / "data").rglob("*") if path.is_file()}
    assert sum(sizes.values()) < LARGEST_SHIPPED_BYTES
    assert {path.stem for path in sizes if path.suffix == ".parquet"} == {*tables.TABLES, "history"}


def test_the_data_package_is_valid() -> None:
    """Metadata only: frictionless reads Parquet through an extra reader, so rows are checked by ``verify``."""
    descriptor = json.loads((store.processed() / "datapackage.json").read_text())
    report = Package.validate_descriptor(descriptor)
    assert report.valid, report.flatten(["message"])
    package = Package(str(store.processed() / "datapackage.json"))
    assert {resource.name for resource in package.resources} == set(tables.TABLES)


def test_the_data_package_describes_the_columns_of_the_files() -> None:
    package = Package(str(store.processed() / "datapackage.json"))
    for resource in package.resources:
        schema = pq.read_schema(store.processed() / str(resource.path))
        assert [field.name for field in resource.schema.fields] == schema.names
        for field in resource.schema.fields:
            described = schema.field(field.name)
            assert field.description == described.metadata[b"description"].decode()
            assert field.constraints["required"] is not described.nullable
        assert set(resource.schema.primary_key) <= set(schema.names)


def test_an_invalid_data_package_is_told() -> None:
    descriptor = json.loads((store.processed() / "datapackage.json").read_text())
    descriptor["resources"][0]["schema"]["fields"][0]["type"] = "number of things"
    assert not Package.validate_descriptor(descriptor).valid


def test_the_codebook_is_the_one_of_the_tables() -> None:
    assert (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8") == codebook(tables.TABLES)


@pytest.mark.parametrize("name", tables.TABLES)
def test_the_codebook_tells_every_column(name: str) -> None:
    page = codebook(tables.TABLES)
    section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
    table = tables.get(name)
    assert section.count("\n| `") == len(table.columns)
    assert all(f"| `{column.name}` | {column.type} |" in section for column in table.columns)
