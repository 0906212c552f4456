"""Results as text for a person and as a file for a program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from cloudmarket.cli import writing

# Pandas is imported where it is needed: the list of commands must not wait for it.
if TYPE_CHECKING:
    import pandas as pd

out = Console(highlight=False, markup=False, emoji=False)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV (with a header) or Parquet file.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the table to a .csv, .parquet or .xlsx file.")
]
LevelOption = Annotated[float, typer.Option(help="Coverage of the intervals, between 0 and 1.")]


def show(*parts: str | pd.DataFrame) -> None:
    """Print lines and tables; tables are never cut to the width of a terminal."""
    for part in parts:
        text = part if isinstance(part, str) else table(part)
        out.print(text, soft_wrap=True)


def table(rows: pd.DataFrame) -> str:
    """Return rows as aligned text: numbers with six figures, nothing where nothing is known."""
    import pandas as pd

    cells = pd.DataFrame({name: [_cell(value) for value in rows[name]] for name in rows}, dtype="object")
    return str(cells.to_string(index=False))


def label(value: Any) -> Any:
    """Return a period or date as it is printed: a day without its midnight, all else unchanged."""
    if isinstance(value, datetime) and value.tzinfo is None and value == datetime(value.year, value.month, value.day):
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def finish(rows: pd.DataFrame, target: Path | None, name: str) -> None:
    """Write the table, where a file is asked for, and say so."""
    if target is not None:
        writing.write(target, rows, name)
        show(f"{len(rows)} rows in {target}")


def _cell(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
