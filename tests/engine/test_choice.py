"""What cannot be the engine says so in one sentence, and soon."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from cloudmarket import engine
from cloudmarket.engine import _java, _scan, _spark
from cloudmarket.errors import CloudMarketError


@pytest.mark.parametrize("text", ["", "duckdb", " duckdb "])
def test_duckdb_is_the_default(monkeypatch, text) -> None:
    monkeypatch.setenv("CLOUDMARKET_ENGINE", text)
    assert _scan.spark_master() is None


@pytest.mark.parametrize("text", ["spark://127.0.0.1:7077", "spark://a.example:1,b.example:2", "local", "local[2]"])
def test_a_master_is_taken_as_it_is(monkeypatch, text) -> None:
    monkeypatch.setenv("CLOUDMARKET_ENGINE", text)
    assert _scan.spark_master() == text


@pytest.mark.parametrize("text", ["spark", "spark://host", "spark:7077", "local[two]", "yarn", "postgres://host:1"])
def test_other_engines_are_refused(monkeypatch, text, tmp_path) -> None:
    monkeypatch.setenv("CLOUDMARKET_ENGINE", text)
    with pytest.raises(CloudMarketError, match="write duckdb, spark://host:port, or local") as caught:
        engine.scan(tmp_path / "panel.parquet")
    assert repr(text) in str(caught.value)


def test_without_pyspark_the_extra_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CLOUDMARKET_ENGINE", "local[2]")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(CloudMarketError, match=r"PySpark is not installed: pip install 'cloudmarket\[spark\]'"):
        engine.scan(tmp_path / "panel.parquet")


def _java_saying(folder, text: str) -> None:
    (folder / "bin").mkdir()
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_392"', 8),
        ("cannot execute", None),
    ],
)
def test_the_version_of_java_is_read(monkeypatch, tmp_path, told, version) -> None:
    _java_saying(tmp_path, told)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert _java.java_version() == version
    if version is None or version < 17:
        message = "there is none" if version is None else "the one found is Java 8"
        with pytest.raises(CloudMarketError, match=f"Spark needs Java 17 or newer, and {message}: install it"):
            _java.require_java()
    else:
        _java.require_java()


def test_no_java_at_all(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _java.java_version() is None
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    assert _java.java_version() is None


def test_a_master_that_does_not_answer_is_named_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(CloudMarketError, match=rf"no Spark master answers \(127\.0\.0\.1:{port}: .*unset"):
            _spark._require_reachable(f"spark://127.0.0.1:{port}")
    with pytest.raises(CloudMarketError, match=r"127\.0\.0\.1:99999: "):
        _spark._require_reachable("spark://127.0.0.1:99999")


def test_one_master_that_answers_is_enough() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _spark._require_reachable(f"spark://127.0.0.1:1,127.0.0.1:{server.getsockname()[1]}")
    _spark._require_reachable("local[2]")


class _Cluster:
    """A session with so many executors, the driver counted in, and what was asked of it."""

    def __init__(self, executors: int, **settings: str) -> None:
        self.executors, self.settings, self.is_stopped = executors, settings, False
        self.sparkContext = self._jsc = self

    def getConf(self):  # noqa: N802
        return self.settings

    def sc(self):
        return self

    def getExecutorMemoryStatus(self):  # noqa: N802
        return self

    def size(self) -> int:
        return self.executors

    def stop(self) -> None:
        self.is_stopped = True


def test_a_cluster_without_a_free_worker_is_not_waited_for_without_end(monkeypatch) -> None:
    monkeypatch.setattr(_spark, "_EXECUTOR_SECONDS", 0.2)
    idle = _Cluster(1)
    before = time.monotonic()
    with pytest.raises(CloudMarketError, match=r"gave no executor within 0\.2 seconds: no worker is free"):
        _spark._require_executor(idle, "spark://127.0.0.1:7077")
    assert time.monotonic() - before >= 0.2
    assert idle.is_stopped
    _spark._require_executor(_Cluster(2), "spark://127.0.0.1:7077")
    _spark._require_executor(_Cluster(1), "local[2]")
    _spark._require_executor(_Cluster(1, **{"spark.dynamicAllocation.enabled": "true"}), "spark://127.0.0.1:7077")


def test_the_driver_listens_on_loopback_where_the_cluster_does(monkeypatch) -> None:
    for name in ("SPARK_CONF_DIR", "SPARK_HOME"):
        monkeypatch.delenv(name, raising=False)
    for master in ("spark://127.0.0.1:7077", "spark://localhost:7077", "local", "local[2]"):
        assert _spark._settings(master)["spark.driver.bindAddress"] == "127.0.0.1"
    for master in ("spark://cluster.example:7077", "spark://localhost.example:7077"):
        assert "spark.driver.bindAddress" not in _spark._settings(master)
    assert "log4j2.properties" in _spark._settings("local")["spark.driver.extraJavaOptions"]
    monkeypatch.setenv("SPARK_CONF_DIR", "mine")
    assert "spark.driver.extraJavaOptions" not in _spark._settings("local")
