"""A new fact is checked at once, gets likely defaults, and stands in its place in the file."""

from __future__ import annotations

import pytest

from cloudmarket.errors import BusyError, CheckError
from cloudmarket.facts import add, check
from cloudmarket.facts.defaults import default, spread
from cloudmarket.store import lock
from cloudmarket.tables import event, financial, market_share
from cloudmarket.tables.base import Column
from tables.facts import Project, project, read

__all__ = ["project"]

DEAL = {
    "occurred_on": "2026-03", "actors": "OpenAI+AWS", "type": "compute_contract", "headline": "A deal",
    "source_title": "Press release", "publisher": "AWS", "published_on": "2026-03-15", "url": "https://example.org",
}  # fmt: skip
SHARE = {
    "estimated_by": "synergy", "geography": "world", "segment": "cloud_infrastructure_services", "measure": "share",
    "period_kind": "quarter", "period": "2026Q2", "providers": "aws+azure+gcp", "value_as_printed": "60-65",
    "source_title": "Release", "publisher": "Synergy Research Group", "published_on": "2026-08-01",
    "url": "https://example.org",
}  # fmt: skip


class Person:
    """Answers as told, one answer after the other for a column, else with the default."""

    def __init__(self, answers: dict[str, str | list[str]]) -> None:
        self.answers = {name: list(told) if isinstance(told, list) else [told] for name, told in answers.items()}
        self.told: list[str] = []

    def ask(self, column: Column, default: str) -> str:
        left = self.answers.get(column.name, [])
        return left.pop(0) if left else default

    def tell(self, text: str) -> None:
        self.told.append(text)


def test_a_month_fills_days_and_precision_and_the_rest_by_default() -> None:
    person = Person(DEAL)
    row = add.ask_row(event, person.ask, person.tell)
    assert person.told == []
    assert (row["occurred_on"], row["occurred_by_on"], row["date_precision"]) == ("2026-03-01", "2026-03-31", "month")
    assert (row["known_on"], row["known_on_basis"], row["evidence"]) == ("2026-03-15", "stated", "C")


def test_a_quarter_and_a_range_fill_days_count_and_ends() -> None:
    row = add.ask_row(market_share, Person(SHARE).ask, print)
    assert (row["period_start_on"], row["period_end_on"]) == ("2026-04-01", "2026-06-30")
    assert (row["provider_count"], row["value_low"], row["value_high"], row["unit"]) == ("3", "60", "65", "percent")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"company": "Microsoft", "period_kind": "quarter", "period_end_on": "2026-09-30"}, "FY2027Q1"),
        ({"company": "Microsoft", "period_kind": "year", "period_end_on": "2026-06-30"}, "FY2026"),
        ({"company": "Amazon", "period_kind": "quarter", "period_end_on": "2026-09-30"}, "Q3 2026"),
        ({"company": "Amazon"}, ""),
    ],
)
def test_the_fiscal_period_comes_from_the_day(row: dict[str, str], expected: str) -> None:
    assert default("financial", "fiscal_period", row) == expected


def test_defaults_agree_with_what_is_shipped(project: Project) -> None:
    for table, columns in {
        "financial": ("fiscal_period", "calendar_quarter", "unit"),
        "capex": ("fiscal_period", "calendar_quarter", "unit", "metric"),
        "market_share": ("period_start_on", "period_end_on"),
        "daily_return": ("return_kind",),
    }.items():
        for row in read(project.path(table))[:400]:
            assert {name: default(table, name, row) for name in columns} == {name: row[name] for name in columns}


def test_the_ends_of_a_range_are_those_that_are_shipped(project: Project) -> None:
    for row in read(project.path("market_share")):
        for name in ("value_low", "value_high"):
            text = default("market_share", name, row)
            assert (text == "") == (row[name] == "")
            assert not text or float(text) == float(row[name])


def test_only_an_event_spreads_its_date() -> None:
    assert spread("capex", "period_end_on", "2026") == {"period_end_on": "2026"}
    assert spread("event", "occurred_on", "2026Q1")["occurred_by_on"] == "2026-03-31"


def test_a_wrong_cell_is_asked_for_again_at_once() -> None:
    person = Person(DEAL | {"occurred_on": ["March 2026", "2026-03"], "evidence": ["D", "B"]})
    row = add.ask_row(event, person.ask, person.tell)
    assert person.told == [
        "occurred_on: 'March 2026' is no date; write it as 2025-10-28, 2025-10, 2025Q4 or 2025",
        "evidence: 'D' is none of A, B, C",
    ]
    assert row["evidence"] == "B"


def test_a_row_that_breaks_a_rule_is_asked_for_again_where_it_does() -> None:
    person = Person(DEAL | {"type": ["gossip", "compute_contract"], "known_on": ["2026-03-14", "2026-03-15"]})
    row = add.ask_row(event, person.ask, person.tell)
    assert (row["type"], row["known_on"]) == ("compute_contract", "2026-03-15")
    assert [line.split(":")[0] for line in person.told] == ["known_on", "type"]


def test_a_fact_stands_in_its_place_and_nothing_else_changes(project: Project) -> None:
    path = project.path("event")
    before = path.read_bytes().splitlines()
    row = add.ask_row(event, Person(DEAL).ask, print)
    line = add.append(event, row, path)
    after = path.read_bytes().splitlines()
    assert after[line - 1].startswith(b"2026-03-01,2026-03-31,month,OpenAI+AWS,compute_contract,,,,A deal,")
    assert [text for n, text in enumerate(after) if n != line - 1] == before
    assert check.problems(event, path.read_bytes()) == []


def test_a_fact_that_is_there_is_refused_and_the_file_is_as_it_was(project: Project) -> None:
    path = project.path("event")
    before = path.read_bytes()
    with pytest.raises(CheckError, match="the same fact as row 3"):
        add.append(event, read(path)[1], path)
    assert path.read_bytes() == before


def test_a_fact_that_breaks_a_control_sum_is_refused(project: Project) -> None:
    path = project.path("financial")
    before = path.read_bytes()
    row = next(r for r in read(path) if (r["metric"], r["fiscal_period"]) == ("aws_revenue", "FY2021"))
    with pytest.raises(CheckError, match=r"the annual figure is 1, control_sums\.csv says 62202"):
        add.append(financial, row | {"value": "1", "source_title": "another"}, path)
    assert path.read_bytes() == before


def test_nothing_is_written_while_another_process_writes(project: Project) -> None:
    row = add.ask_row(event, Person(DEAL).ask, print)
    with lock(), pytest.raises(BusyError):
        add.append(event, row, project.path("event"))
