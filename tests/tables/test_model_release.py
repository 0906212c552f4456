"""Days of release as volunteers state them: who states what since when, and what they disagree on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.measures import catalogue
from cloudmarket.sources import models_dev
from cloudmarket.tables import model_release
from tables.vintage import told


def instant(number: int) -> datetime:
    return datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=number)


def stated(*prints: dict[str, str | None]) -> pd.DataFrame:
    """Return the table of snapshots a day apart, each with the day of release by label."""

    def row(label: str, day: str | None) -> tuple[Any, ...]:
        cells = {"label": label, "provider": label.split("/")[0], "context_from_tokens": 0, "release_date": day}
        return tuple((dict.fromkeys(models_dev.COLUMNS.names) | cells).values())

    moments = [
        (Moment(f"c{number}", instant(number)), [row(*item) for item in files.items()])
        for number, files in enumerate(prints)
    ]
    return model_release.build(told(models_dev=moments))


GLM, TWIN, OTHER = "nebius/zai-org/GLM-4.5", "nebius/zai-org/glm-4.5", "zai/glm-4.5"


def test_a_statement_lasts_while_any_label_makes_it() -> None:
    table = stated({GLM: None}, {GLM: "2025-07-28"}, {GLM: "2025-07-28", TWIN: "2025-07-28"}, {TWIN: "2025-07-28"}, {})
    [row] = table.itertuples()
    assert (row.seller, row.model, row.released_on, row.label_count) == (
        "nebius", "glm-4.5", pd.Timestamp("2025-07-28"), 1
    )  # fmt: skip
    assert (row.observed_first_at, row.observed_last_at, row.superseded_at) == (instant(1), instant(3), instant(4))


@pytest.mark.parametrize(
    ("printed", "first", "last", "precision"),
    [
        ("2025-07-28", "2025-07-28", "2025-07-28", "day"),
        ("2025-07", "2025-07-01", "2025-07-31", "month"),
        ("2025", "2025-01-01", "2025-12-31", "year"),
    ],
)
def test_a_month_is_all_of_its_days(printed: str, first: str, last: str, precision: str) -> None:
    [row] = stated({GLM: printed}).itertuples()
    assert (row.released_on, row.released_by_on, row.precision) == (
        pd.Timestamp(first), pd.Timestamp(last), precision
    )  # fmt: skip


def test_conflicts_are_a_range_and_given_up_or_impossible_days_are_left_out() -> None:
    table = stated(
        {GLM: "2024-01-01", OTHER: "2027-01-01"},
        {GLM: "2025-08", OTHER: "2025-07-28"},
        {GLM: "2025-08", OTHER: "2025-07-28"},
    )
    assert table.is_suspect.tolist().count(True) == 1
    [row] = catalogue.released(table).itertuples()
    assert (row.Index, row.earliest_on, row.latest_on, row.sellers) == (
        "glm-4.5", pd.Timestamp("2025-07-28"), pd.Timestamp("2025-08-31"), 2
    )  # fmt: skip


@pytest.mark.parametrize("printed", ["soon", "2025-13-01", "25-01-01"])
def test_what_is_no_date_is_not_dropped_silently(printed: str) -> None:
    with pytest.raises(CheckError, match=f"{printed} is no day of release; review it"):
        stated({GLM: printed})


def test_a_reviewed_misprint_states_nothing() -> None:
    assert len(stated({GLM: "2025-25-11", OTHER: "2025-07-28"})) == 1


def test_a_past_day_knows_what_had_been_stated() -> None:
    table = load("model_release", known_on="2025-12-31")
    assert len(table)
    assert (table.observed_first_at < pd.Timestamp("2026-01-01", tz="UTC")).all()
    assert table.observed_last_at.max() < pd.Timestamp("2026-01-01", tz="UTC")
    assert table.superseded_at.isna().all()


def test_shipped_days_agree_for_most_models() -> None:
    days = catalogue.released(load("model_release"))
    assert (days.earliest_on <= days.latest_on).all()
    agreed = (days.earliest_on == days.latest_on).mean()
    assert 0.8 < agreed < 1
    assert days.loc["gpt-5"].tolist() == [pd.Timestamp("2025-08-07"), pd.Timestamp("2025-08-07"), 2]
    # Azure's file gives the day on which Azure began to sell it.
    assert days.loc["claude-sonnet-4-5"].tolist() == [pd.Timestamp("2025-09-29"), pd.Timestamp("2025-11-18"), 4]
