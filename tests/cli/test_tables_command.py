"""``cloudmarket tables``: what is listed, described and exported, against the tables themselves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cloudmarket import store, tables

DAY = "2025-06-30"


def test_help_names_every_command(command) -> None:
    code, out, _ = command("--help")
    assert code == 0
    for name in ("report", "refresh", "tables", "figures", "verify", "compare"):
        assert f" {name} " in out
    for name in ("list", "describe", "export", "build"):
        assert name in command("tables", "--help")[1]
    assert "--as-of" in command("report", "--help")[1]


def test_list_counts_rows_and_bytes(command) -> None:
    code, out, _ = command("tables", "list")
    assert code == 0
    for name in tables.TABLES:
        path = store.processed() / f"{name}.parquet"
        (line,) = (line for line in out.splitlines() if line.split()[1:2] == [name])
        assert str(pq.read_metadata(path).num_rows) in line
        assert f"{path.stat().st_size / 1000:.0f}" in line


@pytest.mark.parametrize("name", tables.TABLES)
def test_describe_names_every_column(command, name: str) -> None:
    code, out, _ = command("tables", "describe", name)
    assert code == 0
    for column in tables.get(name).names:
        assert column in out


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return cells as text, as they are in any file, missing ones as ''."""
    text = pd.DataFrame(index=rows.index)
    for name, cells in rows.items():
        if pd.api.types.is_datetime64_any_dtype(cells):
            instants = cells.dt.tz_localize(None) if isinstance(cells.dtype, pd.DatetimeTZDtype) else cells
            text[name] = instants.dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
        elif pd.api.types.is_float_dtype(cells):
            text[name] = cells.map(lambda value: "" if pd.isna(value) else repr(float(value)))
        else:
            text[name] = cells.astype("object").where(cells.notna(), "").map(str)
    return text


@pytest.mark.parametrize(
    ("name", "options", "asked"),
    [
        ("token_price", ["--as-of", DAY], {"as_of": DAY}),
        ("token_price", ["--on", DAY, "--known-on", "2026-01-31"], {"on": DAY, "known_on": "2026-01-31"}),
        ("model_listing", [], {}),
        ("price_change", ["--known-on", DAY], {"known_on": DAY}),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_export_reads_back_as_loaded(
    command, tmp_path: Path, name: str, options: list[str], asked: dict[str, str], ending: str
) -> None:
    target = tmp_path / f"exported.{ending}"
    code, out, _ = command("tables", "export", name, str(target), *options)
    loaded = tables.load(name, **asked)
    assert len(loaded) > 0
    assert (code, out.split()[0]) == (0, str(len(loaded)))
    if ending == "parquet":
        read = pd.read_parquet(target)
        assert pq.read_schema(target).equals(tables.get(name).arrow_schema(), check_metadata=False)
    elif ending == "csv":
        read = pd.read_csv(target, dtype="str", keep_default_na=False)
    else:
        read = pd.read_excel(target, dtype="object", sheet_name=name, engine="openpyxl")
    assert list(read.columns) == list(loaded.columns)
    for column in tables.get(name).columns:
        read[column.name] = restored(read[column.name], column.type)
    pd.testing.assert_frame_equal(plain(read), plain(loaded))


def restored(cells: pd.Series, kind: str) -> pd.Series:
    """Return exported cells with their type."""
    if kind in {"date", "instant"}:
        return pd.to_datetime(cells.replace("", None), utc=kind == "instant", format="ISO8601")
    if kind in {"number", "integer"}:
        numbers = pd.to_numeric(cells.replace("", None))
        return numbers.astype("Int64") if kind == "integer" else numbers.astype("float64")
    return cells


def test_exports_repeat_to_the_byte(command, tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        for target in (first, second):
            command("tables", "export", "price_change", str(target))
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["describe", "token_prise"],
            "no table named 'token_prise'; there are: accelerator, accelerator_price, ",
        ),
        (["export", "token_prise", "x.csv"], "no table named 'token_prise'"),
        (["export", "token_price", "x.json"], "x.json: the ending must be one of .csv, .parquet, .xlsx"),
        (
            ["export", "token_price", "x.csv", "--as-of", "2025-13-01"],
            "'2025-13-01' is no date; write it as 2025-06-30",
        ),
        (["export", "token_price", "x.csv", "--as-of", DAY, "--on", DAY], "as_of is a vintage of its own"),
        (["export", "price_change", "x.csv", "--on", DAY], "price_change lists what happened"),
        (["export", "price_change", "/proc/none/x.csv"], "/proc/none"),
    ],
)
def test_a_wrong_request_is_one_message(
    command, tmp_path: Path, monkeypatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command("tables", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("Error ")
    assert message in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_not_built_is_named(command, copied: Path) -> None:
    (copied / "data" / "processed" / "token_price.parquet").unlink()
    code, _, err = command("tables", "export", "token_price", "x.csv")
    assert code == 1
    assert "token_price.parquet is missing. Run `cloudmarket tables build`." in err


def test_build_gives_the_shipped_bytes_and_the_codebook(command, copied: Path) -> None:
    shipped = {path.name: path.read_bytes() for path in (copied / "data" / "processed").glob("*.parquet")}
    code, out, _ = command("tables", "build")
    assert code == 0
    assert all(name in out for name in tables.TABLES)
    assert {path.name: path.read_bytes() for path in (copied / "data" / "processed").glob("*.parquet")} == shipped
    assert (copied / "docs" / "codebook.md").read_text() == tables.datapackage.codebook(tables.TABLES)
