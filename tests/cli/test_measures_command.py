"""``cloudmarket index`` on a user's own files: by hand, against the measures, and what it refuses."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cloudmarket.measures import hedonic, index_numbers


def panel(periods: int = 6, products: int = 8, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for month in range(1, periods + 1):
        for number in range(products):
            if random.random() < 0.9:
                price, quantity = math.exp(random.normal(0, 0.2)), int(random.integers(1, 50))
                rows.append((f"2024-{month:02}", f"{number:03}", price, quantity, number % 3, "ab"[number % 2]))
    return pd.DataFrame(rows, columns=["month", "id", "p", "q", "size", "kind"])


COLUMNS = {"period": "month", "product": "id", "price": "p", "quantity": "q"}
NAMED = ["--period", "month", "--product", "id", "--price", "p", "--quantity", "q"]


@pytest.fixture(params=["csv", "parquet"])
def prices(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"prices.{request.param}"
    if request.param == "csv":
        panel().to_csv(path, index=False)
    else:
        panel().to_parquet(path, index=False)
    return path


def computed(command, *arguments: str) -> tuple[pd.DataFrame, str]:
    """Return the table written, and what was printed."""
    target = Path(arguments[0]).with_name("result.csv")
    code, out, err = command("index", *arguments, "--out", str(target))
    assert (code, err) == (0, "")
    return pd.read_csv(target, dtype={"period": "str"}), out


def same(rows: pd.DataFrame, expected: index_numbers.Index, level: float = 0.95) -> None:
    band = expected.interval(level)
    assert rows.period.tolist() == [str(period) for period in expected.index.index]
    for name, values in {
        "index": expected.index,
        "standard_error": expected.standard_errors,
        "low": band.low,
        "high": band.high,
        "matched_products": expected.matched["products"],
        "expenditure_share": expected.matched.expenditure_share,
    }.items():
        assert rows[name].to_numpy() == pytest.approx(values.to_numpy(), rel=1e-9, nan_ok=True)
    assert rows.method.unique().tolist() == [expected.method]
    assert rows.price_changes.unique().tolist() == [expected.n_price_changes]


def test_jevons_by_hand(command, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("period;product;price\n2024-Q1;001;2\n2024-Q1;1;8\n2024-Q2;001; 4 \n2024-Q2;1;16\n")
    code, out, _ = command("index", str(path), "--method", "jevons")
    lines = out.splitlines()
    # Products 001 and 1 are two: read as numbers they would be one with two prices.
    assert lines[1].split() == ["2024-Q1", "1", "2"]
    assert lines[2].split() == ["2024-Q2", "2", "2"]
    assert lines[3] == "jevons, fixed base; no intervals: --bootstrap gives them; 2 price changes"
    assert code == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ["--method", "geks-tornqvist", "--window", "4", "--splice", "mean"],
            lambda rows: index_numbers.multilateral(rows, "geks-tornqvist", 4, "mean", **COLUMNS),
        ),
        (["--method", "tpd"], lambda rows: index_numbers.multilateral(rows, "tpd", **COLUMNS)),
        (["--method", "tpd", "--base", "fixed"], lambda rows: index_numbers.bilateral(rows, "tpd", **COLUMNS)),
        (
            ["--method", "fisher", "--base", "chained", "--bootstrap", "30", "--seed", "7"],
            lambda rows: index_numbers.bilateral(rows, "fisher", "chained", bootstrap=30, seed=7, **COLUMNS),
        ),
        (
            ["--method", "lloyd-moulton", "--sigma", "0.7"],
            lambda rows: index_numbers.bilateral(rows, "lloyd-moulton", sigma=0.7, **COLUMNS),
        ),
        (
            ["--method", "hedonic-pooled", "--characteristic", "size", "--characteristic", "kind", "--cluster", "kind"],
            lambda rows: hedonic.index(rows, ["size", "kind"], "pooled", cluster="kind", **COLUMNS),
        ),
        (
            ["--method", "hedonic-rolling", "--window", "3", "--characteristic", "size", "--weights", "expenditure"],
            lambda rows: hedonic.index(rows, ["size"], "rolling", 3, "expenditure", **COLUMNS),
        ),
    ],
)
def test_numbers_are_those_of_the_measure(command, prices: Path, options: list[str], expected) -> None:
    rows, out = computed(command, str(prices), *NAMED, *options)
    same(rows, expected(panel()))
    assert [line.split()[0] for line in out.splitlines()[1:7]] == rows.period.tolist()


def test_intervals_have_the_level_asked_for(command, prices: Path) -> None:
    rows, out = computed(command, str(prices), *NAMED, "--method", "wtpd", "--level", "0.8")
    same(rows, index_numbers.multilateral(panel(), "wtpd", **COLUMNS), 0.8)
    assert "80 % intervals" in out


def test_several_rows_become_one_if_asked(command, tmp_path: Path) -> None:
    rows = pd.concat([panel(), panel(seed=1)], ignore_index=True)
    path = tmp_path / "twice.csv"
    rows.to_csv(path, index=False)
    code, _, err = command("index", str(path), *NAMED, "--method", "fisher")
    assert (code, "several rows" in err) == (1, True)
    found, _ = computed(command, str(path), *NAMED, "--method", "fisher", "--aggregate", "unit_value")
    same(found, index_numbers.bilateral(rows, "fisher", aggregate="unit_value", **COLUMNS))


@pytest.mark.parametrize(
    ("first", "second"),
    [("2023", "2024"), ("9", "10"), ("2024-01-31", "2024-02-29"), ("2024M01", "2024M02"), ("2024-01", "2024-02")],
)
def test_periods_of_csv_come_out_as_printed(command, tmp_path: Path, first: str, second: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"period,product,price\n{second},a,2\n{first},a,1\n{first},b,3\n{second},b,6\n")
    found, _ = computed(command, str(path), "--method", "dutot")
    assert found.period.tolist() == [first, second]
    assert found["index"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("periods", "shown"),
    [
        (pd.to_datetime(["2024-01-31", "2024-02-29"]), ["2024-01-31", "2024-02-29"]),
        (pd.to_datetime(["2024-01-31", "2024-02-29"]).date, ["2024-01-31", "2024-02-29"]),
        (pd.to_datetime(["2024-01-31 06:00", "2024-01-31 18:00"]), ["2024-01-31T06:00:00", "2024-01-31T18:00:00"]),
        ([9, 10], ["9", "10"]),
    ],
)
def test_periods_of_parquet_come_out_as_they_are(command, tmp_path: Path, periods, shown: list[str]) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"period": list(periods) * 2, "product": list("aabb"), "price": [1.0, 2, 3, 6]}).to_parquet(path)
    found, _ = computed(command, str(path), "--method", "dutot")
    assert found.period.tolist() == shown
    assert found["index"].tolist() == [1, 2]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_kind_of_file_reads_back(command, prices: Path, ending: str) -> None:
    target = prices.with_name(f"out.{ending}")
    code, out, _ = command("index", str(prices), *NAMED, "--method", "wtpd", "--out", str(target))
    assert (code, out.splitlines()[-1]) == (0, f"6 rows in {target}")
    if ending == "xlsx":
        read = pd.read_excel(target, sheet_name="index", engine="openpyxl")
    else:
        read = pd.read_csv(target) if ending == "csv" else pd.read_parquet(target)
    same(read, index_numbers.multilateral(panel(), "wtpd", **COLUMNS))


REFUSED = [
    ([*NAMED, "--method", "fish"], "no method 'fish'; choose one of laspeyres, "),
    ([*NAMED, "--method", "wtpd", "--sigma", "1"], "--sigma is no option of wtpd"),
    ([*NAMED, "--method", "fisher", "--window", "3"], "--window is no option of fisher"),
    ([*NAMED, "--method", "fisher", "--characteristic", "size"], "--characteristic is no option of fisher"),
    ([*NAMED, "--method", "hedonic-pooled"], "hedonic-pooled needs --characteristic"),
    (
        [*NAMED, "--method", "hedonic-pooled", "--characteristic", "cpu"],
        "no column 'cpu'; its columns are month, id, p",
    ),
    ([*NAMED, "--method", "wtpd", "--window", "3"], "splice"),
    ([*NAMED, "--method", "wtpd", "--level", "95"], "level is 95"),
    ([*NAMED, "--method", "lloyd-moulton"], "needs sigma"),
    ([*NAMED[:6], "--method", "fisher"], "fisher weighs by quantity: name its column with --quantity"),
    ([*NAMED[:7], "z", "--method", "jevons"], "has no column 'z'; its columns are month, id, p, q, size, kind"),
    ([*NAMED, "--method", "wtpd", "--out", "x.json"], "x.json: the ending must be one of .csv, .parquet, .xlsx"),
    ([*NAMED[:4], "--price", "kind", "--method", "jevons"], "'kind'"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_a_wrong_request_is_one_message(command, prices: Path, options: list[str], message: str) -> None:
    code, out, err = command("index", str(prices), *options)
    assert (code, out) == (1, "")
    assert err.startswith("Error ")
    assert message in err
    assert "Traceback" not in err
    assert sorted(path.name for path in prices.parent.iterdir()) == [prices.name]


FILES = [
    ("none.csv", None, "there is no file"),
    ("a.json", b"{}", "a.json: the ending must be one of .csv"),
    ("a.csv", b"", "a.csv is empty"),
    ("a.csv", b"period,product,price\n", "a.csv: there are no rows"),
    ("a.csv", b"period,product,price\n2024,a,1\n2025,a\n2026,a,2,3\n", "not every row has as many cells"),
    ("a.csv", "period,product,price\n2024,é,1\n".encode("latin-1"), "a.csv cannot be read"),
    ("a.csv", b"period,product,price\n2024,a,1\n2025,a,two\n", "row 2 below the header has 'two' in column 'price'"),
    ("a.csv", b'period,product,price\n2024,a,1\n2025,a,"1,5"\n', "row 2 below the header has '1,5' in column 'price'"),
    ("a.csv", b"period,product,price\n2024,a,1\n2025,a,NA\n", "a price that is missing or not above zero"),
    ("a.csv", b"period,product,price\n2024,a,1\n,a,2\n", "1 rows have no period"),
    ("a.csv", b"period,product,price\nJan-2024,a,1\nFeb-2024,a,2\n", "'Feb-2024' does not begin with the year"),
    ("a.csv", b"period,product,price\n2024-9,a,1\n2024-10,a,2\n", "texts of several lengths"),
    ("a.csv", b"period,product,price\n2024,a,1\n", "a single period, 2024"),
    ("a.parquet", b"PAR1 or not", "a.parquet cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "message"), FILES)
def test_a_file_that_cannot_be_used_is_one_message(command, tmp_path: Path, name: str, content, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, out, err = command("index", str(path), "--method", "jevons")
    assert (code, out) == (1, "")
    assert err.startswith("Error ")
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_an_almost_numeric_characteristic_is_an_error_and_a_text_is_a_category(command, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = panel()
    rows["size"] = rows["size"].astype("object")
    rows.loc[4, "size"] = "big"
    rows.to_csv(path, index=False)
    code, _, err = command("index", str(path), *NAMED, "--method", "hedonic-pooled", "--characteristic", "size")
    assert (code, "row 5 below the header has 'big' in column 'size'" in err) == (1, True)


def test_what_was_there_stays_if_the_work_fails(command, tmp_path: Path, monkeypatch) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    panel().to_csv(path, index=False)
    target.write_text("before")
    assert command("index", str(path), *NAMED, "--method", "wtpd", "--window", "1", "--out", str(target))[0] == 1
    assert target.read_text() == "before"

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, _, err = command("index", str(path), *NAMED, "--method", "wtpd", "--out", str(target))
    assert (code, "No space left" in err) == (1, True)
    assert target.read_text() == "before"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.csv", "out.csv"]


def test_help_waits_for_no_library_of_data() -> None:
    code = "import sys, cloudmarket.cli; print([m for m in ('pandas', 'duckdb', 'ibis', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
