"""Which way a panel is read: a frame in memory, everything else where it is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pandas as pd

from cloudmarket import engine
from cloudmarket.measures.hedonic import _frame, _refusals
from cloudmarket.measures.hedonic._engine import Engine
from cloudmarket.measures.hedonic._sums import Columns, Sums


@contextmanager
def read(panel: Any, columns: Columns) -> Iterator[Sums]:
    """Give a panel that was found sound.

    A DuckDB relation belongs to its own connection, and may read differently on each of several passes: its columns
    that are needed are written by DuckDB to a temporary Parquet file, which is gone afterwards.

    Raises
    ------
    ValueError
        As :func:`cloudmarket.measures.hedonic.index` says of panels.
    """
    if isinstance(panel, pd.DataFrame):
        yield _frame.read(panel, columns)
    elif isinstance(panel, duckdb.DuckDBPyRelation):
        _refusals.require_columns(panel.columns, columns)
        with tempfile.TemporaryDirectory(prefix="cloudmarket-") as folder:
            path = Path(folder) / "panel.parquet"
            wanted = dict.fromkeys([*columns.needed, *({columns.quantity} & set(panel.columns))])
            panel.select(*(duckdb.ColumnExpression(name) for name in wanted)).write_parquet(str(path))
            yield Engine(engine.parquet(path), columns)
    else:
        yield Engine(_table(panel), columns)


def _table(panel: Any) -> ir.Table:
    if isinstance(panel, str | Path):
        if not Path(panel).exists():
            raise ValueError(f"there is no file {panel}")
        return engine.parquet(Path(panel))
    if isinstance(panel, ir.Table):
        return panel
    raise ValueError(
        f"a panel is a frame, a Parquet path, a DuckDB relation or an Ibis table, not {type(panel).__name__}"
    )
