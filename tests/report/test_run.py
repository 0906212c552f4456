import json
import sys

import pytest

from cloudmarket.figures.export import files
from cloudmarket.report.clean import check
from cloudmarket.report.run import NotebookError, run_notebook

from .conftest import FIGURE, SET_UP, write_notebook


def outputs(path):
    cells = json.loads(path.read_bytes())["cells"]
    return ["".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", ())]


def test_the_same_inputs_give_the_same_bytes(executed, tmp_path, monkeypatch):
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(executed))
    source = executed / "notebooks" / "01_summary.ipynb"
    again = tmp_path / "again.ipynb"
    run_notebook(source, again, as_of=None, figures=tmp_path / "figures")
    assert again.read_bytes() == source.read_bytes()
    for file in files("prices"):
        assert (tmp_path / "figures" / file).read_bytes() == (executed / "build/figures" / file).read_bytes()


def test_an_executed_notebook_is_clean_small_and_tells_nothing_of_this_machine(executed):
    for path in (executed / "notebooks").glob("*.ipynb"):
        assert check(path) == []
        assert path.stat().st_size < 200_000
        assert str(executed) not in path.read_text()
        notebook = json.loads(path.read_bytes())
        assert [cell["id"] for cell in notebook["cells"]][:3] == ["c01", "c02", "c03"]
        assert notebook["metadata"]["language_info"] == {"name": "python"}
        assert all(cell["metadata"] == {} for cell in notebook["cells"])


def test_what_differs_between_runs_is_taken_out(project):
    path = write_notebook(
        project / "notebooks" / "02_random.ipynb",
        "import os, sys, tempfile\n\nimport pandas as pd\n\nprint(object(), tempfile.mkdtemp(), os.getcwd())",
        "pd.DataFrame({'a': [1.5]}).style.format(precision=1)",
        f"print(sys.executable == {sys.executable!r}, os.environ.get('CLOUDMARKET_AS_OF'), os.environ['TZ'])",
    )
    runs = []
    for day in ("2025-06-30", "2025-06-30", None):
        run_notebook(path, path, as_of=day, figures=project / "figures")
        runs.append(path.read_bytes())
    assert runs[0] == runs[1] != runs[2]
    assert "True None UTC" in outputs(path)[-1]
    assert "<object object at 0x0> … ./notebooks" in outputs(path)[0]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print(1)\n\n1 / 0", r"02_bad.ipynb: cell 2 failed:[\s\S]*ZeroDivisionError: division by zero"),
        (
            "import warnings\n\nwarnings.warn('old')",
            r"02_bad.ipynb: cell 2 wrote to standard error:[\s\S]*old",
        ),
        ("import os\n\nos._exit(3)", r"02_bad.ipynb: the kernel died at cell 2"),
    ],
)
def test_a_notebook_that_fails_is_named_and_left_alone(project, code, message):
    path = write_notebook(project / "notebooks" / "02_bad.ipynb", "## Text", code)
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=message):
        run_notebook(path, path, as_of=None, figures=project / "figures")
    assert path.read_bytes() == before
    assert not (project / "figures").exists()


def test_files_of_a_figure_that_is_gone_are_removed(project):
    path, folder = project / "notebooks" / "03_figures.ipynb", project / "figures"
    write_notebook(path, SET_UP, FIGURE.format(slug="old"))
    run_notebook(path, path, as_of=None, figures=folder)
    assert {file.name for file in folder.iterdir()} == set(files("old"))
    path.write_text(path.read_text().replace('\\"old\\"', '\\"new\\"'))
    (folder / "other.csv").write_text("of another notebook\n")
    run_notebook(path, path, as_of=None, figures=folder)
    assert {file.name for file in folder.iterdir()} == {*files("new"), "other.csv"}
