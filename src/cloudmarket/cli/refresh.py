"""``cloudmarket refresh``."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from cloudmarket import sources
from cloudmarket.errors import CloudMarketError
from cloudmarket.refresh import Report, refresh


def run(out: Console, source: str | None, *, rebuild: bool, whole_wheels: bool) -> None:
    """Refresh with a bar per source, and print what changed."""
    names = [sources.get(source).name] if source else []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def told(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=total)
            progress.update(bars[name], completed=done)

        report = refresh(names, rebuild=rebuild, whole_wheels=whole_wheels, progress=told)
    show(out, report)
    failed = [done.error for done in report.sources if done.error is not None]
    if failed:
        kept = "What had been read of it stays, and it is marked stale; all else is in place."
        raise CloudMarketError("\n".join([*map(str, failed), kept]))


def show(out: Console, report: Report) -> None:
    """Print what a refresh read and what changed."""
    for done in report.sources:
        last = done.moments[-1]
        out.print(
            f"{done.source}: {done.added} new snapshots, {done.folded_added} folded;"
            f" newest {last.version[:12]} of {last.observed_at:%Y-%m-%d}"
        )
        if done.problem and done.error is None:
            out.print(f"{done.source} is not complete: {done.problem}", markup=False)
    for row in report.printed.itertuples():
        out.print(f"{row.source}: {row.rows} printed rows {row.change}")
    for name, (before, after) in report.rows.items():
        out.print(f"{name}: {after} rows ({after - before:+d})")
    if len(report.changes):
        out.print(_by_class(report.changes))
    unknown = report.unmatched[report.unmatched.reason == "unknown"]
    if len(report.unmatched) > len(unknown):
        out.print(f"{len(report.unmatched) - len(unknown)} labels were reviewed and are no offers of the seller")
    if len(unknown):
        out.print(f"{len(unknown)} labels of sellers in scope match no reviewed name:")
        out.print(unknown.to_string(index=False), markup=False)


def _by_class(changes: pd.DataFrame) -> Table:
    table = Table(title="Changes of printed prices that are new")
    for column in ("class", "changes", "for example"):
        table.add_column(column)
    for name, group in changes.groupby("change_class", sort=True):
        first = group.iloc[-1]
        table.add_row(str(name), str(len(group)), f"{first.label} on {first.changed_on:%Y-%m-%d}: {first.reason}")
    return table
