"""A Spark cluster as the engine: for panels that one machine cannot hold, not for speed."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from cloudmarket.engine._java import require_java
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    from ibis.backends.pyspark import Backend
    from pyspark.sql import SparkSession

MASTER = re.compile(r"spark://[\w.-]+:\d+(,[\w.-]+:\d+)*|local(\[(\d+|\*)\])?")
_LOOPBACK = re.compile(r"local(\[|$)|spark://(127\.|localhost:)")
_REACH_SECONDS = 5.0
_EXECUTOR_SECONDS = 120.0
_QUERIES = {
    "spark.sql.session.timeZone": "UTC",
    # Aggregates cross as columns, not as one pickled row after the other.
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # A count that overflows, or a text that is no number, is an error and not a null.
    "spark.sql.ansi.enabled": "true",
}


def read(path: str | Path, master: str) -> ir.Table:
    """Return a Parquet file or folder as Spark sees it: on a file system that driver and workers share.

    Raises
    ------
    ValueError
        If Spark finds no such file.
    CloudMarketError
        As :func:`connection`.
    """
    backend = connection(master)
    from pyspark.errors import AnalysisException

    try:
        return backend.read_parquet(path)
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        raise ValueError(f"there is no file {path} that Spark on {master} sees") from None


@cache
def connection(master: str) -> Backend:
    """Return the process's connection to a Spark cluster.

    Where the process runs Spark on that master already, its context is used in a session of our own: the settings of
    the other session stay as they are.

    Parameters
    ----------
    master : str
        As ``spark://host:port``, or ``local[2]`` for Spark in this process.

    Raises
    ------
    CloudMarketError
        If PySpark or Java 17 is missing, the process already runs Spark elsewhere, or the cluster does not answer or
        gives no executor.
    """
    try:
        from pyspark import SparkContext
    except ImportError as error:
        raise CloudMarketError(
            "CLOUDMARKET_ENGINE asks for Spark, and PySpark is not installed: pip install 'cloudmarket[spark]'"
        ) from error
    running = SparkContext._active_spark_context
    if running is not None and running.master != master:
        raise CloudMarketError(
            f"this process already runs Spark on {running.master}: stop it, or set CLOUDMARKET_ENGINE to that"
        )
    if running is None:
        require_java()
        _require_reachable(master)
    session = _session(master, is_new=running is None)
    for name, value in _QUERIES.items():
        session.conf.set(name, value)
    return ibis.pyspark.connect(session)


def _session(master: str, *, is_new: bool) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("cloudmarket")
    for name, value in _settings(master).items() if is_new else ():
        builder = builder.config(name, value)
    try:
        with _local_address(master):
            session = builder.getOrCreate()
        if not is_new:
            return session.newSession()
        _require_executor(session, master)
    except (Py4JError, PySparkException, OSError) as error:
        first = str(error).strip().partition("\n")[0]
        raise CloudMarketError(f"Spark on {master} could not be started: {first}") from error
    return session


def _settings(master: str) -> dict[str, str]:
    """Return the settings of a new context; everything else is left to the reader's ``spark-defaults.conf``."""
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    if not {"SPARK_CONF_DIR", "SPARK_HOME"} & os.environ.keys():
        quiet = Path(__file__).with_name("log4j2.properties").as_uri()
        settings["spark.driver.extraJavaOptions"] = f"-Dlog4j2.configurationFile={quiet}"
    if _LOOPBACK.match(master):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settings


@contextmanager
def _local_address(master: str) -> Iterator[None]:
    """Let the driver listen on loopback only, where the cluster is there too."""
    if not _LOOPBACK.match(master) or "SPARK_LOCAL_IP" in os.environ:
        yield
        return
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        yield
    finally:
        del os.environ["SPARK_LOCAL_IP"]


def _require_reachable(master: str) -> None:
    """Raise CloudMarketError if no master answers soon: Spark itself would ask for a minute, in many words."""
    failures = []
    for address in master.removeprefix("spark://").split(",") if master.startswith("spark://") else ():
        host, port = address.rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), timeout=_REACH_SECONDS).close()
        except (OSError, OverflowError) as error:
            failures.append(f"{address}: {error}")
        else:
            return
    if failures:
        raise CloudMarketError(
            f"no Spark master answers ({'; '.join(failures)}): start one, or unset CLOUDMARKET_ENGINE to use DuckDB"
        )


def _require_executor(session: SparkSession, master: str) -> None:
    """Raise CloudMarketError if the cluster gives no executor in time: a query would wait for one without end."""
    context = session.sparkContext
    is_elastic = context.getConf().get("spark.dynamicAllocation.enabled", "false") == "true"
    if not master.startswith("spark://") or is_elastic:
        return
    deadline = time.monotonic() + _EXECUTOR_SECONDS
    # The driver is in the list too.
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > deadline:
            session.stop()
            raise CloudMarketError(
                f"Spark on {master} gave no executor within {_EXECUTOR_SECONDS:g} seconds: no worker is free that has"
                " the cores and the memory asked for (spark.executor.cores and .memory in spark-defaults.conf)"
            )
        time.sleep(0.1)
