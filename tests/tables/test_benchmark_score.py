"""Ratings of models: series that are never one, canonical models, vintages."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd
import pytest

from cloudmarket import names
from cloudmarket.names import benchmarks
from cloudmarket.tables import benchmark_score, inputs
from cloudmarket.tables.benchmark_score import BOARD, ELO, FITTED
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from tables.vintage import cut

SOURCES = ("arena", "arena_boards")


@cache
def shipped() -> pd.DataFrame:
    rows = benchmark_score.build(inputs.evidence(SOURCES))
    check(benchmark_score.TABLE, rows)
    check_all(benchmark_score.TABLE, rows, benchmark_score.check(rows))
    return rows


def test_the_series_are_split_where_the_scale_jumps() -> None:
    """All models move by about as much on the day of the split, and by little on any day after it."""
    rows = shipped()
    files = rows[rows.source == "arena"]
    scores = files.pivot_table(index="scored_on", columns="label", values="score")
    jumps = scores.diff().abs().median(axis=1)
    assert jumps.idxmax() == pd.Timestamp(benchmark_score.FITTED_SINCE)
    assert jumps.max() > 90
    assert jumps[jumps.index > pd.Timestamp(benchmark_score.FITTED_SINCE)].max() < 0.5
    ends = files.groupby("series").scored_on.agg(["min", "max"])
    assert ends.loc[ELO, "max"] == pd.Timestamp("2024-06-26")
    assert ends.loc[FITTED, "min"] == pd.Timestamp("2024-06-29")
    assert set(rows.series[rows.source == "arena_boards"]) == {BOARD}


@pytest.mark.parametrize(
    ("label", "model", "variant"),
    [
        ("claude-3-opus-20240229", "claude-3-opus", None),
        ("claude-opus-4-6-thinking", "claude-opus-4-6", "thinking"),
        ("gpt-5.4-high (codex-harness)", "gpt-5.4", "high codex harness"),
        ("RWKV-4-Raven-14B", None, None),
    ],
)
def test_labels_name_models(label: str, model: str | None, variant: str | None) -> None:
    rows = shipped()
    found = rows.loc[rows.label == label, ["model", "variant"]].drop_duplicates()
    assert [[None if pd.isna(cell) else cell for cell in row] for row in found.to_numpy()] == [[model, variant]]


def test_the_reviewed_labels_are_of_models_there_are_and_occur() -> None:
    table = benchmarks.arena_models()
    assert table.label.is_unique
    assert set(table.model) <= set(names.models().model)
    assert set(table.label) <= set(shipped().label)


def test_most_ratings_of_what_people_talk_to_are_of_known_models() -> None:
    """A new label stays without a model; the share tells when the reviewed table is out of date."""
    rows = shipped()
    share = rows.model.notna().groupby([rows.source, rows.benchmark]).mean()
    assert share["arena_boards", "arena_text"] > 0.7
    assert share["arena_boards", "arena_code"] > 0.75
    assert share["arena", "arena_text"] > 0.35


def test_known_ratings() -> None:
    rows = shipped()
    rows = rows[rows.benchmark == "arena_text"]
    found = rows[(rows.label == "claude-opus-4-7-thinking") & (rows.scored_on == "2026-04-19")].iloc[0]
    assert (found.score, found.score_low, found.score_high, found.votes) == (1505, 1494, 1516, 2618)
    first = rows[(rows.label == "gpt-4") & (rows.scored_on == "2023-05-08")].iloc[0]
    assert round(first.score, 3) == 1274.186
    assert pd.isna(first.score_low)


@pytest.mark.parametrize("day", [date(2024, 11, 14), date(2024, 12, 31), date(2026, 4, 1)])
def test_a_vintage_holds_nothing_of_the_future(day: date) -> None:
    then = Evidence({name: cut(name, day) for name in SOURCES}, {})
    known = known_facts(benchmark_score.TABLE, shipped(), day, inputs.latest(SOURCES, day))
    pd.testing.assert_frame_equal(known, benchmark_score.build(then))
