"""The report reads as it would have read on a past day.

Each notebook is run on one of the days, in turn; ``make past-days`` runs every notebook on all of them.
"""

import os
from pathlib import Path

import pytest

from cloudmarket import store
from cloudmarket.report import clean
from cloudmarket.report.read import figures_of, read
from cloudmarket.report.run import run_notebook

NOTEBOOKS = sorted((store.root() / "notebooks").glob("[0-9][0-9]_*.ipynb"))
# Before the second source, in the time without snapshots, at the very beginning: what was not known is not shown.
VINTAGES = ("2023-11-01", "2024-06-30", "2025-06-30")
EVERY = bool(os.environ.get("CLOUDMARKET_EVERY_PAST_DAY"))
RUNS = [
    (path, day)
    for turn, path in enumerate(NOTEBOOKS)
    for place, day in enumerate(VINTAGES)
    if EVERY or turn % len(VINTAGES) == place
]


@pytest.mark.parametrize(("path", "day"), RUNS, ids=lambda value: getattr(value, "stem", value))
def test_reads_as_of_a_past_day(path: Path, day: str, tmp_path: Path) -> None:
    run_notebook(path, tmp_path / path.name, as_of=day, figures=tmp_path / "figures")
    assert clean.check(tmp_path / path.name) == []
    assert all(figure.as_of.isoformat() == day for figure in figures_of(read(tmp_path / path.name)))
