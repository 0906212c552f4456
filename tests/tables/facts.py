"""Curated facts for tests: a project whose files a test may change, and rows of each file."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared import PANELS

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "raw" / "curated"
TABLES = ("capex", "daily_return", "developer_survey", "event", "financial", "market_share")


def extract(name: str) -> Path:
    """Return the path of a file that the curated facts were taken from, or skip the test."""
    path = PANELS.parent / "facts" / name
    if not path.exists():
        pytest.skip(f"the extract {name} is not beside this checkout")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(sink.getvalue().encode())
    return path.read_bytes()


class Project:
    """A project with a copy of the curated facts."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "data" / "raw" / "curated"
        shutil.copytree(SHIPPED, self.folder)

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def change(self, table: str, change: Callable[[list[dict[str, str]]], object]) -> bytes:
        rows = read(self.path(table))
        change(rows)
        return write(self.path(table), rows)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    return Project(tmp_path)
