import pytest

from cloudmarket.report.build import BuildError, build


def ran(as_of=None):
    told = []
    places = build(as_of, jobs=2, progress=told.append)
    return sorted(told), places


def test_only_what_changed_runs_again(project):
    first, places = ran()
    assert first == ["notebook:01_summary", "notebook:06_token_prices", "site"]
    assert (places.site / "index.html").is_file()
    assert ran()[0] == []

    notebook = project / "notebooks" / "06_token_prices.ipynb"
    notebook.write_text(notebook.read_text().replace("Each row is a model.", "Each row is one model."))
    assert ran()[0] == ["notebook:06_token_prices", "site"]

    # Outputs that somebody changed are not what the notebook gives; once it ran, the site is up to date.
    whole = notebook.read_bytes()
    notebook.write_bytes(whole.replace(b"'usd': 0.5", b"'usd': 9.5", 1))
    assert ran()[0] == ["notebook:06_token_prices"]
    assert notebook.read_bytes() == whole

    (places.figures / "prices.csv").unlink()
    assert ran()[0] == ["notebook:01_summary"]
    assert ran()[0] == []


def test_a_past_day_is_built_beside_the_report(project):
    committed = {path.name: path.read_bytes() for path in (project / "notebooks").iterdir()}
    (project / "notebooks" / "06_token_prices.ipynb").unlink()
    del committed["06_token_prices.ipynb"]
    told, places = ran("2025-06-30")
    assert told == ["notebook:01_summary", "site"]
    assert places.site == project / "build" / "as-of-2025-06-30" / "site"
    assert "Data as of 30 June 2025." in (places.site / "index.html").read_text()
    assert (places.notebooks / "01_summary.ipynb").is_file()
    assert {path.name: path.read_bytes() for path in (project / "notebooks").iterdir()} == committed
    assert not (project / "build" / "site").exists()


def test_a_failing_notebook_stops_the_site_but_not_the_others(project, capfd):
    bad = project / "notebooks" / "01_summary.ipynb"
    bad.write_text(bad.read_text().replace("import pandas as pd", "import no_such_thing"))
    with pytest.raises(BuildError, match=r"01_summary.ipynb: cell 2 failed:[\s\S]*No module named 'no_such_thing'"):
        build(None, jobs=2)
    assert 'execution_count": 1' in (project / "notebooks" / "06_token_prices.ipynb").read_text()
    assert not (project / "build" / "site").exists()
    assert capfd.readouterr() == ("", "")
