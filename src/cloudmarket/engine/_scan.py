"""Read a file of a reader's in the engine chosen, sum in it, and fetch only what the sums are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cloudmarket.engine import _duckdb, _spark
from cloudmarket.errors import CloudMarketError

Total: TypeAlias = Callable[[ir.FloatingValue], ir.FloatingScalar]
"""How an engine sums floats."""


def spark_master() -> str | None:
    """Return the master that ``CLOUDMARKET_ENGINE`` names, or None for DuckDB.

    Raises
    ------
    CloudMarketError
        If the variable names no engine.
    """
    chosen = os.environ.get("CLOUDMARKET_ENGINE", "").strip()
    if chosen in ("", "duckdb"):
        return None
    if not _spark.MASTER.fullmatch(chosen):
        raise CloudMarketError(
            f"CLOUDMARKET_ENGINE is {chosen!r}; write duckdb, spark://host:port, or local[2] for Spark in this process."
            " A cluster of another kind: give measures an Ibis table of your own session"
        )
    return chosen


def scan(path: str | Path) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a table of the engine chosen; no row is read yet.

    Raises
    ------
    ValueError
        If there is no such file.
    CloudMarketError
        If the engine chosen cannot be had, with what to do.
    """
    master = spark_master()
    return _duckdb.read(path) if master is None else _spark.read(path, master)


@ibis.udf.agg.builtin(name="fsum")  # type: ignore[untyped-decorator]
def fsum(values: float) -> float:  # type: ignore[empty-body]
    """Return DuckDB's compensated sum (Kahan, 1965).

    The order of rows and the number of threads move it by units in the last place at most, and it costs no time: a
    plain sum is off by more, the more rows a group has.
    """


def total_of(table: ir.Table) -> Total:
    """Return the most exact sum of floats that the engine of a table has."""
    return fsum if table.get_backend().name == "duckdb" else _plain


def _plain(values: ir.FloatingValue) -> ir.FloatingScalar:
    return values.sum()


def fetch(aggregates: ir.Table) -> pa.Table:
    """Run an expression where its rows are, and bring its result here: for aggregates, never for rows."""
    found = aggregates.to_pyarrow()
    _duckdb.give_back(aggregates.get_backend())
    return found
