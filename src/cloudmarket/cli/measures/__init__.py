"""Measures of anybody's rows, on the command line: one command each, from a CSV or Parquet file to a table."""

from __future__ import annotations

import typer

from cloudmarket.cli.measures.composite import composite
from cloudmarket.cli.measures.concentration import concentration
from cloudmarket.cli.measures.event_study import event_study
from cloudmarket.cli.measures.index import index


def register(app: typer.Typer) -> None:
    """Add the commands to a command line."""
    for name, command in (
        ("index", index),
        ("event-study", event_study),
        ("concentration", concentration),
        ("composite", composite),
    ):
        app.command(name)(command)
