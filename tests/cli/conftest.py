"""The shipped tables, and copies of them that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commandline import command

__all__ = ["command"]

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project with a copy of all data."""
    shutil.copytree(PROJECT / "data", tmp_path / "data", ignore=shutil.ignore_patterns(".lock", ".staging"))
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    return tmp_path
