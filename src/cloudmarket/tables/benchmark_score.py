"""``benchmark_score``: how people rate models against each other in Chatbot Arena, now Arena AI.

A rating is a place on a scale that is fitted anew each time and that depends on who else is rated: compare models of
one series and day. Series are never chained; where a scale was changed, another series begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cloudmarket.names import benchmarks
from cloudmarket.tables.base import DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

# The collection takes online Elo ratings from the Arena's files up to 2024-06-26, and fitted ones from the next on.
FITTED_SINCE = date(2024, 6, 29)
ELO = "arena_online_elo"
FITTED = "arena_bradley_terry"
BOARD = "arena_ai_board"

TABLE = Table(
    name="benchmark_score",
    grain="a rating of a model on a day",
    key=("source", "series", "benchmark", "label", "scored_on", "observed_first_at"),
    sources=("arena", "arena_boards"),
    period="scored_on",
    columns=(
        Column("source", TEXT, "Where it was read.", values=("arena", "arena_boards")),
        Column("series", TEXT, "The scale; scores of two series cannot be compared.", values=(ELO, FITTED, BOARD)),
        Column("benchmark", TEXT, "What is rated: arena_text, arena_code, arena_vision, ..."),
        Column("label", TEXT, "The model as printed."),
        Column("model", TEXT, "Canonical model; missing where none of the study is meant.", is_required=False),
        Column("variant", TEXT, "How the model was run where that is said: thinking, search, ...", is_required=False),
        Column("scored_on", DATE, "Day of the rating."),
        Column("score", NUMBER, "Rating.", above=0),
        Column("score_low", NUMBER, "Lower bound of its interval; missing where none is printed.", is_required=False),
        Column("score_high", NUMBER, "Upper bound.", is_required=False),
        Column("votes", INTEGER, "Votes for or against it; missing where not printed.", is_required=False, above=0),
        Column("evidence", TEXT, "C: a volunteer's copy of what the Arena published.", values=("C",)),
        *KNOWLEDGE_COLUMNS,
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the ratings of both collections."""
    scores = pd.concat(
        [_files(evidence.folded["arena"].to_pandas()), _boards(evidence.folded["arena_boards"].to_pandas())],
        ignore_index=True,
    )
    known = benchmarks.arena_models()[["label", "model", "variant"]]
    scores = scores.rename(columns={"model": "label"}).merge(known, on="label", how="left")
    return TABLE.frame(scores.assign(evidence="C", superseded_at=scores.ended_at))


def _files(rows: pd.DataFrame) -> pd.DataFrame:
    is_fitted = rows.scored_on >= FITTED_SINCE
    return rows.assign(source="arena", benchmark="arena_text", series=is_fitted.map({True: FITTED, False: ELO}))


def _boards(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        source="arena_boards",
        series=BOARD,
        benchmark="arena_" + rows.board.str.replace("-", "_"),
        score_low=rows.score - rows.half_width,
        score_high=rows.score + rows.half_width,
    )


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "ratings are of the size of ratings", rows.score.between(500, 2500)
    yield "a rating is within its interval", ~(rows.score < rows.score_low) & ~(rows.score > rows.score_high)
    yield "bounds come in pairs", rows.score_low.isna() == rows.score_high.isna()
    known_on = rows.observed_first_at.dt.tz_localize(None).dt.normalize()
    yield "nothing is known before it was rated", known_on >= rows.scored_on
    yield (
        "online ratings end before fitted ones begin",
        (rows.series == ELO) == ((rows.source == "arena") & (rows.scored_on < pd.Timestamp(FITTED_SINCE))),
    )
