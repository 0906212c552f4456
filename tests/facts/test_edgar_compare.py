"""What was filed, by quarter and year with its vintages, against curated figures. All figures are invented."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest
from rich.console import Console

from cloudmarket.archives.pace import Pace
from cloudmarket.cli import edgar as command
from cloudmarket.errors import CloudMarketError, ParseError
from cloudmarket.facts.edgar import NEEDED, STATUSES, compare, filed_figures
from cloudmarket.facts.filed import reported
from cloudmarket.facts.quarters import kinds, vintages
from cloudmarket.names import filings
from edgar_server import MANNERS, document, fact, serving

MILLION = 1_000_000
PPE, OTHER = "PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets"


def tags(month: int = 12, *names: str, metric: str = "capex", basis: str = "gross") -> pd.DataFrame:
    rows = [("Example", 12345, month, metric, basis, tag, rank, True) for rank, tag in enumerate(names or (PPE,), 1)]
    return pd.DataFrame(
        rows, columns=["company", "cik", "fiscal_year_end_month", "metric", "basis", "tag", "rank", "is_used"]
    )


def loaded(facts: list[dict[str, Any]] | dict[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    concepts = facts if isinstance(facts, dict) else {PPE: facts}
    result: dict[str, Any] = orjson.loads(document(concepts, **more))
    return result


def year(number: int = 2024, *sums: float) -> list[dict[str, Any]]:
    """Return sums from the start of a calendar year as its four filings state them, in USD million."""
    ends = [f"{number}-03-31", f"{number}-06-30", f"{number}-09-30", f"{number}-12-31"]
    filed = [f"{number}-04-25", f"{number}-07-25", f"{number}-10-25", f"{number + 1}-02-05"]
    forms = ["10-Q", "10-Q", "10-Q", "10-K"]
    return [
        fact(f"{number}-01-01", end, value * MILLION, on, form)
        for end, value, on, form in zip(ends, sums, filed, forms, strict=False)
    ]


def told(figures: pd.DataFrame, kind: str = "quarter") -> list[tuple[str, str, float, bool, bool]]:
    rows = figures[figures.kind == kind]
    return [
        (
            f"{row.period_end_on:%Y-%m-%d}",
            f"{row.known_on:%Y-%m-%d}",
            row.value_usd / MILLION,
            row.is_derived,
            row.is_mixed,
        )
        for row in rows.itertuples()
    ]


def test_quarters_are_the_differences_of_sums_from_the_years_start() -> None:
    figures = filed_figures(loaded(year(2024, 10, 25, 45, 70)), tags())
    assert told(figures) == [
        ("2024-03-31", "2024-04-25", 10, False, False),
        ("2024-06-30", "2024-07-25", 15, True, False),
        ("2024-09-30", "2024-10-25", 20, True, False),
        ("2024-12-31", "2025-02-05", 25, True, False),
    ]
    assert told(figures, "year") == [("2024-12-31", "2025-02-05", 70, False, False)]
    starts = figures[figures.is_derived].period_start_on.dt.strftime("%m-%d")
    assert list(starts) == ["04-01", "07-01", "10-01"]


def test_a_fiscal_year_that_ends_in_june() -> None:
    sums = [("2023-09-30", 5, "2023-10-24"), ("2023-12-31", 11, "2024-01-30"), ("2024-03-31", 18, "2024-04-25")]
    facts = [fact("2023-07-01", end, value * MILLION, on) for end, value, on in sums]
    facts.append(fact("2023-07-01", "2024-06-30", 26 * MILLION, "2024-07-30", "10-K"))
    assert [(end, value) for end, _, value, _, _ in told(filed_figures(loaded(facts), tags(6)))] == [
        ("2023-09-30", 5),
        ("2023-12-31", 6),
        ("2024-03-31", 7),
        ("2024-06-30", 8),
    ]
    # Read as a calendar year, the same sums are none from a year's start.
    assert len(told(filed_figures(loaded(facts), tags(12)))) == 1


def test_a_quarter_that_is_missing_leaves_two_unknown() -> None:
    facts = [one for one in year(2024, 10, 25, 45, 70) if one["end"] != "2024-09-30"]
    assert [end for end, *_ in told(filed_figures(loaded(facts), tags()))] == ["2024-03-31", "2024-06-30"]


def test_a_quarter_stated_by_itself_is_believed_from_then_on() -> None:
    stated = fact("2024-04-01", "2024-06-30", 16 * MILLION, "2025-07-25")
    figures = filed_figures(loaded([*year(2024, 10, 25), stated]), tags())
    assert told(figures)[1:] == [
        ("2024-06-30", "2024-07-25", 15, True, False),
        ("2024-06-30", "2025-07-25", 16, False, False),
    ]


def test_twelve_months_that_are_no_fiscal_year_are_no_year() -> None:
    trailing = fact("2023-04-01", "2024-03-31", 55 * MILLION, "2024-04-25")
    figures = filed_figures(loaded([*year(2024, 10), trailing]), tags())
    assert told(figures, "year") == []
    found = vintages(reported(loaded([*year(2024, 10, 25), trailing]), tags()).rename(columns={"filed_on": "known_on"}))
    assert list(kinds(found, 12)) == ["trailing_year", "quarter", "year_to_date"]
    odd = fact("2024-01-05", "2024-04-02", MILLION, "2024-05-01")
    assert list(kinds(reported(loaded([odd]), tags()), 12)) == ["other"]


def test_facts_repeated_by_later_filings_and_frames_given_twice_count_once() -> None:
    repeated = [
        one | {"filed": "2025-04-25", "accn": "0000012345-25-000001", "frame": "CY2024Q1"} for one in year(2024, 10)
    ]
    facts = [one | {"frame": "CY2024Q1"} for one in year(2024, 10)] + repeated
    document_ = loaded([*facts, facts[0]])
    assert len(reported(document_, tags())) == 2
    assert told(filed_figures(document_, tags())) == [("2024-03-31", "2024-04-25", 10, False, False)]


def test_a_restated_figure_keeps_both_values_with_their_days() -> None:
    again = [
        one
        | {"val": one["val"] + MILLION, "filed": f"{int(one['filed'][:4]) + 1}{one['filed'][4:]}", "accn": f"again-{n}"}
        for n, one in enumerate(year(2024, 10, 25, 45, 70))
    ]
    figures = filed_figures(loaded([*year(2024, 10, 25, 45, 70), *again]), tags())
    assert told(figures, "year") == [
        ("2024-12-31", "2025-02-05", 70, False, False),
        ("2024-12-31", "2026-02-05", 71, False, False),
    ]
    assert told(figures) == [
        ("2024-03-31", "2024-04-25", 10, False, False),
        ("2024-03-31", "2025-04-25", 11, False, False),
        ("2024-06-30", "2024-07-25", 15, True, False),
        # The first quarter was restated with the next year's first filing, the half year with its second.
        ("2024-06-30", "2025-04-25", 14, True, True),
        ("2024-06-30", "2025-07-25", 15, True, False),
        ("2024-09-30", "2024-10-25", 20, True, False),
        ("2024-09-30", "2025-07-25", 19, True, True),
        ("2024-09-30", "2025-10-25", 20, True, False),
        ("2024-12-31", "2025-02-05", 25, True, False),
        ("2024-12-31", "2025-10-25", 24, True, True),
        ("2024-12-31", "2026-02-05", 25, True, False),
    ]


def test_an_amended_report_counts_from_its_own_day_and_mixes_with_sums_it_leaves_alone() -> None:
    amended = fact("2024-01-01", "2024-12-31", 72 * MILLION, "2025-06-10", "10-K/A")
    figures = filed_figures(loaded([*year(2024, 10, 25, 45, 70), amended]), tags())
    assert told(figures, "year")[-1] == ("2024-12-31", "2025-06-10", 72, False, False)
    assert told(figures)[-1] == ("2024-12-31", "2025-06-10", 27, True, True)
    assert figures[figures.kind == "year"].form.tolist() == ["10-K", "10-K/A"]


def test_a_second_tag_fills_and_is_said_to_disagree_where_it_does() -> None:
    old, new = year(2023, 8, 17), year(2024, 10, 25)
    other = [one | {"val": one["val"] + 3 * MILLION} for one in year(2024, 10)]
    figures = filed_figures(loaded({OTHER: old + other, PPE: new}), tags(12, PPE, OTHER))
    found = [
        (f"{row.period_end_on:%Y-%m}", row.value_usd / MILLION, row.is_contradicted) for row in figures.itertuples()
    ]
    assert found == [("2023-03", 8, False), ("2023-06", 9, False), ("2024-03", 10, True), ("2024-06", 15, True)]


@pytest.mark.parametrize(
    ("concepts", "message"),
    [
        ({"Assets": year(2024, 10)}, rf"none of the tags of capex is there \({PPE}\)"),
        ({PPE: []}, "is not stated in USD"),
        ({PPE: [fact("2024-01-01", "2024-03-31", "10", "2024-04-25")]}, "a fact without a number"),
        ({PPE: [fact("2024-01-01", "2024-03-31", True, "2024-04-25")]}, "a fact without a number"),
        ({PPE: [fact("2024-01-01", "2024-03-31", None, "2024-04-25")]}, "a fact without a number"),
        ({PPE: [fact("2024-01-01", "2024-03-31", 1, "2024-04-25") | {"accn": ""}]}, "a fact without accn, form"),
        ({PPE: [fact("2024-01-01", "2024-02-31", 1, "2024-04-25")]}, "a date that is none"),
        ({PPE: [fact("2024-04-01", "2024-03-31", 1, "2024-04-25")]}, "ends before it begins"),
        ({PPE: [fact("2024-01-01", "2024-03-31", 1, "2024-03-01")]}, "filed before it ended"),
        ({PPE: [*year(2024, 10), *year(2024, 11)]}, f"states two values of {PPE} to 2024-03-31"),
    ],
)
def test_what_is_not_as_documented_is_refused_with_a_name(concepts: dict[str, Any], message: str) -> None:
    with pytest.raises(ParseError, match=rf"edgar Example.*{message}"):
        reported(loaded(concepts), tags())


def test_another_currency_and_no_taxonomy_are_refused() -> None:
    with pytest.raises(ParseError, match=r"is not stated in USD \(EUR\)"):
        reported(loaded(year(2024, 10), unit="EUR"), tags())
    with pytest.raises(ParseError, match="no facts under us-gaap"):
        reported({"cik": 12345, "facts": {"ifrs-full": {}}}, tags())


def curated(*rows: tuple[str, str, str, float], **more: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["basis", "period_start_on", "period_end_on", "value"])
    return frame.assign(company="Example", metric="capex", period_kind="quarter", unit="usd_million", **more)


QUARTERS = [("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30"), ("2024-07-01", "2024-09-30")]


def compared(rows: pd.DataFrame, facts: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, str]:
    found = compare(filed_figures(loaded(facts or year(2024, 10, 25, 45)), tags()), rows, **more)
    return {f"{row.basis} {row.period_end_on:%Y-%m}": row.status for row in found.itertuples()}


def test_each_kind_of_difference_has_its_name() -> None:
    rows = curated(
        ("gross", *QUARTERS[0], 10), ("gross", *QUARTERS[1], 16), ("gross", *QUARTERS[2], 22),
        ("gross", "2024-10-01", "2024-12-31", 30), ("net_of_proceeds", *QUARTERS[0], 9),
    )  # fmt: skip
    assert compared(rows) == {
        "gross 2024-03": "agrees",
        "gross 2024-06": "rounding",
        "gross 2024-09": "differs",
        "gross 2024-12": "only_curated",
        "net_of_proceeds 2024-03": "not_filed",
    }
    assert compared(rows, tolerance_usd_million=0.5)["gross 2024-06"] == "differs"
    assert compared(rows, tolerance_usd_million=2)["gross 2024-09"] == "rounding"


def test_filed_periods_that_nobody_curated_are_shown_from_the_first_curated_one_on() -> None:
    facts = [*year(2023, 7, 14, 21, 28), *year(2024, 10, 25, 45, 70)]
    assert compared(curated(("gross", *QUARTERS[1], 15)), facts) == {
        "gross 2024-06": "agrees",
        "gross 2024-09": "only_filed",
        "gross 2024-12": "only_filed",
    }


def test_a_curated_first_print_is_called_restated_with_the_day() -> None:
    later = [fact("2024-01-01", "2024-03-31", 13 * MILLION, "2025-04-25")]
    filed = filed_figures(loaded([*year(2024, 10), *later]), tags())
    [row] = compare(filed, curated(("gross", *QUARTERS[0], 10))).to_dict("records")
    assert (row["status"], row["restated_on"]) == ("restated", pd.Timestamp("2025-04-25"))
    assert (row["curated_usd_million"], row["filed_usd_million"], row["difference_usd_million"]) == (10, 13, -3)
    [row] = compare(filed, curated(("gross", *QUARTERS[0], 13))).to_dict("records")
    assert (row["status"], row["known_on"]) == ("agrees", pd.Timestamp("2025-04-25"))


def test_a_difference_of_mixed_vintages_stands_only_where_there_is_no_other() -> None:
    later = fact("2024-01-01", "2024-03-31", 13 * MILLION, "2025-04-25")
    assert compared(curated(("gross", *QUARTERS[1], 15)), [*year(2024, 10, 25), later]) == {"gross 2024-06": "agrees"}
    facts = [year(2024, 10, 25)[1], later]
    [row] = compare(filed_figures(loaded(facts), tags()), curated(("gross", *QUARTERS[1], 12))).to_dict("records")
    assert (row["status"], row["is_mixed"]) == ("agrees", True)


def test_figures_said_to_be_rounded_may_be_off_by_half_a_tenth_of_a_billion() -> None:
    rows = curated(("gross", *QUARTERS[0], 58), ("gross", *QUARTERS[1], 75), is_rounded=[True, False])
    assert list(compared(rows).values()) == ["rounding", "differs", "only_filed"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "usd_thousand"}, "is not in USD million"),
        ({"value": None}, "has no value"),
        ({"value": "ten"}, "ten"),
        ({"period_end_on": "31.03.2024"}, "31.03.2024"),
    ],
)
def test_curated_rows_that_cannot_be_compared_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compared(curated(("gross", *QUARTERS[0], 10)).assign(**change))


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        compared(curated(("gross", *QUARTERS[0], 10)).drop(columns=name))


def test_nothing_of_the_input_is_changed() -> None:
    rows = curated(("gross", *QUARTERS[0], 99))
    before = rows.copy()
    compared(rows)
    pd.testing.assert_frame_equal(rows, before)


def test_the_reviewed_tags_are_complete_and_used_once() -> None:
    table = filings.filing_tags()
    assert filings.filers() == ["Alphabet", "Amazon", "Meta", "Microsoft"]
    used = table[table.is_used]
    assert set(map(tuple, used[["company", "metric"]].to_numpy())) == {
        (company, metric) for company in filings.filers() for metric in ("capex", "revenue")
    }
    assert not table.duplicated(["company", "metric", "tag"]).any()
    assert (table.note.str.len() > 5).all()
    assert dict(zip(table.company, table.fiscal_year_end_month, strict=True)) == {
        "Alphabet": 12, "Amazon": 12, "Meta": 12, "Microsoft": 6,
    }  # fmt: skip


def test_companies_that_are_not_followed_are_named() -> None:
    with pytest.raises(CloudMarketError, match="'Oracle' is not among the filers followed: Alphabet, Amazon"):
        filings.filers(["Amazon", "Oracle"])
    assert filings.filers(["Meta", "Amazon", "Meta"]) == ["Amazon", "Meta"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with curated figures of one company, and someone who asks."""
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    monkeypatch.setenv("CLOUDMARKET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CLOUDMARKET_CONTACT", "Jane Doe jane@example.org")
    folder = tmp_path / "data" / "raw" / "curated"
    folder.mkdir(parents=True)
    rows = curated(("gross", *QUARTERS[0], 10), ("gross", *QUARTERS[1], 19), ("gross", *QUARTERS[2], 20))
    rows.assign(company="Alphabet").to_csv(folder / "capex.csv", index=False)
    return tmp_path


@pytest.fixture
def printed(project: Path) -> Callable[[dict[str, list[dict[str, Any]]]], str]:
    def show(concepts: dict[str, list[dict[str, Any]]]) -> str:
        out = Console(file=io.StringIO(), width=200)
        with serving() as server:
            server.put(document(concepts, cik=1652044), cik=1652044)
            command.run(out, ["Alphabet"], base=server.address, manners=MANNERS, pace=Pace(1000))
        assert isinstance(out.file, io.StringIO)
        return out.file.getvalue()

    return show


def test_the_command_prints_what_differs_and_changes_nothing(project: Path, printed) -> None:
    before = (project / "data/raw/curated/capex.csv").read_bytes()
    revised = fact("2024-01-01", "2024-03-31", 13 * MILLION, "2025-04-25")
    text = printed({PPE: [*year(2024, 10, 25, 45), revised], "Revenues": year(2024, 100, 210)})
    assert "Alphabet: 7 figures of quarters and years, filed 2024-04-25 to 2025-04-25; read 2" in text
    assert f"1 agrees: {STATUSES['agrees']}" in text
    assert "Alphabet: 2 figures of revenue filed, none curated to compare with" in text
    lines = [[cell.strip() for cell in line.split("│")[4:-1]] for line in text.splitlines() if "│ Alphabet " in line]
    assert lines == [
        ["2024-01-01 to 2024-03-31", "10", "13", "restated on 2025-04-25", "2025-04-25 10-Q", ""],
        ["2024-04-01 to 2024-06-30", "19", "15", "differs", "2024-07-25 10-Q", "difference"],
    ]
    assert (project / "data/raw/curated/capex.csv").read_bytes() == before


def test_the_command_needs_curated_figures(project: Path, printed) -> None:
    (project / "data/raw/curated/capex.csv").unlink()
    with pytest.raises(CloudMarketError, match=r"holds none of capex\.csv, financial\.csv"):
        printed({PPE: year(2024, 10)})
