"""Measures and histories on a real Spark cluster say what they say in memory and on DuckDB."""

from __future__ import annotations

import gc
import importlib.util
import os
from datetime import date
from itertools import product as pairs_of

import numpy as np
import pandas as pd
import pytest

from cloudmarket import engine, history, store
from cloudmarket.engine import _java, _spark
from cloudmarket.errors import CloudMarketError
from cloudmarket.measures.index_numbers import bilateral, multilateral
from cloudmarket.sources import SOURCES
from cloudmarket.tables.registry import get
from spark_cluster import configuration, standalone

_JAVA = _java.java_version()
_HAS_SPARK = importlib.util.find_spec("pyspark") is not None and _JAVA is not None and _JAVA >= _java.LEAST_JAVA

pytestmark = [
    pytest.mark.spark,
    # PySpark 4.0 and Ibis 12 use an argument and an option that pandas 3 deprecates, and PySpark leaves the sockets of
    # its results to the garbage collector.
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed.*socket:ResourceWarning"),
]
NAMES = {"period": "month", "product": "id", "price": "p", "quantity": "q"}
DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a cluster and make it the engine. Where CI runs, a missing Java is a failure."""
    if not _HAS_SPARK:
        told = "THE SPARK CLUSTER IS NOT TESTED: it needs Java 17 or newer, and PySpark (the extra `spark`)"
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail(told)
        pytest.skip(told)
    from pyspark import SparkContext

    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch, standalone(folder) as master:
        patch.setenv("SPARK_CONF_DIR", str(configuration(folder)))
        patch.setenv("SPARK_LOCAL_DIRS", str(folder / "local"))
        patch.setenv("CLOUDMARKET_ENGINE", master)
        try:
            yield master
        finally:
            _spark.connection.cache_clear()
            if SparkContext._active_spark_context is not None:
                SparkContext._active_spark_context.stop()
            if SparkContext._gateway is not None:
                SparkContext._gateway.shutdown()
                SparkContext._gateway.proc.stdin.close()
                SparkContext._gateway.proc.wait(timeout=30)
                SparkContext._gateway = SparkContext._jvm = None
            gc.collect()


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    random = np.random.default_rng(5)
    months = pd.date_range("2024-01-01", periods=5, freq="MS").date
    names = [f"model {number}" for number in range(30)]
    frame = pd.DataFrame(pairs_of(months, names, range(2)), columns=["month", "id", "row"])
    frame["p"] = np.exp(random.normal(0, 0.4, len(frame)))
    frame["q"] = np.exp(random.normal(0, 1, len(frame)))
    return frame[random.random(len(frame)) < 0.6].sample(frac=1, random_state=2).reset_index(drop=True)


@pytest.mark.parametrize(
    ("compute", "method", "options"),
    [
        (multilateral, "geks-tornqvist", {"aggregate": "unit_value"}),
        (multilateral, "geary-khamis", {"aggregate": "unit_value", "window": 3, "splice": "mean"}),
        (multilateral, "wtpd", {"aggregate": "observations"}),
        (multilateral, "tpd", {"aggregate": "observations"}),
        (multilateral, "wtpd", {}),
        (bilateral, "fisher", {"base": "chained", "aggregate": "unit_value"}),
        (bilateral, "jevons", {}),
    ],
)
def test_the_cluster_and_memory_agree(cluster, panel, tmp_path, compute, method, options) -> None:
    panel = panel if "aggregate" in options else panel.drop_duplicates(["month", "id"])
    panel.to_parquet(tmp_path / "panel.parquet")
    assert engine.scan(tmp_path / "panel.parquet").get_backend().name == "pyspark"
    found = compute(tmp_path / "panel.parquet", method, **options, **NAMES)
    expected = compute(panel, method, **options, **NAMES)
    assert found.index.to_numpy() == pytest.approx(expected.index.to_numpy(), rel=1e-12)
    assert found.standard_errors.to_numpy() == pytest.approx(expected.standard_errors.to_numpy(), rel=1e-9, nan_ok=True)
    assert list(pd.DatetimeIndex(found.index.index)) == list(pd.DatetimeIndex(expected.index.index))
    assert found.n_price_changes == expected.n_price_changes


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ({"p": 0.0}, r"has in period \S+ a p that is missing or not above zero \(1 such"),
        ({"p": np.nan}, r"has in period \S+ a p that is missing or not above zero \(1 such"),
        ({"q": None}, r"has in period \S+ a q that is missing or not above zero"),
        ({"q": 0.0}, r"has in period \S+ a q that is missing or not above zero"),
        ({"id": None}, "1 rows have no product"),
    ],
)
def test_unsound_panels_are_refused_by_the_cluster_too(cluster, panel, tmp_path, spoil, message) -> None:
    spoilt = panel.drop_duplicates(["month", "id"]).reset_index(drop=True)
    for column, value in spoil.items():
        spoilt.loc[7, column] = value
    spoilt.to_parquet(tmp_path / "panel.parquet")
    with pytest.raises(ValueError, match=message):
        multilateral(tmp_path / "panel.parquet", "geks-fisher", aggregate="unit_value", **NAMES)


def test_duplicates_and_absent_files_are_refused_by_the_cluster_too(cluster, panel, tmp_path) -> None:
    panel.to_parquet(tmp_path / "panel.parquet")
    with pytest.raises(ValueError, match="several rows; remove the duplicates"):
        multilateral(tmp_path / "panel.parquet", "geks-fisher", **NAMES)
    with pytest.raises(ValueError, match=r"there is no file .*nothing\.parquet that Spark on spark://127"):
        multilateral(tmp_path / "nothing.parquet", "geks-fisher", **NAMES)


def test_a_folder_written_by_spark_is_a_panel_on_both_engines(cluster, panel, tmp_path, monkeypatch) -> None:
    panel.to_parquet(tmp_path / "panel.parquet")
    session = _spark.connection(cluster)._session
    session.read.parquet(str(tmp_path / "panel.parquet")).repartition(3).write.parquet(str(tmp_path / "folder"))
    assert len(list((tmp_path / "folder").glob("*.parquet"))) == 3
    on_spark = multilateral(tmp_path / "folder", "wtpd", aggregate="observations", **NAMES)
    monkeypatch.delenv("CLOUDMARKET_ENGINE")
    on_duckdb = multilateral(tmp_path / "folder", "wtpd", aggregate="observations", **NAMES)
    assert on_spark.index.to_numpy() == pytest.approx(on_duckdb.index.to_numpy(), rel=1e-12)


def _rows(table) -> list[tuple[object, ...]]:
    """Return all rows as sorted tuples. Spark's instants carry no zone: they are in the session's, which is UTC."""
    frame = table.to_pyarrow().to_pandas()
    for name in frame.select_dtypes("datetimetz"):
        frame[name] = frame[name].dt.tz_convert("UTC").dt.tz_localize(None)
    return sorted((tuple(None if pd.isna(x) else x for x in row) for row in frame.itertuples(index=False)), key=repr)


@pytest.mark.parametrize("question", ["as_of", "on", "known_on"])
def test_questions_about_a_day_are_answered_alike(cluster, question) -> None:
    path, identity = store.processed() / "token_price.parquet", get("token_price").identity
    latest = {"litellm": pd.Timestamp("2025-06-29T12:00", tz="UTC").to_pydatetime()}
    ask = {
        "as_of": lambda rows: history.as_of(rows, identity, DAY, latest),
        "on": lambda rows: history.on(rows, identity, DAY),
        "known_on": lambda rows: history.known_on(rows, identity, DAY, latest),
    }[question]
    on_spark, on_duckdb = _rows(ask(engine.scan(path))), _rows(ask(engine.parquet(path)))
    assert len(on_spark) > 100
    assert on_spark == on_duckdb


def test_changes_between_two_days_are_told_alike(cluster) -> None:
    source = SOURCES["litellm"]
    path = store.raw(source.name) / "history.parquet"
    days = (date(2025, 6, 1), DAY)
    on_spark, on_duckdb = (
        _rows(history.changes(table, source.columns, source.key_count, *days))
        for table in (engine.scan(path), engine.parquet(path))
    )
    assert len(on_spark) > 20
    assert on_spark == on_duckdb


def test_the_cluster_computes_not_the_driver(cluster) -> None:
    context = _spark.connection(cluster)._session.sparkContext
    # Two executors and the driver.
    assert context._jsc.sc().getExecutorMemoryStatus().size() == 3
    assert context.master == cluster
    assert context.getConf().get("spark.driver.host") == "127.0.0.1"
    assert context.uiWebUrl is None


def test_one_process_runs_spark_in_one_place(cluster) -> None:
    _spark.connection(cluster)
    with pytest.raises(CloudMarketError, match=r"already runs Spark on spark://127\.0\.0\.1:\d+: stop it"):
        _spark.connection("local[2]")
