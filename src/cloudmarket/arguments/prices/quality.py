"""What models can do, by the ratings of one scale at a time, joined to what they cost.

Two scales of the Arena are known, and no model is on both: the fitted ratings of all models up to early 2025, and the
first places of the boards of spring 2026. They are never chained: each has a span of months of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.prices.panel import Panel
from cloudmarket.tables.benchmark_score import BOARD, FITTED

BENCHMARK = "arena_text"
# A board of first places says nothing of models that had left them: only those of the year before it are compared.
_REACH = {FITTED: pd.DateOffset(years=3), BOARD: pd.DateOffset(years=1)}
AFTER = pd.Timedelta(days=31)
FEWEST = 5
"""Rated models on offer below which a month is not compared."""
CHARACTERISTICS = ("score", "log2_context", "is_open")


@dataclass(frozen=True, eq=False)
class Span:
    """Prices of the models rated on one scale, in the months of which it can speak.

    ``rows``: those of the panel with ``score`` (points of the scale), ``votes``, ``log2_context`` and ``is_open``.
    ``ratings``: the rows of ``benchmark_score`` behind the scores. ``unrated``: by seller, how many models on offer in
    these months have no rating.
    """

    series: str
    rows: pd.DataFrame
    ratings: pd.DataFrame
    unrated: pd.Series[int]

    @property
    def first(self) -> pd.Timestamp:
        """First month compared."""
        return pd.Timestamp(self.rows.day.min())

    @property
    def last(self) -> pd.Timestamp:
        """Last month compared."""
        return pd.Timestamp(self.rows.day.max())

    def __repr__(self) -> str:
        return f"Span({self.series}: {self.rows.model.nunique()} rated models, {self.first:%Y-%m} to {self.last:%Y-%m})"


def ratings(day: date, series: str) -> pd.DataFrame:
    """Return the newest rating of each model on a scale by what was known on a day: rows of ``benchmark_score``.

    A price buys a model however it is run: of several ways the plain one is taken, else the best rated.
    """
    rows = tables.load("benchmark_score", known_on=day)
    rows = rows[(rows.series == series) & (rows.benchmark == BENCHMARK) & rows.model.notna()]
    newest = rows[rows.scored_on == rows.groupby("model").scored_on.transform("max")]
    order = newest.assign(is_plain=newest.variant.isna()).sort_values(
        ["model", "is_plain", "score", "label"], ascending=[True, False, False, True]
    )
    return order.drop_duplicates("model").drop(columns="is_plain").reset_index(drop=True)


def spans(panel: Panel) -> list[Span]:
    """Return the spans in which models on offer are rated, in order of time; none where nothing was rated yet."""
    found = []
    for series in (FITTED, BOARD):
        rated = ratings(panel.day, series)
        if len(rated):
            last = rated.scored_on.max()
            days = panel.rows.day
            inside = panel.rows[(days >= last - _REACH[series]) & (days <= last + AFTER)]
            span = _span(series, inside, rated)
            if len(span.rows):
                found.append(span)
    return found


def characteristics(rows: pd.DataFrame) -> list[str]:
    """Return the characteristics that differ within the rows: those that do not explain nothing."""
    return [name for name in CHARACTERISTICS if rows[name].nunique() > 1]


def _span(series: str, inside: pd.DataFrame, rated: pd.DataFrame) -> Span:
    known = rated.set_index("model")
    is_rated = inside.model.isin(known.index)
    # A model whose weights nobody has looked up counts as closed, its context as that of the median model.
    is_open = names.models().set_index("model").is_open_weights
    rows = inside[is_rated].assign(
        score=lambda one: one.model.map(known.score).astype("float64"),
        votes=lambda one: one.model.map(known.votes).astype("float64"),
        is_open=lambda one: one.model.map(is_open).fillna(False).astype("float64"),
    )
    context = rows.groupby(["seller", "model"]).context_tokens.transform("max").astype("float64")
    rows["log2_context"] = np.log2(context.fillna(context.median()))
    unrated = inside[~is_rated].groupby("seller").model.nunique()
    return Span(series, rows.reset_index(drop=True), rated, unrated)
