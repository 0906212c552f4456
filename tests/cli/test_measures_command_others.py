"""``cloudmarket event-study``, ``concentration`` and ``composite`` on a user's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cloudmarket.measures import composite as composites
from cloudmarket.measures import event_study

EVENT, WINDOWS = "2020-11-02", ["--event-window", "-2", "3", "--estimation-window", "-150", "-11"]


def returns() -> pd.DataFrame:
    random = np.random.default_rng(0)
    dates = pd.bdate_range("2020-01-01", periods=300, name="date")
    market = 0.01 * random.standard_normal(300)
    firms = {name: 0.8 * market + 0.02 * random.standard_normal(300) for name in ("Alpha", "Beta", "Gamma")}
    frame = pd.DataFrame({**firms, "Index": market}, index=dates)
    frame.iloc[5, 1] = np.nan
    return frame


def studied(command, path: Path, *options: str) -> tuple[pd.DataFrame, str]:
    target = path.with_name("result.csv")
    code, out, err = command("event-study", str(path), *options, "--out", str(target))
    assert (code, err) == (0, "")
    return pd.read_csv(target), out


def test_an_event_study_of_wide_and_long_files_is_that_of_the_measure(command, tmp_path: Path) -> None:
    frame = returns()
    expected = event_study.run(frame, "Index", None, EVENT, (-2, 3), (-150, -11))
    wide, long, parquet = tmp_path / "wide.csv", tmp_path / "long.csv", tmp_path / "wide.parquet"
    frame.to_csv(wide, na_rep="NA")
    frame.reset_index().to_parquet(parquet)
    frame.reset_index().melt("date", var_name="name", value_name="r").sample(frac=1, random_state=1).to_csv(long)
    asked = ["--market", "Index", "--event-date", EVENT, *WINDOWS]
    for path, options in ((wide, []), (parquet, []), (long, ["--firm", "name", "--return", "r"])):
        rows, out = studied(command, path, *asked, *options)
        assert rows.firm.tolist() == ["Alpha", "Beta", "Gamma"]
        assert rows.day_zero.unique().tolist() == [EVENT]
        for name in ("car", "standard_error", "statistic", "p_value", "estimation_days"):
            assert rows[name].tolist() == pytest.approx(expected.car[name].tolist()), path.name
        assert rows.bhar.tolist() == pytest.approx(expected.bhar.tolist())
        for test in expected.tests.index:
            assert test in out
        assert expected.notes[0] in out


def test_the_interval_of_a_car_excludes_zero_where_its_test_rejects(command, tmp_path: Path) -> None:
    frame = returns()
    frame.loc[EVENT, "Alpha"] += 0.3
    frame.to_csv(tmp_path / "a.csv")
    asked = ["--market", "Index", "--event-date", EVENT, *WINDOWS]
    p_value = studied(command, tmp_path / "a.csv", *asked)[0].p_value
    for level in (0.5, 0.95, 0.999):
        rows, _ = studied(command, tmp_path / "a.csv", *asked, "--level", str(level))
        assert ((rows.low > 0) | (rows.high < 0)).tolist() == (p_value < 1 - level).tolist()
    assert rows.low[0] > 0


def test_logarithmic_returns_are_made_simple(command, tmp_path: Path) -> None:
    frame = returns()
    np.log1p(frame).to_csv(tmp_path / "logs.csv")
    rows, _ = studied(
        command, tmp_path / "logs.csv", "--market", "Index", "--event-date", EVENT, *WINDOWS, "--log-returns"
    )
    expected = event_study.run(frame, "Index", None, EVENT, (-2, 3), (-150, -11))
    assert rows.car.tolist() == pytest.approx(expected.car.car.tolist())


def test_firms_and_their_own_events_can_be_chosen(command, tmp_path: Path) -> None:
    frame = returns()
    frame.assign(note="text").to_csv(tmp_path / "a.csv")
    events = ["--event-date", f"Alpha={EVENT}", "--event-date", "Alpha=2020-12-01", "--event-date", "Beta=2020-12-01"]
    options = ["--market", "Index", "--only", "Alpha", "--only", "Beta", *events, *WINDOWS]
    rows, _ = studied(command, tmp_path / "a.csv", *options)
    dates = {"Alpha": [EVENT, "2020-12-01"], "Beta": "2020-12-01"}
    expected = event_study.run(frame, "Index", ["Alpha", "Beta"], dates, (-2, 3), (-150, -11))
    assert rows[["firm", "day_zero"]].apply(tuple, axis=1).tolist() == [
        (firm, f"{day:%Y-%m-%d}") for firm, day in expected.car.index
    ]
    assert rows.car.tolist() == pytest.approx(expected.car.car.tolist())


def refused(command, name: str, path: Path, *options: str) -> str:
    code, out, err = command(name, str(path), *options)
    assert (code, out) == (1, "")
    assert err.startswith("Error ")
    assert len(err.strip().splitlines()) == 1
    return str(err)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--market", "Nasdaq"], "'Nasdaq' is no column of the returns"),
        ([], "the market model needs the returns of a market"),
        (["--market", "Index", "--date", "day"], "no column 'day'; its columns are date, Alpha"),
        (["--market", "Index", "--event-date", "soon"], "'soon' is no date"),
        (["--market", "Index", "--event-date", f"Alpha={EVENT}"], "with its firm"),
        (["--market", "Index", "--event-date", "2020-11-04"], "2020-11-02 and 2020-11-04 overlap"),
        (["--market", "Index", "--firm", "Alpha"], "--firm and --return go together"),
        (["--market", "Index", "--firm", "Alpha", "--return", "Beta"], "of the returns"),
        (["--market", "Index", "--only", "Delta"], "no column 'Delta'"),
        (["--market", "Index", "--level", "95"], "level is 95"),
        (["--market", "Index", "--model", "capm"], "no model 'capm'"),
    ],
)
def test_what_is_no_event_study_is_one_message(command, tmp_path: Path, options: list[str], message: str) -> None:
    returns().to_csv(tmp_path / "a.csv")
    assert message in refused(command, "event-study", tmp_path / "a.csv", "--event-date", EVENT, *WINDOWS, *options)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("date,A,M\n2020-01-01,x,0\n", [], "row 1 below the header has 'x' in column 'A'"),
        ("date,A,M\n2020-01-01,0,0\n01.02.2020,0,0\n", [], "row 2 below the header has the date '01.02.2020'"),
        ("date,A,M\n2020-01-01,0,0\n2020-01-01,0,0\n", [], "2020-01-01 twice"),
        ("date,f,r\n2020-01-01,M,0\n2020-01-01,M,0\n", ["--firm", "f", "--return", "r"], "has two returns on 2020"),
        ("date,f,r\n2020-01-01,M,0\n2020-01-01,,0\n", ["--firm", "f", "--return", "r"], "1 rows have no f"),
    ],
)  # fmt: skip
def test_returns_that_are_none_are_one_message(command, tmp_path: Path, content, options, message) -> None:
    (tmp_path / "a.csv").write_text(content)
    asked = ["--market", "M", "--event-date", EVENT, *options]
    assert message in refused(command, "event-study", tmp_path / "a.csv", *asked)


SHARES = (
    "year,who,share,low,high\n2023,a,50,45,55\n2023,b,30,25,35\n2023,c,20,20,20\n2024,a,60,60,60\n2024,b,40,35,40\n"
)


def test_concentration_by_hand(command, tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text(SHARES)
    options = ["--firm", "who", "--share", "share", "--unit", "percent", "--by", "year", "--out", str(target)]
    code, out, err = command("concentration", str(path), *options)
    assert (code, err) == (0, "")
    rows = pd.read_csv(target).set_index("year")
    assert rows.hhi.to_dict() == pytest.approx({2023: 3800, 2024: 5200})
    assert rows.cr2.to_dict() == pytest.approx({2023: 0.8, 2024: 1})
    assert rows.effective_firms[2024] == pytest.approx(10_000 / 5200)
    assert "3800" in out.splitlines()[1]


def test_bounds_by_hand(command, tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text(SHARES)
    asked = ["--firm", "who", "--unit", "percent", "--by", "year", "--out", str(target)]
    assert command("concentration", str(path), *asked, "--low", "low", "--high", "high", "--rest", "0")[0] == 0
    rows = pd.read_csv(target).set_index("year")
    # 2023: a and b add up to 80; 45 and 35 are the most even, 55 and 25 the least. 2024: no freedom.
    assert rows.loc[2023, ["hhi_low", "hhi_high"]].tolist() == pytest.approx([3650, 4050])
    assert rows.loc[2024, ["hhi_low", "hhi_high"]].tolist() == pytest.approx([5200, 5200])
    (tmp_path / "some.csv").write_text("who,share\na,0.5\nb,0.3\n")
    options = ["--firm", "who", "--unit", "fraction", "--share", "share", "--partial", "--out", str(target)]
    assert command("concentration", str(tmp_path / "some.csv"), *options)[0] == 0
    rest = pd.read_csv(target).iloc[0]
    # The remaining fifth may be one firm, or split without end.
    assert [rest.hhi_low, rest.hhi_high] == pytest.approx([3400, 3800])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--share", "share", "--unit", "fraction"], "50.0, which is no share in fraction"),
        (["--share", "share", "--unit", "parts"], "unit is 'parts'"),
        (["--unit", "percent"], "give --share, or --low and --high"),
        (["--low", "low", "--unit", "percent"], "give --share, or --low and --high"),
        (["--share", "x", "--unit", "percent"], "no column 'x'; its columns are year, who, share, low, high"),
        (["--share", "who", "--unit", "percent"], "row 1 below the header has 'a' in column 'who'"),
        (["--share", "low", "--unit", "percent"], "year 2023: the shares add up to 0.9 of the market"),
        (["--share", "share", "--unit", "percent", "--rest", "all"], "the rest 'all' is no share"),
        (["--share", "share", "--unit", "percent", "--rest", "5:10"], "year 2023: known shares of 1 to 1 and a rest"),
    ],
)
def test_what_is_no_market_is_one_message(command, tmp_path: Path, options: list[str], message: str) -> None:
    (tmp_path / "a.csv").write_text(SHARES)
    assert message in refused(command, "concentration", tmp_path / "a.csv", "--firm", "who", "--by", "year", *options)


def test_a_firm_with_two_shares_is_named(command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("firm,share\na,50\na,50\n")
    options = ["--share", "share", "--unit", "percent"]
    assert "'a' has two rows" in refused(command, "concentration", tmp_path / "a.csv", *options)


UNITS = "unit,speed,price,note\nx,1,2,n\ny,2,5,n\nz,3,1,n\n"
STRUCTURE = "name,parent,direction,weight\nspeed,all,1,3\nprice,all,-1,1\nall,,1,1\n"


def test_a_composite_is_that_of_the_measure_with_ranges(command, tmp_path: Path) -> None:
    path, shape, target = tmp_path / "a.csv", tmp_path / "shape.csv", tmp_path / "out.csv"
    path.write_text(UNITS)
    shape.write_text(STRUCTURE)
    options = ["--structure", str(shape), "--weights", "given", "--robustness", "500", "--out", str(target)]
    code, out, err = command("composite", str(path), *options)
    assert (code, err) == (0, "")
    frame = pd.read_csv(path, index_col="unit")[["speed", "price"]]
    built = composites.build(frame, pd.read_csv(shape), weights="given")
    expected = composites.robustness(built, draws=500, sobol_draws=0).ranks
    rows = pd.read_csv(target).set_index("unit")
    # By hand: speed 1, 50.5, 100 with three quarters, price 75.25, 1, 100 with one.
    assert rows.score.to_dict() == pytest.approx({"z": 100, "y": 0.75 * 50.5 + 0.25, "x": 0.75 + 0.25 * 75.25})
    assert rows["rank"].to_dict() == {"z": 1, "y": 2, "x": 3}
    for name in ("low", "median", "high", "best", "worst"):
        assert rows[name].tolist() == expected[name].tolist()
    assert "Not in the structure and left out: note" in out


def test_directions_are_enough_for_equal_weights(command, tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text(UNITS.replace(",note", "").replace(",n", ""))
    options = ["--direction", "price=-1", "--robustness", "200", "--out", str(target)]
    assert command("composite", str(path), *options)[0] == 0
    frame = pd.read_csv(path, index_col="unit")
    expected = composites.build(frame, {"speed": 1, "price": -1}).table
    assert pd.read_csv(target).set_index("unit").score.to_dict() == pytest.approx(expected.score.to_dict())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "row 1 below the header has 'n' in column 'note', which is no number"),
        (["--direction", "cost=-1"], "no indicator 'cost'; there are speed, price, note"),
        (["--direction", "price=down"], "'price=down' is no INDICATOR=1 or INDICATOR=-1"),
        (["--structure", "shape.csv", "--direction", "price=-1"], "not both"),
        (["--structure", "none.csv"], "there is no file none.csv"),
        (["--structure", "shape.csv", "--weights", "best"], "no weights 'best'"),
        (["--structure", "shape.csv", "--level", "9"], "level 9.0"),
        (["--structure", "short.csv"], "short.csv has no column 'direction'"),
        (["--structure", "more.csv"], "structure and data differ in 'size'"),
    ],
)
def test_what_is_no_composite_is_one_message(command, tmp_path: Path, monkeypatch, options, message) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(UNITS)
    (tmp_path / "shape.csv").write_text(STRUCTURE)
    (tmp_path / "short.csv").write_text("name,parent\nspeed,all\n")
    (tmp_path / "more.csv").write_text(STRUCTURE + "size,all,1,1\n")
    assert message in refused(command, "composite", tmp_path / "a.csv", *options)
