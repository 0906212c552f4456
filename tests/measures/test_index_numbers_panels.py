"""Panels of every kind give the same index, and unsound ones are refused."""

from __future__ import annotations

from itertools import product as pairs_of

import duckdb
import ibis
import numpy as np
import pandas as pd
import pytest

from cloudmarket.measures.index_numbers import bilateral, multilateral


@pytest.fixture
def panel() -> pd.DataFrame:
    random = np.random.default_rng(1)
    months = pd.date_range("2024-01-01", periods=6, freq="MS")
    names = [f"model {number}" for number in range(40)]
    frame = pd.DataFrame(pairs_of(months, names, range(2)), columns=["month", "id", "row"])
    frame["p"] = np.exp(random.normal(0, 0.4, len(frame)))
    frame["q"] = np.exp(random.normal(0, 1, len(frame)))
    return frame[random.random(len(frame)) < 0.6].sample(frac=1, random_state=2).reset_index(drop=True)


NAMES = {"period": "month", "product": "id", "price": "p", "quantity": "q"}


@pytest.mark.parametrize("kind", ["parquet", "text path", "relation", "ibis"])
@pytest.mark.parametrize(
    ("method", "aggregate"),
    [
        ("geks-fisher", None),
        ("geks-tornqvist", "unit_value"),
        ("geary-khamis", "unit_value"),
        ("wtpd", "observations"),
        ("tpd", "observations"),
    ],
)
def test_the_engine_and_memory_agree(panel, tmp_path, kind, method, aggregate) -> None:
    panel = panel.drop_duplicates(["month", "id"]) if aggregate is None else panel
    path = tmp_path / "panel.parquet"
    panel.to_parquet(path)
    connection = duckdb.connect()
    source = {
        "parquet": path,
        "text path": str(path),
        "relation": connection.from_df(panel),
        "ibis": ibis.duckdb.connect().read_parquet(path),
    }[kind]
    options = {"window": 4, "splice": "mean", "aggregate": aggregate}
    in_memory = multilateral(panel, method, **options, **NAMES)
    in_engine = multilateral(source, method, **options, **NAMES)
    assert in_engine.index.to_numpy() == pytest.approx(in_memory.index.to_numpy(), rel=1e-12)
    assert in_engine.standard_errors.to_numpy() == pytest.approx(
        in_memory.standard_errors.to_numpy(), rel=1e-9, nan_ok=True
    )
    assert list(pd.DatetimeIndex(in_engine.index.index)) == list(in_memory.index.index)
    pd.testing.assert_frame_equal(in_engine.matched.reset_index(drop=True), in_memory.matched.reset_index(drop=True))
    assert in_engine.n_price_changes == in_memory.n_price_changes
    assert in_engine.method == in_memory.method


def test_bilateral_reads_a_parquet_file_as_well(panel, tmp_path) -> None:
    panel.to_parquet(tmp_path / "panel.parquet")
    found = bilateral(tmp_path / "panel.parquet", "fisher", "chained", aggregate="unit_value", **NAMES)
    expected = bilateral(panel, "fisher", "chained", aggregate="unit_value", **NAMES)
    assert found.index.to_numpy() == pytest.approx(expected.index.to_numpy(), rel=1e-12)


def test_unit_values_are_value_over_quantity() -> None:
    panel = pd.DataFrame({"period": [1, 1, 2], "product": "a", "price": [1.0, 4.0, 5.0], "quantity": [2.0, 1.0, 1.0]})
    assert bilateral(panel, "jevons", aggregate="unit_value").index.to_list() == pytest.approx([1, 2.5])


@pytest.mark.parametrize(
    "labels",
    [
        pd.period_range("2024-09", periods=3, freq="M"),
        pd.Categorical(["Sep", "Oct", "Nov"], categories=["Sep", "Oct", "Nov"], ordered=True),
        ["2024-09", "2024-10", "2024-11"],
        [9, 10, 11],
    ],
)
def test_periods_of_many_kinds_are_put_in_order(labels) -> None:
    panel = pd.DataFrame({"period": labels, "product": "a", "price": [1.0, 2.0, 4.0], "quantity": 1.0})
    found = bilateral(panel.iloc[[2, 0, 1]], "fisher").index
    assert found.to_list() == pytest.approx([1, 2, 4])
    assert list(found.index) == list(labels)


SOUND = {
    "period": [1, 1, 2, 2],
    "product": list("abab"),
    "price": [1.0, 2.0, 2.0, 3.0],
    "quantity": [1.0, 1.0, 2.0, 2.0],
}
WRONG = [
    ({"price": [1.0, 0.0, 2.0, 3.0]}, "product 'b' has in period 1 a price that is missing or not above zero"),
    ({"price": [1.0, 2.0, -2.0, 3.0]}, "product 'a' has in period 2 a price"),
    ({"price": [1.0, 2.0, np.nan, 3.0]}, "product 'a' has in period 2 a price"),
    ({"price": [1.0, 2.0, np.inf, 3.0]}, "product 'a' has in period 2 a price"),
    ({"quantity": [1.0, 1.0, 2.0, np.nan]}, "product 'b' has in period 2 a quantity that is missing"),
    ({"quantity": [1.0, 1.0, 2.0, 0.0]}, "product 'b' has in period 2 a quantity that is missing or not above"),
    ({"quantity": [1.0, 1.0, -2.0, 1.0]}, "product 'a' has in period 2 a quantity"),
    ({"product": list("aaab")}, "product 'a' has in period 1 several rows; remove the duplicates, or ask for"),
    ({"product": [7, 7, 7, 8]}, "product 7 has in period 1 several rows"),
    ({"product": ["a", "b", None, "b"]}, "1 rows have no product"),
    ({"period": [1.0, 1.0, None, 2.0]}, "1 rows have no period"),
    ({"period": [1, 1, 1, 1], "product": list("abcd")}, "a single period, 1"),
    ({"period": ["9", "9", "10", "10"]}, "texts of several lengths"),
]


@pytest.mark.parametrize("in_engine", [False, True])
@pytest.mark.parametrize(("change", "message"), WRONG)
def test_unsound_panels_are_refused_with_the_first_of_what_is_wrong(change, message, in_engine, tmp_path) -> None:
    panel = pd.DataFrame({**SOUND, **change})
    panel.to_parquet(tmp_path / "panel.parquet")
    for compute in (bilateral, multilateral):
        with pytest.raises(ValueError, match=message):
            compute(tmp_path / "panel.parquet" if in_engine else panel, "fisher" if compute is bilateral else "wtpd")


def test_a_quantity_of_nan_in_a_file_is_refused(tmp_path) -> None:
    path = tmp_path / "panel.parquet"
    rows = "(VALUES (1, 'a', 1.0::DOUBLE, 'NaN'::DOUBLE), (2, 'a', 1.0, 1.0))"
    duckdb.sql(f"SELECT * FROM {rows} t(period, product, price, quantity)").write_parquet(str(path))
    with pytest.raises(ValueError, match="product 'a' has in period 1 a quantity"):
        bilateral(path, "fisher")
    assert bilateral(path, "jevons").index.to_list() == [1, 1]


def test_what_is_no_panel_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        bilateral(tmp_path / "nothing.parquet", "fisher")
    with pytest.raises(TypeError, match="a panel is a frame"):
        bilateral([1, 2], "fisher")
    with pytest.raises(ValueError, match="no column 'price'; its columns are period, product, quantity"):
        bilateral(pd.DataFrame(SOUND).drop(columns="price"), "fisher")
    with pytest.raises(ValueError, match="the panel is empty"):
        bilateral(pd.DataFrame(SOUND).iloc[:0], "fisher")
