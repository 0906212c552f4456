"""The page on what changed says what ``cloudmarket compare`` says, and nothing where nothing had been observed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cloudmarket.report import changes_page
from cloudmarket.tables.comparison import compare


def test_it_counts_what_the_comparison_counts(tmp_path: Path) -> None:
    assert changes_page.write(tmp_path, date(2025, 6, 30))
    text = (tmp_path / "changes.md").read_text()
    found = compare("2025-05-31", "2025-06-30")
    first = text.split("## Since 31 March 2025")[0]
    assert "## Since 31 May 2025" in first
    for seller, name in (("aws", "Amazon Web Services"), ("azure", "Microsoft Azure")):
        row = found.sellers.loc[seller]
        line = next(line for line in first.splitlines() if line.startswith("|") and name in line)
        assert [int(cell) for cell in line.split("|")[2:-1]] == row.tolist()
    assert all(f"`{model}`" in first for model in found.listed[found.listed.seller == "aws"].model)


def test_the_beginning_is_not_compared_with_nothing(tmp_path: Path) -> None:
    assert changes_page.write(tmp_path, date(2023, 11, 1))
    assert (tmp_path / "changes.md").read_text().count("Nothing had been observed by then.") == 2


def test_a_project_without_tables_has_no_such_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    assert not changes_page.write(tmp_path, date(2025, 6, 30))
    assert not (tmp_path / "changes.md").exists()
