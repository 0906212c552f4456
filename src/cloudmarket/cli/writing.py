"""Rows as a file of the kind its ending says: CSV, Parquet or XLSX, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from cloudmarket import store
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ENDINGS = (".csv", ".parquet", ".xlsx")


def require_ending(target: Path) -> None:
    """Refuse a file whose ending names no format; before any work, so that none is lost."""
    if target.suffix not in ENDINGS:
        raise CloudMarketError(f"{target.name}: the ending must be one of {', '.join(ENDINGS)}")


def write(target: Path, rows: pd.DataFrame, name: str, arrow: pa.Table | None = None) -> None:
    """Write rows, replacing a file that is there only once all of the new one is.

    Parameters
    ----------
    name : str
        Of the sheet, in a workbook.
    arrow : pyarrow Table, optional
        The same rows with a schema of their own, for Parquet.

    Raises
    ------
    CloudMarketError
        If the ending names no format.
    OSError
        If the file cannot be written; what was there before has not been changed then.
    """
    require_ending(target)
    if target.suffix == ".csv":
        content = rows.to_csv(index=False, lineterminator="\n").encode()
    elif target.suffix == ".parquet":
        content = _parquet(rows, arrow)
    else:
        content = _excel(rows, name)
    store.write_atomic(target, content)


def _parquet(rows: pd.DataFrame, arrow: pa.Table | None) -> bytes:
    import pyarrow as pa

    from cloudmarket.tables import to_parquet

    # Pandas' own metadata names library versions: without it, same rows are same bytes.
    plain = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata() if arrow is None else arrow
    return to_parquet(plain)


def _excel(rows: pd.DataFrame, name: str) -> bytes:
    """Return a workbook; Excel knows no time zones, so instants lose theirs, which is UTC."""
    plain = rows.copy()
    for column in plain.select_dtypes("datetimetz"):
        plain[column] = plain[column].dt.tz_localize(None)
    sink = io.BytesIO()
    plain.to_excel(sink, sheet_name=name, index=False, freeze_panes=(1, 0))
    return sink.getvalue()
