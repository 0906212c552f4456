"""The command line. Every command says what it did; an expected error is one message, without a traceback."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from cloudmarket.cli import measures
from cloudmarket.cli.facts import app as facts_app
from cloudmarket.cli.measures.printing import OutOption
from cloudmarket.cli.tables import app as tables_app
from cloudmarket.errors import CloudMarketError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Cloud AI Market: dated public evidence.")
app.add_typer(tables_app, name="tables")
app.add_typer(facts_app, name="facts")
measures.register(app)
out = Console(highlight=False)
AsOfOption = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it would have read that day.")]
DateArgument = Annotated[str, typer.Argument(metavar="DATE", help="A day, as 2025-06-30.")]


@app.command()
def report(
    as_of: AsOfOption = None,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks run at once.")] = 2,
) -> None:
    """Run the notebooks on the shipped tables; write the site and the figures."""
    from cloudmarket.report import build

    paths = build.build(_observed(as_of), jobs)
    out.print(
        f"Site     {paths.site / 'index.html'}\nFigures  {paths.figures}\nNotebooks {paths.notebooks}", soft_wrap=True
    )


@app.command()
def refresh(
    source: Annotated[str | None, typer.Argument(help="One source; all without it.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Fold all releases anew, in order of date.")] = False,
    whole_wheels: Annotated[
        bool,
        typer.Option("--whole-wheels", help="Read whole files and check their SHA-256; for servers without ranges."),
    ] = False,
) -> None:
    """Append what the archives have published since, and say what changed."""
    from cloudmarket.cli.refresh import run

    run(out, source, rebuild=rebuild, whole_wheels=whole_wheels)


@app.command()
def verify() -> None:
    """Check digests, schemas and invariants of everything shipped, and rebuild the tables from their histories."""
    from cloudmarket.cli.verify import run

    run(out)


@app.command()
def compare(before: DateArgument, after: DateArgument) -> None:
    """Say what changed between two days, each as it read then."""
    from cloudmarket.cli.compare import run

    run(out, _checked(before), _checked(after))


@app.command()
def claims(as_of: AsOfOption = None, target: OutOption = None) -> None:
    """List what the report states: each headline with its interval, its grade and the notebook that argues it."""
    from cloudmarket.cli.claims import run

    run(out, _observed(as_of), target)


@app.command()
def trace(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="A name that `cloudmarket claims` lists.")],
    as_of: AsOfOption = None,
    target: OutOption = None,
) -> None:
    """Follow a claim to its raw evidence: every row with the snapshot or document that it was read in."""
    from cloudmarket.cli.claims import trace as follow

    follow(out, claim, _observed(as_of), target)


@app.command()
def workload(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A basket (.toml, .csv), or a FOCUS bill (.csv, .parquet, a folder).")
    ],
    as_of: AsOfOption = None,
    own: Annotated[Path | None, typer.Option("--map", help="Of a bill: CSV that says what products are.")] = None,
    unmapped: Annotated[
        Path | None,
        typer.Option("--unmapped", help="Of a bill: write what is left out, to be named and given to --map."),
    ] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Of a bill: what was bought in the EU may be bought elsewhere.")
    ] = False,
    target: OutOption = None,
) -> None:
    """Price a basket or a bill of your own on every cloud through time: the cheapest plan, and what conditions cost."""
    from cloudmarket.cli.workload import run

    run(file, _observed(as_of), target, own=own, unmapped=unmapped, anywhere=anywhere)


@app.command()
def figures(as_of: AsOfOption = None) -> None:
    """Write all figures as PNG, SVG and PDF with their data as CSV, and list them."""
    from cloudmarket.report import build

    paths = build.build(_observed(as_of), 2)
    for path in sorted(paths.figures.glob("*.csv")):
        out.print(str(path.with_suffix("")), soft_wrap=True)


def _checked(day: str) -> str:
    """Return the day as ISO text; refuse what is no date."""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise CloudMarketError(f"{day!r} is no date; write it as 2025-06-30") from error


def _observed(day: str | None) -> str | None:
    """Return the day as ISO text; refuse one by which nothing had been observed."""
    if day is None:
        return None
    # Imported here: a build with nothing to do must not wait for pandas.
    from cloudmarket.tables import report_day

    return report_day(_checked(day)).isoformat()


def main() -> None:
    """Run the command line; print an expected error as one message and exit with 1."""
    try:
        app()
    except CloudMarketError as error:
        _fail(str(error))
    except OSError as error:
        remedy = "Free space or mend the permissions, then run again: what was there before has not been changed."
        _fail(f"{error}. {remedy}")


def _fail(message: str) -> NoReturn:
    # Escaped: square brackets in a message are text, such as [[exclude]].
    Console(stderr=True, highlight=False).print(f"[bold red]Error[/] {escape(message)}", soft_wrap=True)
    sys.exit(1)
