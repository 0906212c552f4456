"""What tables cover, counted by hand on small ones, and that it is the same by another way on the shipped ones."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from cloudmarket import tables
from cloudmarket.errors import CloudMarketError
from cloudmarket.history import Moment
from cloudmarket.tables import coverage
from cloudmarket.tables.base import DATE, KNOWLEDGE_COLUMNS, TEXT, TIME_COLUMNS, Column, Table

PRICE = Table(
    "price", "a price", ("cloud", "region", "valid_from"),
    tuple(Column(name, TEXT, name) for name in ("source", "cloud", "region")) + TIME_COLUMNS, ("shop",),
)  # fmt: skip
DOWNLOAD = Table(
    "download", "a month", ("source", "month"),
    (Column("source", TEXT, "source"), Column("month", DATE, "month"), *KNOWLEDGE_COLUMNS), ("shop",), "month",
)  # fmt: skip
FACT = Table(
    "fact", "a fact", ("source", "observed_first_at"), (Column("source", TEXT, "source"), *KNOWLEDGE_COLUMNS), ("shop",)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LINE = [Moment("1", at("2025-01-10")), Moment("2", at("2025-01-20")), Moment("3", at("2025-04-15"))]
ALL = {"price": PRICE, "download": DOWNLOAD, "fact": FACT}


def prices(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["region", "valid_from", "valid_to", "superseded_at"])
    seen = pd.to_datetime(frame.valid_from, utc=True)
    return PRICE.frame(
        frame.assign(source="shop", cloud="aws", observed_first_at=seen, observed_last_at=seen, is_printed=True)
    )


def counted(built: dict[str, pd.DataFrame], lines: coverage.Lines) -> list[tuple[object, ...]]:
    rows = coverage.build(built, ALL, lines)
    rows = rows.assign(month=rows.month.dt.strftime("%Y-%m")).astype("object").where(rows.notna(), None)
    return list(rows.itertuples(index=False, name=None))


def test_a_row_counts_in_the_months_at_whose_end_it_holds() -> None:
    rows = prices(
        ("east", "2025-01-10", None, None),
        ("west", "2025-01-20", "2025-02-28", None),
        ("west", "2025-02-28", "2025-03-31", None),
        ("south", "2025-01-10", None, "2025-01-20"),
    )
    assert counted({"price": rows}, {"shop": LINE}) == [
        ("price", "shop", "aws", "east", "2025-01", 1, 2),
        ("price", "shop", "aws", "east", "2025-02", 1, 0),
        ("price", "shop", "aws", "east", "2025-03", 1, 0),
        ("price", "shop", "aws", "east", "2025-04", 1, 1),
        ("price", "shop", "aws", "west", "2025-01", 1, 2),
        ("price", "shop", "aws", "west", "2025-02", 1, 0),
    ]


def test_facts_count_in_the_time_they_tell_of() -> None:
    seen = pd.Timestamp("2025-04-15", tz="UTC")
    rows = DOWNLOAD.frame(
        pd.DataFrame({"source": "shop", "month": ["2024-11-01", "2024-12-01"], "observed_first_at": seen,
                      "observed_last_at": seen, "superseded_at": pd.NaT})
    )  # fmt: skip
    assert counted({"download": rows}, {"shop": LINE}) == [
        ("download", "shop", None, None, "2024-11", 1, 0),
        ("download", "shop", None, None, "2024-12", 1, 0),
    ]


def test_other_facts_stand_until_they_are_superseded() -> None:
    seen = pd.to_datetime(["2025-01-10", "2025-01-20"], utc=True)
    rows = pd.DataFrame({"source": "shop", "observed_first_at": seen, "observed_last_at": seen,
                         "superseded_at": [pd.NaT, pd.Timestamp("2025-04-15", tz="UTC")]})  # fmt: skip
    assert counted({"fact": FACT.frame(rows)}, {"shop": LINE}) == [
        ("fact", "shop", None, None, "2025-01", 2, 2),
        ("fact", "shop", None, None, "2025-02", 2, 0),
        ("fact", "shop", None, None, "2025-03", 2, 0),
        ("fact", "shop", None, None, "2025-04", 1, 1),
    ]


def test_of_nothing_there_is_no_coverage() -> None:
    assert counted({"price": prices()}, {"shop": LINE}) == []
    assert counted({"price": prices(("east", "2025-01-10", None, None))}, {}) == []


def test_snapshots_after_a_day_are_not_known_on_it() -> None:
    assert coverage.until({"shop": LINE, "late": LINE[2:]}, date(2025, 1, 20)) == {"shop": LINE[:2]}


def test_the_shipped_coverage_counts_the_shipped_prices() -> None:
    """The end of one month, counted through the loader."""
    covered = tables.load("coverage")
    month = covered[(covered.table == "token_price") & (covered.month == pd.Timestamp("2025-06-01"))]
    held = tables.load("token_price", on="2025-06-30")
    assert month.groupby("cloud")["rows"].sum().to_dict() == held.groupby("seller").size().to_dict()


@pytest.mark.parametrize("day", ["2024-06-30", "2025-06-30"])
def test_nothing_of_the_future_is_covered_in_a_vintage(day: str) -> None:
    then = tables.load("coverage", known_on=day)
    assert len(then)
    observed = then[then.snapshots > 0]
    assert observed.month.max() <= pd.Timestamp(day)
    held = then[then.table.isin([name for name, table in tables.TABLES.items() if not table.period])]
    assert held.month.max() <= pd.Timestamp(day)


def test_coverage_of_a_single_day_is_refused() -> None:
    with pytest.raises(CloudMarketError, match="use known_on"):
        tables.load("coverage", on="2025-06-30")
