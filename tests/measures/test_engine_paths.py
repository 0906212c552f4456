"""Indices from files: any number of files and threads, and any order of rows, give the same numbers."""

from __future__ import annotations

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest

from cloudmarket import engine
from cloudmarket.engine import _duckdb
from cloudmarket.measures.index_numbers import multilateral
from cloudmarket.measures.index_numbers._sums import Columns, sums

COLUMNS = Columns("period", "product", "price", "quantity", is_weighted=True, aggregate="observations")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Return two million rows of few cells: thousands of rows in each, of prices of many sizes."""
    random = np.random.default_rng(3)
    size = 2_000_000
    return pd.DataFrame(
        {
            "period": random.integers(1, 13, size),
            "product": np.char.add("model ", random.integers(0, 40, size).astype(str)),
            "price": np.exp(random.normal(-6, 3, size)),
            "quantity": np.exp(random.normal(5, 2, size)),
        }
    )


@pytest.fixture(scope="module")
def path(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("panel") / "panel.parquet"
    rows.to_parquet(path, row_group_size=100_000)
    return path


@pytest.fixture
def threads(monkeypatch):
    """Let files be read by so many threads, whatever their size."""
    return lambda count: monkeypatch.setattr(_duckdb, "threads_for", lambda _: count)


def test_threads_and_the_order_of_rows_move_an_index_by_less_than_1e_12(rows, path, tmp_path, threads) -> None:
    threads(1)
    expected = multilateral(path, "wtpd", aggregate="observations")
    rows.sample(frac=1, random_state=1).to_parquet(tmp_path / "shuffled.parquet", row_group_size=100_000)
    for count, file in ((4, path), (4, path), (1, tmp_path / "shuffled.parquet"), (4, tmp_path / "shuffled.parquet")):
        threads(count)
        found = multilateral(file, "wtpd", aggregate="observations")
        np.testing.assert_allclose(found.index, expected.index, rtol=1e-12)
        np.testing.assert_allclose(found.standard_errors, expected.standard_errors, rtol=1e-10)


def test_sums_are_off_by_units_in_the_last_place(rows, path, threads) -> None:
    """The exact sums are those of the rows in long double, whose own error is a thousandth of a unit."""
    exact = rows.assign(value=(rows.price * rows.quantity).astype("longdouble")).groupby(["period", "product"]).value
    expected = exact.agg(lambda values: float(np.sum(values.to_numpy())))
    for count in (1, 4):
        threads(count)
        found = sums(path, COLUMNS).astype({"product": str}).set_index(["period", "product"]).value
        np.testing.assert_allclose(found.reindex(expected.index), expected, rtol=4e-16)


def test_one_thread_gives_the_same_bytes_every_time(path) -> None:
    first, second = (sums(path, COLUMNS) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_a_folder_of_files_is_one_panel(rows, path, tmp_path) -> None:
    for number, part in enumerate(np.array_split(np.arange(len(rows)), 3)):
        folder = tmp_path / f"year={number}"
        folder.mkdir()
        rows.iloc[part].to_parquet(folder / "part [1].parquet")
    (tmp_path / "_SUCCESS").touch()
    found, expected = (multilateral(source, "wtpd", aggregate="observations") for source in (tmp_path, path))
    np.testing.assert_allclose(found.index, expected.index, rtol=1e-12)


def test_rows_of_an_unsound_panel_are_counted(tmp_path) -> None:
    panel = pd.DataFrame(
        {
            "period": [1, 1, 1, 2],
            "product": ["a", "a", "b", "a"],
            "price": [0.0, None, 2.0, 3.0],
            "quantity": [1.0, 1.0, -1.0, 1.0],
        }
    )
    panel.to_parquet(tmp_path / "panel.parquet")
    for source in (panel, tmp_path / "panel.parquet"):
        found = sums(source, COLUMNS).astype({"product": str}).set_index(["period", "product"]).sort_index()
        assert found.rows.to_list() == [2, 1, 1]
        assert found.bad_prices.to_list() == [2, 0, 0]
        assert found.bad_quantities.to_list() == [0, 1, 0]
        assert found.value.isna().to_list() == [True, True, False]


@pytest.mark.parametrize(("price", "passes"), [(1.0, 1), (0.0, 2)])
def test_only_sums_leave_the_engine_and_a_sound_panel_is_read_once(path, tmp_path, monkeypatch, price, passes) -> None:
    fetched = []

    def watched(aggregates):
        fetched.append(fetch(aggregates))
        return fetched[-1]

    fetch = engine.fetch
    monkeypatch.setattr(engine, "fetch", watched)
    (tmp_path / "panel").mkdir()
    shutil.copy(path, tmp_path / "panel" / "1.parquet")
    another = pd.DataFrame({"period": [1], "product": ["model 1"], "price": [price], "quantity": [1.0]})
    another.to_parquet(tmp_path / "panel" / "2.parquet")
    found = sums(tmp_path / "panel", COLUMNS)
    assert found.rows.sum() == 2_000_001
    assert found.bad_prices.sum() == passes - 1
    assert [table.num_rows for table in fetched] == [12 * 40] * passes


def test_a_query_runs_in_the_connection_that_the_relation_is_of() -> None:
    mine = duckdb.connect()
    mine.sql("CREATE TABLE sale AS SELECT 1 + i % 3 AS period, i % 7 AS product, 1.0 + i AS price FROM range(21) t(i)")
    found = multilateral(mine.table("sale"), "geks-jevons")
    expected = multilateral(mine.table("sale").df(), "geks-jevons")
    np.testing.assert_allclose(found.index, expected.index, rtol=1e-12)


def test_what_duckdb_cannot_read_says_what_to_do(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"s3://bucket/panel\.parquet is not on this machine: set CLOUDMARKET_ENGINE"):
        multilateral("s3://bucket/panel.parquet", "wtpd")
    with pytest.raises(ValueError, match="there is no Parquet file in"):
        multilateral(tmp_path, "wtpd")
