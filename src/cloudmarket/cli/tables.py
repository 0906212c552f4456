"""``cloudmarket tables``: list, describe, export, build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Listing

from cloudmarket import store
from cloudmarket.cli import writing

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
    arrow = tables.to_arrow(rows, tables.get(name)) if target.suffix == ".parquet" else None
    writing.write(target, rows, name, arrow)
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
