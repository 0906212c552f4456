"""Tables as files: same rows, same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cloudmarket import store
from cloudmarket.tables import datapackage
from cloudmarket.tables.base import Table
from cloudmarket.tables.registry import TABLES


def write_all(built: Mapping[str, pd.DataFrame], folder: Path, observed_on: date) -> None:
    """Write tables as Parquet, with ``datapackage.json``: same rows, same bytes."""
    files = {name: to_parquet(to_arrow(rows, TABLES[name])) for name, rows in built.items()}
    for name, content in files.items():
        store.write_atomic(folder / f"{name}.parquet", content)
    package = datapackage.descriptor(TABLES, files, observed_on.isoformat())
    store.write_atomic(folder / "datapackage.json", package)


def to_parquet(rows: pa.Table) -> bytes:
    """Return the bytes of a Parquet file; they depend on the rows and the schema alone."""
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", compression_level=9)
    return bytes(sink.getvalue())


def to_arrow(rows: pd.DataFrame, table: Table) -> pa.Table:
    """Return a table's rows with its Arrow schema, descriptions included."""
    # Pandas' own metadata names library versions; readers need only the schema.
    arrow = pa.Table.from_pandas(rows, table.arrow_schema(), preserve_index=False)
    return arrow.replace_schema_metadata({"table": table.name, "grain": table.grain})
