"""Where tables are queried: an Ibis connection, DuckDB by default."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend


@cache
def connection() -> Backend:
    """Return the process's connection.

    One thread: the shipped tables are small, and sums of floats on several threads end in other last digits on
    every run, which reproducible outputs cannot have.
    """
    backend = ibis.duckdb.connect()
    backend.raw_sql("SET TimeZone = 'UTC'; SET threads = 1; SET enable_progress_bar = false")
    return backend


def parquet(path: Path) -> ir.Table:
    """Return a Parquet file as a table expression."""
    return connection().read_parquet(path)
