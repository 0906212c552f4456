"""Every notebook is clean, and running it again gives the bytes that are committed."""

from pathlib import Path

import pytest

from cloudmarket import store
from cloudmarket.report import clean
from cloudmarket.report.run import run_notebook

NOTEBOOKS = sorted((store.root() / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_there_are_notebooks() -> None:
    assert names(NOTEBOOKS) == [
        "01_summary",
        "02_evidence",
        "03_partnerships",
        "04_market_structure",
        "05_model_catalogues",
        "06_token_prices",
        "07_accelerators",
        "08_europe",
        "09_developers",
        "10_positioning",
        "11_your_workload",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_clean(path: Path) -> None:
    assert clean.check(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_runs_to_the_committed_bytes(path: Path, tmp_path: Path) -> None:
    run_notebook(path, tmp_path / path.name, as_of=None, figures=tmp_path / "figures")
    assert (tmp_path / path.name).read_bytes() == path.read_bytes(), f"run `cloudmarket report`: {path.name} is stale"
