"""Every error of a contribution is named with file, row, column and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cloudmarket.errors import CheckError, CloudMarketError
from cloudmarket.facts import check as checking
from tables.facts import TABLES, Project, project, read, write

__all__ = ["project"]

Rows = list[dict[str, str]]


def found(project: Project, table: str, change: Callable[[Rows], object]) -> list[str]:
    project.change(table, change)
    return [str(problem) for problem in checking.problems(checking.module_of(table), project.path(table).read_bytes())]


def at(rows: Rows, **wanted: str) -> int:
    return next(n for n, row in enumerate(rows) if all(row[name] == value for name, value in wanted.items()))


def test_what_is_shipped_has_no_problem(project: Project) -> None:
    assert checking.check() == {str(project.path(name)): [] for name in TABLES}


@pytest.mark.parametrize(
    ("table", "change", "row", "column", "told"),
    [
        ("event", {"occurred_on": "2019-7-22"}, 6, "occurred_on", "is no day; write it as 2025-06-30"),
        ("event", {"type": "gossip"}, 6, "type", "'gossip' breaks the rule: types listed in"),
        ("event", {"evidence": "E"}, 6, "evidence", "is none of A, B, C"),
        ("event", {"source_title": ""}, 6, "source_title", "is empty, but every row needs it"),
        ("event", {"publisher": ""}, 6, "publisher", "is empty, but every row needs it"),
        ("event", {"url": "", "note": ""}, 6, "url", "fill in url or note"),
        ("event", {"known_on": "2019-07-21"}, 6, "known_on", "known on the day of publication or later"),
        ("event", {"known_on_basis": "bound"}, 6, "known_on_basis", "set known_on_basis to stated"),
        ("market_share", {"unit": "usd_billion"}, 6, "unit", "shares and growth are in percent"),
        ("market_share", {"period": "2018Q5"}, 6, "period", "mend the period or its days"),
        ("market_share", {"value_as_printed": "5-7"}, 6, "value_as_printed", "value_low and value_high are what"),
        ("capex", {"unit": "percent"}, 6, "unit", "in usd_million: convert the value"),
        ("capex", {"basis": "guess"}, 6, "basis", "a basis of the company"),
        ("daily_return", {"log_return": "3.1"}, 6, "log_return", "adjust it for the split"),
        ("developer_survey", {"percent": "120"}, 6, "percent", "from 0 to 100"),
    ],
)
def test_an_error_is_named(
    project: Project, table: str, change: dict[str, str], row: int, column: str, told: str
) -> None:
    problems = found(project, table, lambda rows: rows[4].update(change))
    lines = [problem for problem in problems if problem.startswith(f"{table}.csv, row {row}, column {column}: ")]
    assert any(told in line for line in lines)


def test_published_before_the_period_ends_is_named(project: Project) -> None:
    def change(rows: Rows) -> None:
        rows[4] |= {"published_on": "2017-01-01", "known_on": "2017-01-01", "known_on_basis": "stated"}

    problems = found(project, "capex", change)
    assert [problem.split(": ")[0] for problem in problems] == [
        "capex.csv, row 6, column known_on",
        "capex.csv, row 6, column published_on",
    ]


def test_a_repeated_fact_and_one_out_of_order_are_named(project: Project) -> None:
    [line] = found(project, "event", lambda rows: rows.insert(3, dict(rows[2])))
    assert line.startswith("event.csv, row 5, column headline: the same fact as row 4")
    [line] = found(project, "event", lambda rows: rows.pop(3) and rows.append(rows.pop(0)))
    assert line.startswith("event.csv, row 71, column occurred_on: out of order: sort the rows by occurred_on, actors")


def test_all_errors_are_listed_not_the_first(project: Project) -> None:
    def change(rows: Rows) -> None:
        rows[0]["evidence"] = "X"
        rows[1]["type"] = "gossip"
        rows[2]["url"] = rows[2]["note"] = ""

    assert len(found(project, "event", change)) == 3


def test_a_wrong_quarter_breaks_its_control_sum(project: Project) -> None:
    rows = read(project.path("financial"))
    place = at(rows, metric="google_cloud_revenue", fiscal_period="Q1 2021")
    [line] = found(project, "financial", lambda rows: rows[place].update(value="4048"))
    assert line.startswith(f"financial.csv, row {place + 2}, column value: google_cloud_revenue on as_reported")
    assert "sum to 19207, control_sums.csv says 19206: mend the figure, or the sum with its source" in line


def test_a_wrong_year_breaks_its_control_sum(project: Project) -> None:
    rows = read(project.path("financial"))
    place = at(rows, metric="aws_revenue", fiscal_period="FY2021")
    [line] = found(project, "financial", lambda rows: rows[place].update(value="62203"))
    assert line.startswith(f"financial.csv, row {place + 2}, column value: ")
    assert "the annual figure is 62203, control_sums.csv says 62202" in line


def test_a_quarter_or_a_year_that_is_missing_is_named(project: Project) -> None:
    rows = read(project.path("financial"))
    quarter = at(rows, metric="intelligent_cloud_revenue", basis="recast_2024_08", fiscal_period="FY2024Q1")
    year = at(rows, metric="aws_operating_income", fiscal_period="FY2019")
    problems = found(project, "financial", lambda rows: [rows.pop(place) for place in sorted((quarter, year))[::-1]])
    assert len(problems) == 2
    assert any("has 3 exact quarters, not 4: add the rest" in problem for problem in problems)
    assert any("has no annual figure: add that of the 10-K" in problem for problem in problems)


def test_a_control_sum_whose_difference_is_wrong_is_named(project: Project) -> None:
    path = project.folder / "control_sums.csv"
    rows = read(path)
    rows[at(rows, metric="aws_revenue", fiscal_year="2017")]["difference"] = "0"
    write(path, rows)
    with pytest.raises(CheckError, match=r"control_sums\.csv, row 25, column difference: is not quarters_sum less"):
        checking.sums()


def test_an_unknown_table_and_a_missing_file_are_told(project: Project) -> None:
    with pytest.raises(CloudMarketError, match="no curated table named 'gossip'; there are: capex, daily_return"):
        checking.check([project.folder / "gossip.csv"])
    with pytest.raises(CloudMarketError, match=r"event\.csv cannot be read: No such file"):
        checking.check([project.folder / "elsewhere" / "event.csv"])
