"""``cloudmarket compare``."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cloudmarket.tables.comparison import Comparison, compare


def run(out: Console, before: str, after: str) -> None:
    """Print what changed between two vintages, by seller and by class."""
    found = compare(before, after)
    out.print(f"From {before} to {after}, each as it read then")
    out.print(_sellers(found))
    if len(found.changes):
        out.print("Changes of printed prices, by what they were:")
        out.print(found.changes.change_class.value_counts().to_string(), markup=False)
    for title, names in (("Newly listed", found.listed), ("No longer listed", found.delisted)):
        for seller, models in names.groupby("seller"):
            out.print(f"{title} on {seller}: {', '.join(models.model)}", markup=False, soft_wrap=True)


def _sellers(found: Comparison) -> Table:
    table = Table("seller", "models before", "models after", "listed", "delisted", "price changes")
    for row in found.sellers.itertuples():
        table.add_row(str(row.Index), *(str(cell) for cell in row[1:]))
    return table
