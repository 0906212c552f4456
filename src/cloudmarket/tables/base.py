"""What every published table is made of: a schema with units, and the columns of time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

from cloudmarket.history import UTC_MICROSECONDS

DATE = "date"
INSTANT = "instant"
TEXT = "text"
NUMBER = "number"
INTEGER = "integer"
BOOLEAN = "boolean"

ARROW_TYPES = {
    DATE: arrow.date32(),
    INSTANT: UTC_MICROSECONDS,
    TEXT: arrow.string(),
    NUMBER: arrow.float64(),
    INTEGER: arrow.int64(),
    BOOLEAN: arrow.bool_(),
}
_PANDAS_TYPES = {
    DATE: "datetime64[s]",
    INSTANT: "datetime64[us, UTC]",
    TEXT: "str",
    NUMBER: "float64",
    INTEGER: "Int64",
    BOOLEAN: "bool",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type, what it says, whether it may be missing, and the values it may take."""

    name: str
    type: str
    description: str
    is_required: bool = True
    values: tuple[str, ...] = ()
    above: float | None = None

    def pandera(self) -> pa.Column:
        """Return the check of this column."""
        checks = []
        if self.values:
            checks.append(pa.Check.isin(list(self.values)))
        if self.above is not None:
            checks.append(pa.Check.gt(self.above))
        return pa.Column(self.pandas_type, checks, nullable=not self.is_required, description=self.description)

    @property
    def pandas_type(self) -> str:
        """Name of the type in a frame; only a yes or no that may be missing has one of its own."""
        is_open = self.type == BOOLEAN and not self.is_required
        return "boolean" if is_open else _PANDAS_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: ``grain`` says in words what one row is, ``key`` the columns that identify it.

    ``period`` names the date column that tells of when something happened; where it is empty, rows of facts stand from
    the day they were first published until they are superseded.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sources: tuple[str, ...]
    period: str = ""

    @property
    def has_history(self) -> bool:
        """Whether rows hold for a time, so that the table answers ``on``."""
        return "is_printed" in self.names

    @property
    def identity(self) -> list[str]:
        """Columns that say what a row is about; at most one row of each is valid on a day."""
        times = {column.name for column in TIME_COLUMNS}
        return [name for name in self.key if name not in times]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def schema(self) -> pa.DataFrameSchema:
        """Return the pandera schema: types, allowed values, key unique, no other columns."""
        return pa.DataFrameSchema(
            {column.name: column.pandera() for column in self.columns},
            unique=list(self.key),
            strict=True,
            ordered=True,
            name=self.name,
            description=self.grain,
        )

    def frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return ``rows`` with this table's columns, types and order of rows."""
        typed = rows.reindex(columns=self.names)
        for column in self.columns:
            typed[column.name] = _typed(typed[column.name], column)
        return typed.sort_values(list(self.key), na_position="first", ignore_index=True)

    def arrow_schema(self) -> arrow.Schema:
        """Return the schema of the Parquet file, descriptions included."""
        return arrow.schema(
            [
                arrow.field(
                    column.name,
                    ARROW_TYPES[column.type],
                    nullable=not column.is_required,
                    metadata={"description": column.description},
                )
                for column in self.columns
            ]
        )


def _typed(cells: pd.Series, column: Column) -> pd.Series:
    if column.type == INSTANT and not isinstance(cells.dtype, pd.DatetimeTZDtype):
        # A column without any instant in it has no zone yet.
        cells = pd.to_datetime(cells, utc=True)
    return cells.astype(pd.api.types.pandas_dtype(column.pandas_type))


TIME_COLUMNS = (
    Column("valid_from", DATE, "First day (UTC) on which the row holds."),
    Column("valid_to", DATE, "First day on which it no longer holds; missing while it still does.", is_required=False),
    Column("observed_first_at", INSTANT, "When the evidence for this row was first published (UTC)."),
    Column("observed_last_at", INSTANT, "When it was last seen unchanged (UTC)."),
    Column(
        "superseded_at",
        INSTANT,
        "When it became known that the row is wrong (UTC); missing while it is believed.",
        is_required=False,
    ),
    Column(
        "is_printed",
        BOOLEAN,
        "True for what the source printed, errors included; false for a row that a correction put in its place.",
    ),
)

KNOWLEDGE_COLUMNS = (
    Column("observed_first_at", INSTANT, "When the evidence for this row was first published (UTC)."),
    Column("observed_last_at", INSTANT, "When it was last seen unchanged (UTC)."),
    Column(
        "superseded_at",
        INSTANT,
        "When the source first printed it otherwise or no longer (UTC); missing while it still prints it.",
        is_required=False,
    ),
)
"""Columns of time of a table of facts, which hold for a period of their own and not for a time of validity."""
