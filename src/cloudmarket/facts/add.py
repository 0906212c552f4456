"""Add a curated fact: asked for cell by cell, checked at once, put in its place in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from cloudmarket import store
from cloudmarket.errors import CheckError
from cloudmarket.facts.check import problems
from cloudmarket.facts.defaults import default, spread
from cloudmarket.tables import curated
from cloudmarket.tables.base import Column, Table
from cloudmarket.tables.curated import Problem

Row = dict[str, str]
Ask = Callable[[Column, str], str]
"""Gives the answer for a column, with the default that stands where a person answers nothing."""
Tell = Callable[[str], None]


def ask_row(module: ModuleType, ask: Ask, tell: Tell) -> Row:
    """Ask for every cell of a new fact until each is right by itself and all are together.

    Parameters
    ----------
    module : module
        Of the table.
    ask : callable
        Column and default to answer.
    tell : callable
        Shows what is wrong with an answer.
    """
    table: Table = module.TABLE
    columns = curated.fields(table)
    row: Row = {}
    for column in columns:
        if column.name not in row:
            row |= _answer(table, column, row, ask, tell)
    while wrong := list(_wrong(module, row)):
        for problem in wrong:
            tell(f"{problem.column}: {problem.what}")
        for column in columns:
            if column.name in {problem.column for problem in wrong}:
                row |= _answer(table, column, row, ask, tell)
    return {column.name: row[column.name] for column in columns}


def append(module: ModuleType, row: Row, path: Path) -> int:
    """Put a fact in its place in a table's file, whole or not at all.

    Returns
    -------
    int
        The line on which it stands.

    Raises
    ------
    CheckError
        If the file with it would have a problem; it is as it was then.
    BusyError
        If another process writes data.
    """
    table: Table = module.TABLE
    names = [column.name for column in curated.fields(table)]
    with store.lock():
        lines = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True))
        new = [row[name] for name in names]
        place = _place(table, lines[1:], new, names)
        content = written([*lines[: place + 1], new, *lines[place + 1 :]])
        if wrong := problems(module, content):
            told = [*map(str, wrong[:10]), f"{path} is as it was: mend the fact, or what was wrong before it"]
            raise CheckError("\n".join(told))
        store.write_atomic(path, content)
    return place + 2


def written(lines: list[list[str]]) -> bytes:
    """Return lines of cells as the curated files are written."""
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\n").writerows(lines)
    return sink.getvalue().encode("utf-8")


def _place(table: Table, lines: list[list[str]], new: list[str], names: list[str]) -> int:
    """Return before which of the lines a new one stands."""
    at = [names.index(name) for name in table.key]
    key = [new[n] for n in at]
    return next((n for n, cells in enumerate(lines) if [cells[i] for i in at] > key), len(lines))


def _answer(table: Table, column: Column, row: Row, ask: Ask, tell: Tell) -> Row:
    """Ask for a cell until it is right by itself."""
    while True:
        text = ask(column, row.get(column.name) or default(table.name, column.name, row)).strip()
        try:
            cells = spread(table.name, column.name, text)
        except ValueError as error:
            tell(f"{column.name}: {error}")
            continue
        wrong = curated.fault(column, cells[column.name])
        if wrong is None:
            return cells
        tell(f"{column.name}: {wrong}")


def _wrong(module: ModuleType, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with a fact as a whole, the other facts apart."""
    names = [column.name for column in curated.fields(module.TABLE)]
    rows, found = curated.parse(module.TABLE, written([names, [row[name] for name in names]]))
    yield from found
    if not found:
        for rule, holds in curated.broken(module.RULES, rows):
            if not holds.all():
                yield Problem(f"{module.TABLE.name}.csv", 2, rule.column, rule.text)
