"""What is known and how surely, counted on snapshots and tables made by hand and on the shipped ones."""

from datetime import date, timedelta

import pandas as pd
import pytest

from cloudmarket import tables
from cloudmarket.arguments import evidence
from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs
from cloudmarket.tables.inputs import SNAPSHOT_COLUMNS, STALE_COLUMNS

TODAY = inputs.last_observed_on(tuple(SOURCES))


def listing(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["version", "observed_at", "role"])
    frame["observed_at"] = pd.to_datetime(frame.observed_at, utc=True, format="ISO8601")
    return frame.reindex(columns=SNAPSHOT_COLUMNS)


@pytest.fixture
def two_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {
        "litellm": listing(("1", "2025-01-01 01:00", "folded"), ("2", "2025-01-01 23:00", "folded"),
                           ("3", "2025-01-05", "audit"), ("4", "2025-03-01", "folded")),
        "arena": listing(("a", "2024-12-01", "gap"), ("b", "2025-01-02", "gap"), ("b", "2025-01-02", "folded"),
                         ("c", "2025-01-03", "oversized"), ("d", "2025-01-04", "excluded")),
    }  # fmt: skip
    monkeypatch.setattr("cloudmarket.arguments.evidence.archive.SOURCES", lists)
    monkeypatch.setattr("cloudmarket.tables.inputs.snapshots", lists.__getitem__)


def test_days_with_a_snapshot(two_sources: None) -> None:
    """A round that lacks files is read; older branches and versions set aside add nothing."""
    seen = evidence.snapshots(date(2025, 2, 1))
    rows = list(zip(seen.source, seen.day.dt.strftime("%m-%d"), seen.kind, strict=True))
    assert rows == [
        ("litellm", "01-01", evidence.READ),
        ("arena", "01-02", evidence.READ),
        ("arena", "12-01", evidence.UNREADABLE),
        ("arena", "01-03", evidence.UNREADABLE),
    ]


def test_a_problem_is_known_from_its_day_and_always_today(monkeypatch: pytest.MonkeyPatch) -> None:
    later = (TODAY + timedelta(days=3)).isoformat()
    found = pd.DataFrame([("arena", "2026-01-01", "gone"), ("litellm", later, "cut")], columns=STALE_COLUMNS)
    monkeypatch.setattr("cloudmarket.tables.inputs.stale", lambda: found)
    assert list(evidence.stale(date(2025, 12, 31)).index) == []
    assert list(evidence.stale(date(2026, 1, 1)).index) == ["arena"]
    assert list(evidence.stale(TODAY).index) == ["arena", "litellm"]
    assert evidence.freshness(TODAY).problem["litellm"] == "cut"


def test_nothing_of_the_future_is_in_the_freshness_of_a_day() -> None:
    fresh = evidence.freshness(date(2024, 6, 30))
    assert (fresh.newest <= pd.Timestamp("2024-06-30")).all()
    assert "models_dev" not in fresh.index
    assert fresh.age_days["litellm"] == (date(2024, 6, 30) - date(2023, 12, 14)).days


def test_gaps_are_sorted_by_length_and_longer_than_the_limit() -> None:
    holes = evidence.gaps(TODAY)
    assert holes.days.is_monotonic_decreasing
    assert (holes.days > evidence.LONG_DAYS).all()
    assert (holes.source == "litellm").any()


def test_grades_count_every_row_of_the_graded_tables() -> None:
    counted = evidence.grades(evidence.state(TODAY).known).groupby("table")["rows"].sum()
    for name in ("region_carbon", "event", "accelerator_price"):
        assert counted[name] == len(tables.load(name, known_on=TODAY))


def test_a_month_without_a_look_is_missing_not_zero() -> None:
    rows = [("token_price", "litellm", "aws", None, month, 5, snapshots)
            for month, snapshots in (("2025-01-01", 3), ("2025-02-01", 0), ("2025-04-01", 1))]  # fmt: skip
    rows.append(("price_change", "litellm", "aws", None, "2025-01-01", 2, 3))
    frame = pd.DataFrame(rows, columns=["table", "source", "cloud", "region", "month", "rows", "snapshots"])
    frame["month"] = pd.to_datetime(frame.month)
    found = evidence.covered(frame, ["aws"])
    assert found.table.unique().tolist() == ["token_price"]
    assert found["rows"].fillna(-1).tolist() == [5, -1, -1, 5]


def test_regions_are_those_of_the_newest_month_of_each_cloud() -> None:
    rows = [("t", "s", "aws", region, month, 1, 1)
            for region, month in (("a", "2025-01-01"), ("a", "2025-02-01"), ("b", "2025-02-01"))]  # fmt: skip
    rows += [("t", "s", "gcp", "x", "2024-01-01", 1, 1), ("u", "s", "gcp", None, "2025-01-01", 1, 1)]
    frame = pd.DataFrame(rows, columns=["table", "source", "cloud", "region", "month", "rows", "snapshots"])
    found = evidence.regions(frame, ["aws", "azure", "gcp"])
    assert found.loc["t"].fillna(0).to_dict() == {"aws": 2, "azure": 0, "gcp": 1}
    assert list(found.index) == ["t"]
