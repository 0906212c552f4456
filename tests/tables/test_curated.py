"""Curated files are read strictly, become tables of facts, and say nothing before it was known."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.errors import CheckError
from cloudmarket.facts.check import MODULES
from cloudmarket.tables import curated, event
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, Column
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from tables.facts import SHIPPED, TABLES, Project, extract, project, read

__all__ = ["project"]

NOTHING = Evidence({}, {})
ROWS = {
    "capex": 164, "daily_return": 12312, "developer_survey": 57, "event": 70, "financial": 379, "market_share": 264,
}  # fmt: skip
EXTRACTS = {
    "capex": "capex.csv",
    "developer_survey": "survey.csv",
    "event": "events.csv",
    "financial": "cloud_financials.csv",
    "market_share": "market_share.csv",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_keeps_its_contract_and_every_row_of_its_file(name: str) -> None:
    module = MODULES[name]
    rows = module.build(NOTHING)
    check(module.TABLE, rows)
    check_all(module.TABLE, rows, module.check(rows))
    assert len(rows) == ROWS[name]
    assert set(rows.source) == {"curated"}
    assert rows.superseded_at.isna().all()
    assert (rows.observed_first_at == rows.observed_last_at).all()


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_row_of_the_extract_became_a_row(name: str) -> None:
    assert len(read(SHIPPED / f"{name}.csv")) == len(read(extract(EXTRACTS[name])))


def test_every_cell_of_the_extract_of_returns_became_a_row() -> None:
    wide = read(extract("daily_returns.csv"))
    told = {(row["symbol"], row["traded_on"]): float(row["log_return"]) for row in read(SHIPPED / "daily_return.csv")}
    assert told == {(s, line["date"]): float(v) for line in wide for s, v in line.items() if s != "date"}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("day", ["2018-12-31", "2022-06-30", "2024-08-20", "2026-03-31"])
def test_a_vintage_holds_nothing_known_later(name: str, day: str) -> None:
    module = MODULES[name]
    rows = module.build(NOTHING)
    known = known_facts(module.TABLE, rows, date.fromisoformat(day), {})
    assert (known.observed_first_at < pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)).all()
    assert len(known) == sum(row["known_on"] <= day for row in read(SHIPPED / f"{name}.csv"))
    if module.TABLE.period:
        assert (known[module.TABLE.period] <= pd.Timestamp(day)).all()


@pytest.mark.parametrize("name", TABLES)
def test_a_file_is_written_as_the_command_writes_it(name: str) -> None:
    from cloudmarket.facts.add import written

    content = (SHIPPED / f"{name}.csv").read_bytes()
    rows = read(SHIPPED / f"{name}.csv")
    assert written([list(rows[0]), *(list(row.values()) for row in rows)]) == content


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("occurred_on", "28.10.2025", "'28.10.2025' is no day; write it as 2025-06-30"),
        ("occurred_on", "2025-02-30", "'2025-02-30' is no day"),
        ("occurred_on", "", "is empty, but every row needs it"),
        ("amount_usd", "1,000", "'1,000' is no number"),
        ("amount_usd", "1e9", "'1e9' is no number"),
        ("is_amount_reported_only", "yes", "'yes' is neither true nor false"),
        ("date_precision", "week", "'week' is none of day, month, quarter, year"),
        ("evidence", "D", "'D' is none of A, B, C"),
        ("headline", " H100", "begins or ends with a space"),
        ("note", "two\nlines", "holds a line break"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_file_row_and_column(
    project: Project, column: str, cell: str, told: str
) -> None:
    project.change("event", lambda rows: rows[4].update({column: cell}))
    with pytest.raises(CheckError) as error:
        event.build(NOTHING)
    message = str(error.value).splitlines()[0]
    assert message.startswith(f"data/raw/curated/event.csv, row 6, column {column}: ")
    assert told in message


@pytest.mark.parametrize(
    ("content", "row", "told"),
    [
        (b"", 1, "the header must be: occurred_on,"),
        (b"a,b\n", 1, "the header must be: occurred_on,"),
        (b"\xff", 1, "is no CSV file in UTF-8"),
        (b'"a', 1, "is no CSV file in UTF-8"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(content: bytes, row: int, told: str) -> None:
    rows, [problem] = curated.parse(event.TABLE, content)
    assert rows.empty
    assert (problem.file, problem.row, problem.column) == ("event.csv", row, "*")
    assert told in problem.what


def test_a_row_with_too_few_cells_is_named() -> None:
    content = (SHIPPED / "event.csv").read_bytes() + b"2026-01-01,2026-01-01\n"
    _, [problem] = curated.parse(event.TABLE, content)
    assert (problem.row, problem.column) == (72, "*")


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert curated.fault(Column("x", DATE, ""), day.isoformat()) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_a_number_is_read_as_it_is_written(number: object) -> None:
    assert curated.fault(Column("x", NUMBER, ""), f"{number:f}") is None


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_and_never_an_error(text: str) -> None:
    for kind in (DATE, NUMBER, INTEGER, BOOLEAN, TEXT):
        told = curated.fault(Column("x", kind, ""), text)
        assert told is None or repr(text) in told or told.startswith("is empty")


def test_an_optional_cell_may_be_empty_and_a_needed_one_not() -> None:
    assert curated.fault(Column("x", NUMBER, "", is_required=False), "") is None
    assert curated.fault(Column("x", NUMBER, ""), "") == "is empty, but every row needs it"
