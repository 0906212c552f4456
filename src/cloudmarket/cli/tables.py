"""``cloudmarket tables``: list, describe, export, build."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Listing

from cloudmarket import store
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(no_args_is_help=True, help="The published tables.")
out = Console(highlight=False)
DayOption = Annotated[str | None, typer.Option(metavar="DATE")]


@app.command("list")
def list_() -> None:
    """List the tables with rows and bytes."""
    from cloudmarket import tables

    listing = Listing("table", "rows", "kB", "one row is")
    for name, table in tables.TABLES.items():
        path = store.processed() / f"{name}.parquet"
        listing.add_row(name, str(len(tables.load(name))), f"{path.stat().st_size / 1000:.0f}", table.grain)
    out.print(listing)


@app.command()
def describe(name: str) -> None:
    """Say what a table holds, column by column."""
    from cloudmarket import tables

    table = tables.get(name)
    out.print(f"{name}: one row is {table.grain}.\nKey: {', '.join(table.key)}\nSources: {', '.join(table.sources)}")
    listing = Listing("column", "type", "missing?", "meaning")
    for column in table.columns:
        listing.add_row(column.name, column.type, "no" if column.is_required else "yes", column.description)
    out.print(listing)


@app.command()
def export(
    name: str,
    target: Annotated[Path, typer.Argument(help="A file ending in .csv, .parquet or .xlsx.")],
    as_of: DayOption = None,
    on: DayOption = None,
    known_on: DayOption = None,
) -> None:
    """Export a table, whole or as it stood on a day."""
    from cloudmarket import tables

    rows = tables.load(name, as_of=as_of, on=on, known_on=known_on)
    writers = {".csv": _csv, ".parquet": _parquet, ".xlsx": _excel}
    if target.suffix not in writers:
        raise CloudMarketError(f"{target.name}: the ending must be one of {', '.join(writers)}")
    content = writers[target.suffix](rows, name)
    store.write_atomic(target, content)
    out.print(f"{len(rows)} rows of {name} in {target}", soft_wrap=True)


@app.command()
def build() -> None:
    """Build all tables again from the folded histories, and the codebook."""
    from cloudmarket import tables
    from cloudmarket.refresh import rebuild_tables

    for name, count in rebuild_tables().items():
        out.print(f"{name}: {count} rows")
    codebook = tables.datapackage.codebook(tables.TABLES)
    store.write_atomic(store.root() / "docs" / "codebook.md", codebook.encode())


def _csv(rows: pd.DataFrame, name: str) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()


def _parquet(rows: pd.DataFrame, name: str) -> bytes:
    from cloudmarket import tables

    return tables.to_parquet(tables.to_arrow(rows, tables.get(name)))


def _excel(rows: pd.DataFrame, name: str) -> bytes:
    """Return a workbook; Excel knows no time zones, so instants lose theirs, which is UTC."""
    plain = rows.copy()
    for column in plain.select_dtypes("datetimetz"):
        plain[column] = plain[column].dt.tz_localize(None)
    sink = io.BytesIO()
    plain.to_excel(sink, sheet_name=name, index=False, freeze_panes=(1, 0))
    return sink.getvalue()
