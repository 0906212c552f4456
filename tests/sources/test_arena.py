"""Ratings of models: rows as printed, and what no rating can be refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import arena, arena_boards
from cloudmarket.tables import inputs
from shared import panel


def test_a_rating_of_zero_is_none() -> None:
    content = b",model-a,model-b\n20240102,1010.5,0.0\n20240103,1011.5,990\n"
    assert list(arena.parse(content, "v1")) == [
        ("model-a", date(2024, 1, 2), 1010.5),
        ("model-a", date(2024, 1, 3), 1011.5),
        ("model-b", date(2024, 1, 3), 990.0),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no column"),
        (b"day,a\n20240102,1000\n", "has no column"),
        (b",a\n", "has no rating"),
        (b",a\n20240102,0\n", "has no rating"),
        (b",a\n2024-01-02,1000\n", "prints the day '2024-01-02'"),
        (b",a\n20240102,many\n", "prints 'many' as a rating of a"),
        (b",a\n20240102,nan\n", "prints 'nan' as a rating of a"),
        (b",a\n20240102,-5\n", "prints '-5' as a rating of a"),
        (b",a\n20240102,1e9\n", "prints '1e9' as a rating of a"),
    ],
)
def test_what_is_no_table_of_ratings_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=f"^arena v1: {message}"):
        list(arena.parse(content, "v1"))


def board(*models: dict[str, Any], path: str = "data/2026-01-02/text.json") -> dict[str, bytes]:
    return {path: json.dumps({"meta": {}, "models": list(models)}).encode()}


MODEL = {"rank": 1, "model": "model-a", "vendor": "A", "score": 1500, "ci": 7, "votes": 900}


def test_a_board_has_a_row_per_model() -> None:
    unsure = {"model": "model-b", "score": 1400, "ci": None, "votes": None}
    assert list(arena_boards.parse(board(MODEL, unsure, path="data/2026-01-02/text-to-image.json"), "v1")) == [
        ("text-to-image", "model-a", date(2026, 1, 2), 1500.0, 7, 900, "A"),
        ("text-to-image", "model-b", date(2026, 1, 2), 1400.0, None, None, None),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (board(MODEL, path="data/latest/text.json"), "has a file data/latest/text.json"),
        (board(), "data/2026-01-02/text.json lists no models"),
        ({"data/2026-01-02/text.json": b"[]"}, "data/2026-01-02/text.json lists no models"),
        ({"data/2026-01-02/text.json": b"{"}, "is no JSON"),
        (board(MODEL, MODEL), "the board text of 2026-01-02 names 'model-a' twice"),
        (board(MODEL | {"model": None}), "the board text of 2026-01-02 names None twice or no model"),
        (board(MODEL | {"score": "high"}), "the board text of 2026-01-02 prints 'high' for model-a"),
        (board(MODEL | {"score": 15}), "the board text of 2026-01-02 prints 15 for model-a"),
        (board(MODEL | {"ci": -1}), "prints -1 as an interval of model-a"),
    ],
)
def test_what_is_no_board_is_refused(content: dict[str, bytes], message: str) -> None:
    with pytest.raises(ParseError, match=f"^arena_boards v1: {message}"):
        list(arena_boards.parse(content, "v1"))


@pytest.mark.parametrize(("name", "start", "count"), [("arena", "nakasyou", 11827), ("arena_boards", "oolong", 1122)])
def test_the_panel_has_the_same_ratings(name: str, start: str, count: int) -> None:
    listed = pd.read_csv(panel("arena/arena_elo_panel.csv.gz"))
    theirs = listed[listed.source.str.startswith(start)].set_index(["model", "date"]).rating
    ours = inputs.folded(name).to_pandas()
    ours = ours[ours.board == "text"] if name == "arena_boards" else ours
    ours["date"] = ours.scored_on.astype(str)
    scores = ours.set_index(["model", "date"]).score
    assert len(theirs) == len(scores) == count
    pd.testing.assert_series_equal(
        theirs.sort_index(), scores.sort_index(), check_names=False, check_index_type=False, rtol=1e-12
    )
