"""Curated facts: one CSV per table in ``data/raw/curated``, one fact per row, its source beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from cloudmarket import store
from cloudmarket.errors import CheckError
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table

FOLDER = "curated"
EVIDENCE = ("A", "B", "C")

SOURCE_COLUMNS = (
    Column("source", TEXT, "Folder in data/raw."),
    Column("source_title", TEXT, "The publication the row is taken from."),
    Column("publisher", TEXT, "Who publishes it."),
    Column("published_on", DATE, "Day of publication; missing where the source states none.", False),
    Column(
        "known_on_basis", TEXT, "What observed_first_at rests on: a day that is stated, the deadline of a filing, or"
        " another bound that can only be late.", values=("stated", "deadline", "bound"),
    ),
    Column("url", TEXT, "Address of the publication or of the copy that was read.", False),
    Column("evidence", TEXT, "A primary text or data, B careful transcription, C press or volunteers.", True, EVIDENCE),
    Column("note", TEXT, "Contradictions, cross-checks and what else to know, by today's knowledge.", False),
)  # fmt: skip
"""Columns that every table of curated facts ends with, before those of time."""

KNOWN_ON = Column("known_on", DATE, "Day from which the fact may be used.")
_FORMS = {
    DATE: (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "is no day; write it as 2025-06-30"),
    NUMBER: (r"-?[0-9]{1,15}(\.[0-9]{1,12})?", "is no number; write it as -1234.5, without separators and exponents"),
    INTEGER: (r"-?[0-9]{1,15}", "is no whole number; write it as 1234"),
    BOOLEAN: (r"true|false", "is neither true nor false"),
    TEXT: (r"\S(.*\S)?", "begins or ends with a space or holds a line break"),
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a curated file; ``row`` is the line in the file, the header being 1."""

    file: str
    row: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.what}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold of every row, in words that say what to do where it does not."""

    column: str
    text: str
    holds: Callable[[pd.DataFrame], pd.Series]


RULES = (
    Rule(
        "known_on", "known on the day of publication or later: move known_on",
        lambda rows: rows.published_on.isna() | (rows.known_on >= rows.published_on),
    ),
    Rule(
        "url", "has an address that begins with http, or a note that says why there is none: fill in url or note",
        lambda rows: rows.url.str.startswith("http").where(rows.url.notna(), rows.note.notna()).astype("bool"),
    ),
    Rule(
        "known_on_basis", "a stated day of publication makes known_on stated: set known_on_basis to stated",
        lambda rows: rows.published_on.isna() | (rows.known_on_basis == "stated"),
    ),
)  # fmt: skip


def not_before(column: str, end: str) -> tuple[Rule, ...]:
    """Return the rules that nothing is published or known before a day in the row."""
    return (
        Rule(
            "published_on",
            f"published on {end} or later: mend published_on or {end}",
            lambda rows: rows.published_on.isna() | (rows.published_on >= rows[column]),
        ),
        Rule(
            "known_on", f"known on {end} or later: mend known_on or {end}", lambda rows: rows.known_on >= rows[column]
        ),
    )


def fields(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table's file: its own, without those that are filled in when it is built."""
    filled = {"source", *(column.name for column in KNOWLEDGE_COLUMNS)}
    own = [column for column in table.columns if column.name not in filled]
    place = [column.name for column in own].index("known_on_basis")
    return (*own[:place], KNOWN_ON, *own[place:])


def fault(column: Column, text: str) -> str | None:
    """Return what is wrong with a cell, None if nothing is."""
    return next((problem.what for problem in _faults(column, pd.Series([text]), "")), None)


def parse(table: Table, content: bytes, file: str | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a table's curated file strictly, as :func:`parse_columns` does."""
    return parse_columns(fields(table), content, file or f"{table.name}.csv")


def parse_columns(columns: Sequence[Column], content: bytes, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a CSV file in UTF-8 that must have exactly some columns, in order.

    Returns
    -------
    rows : pandas.DataFrame
        With types; a cell that cannot be read is missing. Row n of the frame is line n + 2 of the file.
    problems : list of Problem
    """
    names = [column.name for column in columns]
    empty = pd.DataFrame(columns=names)
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return empty, [Problem(file, 1, "*", f"is no CSV file in UTF-8: {error}")]
    if not lines or lines[0] != names:
        return empty, [Problem(file, 1, "*", f"the header must be: {','.join(names)}")]
    short = [n for n, cells in enumerate(lines) if len(cells) != len(names)]
    if short:
        what = f"has not {len(names)} cells; put text with commas in double quotes"
        return empty, [Problem(file, n + 1, "*", what) for n in short]
    text = pd.DataFrame(lines[1:], columns=names, dtype="str")
    problems = [problem for column in columns for problem in _faults(column, text[column.name], file)]
    return pd.DataFrame({column.name: _typed(text[column.name], column) for column in columns}), sorted(problems)


def read(table: Table) -> pd.DataFrame:
    """Return the rows of a table's file with types.

    Raises
    ------
    CheckError
        Naming file, row and column of the first cells that cannot be read.
    """
    path = store.raw(FOLDER) / f"{table.name}.csv"
    rows, problems = parse(table, path.read_bytes(), f"data/raw/{FOLDER}/{table.name}.csv")
    if problems:
        raise CheckError("\n".join(map(str, problems[:10])))
    return rows


def facts(table: Table) -> pd.DataFrame:
    """Return the table of a file's facts: known from ``known_on`` on, never taken back."""
    rows = read(table)
    known = rows.known_on.dt.tz_localize("UTC")
    return table.frame(rows.assign(source=FOLDER, observed_first_at=known, observed_last_at=known))


def broken(rules: tuple[Rule, ...], rows: pd.DataFrame) -> Iterator[tuple[Rule, pd.Series]]:
    """Yield each rule with the rows that keep it."""
    for rule in rules:
        yield rule, rule.holds(rows).fillna(False).astype("bool")


def invariants(rules: tuple[Rule, ...], rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield the rules of a built table, as its check wants them."""
    for rule, holds in broken(rules, rows.assign(known_on=rows.observed_first_at.dt.tz_localize(None))):
        yield rule.text, holds


def _faults(column: Column, cells: pd.Series, file: str) -> Iterator[Problem]:
    given = cells != ""
    wrong, what = given & _typed(cells, column).isna(), _FORMS[column.type][1]
    for n in cells.index[wrong]:
        yield Problem(file, n + 2, column.name, f"{cells[n]!r} {what}")
    if column.is_required:
        for n in cells.index[~given]:
            yield Problem(file, n + 2, column.name, "is empty, but every row needs it")
    if column.values:
        for n in cells.index[given & ~wrong & ~cells.isin(column.values)]:
            yield Problem(file, n + 2, column.name, f"{cells[n]!r} is none of {', '.join(column.values)}")


def _typed(cells: pd.Series, column: Column) -> pd.Series:
    """Return cells with their type; those not in its form are missing."""
    given = cells.where(cells.str.fullmatch(_FORMS[column.type][0]))
    if column.type == DATE:
        return pd.to_datetime(given, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    if column.type in (NUMBER, INTEGER):
        numbers = pd.to_numeric(given)
        return numbers.astype("Int64") if column.type == INTEGER else numbers.astype("float64")
    if column.type == BOOLEAN:
        return given.map({"true": True, "false": False}).astype("boolean")
    return given
