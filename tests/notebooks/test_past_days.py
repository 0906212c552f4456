"""The report reads as it would have read on a past day."""

from pathlib import Path

import pytest

from cloudmarket import store
from cloudmarket.report import clean
from cloudmarket.report.read import figures_of, read
from cloudmarket.report.run import run_notebook

NOTEBOOKS = sorted((store.root() / "notebooks").glob("[0-9][0-9]_*.ipynb"))
# Before the second source, in the time without snapshots, at the very beginning: what was not known is not shown.
VINTAGES = ("2023-11-01", "2024-06-30", "2025-06-30")


@pytest.mark.parametrize("day", VINTAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_reads_as_of_a_past_day(path: Path, day: str, tmp_path: Path) -> None:
    run_notebook(path, tmp_path / path.name, as_of=day, figures=tmp_path / "figures")
    assert clean.check(tmp_path / path.name) == []
    assert all(figure.as_of.isoformat() == day for figure in figures_of(read(tmp_path / path.name)))
