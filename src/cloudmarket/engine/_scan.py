"""Read a file of a reader's in the engine chosen, sum in it, and fetch only what the sums are."""

from __future__ import annotations

import glob
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cloudmarket.engine import _duckdb

Total: TypeAlias = Callable[[ir.FloatingValue], ir.FloatingScalar]
"""How an engine sums floats."""


@ibis.udf.agg.builtin(name="fsum")  # type: ignore[untyped-decorator]
def fsum(values: float) -> float:  # type: ignore[empty-body]
    """Return DuckDB's compensated sum (Kahan, 1965).

    The order of rows and the number of threads move it by units in the last place at most, and it costs no time: a
    plain sum is off by more, the more rows a group has.
    """


def scan(path: str | Path) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a table of the engine chosen; nothing is read yet.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    files = _files(path)
    backend = _duckdb.large()
    backend.raw_sql(f"SET threads = {_duckdb.threads_for(sum(file.stat().st_size for file in files))}")
    return backend.read_parquet([glob.escape(str(file)) for file in files])


def _files(path: str | Path) -> list[Path]:
    if "://" in str(path):
        raise ValueError(
            f"{path} is not on this machine: set CLOUDMARKET_ENGINE to a Spark cluster, or give a relation of a DuckDB"
            " connection that reads it"
        )
    files = sorted(Path(path).rglob("*.parquet")) if Path(path).is_dir() else [Path(path)]
    if not files or not files[0].exists():
        raise ValueError(f"there is no file {path}" if not files or files[0] == Path(path) else f"{path} is empty")
    return files


def total_of(table: ir.Table) -> Total:
    """Return the most exact sum of floats that the engine of a table has."""
    return fsum if table.get_backend().name == "duckdb" else _plain


def _plain(values: ir.FloatingValue) -> ir.FloatingScalar:
    return values.sum()


def fetch(aggregates: ir.Table) -> pa.Table:
    """Run an expression where its rows are, and bring its result here: for aggregates, never for rows."""
    return aggregates.to_pyarrow()
