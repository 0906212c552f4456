"""``cloudmarket claims`` and ``cloudmarket trace``: what the report states, and the raw evidence under it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape

from cloudmarket import arguments
from cloudmarket.arguments.claim import number, span
from cloudmarket.cli import writing
from cloudmarket.tables import report_day

_SHOWN = 12


def run(out: Console, day: str | None, target: Path | None) -> None:
    """List all claims of a day, and write them where a file is asked for."""
    if target is not None:
        writing.require_ending(target)
    moment = report_day(day)
    found = arguments.collect(moment)
    out.print(f"{len(found)} claims as of {moment}")
    for claim in found:
        ends = span(claim)
        lines = [claim.statement, f"{number(claim.value, claim.unit)}; {ends}; {claim.evidence}; {claim.notebook}"]
        out.print(f"[bold]{claim.claim}[/]\n  " + escape("\n  ".join(lines)), soft_wrap=True)
    if target is not None:
        writing.write(target, arguments.table(found), "claims")
        out.print(f"{len(found)} claims in {target}", soft_wrap=True)


def trace(out: Console, name: str, day: str | None, target: Path | None) -> None:
    """Print a claim with where its rows were read, and write all of them where a file is asked for."""
    if target is not None:
        writing.require_ending(target)
    claim = arguments.find(report_day(day), name)
    rows = arguments.trace(claim)
    ends = span(claim)
    out.print(f"{claim.statement}\n{ends}; {claim.evidence}", markup=False, soft_wrap=True)
    shown = [column for column in ("table", "source", "read_in", "version", "observed_at", "address") if column in rows]
    places = rows[shown].drop_duplicates()
    for place in places.head(_SHOWN).itertuples(index=False):
        out.print("  " + ", ".join(str(cell) for cell in place if pd.notna(cell)), markup=False, soft_wrap=True)
    if len(places) > _SHOWN:
        out.print(f"  ... and {len(places) - _SHOWN} more snapshots or documents: write all rows with --out")
    if target is not None:
        writing.write(target, rows, name[:31])
        out.print(f"{len(rows)} rows in {target}", soft_wrap=True)
