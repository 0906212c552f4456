"""Files of the user's, CSV or Parquet, as tables of the engine: checked, typed, and not read as rows.

CSV cells are read as text and become numbers only where a number is asked for, so that a period 2024-01 and a product
001 stay as printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from cloudmarket import engine
from cloudmarket.errors import CloudMarketError

CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
PARQUET = (".parquet", ".pq")
# What programs write for a number that is not known.
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")


@contextmanager
def one_message(path: Path) -> Iterator[None]:
    """Turn what a measure or the engine refuses into one message that names the file."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise CloudMarketError(f"{path.name}: {error}") from error
    except duckdb.Error as error:
        raise CloudMarketError(f"{path.name} cannot be read: {_first(error)}") from error


def opened(path: Path, *, in_order: bool = False) -> ir.Table:
    """Return a file as a table expression of the engine; the cells of CSV are texts, which DuckDB reads.

    ``in_order`` keeps the order of the rows, to name one of them.

    Raises
    ------
    CloudMarketError
        If there is no such file, its ending names no format, it is empty, or its bytes are not of the format.
    """
    if not path.is_file():
        raise CloudMarketError(f"there is no file {path}")
    if not path.name.lower().endswith((*CSV, *PARQUET)):
        raise CloudMarketError(f"{path.name}: the ending must be one of {', '.join((*CSV, *PARQUET))}")
    if path.stat().st_size == 0:
        raise CloudMarketError(f"{path.name} is empty")
    with one_message(path):
        if path.name.lower().endswith(PARQUET):
            table = engine.parquet(path) if in_order else engine.scan(path)
        else:
            table = engine.read_texts(path, in_order=in_order)
    if len(table.columns) == 1 and any(mark in table.columns[0] for mark in ",;\t|"):
        raise CloudMarketError(f"{path.name}: not every row has as many cells as the header {table.columns[0]!r}")
    return table


def read(path: Path, *, texts: Sequence[str] = (), numbers: Sequence[str] = (), either: Sequence[str] = ()) -> ir.Table:
    """Return some columns of a file.

    Parameters
    ----------
    texts : sequence
        Columns taken as printed.
    numbers : sequence
        Columns of numbers, float64; missing where the cell is empty or says so (``MISSING``).
    either : sequence
        Columns of numbers where every cell is one, else as printed. Where most cells are numbers, the others are
        taken for errors.

    Raises
    ------
    CloudMarketError
        As :func:`opened`; or if a column is absent, a number is none, or there are no rows.
    """
    table = opened(path)
    names = list(dict.fromkeys([*texts, *numbers, *either]))
    absent = [name for name in names if name not in table.columns]
    if absent:
        raise CloudMarketError(f"{path.name} has no column {absent[0]!r}; its columns are {', '.join(table.columns)}")
    doubtful = [name for name in dict.fromkeys([*numbers, *either]) if table[name].type().is_string()]
    with one_message(path):
        seen = _overview(table, doubtful)
        if seen["rows"] == 0:
            raise ValueError("there are no rows")
        columns = {name: table[name] for name in names}
        for name in doubtful:
            if name in numbers or 2 * seen[f"bad {name}"] < seen[f"known {name}"]:
                if seen[f"bad {name}"]:
                    raise ValueError(_where(opened(path, in_order=True), name))
                columns[name] = _number(table[name])
        for name in numbers:
            columns[name] = columns[name].cast("float64")
    return table.select(**columns)


def frame(path: Path, *, texts: Sequence[str] = (), numbers: Sequence[str] = ()) -> pd.DataFrame:
    """Return some columns of a file as a frame; see :func:`read`."""
    table = read(path, texts=texts, numbers=numbers)
    with one_message(path):
        return pd.DataFrame(table.to_pyarrow().to_pandas())


def in_time(table: ir.Table, period: str) -> ir.Table:
    """Return the table with periods that sort in order of time.

    Texts that are all whole numbers of several lengths become numbers; others must begin with the year.

    Raises
    ------
    ValueError
        If a text begins with no year: Jan-2024 sorts before Dec-2023.
    """
    column = table[period]
    if not column.type().is_string():
        return table
    is_number, is_year = column.re_search(r"^\d+$"), column.re_search(r"^\d{4}")
    found = table.aggregate(
        numbers=(column.isnull() | is_number).all(),
        lengths=column.length().nunique(),
        other=ibis.ifelse(is_year, None, column).min(),
    ).to_pyarrow()
    seen = found.to_pylist()[0]
    if seen["numbers"]:
        return table if seen["lengths"] == 1 else table.mutate(**{period: column.cast("int64")})
    if seen["other"] is not None:
        raise ValueError(
            f"the period {seen['other']!r} does not begin with the year, so texts may not sort in order of time: write"
            " periods as 2024-01, 2024-Q1 or 2024-01-31, or number them"
        )
    return table


def _is_missing(column: ir.StringColumn) -> ir.BooleanColumn:
    return column.isnull() | column.strip().isin(MISSING)


def _number(column: ir.StringColumn) -> ir.FloatingColumn:
    return ibis.ifelse(_is_missing(column), None, column.strip().try_cast("float64"))


def _is_bad(column: ir.StringColumn) -> ir.BooleanColumn:
    return ~_is_missing(column) & column.strip().try_cast("float64").isnull()


def _overview(table: ir.Table, names: list[str]) -> dict[str, int]:
    """Return, in one pass, the number of rows, and by column those known and those that are no number."""
    sums = {"rows": table.count()}
    for name in names:
        sums[f"bad {name}"] = _is_bad(table[name]).sum().fill_null(0)
        sums[f"known {name}"] = (~_is_missing(table[name])).sum().fill_null(0)
    found = table.aggregate(**sums).to_pyarrow().to_pylist()[0]
    return {name: int(value) for name, value in found.items()}


def _where(table: ir.Table, name: str) -> str:
    """Return which cell of a column is the first that is no number."""
    numbered = table.select(row=ibis.row_number(), cell=table[name])
    first = numbered.filter(_is_bad(numbered.cell)).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
    return f"row {first['row'] + 1} below the header has {first['cell']!r} in column {name!r}, which is no number"


def _first(error: duckdb.Error) -> str:
    """Return the first lines of the engine's message that say what is wrong, without its advice on options."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [line for line in lines[:3] if not line.startswith(("Possible", "LINE", "The search space", "^"))]
    return "; ".join(line.rstrip(".") for line in kept)
