"""What earlier studies say of the fall of token prices, computed again on our prices and judged by rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.prices import index_frames, indices
from cloudmarket.arguments.prices.indices import CLOUDS
from cloudmarket.measures.price_frontier import Frontier, frontier
from cloudmarket.tables.benchmark_score import BOARD, FITTED

REPRODUCED, NOT, OPEN, UNTESTED = "reproduced", "not reproduced", "not decided", "cannot be tested here"
# An interval whose ends are further apart bears out nearly any claim.
WIDEST = 20.0
# The developer's flagships in order, whatever they turn out to show.
ANCHORS = {FITTED: ("gpt-3.5-turbo-0613", "gpt-4-0314", "gpt-4o-2024-05-13", "o1-preview"),
           BOARD: ("gpt-4.1", "o3", "gpt-5")}  # fmt: skip
HEDONIC, NOTHING = "hedonic", "nothing"


@dataclass(frozen=True)
class Study:
    """A published claim: how many times cheaper per year, from ``low`` to ``high``, and what ours it is set against.

    ``against``: ``HEDONIC`` (index at equal rating of the three clouds), an anchor model, ``""`` for all anchors, or
    ``NOTHING`` where our data cannot speak, with ``why``. ``known_on``: the end of the month in which it came out.
    """

    name: str
    claim: str
    low: float
    high: float
    against: str
    known_on: date
    why: str


NONE = float("nan")
_SIX_YEARS = 600 ** (1 / 6)
STUDIES = (
    Study("Epoch AI 2025", "price at fixed performance falls 9 to 900 times a year", 9, 900, "",
          date(2025, 3, 31),
          "its benchmarks are not in our data: the Arena's ratings stand in"),
    Study("a16z 2024", "10 times a year at the performance of an MMLU score of 42", 10, 10, "gpt-3.5-turbo-0613",
          date(2024, 11, 30),
          "MMLU is not in our data: the weakest rated flagship stands in, which is stronger than that"),
    Study("Gundlach et al. 2025 (arXiv 2511.23455)", "5 to 10 times a year at given performance", 5, 10, HEDONIC,
          date(2025, 11, 30),
          "set against all offers at equal rating, not the cheapest alone"),
    Study("arXiv 2603.28576", "600 times from 2020 to 2026, as a rate per year", _SIX_YEARS, _SIX_YEARS, HEDONIC,
          date(2026, 3, 31),
          "no prices before the first snapshot of 2023: only the yearly rate can be compared"),
    Study("arXiv 2603.28576", "concentration of models (HHI) falls from 4,558 to 2,086", NONE, NONE, NOTHING,
          date(2026, 3, 31),
          "needs use by model; no public source of it is in the tables"),
    Study("Byrne, Corrado and Sichel 2018", "prices of rented computing fall by double digits a year", NONE, NONE,
          NOTHING, date(2018, 12, 31), "about machines, not tokens"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fall:
    """One of our estimates, times cheaper per year with its interval, and the offers under it."""

    name: str
    anchor: str
    value: float
    low: float
    high: float
    points: int
    rows: pd.DataFrame
    ratings: pd.DataFrame

    def __repr__(self) -> str:
        return f"Fall({self.name}: {self.value:.3g} times a year, {self.low:.3g} to {self.high:.3g})"


def falls(day: date) -> list[Fall]:
    """Return our estimates by what was known on a day: at the rating of each anchor, and of all offers at equal one."""
    found = []
    for span in index_frames.spans(day):
        rows = indices.priced(span.rows)
        scores = span.ratings.set_index("model").score
        rated = [anchor for anchor in ANCHORS[span.series] if anchor in scores.index]
        found += [_at(rows, frontier(rows, float(scores[anchor])), anchor, span.ratings) for anchor in rated]
    for line in index_frames.together(day):
        value, low, high = line.yearly()
        span_of = f"{line.rows.day.min():%Y-%m} to {line.rows.day.max():%Y-%m}"
        ratings = pd.concat([span.ratings for span in index_frames.spans(day)], ignore_index=True)
        own = ratings[ratings.model.isin(line.rows.model)]
        found.append(
            Fall(f"{CLOUDS}, equal rating, {span_of}", HEDONIC, 1 / value, 1 / high, 1 / low,
                 line.rows.day.nunique(), line.rows, own)
        )  # fmt: skip
    return found


def _at(rows: pd.DataFrame, found: Frontier, anchor: str, ratings: pd.DataFrame) -> Fall:
    points = found.points
    own = ratings[ratings.model.isin({*points.model, anchor})]
    return Fall(f"as good as {anchor}", anchor, found.factor, found.low, found.high, len(points), points, own)


def verdict(low: float, high: float, fall: Fall | None) -> str:
    """Judge a claimed range by an estimate.

    Not reproduced where our interval and the range are apart; reproduced where they meet and our interval both
    excludes "no fall" and is narrower than ``WIDEST``; else not decided. Without an estimate, untested.
    """
    if fall is None or np.isnan(low) or np.isnan(fall.low):
        return UNTESTED
    if fall.low > high or fall.high < low:
        return NOT
    return REPRODUCED if fall.low > 1 and fall.high / fall.low <= WIDEST else OPEN


def judged(found: list[Fall], day: date) -> pd.DataFrame:
    """Return the claims published by a day against the estimates they are set against, and the verdict on each.

    Columns: study, claim, ours, times a year, low, high, points, verdict, remark.
    """
    rows = []
    for study in published(day):
        ours: list[Fall | None] = [one for one in found if _speaks_to(study, one)]
        for one in ours or [None]:
            numbers = (one.name, one.value, one.low, one.high, one.points) if one else ("", NONE, NONE, NONE, 0)
            rows.append((study.name, study.claim, *numbers, verdict(study.low, study.high, one), study.why))
    columns = ["study", "claim", "ours", "times a year", "low", "high", "points", "verdict", "remark"]
    return pd.DataFrame(rows, columns=columns)


def published(day: date) -> list[Study]:
    """Return the studies that had come out by a day."""
    return [study for study in STUDIES if study.known_on <= day]


def _speaks_to(study: Study, fall: Fall) -> bool:
    return fall.anchor != HEDONIC if study.against == "" else fall.anchor == study.against


def frame(found: list[Fall], day: date) -> pd.DataFrame:
    """Return claimed ranges and our estimates as rows of one figure: kind, what, value, low, high."""
    claimed = [
        ("what earlier studies say", study.name, study.low if study.low == study.high else NONE, study.low, study.high)
        for study in published(day)
        if not np.isnan(study.low)
    ]
    ours = [
        ("the same, on our prices", f"{one.name} ({one.points})", one.value, one.low, one.high)
        for one in found
        if not np.isnan(one.low)
    ]
    return pd.DataFrame([*claimed, *ours], columns=["kind", "what", "value", "low", "high"])


def capability(day: date) -> pd.DataFrame:
    """Return the cheapest blended price at or above the rating of each anchor, by seller, in its span's last month.

    Returns
    -------
    DataFrame
        anchor, month, seller, model, usd_per_mtok; a row per anchor and seller that has such a model.
    """
    parts = []
    for span in index_frames.spans(day):
        rows = indices.priced(span.rows[span.rows.day == span.last])
        scores = span.ratings.set_index("model").score
        for anchor in ANCHORS[span.series]:
            if anchor in scores.index:
                good = rows[rows.score >= scores[anchor]].sort_values(["price", "model"])
                best = good.drop_duplicates("seller").rename(columns={"price": "usd_per_mtok"})
                parts.append(best.assign(anchor=anchor, month=span.last)[
                    ["anchor", "month", "seller", "model", "usd_per_mtok"]])  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(
        columns=["anchor", "month", "seller", "model", "usd_per_mtok"])  # fmt: skip
