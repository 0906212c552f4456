"""``cloudmarket facts``: check the curated facts, add one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cloudmarket.errors import CheckError

if TYPE_CHECKING:
    from cloudmarket.tables.base import Column

app = typer.Typer(no_args_is_help=True, help="The curated facts: money, shares, events, returns, surveys.")
out = Console(highlight=False)


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="A table's whole CSV; all without it.")
    ] = None,
) -> None:
    """Check facts: schema, types, codes, keys, sources, units, order of dates, control sums."""
    from cloudmarket.facts import check as checking

    wrong = 0
    for file, problems in checking.check(files or ()).items():
        for problem in problems:
            out.print(str(problem), markup=False, soft_wrap=True)
        wrong += len(problems)
        out.print(f"{file}: {f'{len(problems)} problems' if problems else 'ok'}", markup=False, soft_wrap=True)
    if wrong:
        raise CheckError(f"{wrong} problems in the curated facts: mend the rows named above, then check again")


@app.command()
def add(table: Annotated[str, typer.Argument(metavar="TABLE", help="Such as event or market_share.")]) -> None:
    """Ask for a new fact cell by cell and put it in its place in the table's file."""
    from cloudmarket.facts import add as adding
    from cloudmarket.facts import check as checking

    module, path = checking.module_of(table), checking.path_of(table)
    out.print(f"One row of {table} is {module.TABLE.grain}. An empty answer takes the value in brackets.", markup=False)
    row = adding.ask_row(module, _ask, lambda text: out.print(text, markup=False, soft_wrap=True))
    line = adding.append(module, row, path)
    out.print(f"Row {line} of {path}", markup=False, soft_wrap=True)


@app.command("compare-edgar")
def compare_edgar(
    company: Annotated[str | None, typer.Argument(help="One company; all that are followed without it.")] = None,
) -> None:
    """Compare money with what the companies filed at the SEC; needs the internet and CLOUDMARKET_CONTACT."""
    from cloudmarket.cli.edgar import run

    run(out, [company] if company else None)


def _ask(column: Column, default: str) -> str:
    """Prompt for a cell; one that is needed and has no default must be answered."""
    choices = f" ({', '.join(column.values)})" if column.values else ""
    hint = f"{column.description}{choices}\n{column.name}"
    if default:
        return str(typer.prompt(hint, default=default))
    return str(typer.prompt(hint) if column.is_required else typer.prompt(hint, default="", show_default=False))
