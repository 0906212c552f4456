"""What the notebook states over time: matched models, models of equal rating, the channel, earlier studies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.prices import channels, earlier, index_frames, indices, panel
from cloudmarket.arguments.prices.claims_list import ALL, NOTEBOOK, name
from cloudmarket.arguments.prices.indices import CLOUDS
from cloudmarket.tables.benchmark_score import BOARD, FITTED

RATED = (*ALL, "arena", "arena_boards")
SPANS = {FITTED: "first", BOARD: "second"}
_CLUSTERED = "95 % interval, clustered by model"


def claims(day: date) -> list[Claim]:
    """Return the claims on prices over time by what was known on a day; those without enough months are absent."""
    parts = (_matched, _same_rating, _sensitivity, _channel, _earlier, _frontiers)
    return [claim for part in parts for claim in part(day)]


def _matched(day: date) -> Iterator[Claim]:
    known = index_frames.panels(day)
    for seller in ("aws", "azure", "gcp"):
        line = indices.tpd(known[panel.CORRECTED], seller)
        sure = indices.tpd(known[panel.BORNE_OUT], seller)
        if line is None or sure is None:
            continue
        band = line.found.interval().iloc[-1]
        value, witnessed = (float(100 * (one.found.index.iloc[-1] - 1)) for one in (line, sure))
        yield Claim(
            claim=f"price-matched-{seller}",
            statement=f"Listed models on {name(seller)} moved {value:+.1f} % since {line.rows.day.min():%B %Y}, and"
            f" {witnessed:+.1f} % by changes that are borne out ({line.changes})",
            value=value, low=float(100 * (band.low - 1)), high=float(100 * (band.high - 1)), unit="percent",
            interval=f"{_CLUSTERED}; steps of a price under it: {line.found.n_price_changes}",
            evidence=grades(line.rows), notebook=NOTEBOOK, figure="06-indices", sources=ALL,
            rows=rests_on(token_price=line.rows),
            would_change_if="evidence on the steps that are unresolved; weights of use, which nobody publishes",
        )  # fmt: skip


def _same_rating(day: date) -> Iterator[Claim]:
    for span in index_frames.spans(day):
        line, full = (indices.equal_rating(span, CLOUDS, full=whole) for whole in (False, True))
        if line is None:
            continue
        fall, low, high = _fall(line)
        also = f"; at equal context and openness too, by {_percent(*_fall(full))}" if full is not None else ""
        yield Claim(
            claim=f"price-same-rating-{SPANS[span.series]}",
            statement=f"At equal rating, prices on the three clouds fell by {_percent(fall, low, high)} from"
            f" {line.rows.day.min():%B %Y} to {line.rows.day.max():%B %Y}{also}",
            value=fall, low=low, high=high, unit="percent",
            interval=f"{_CLUSTERED}; {line.rows.model.nunique()} rated models",
            evidence=grades(pd.concat([line.rows[["evidence"]], span.ratings[["evidence"]]])),
            notebook=NOTEBOOK, figure="06-indices", sources=RATED, rows=_rated_rows(line.rows, span.ratings),
            would_change_if="ratings of the models that are not rated; other characteristics; weights of use",
        )  # fmt: skip


def _fall(line: indices.Line) -> tuple[float, float, float]:
    """Return the fall of an index in its last month, per cent, with the ends of its interval."""
    band = line.found.interval().iloc[-1]
    value, low, high = (float(100 * (1 - level)) for level in (line.found.index.iloc[-1], band.high, band.low))
    return value, low, high


def _percent(value: float, low: float, high: float) -> str:
    """Return a percentage with its interval as a reader would write it."""
    return f"{value:.0f} % ({low:.0f} to {high:.0f} %)".replace("(-", "(\N{MINUS SIGN}")


def _sensitivity(day: date) -> Iterator[Claim]:
    found = index_frames.variants(day).dropna(subset=["value"])
    is_rated = found.variant.str.contains(r"\d{4}-\d{2}")
    matched, rated = (100 * found.value[mask] for mask in (~is_rated, is_rated))
    if len(matched):
        at_rating = f"; at equal rating it is {rated.min():.0f} to {rated.max():.0f} %" if len(rated) else ""
        known = index_frames.panels(day)
        rows = pd.concat([indices.of(one.rows, CLOUDS).assign(basis=basis) for basis, one in known.items()])
        ratings = [span.ratings for span in index_frames.spans(day)]
        rated_models = {"benchmark_score": pd.concat(ratings, ignore_index=True)} if ratings else {}
        yield Claim(
            claim="price-sensitivity",
            statement=f"Under every weighting, blend and class of changes, listed models on a cloud keep"
            f" {matched.min():.0f} to {matched.max():.0f} % of their price after a year{at_rating}",
            value=float(matched.median()), low=float(matched.min()), high=float(matched.max()), unit="percent",
            interval=f"range over {len(matched)} variants of three clouds; the median of them",
            evidence=grades(rows), notebook=NOTEBOOK, figure="06-sensitivity", sources=RATED,
            rows=rests_on(token_price=rows, **rated_models),
            would_change_if="weights by use; evidence on the steps that are unresolved",
        )  # fmt: skip


def _rated_rows(rows: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    return rests_on(token_price=rows, benchmark_score=ratings[ratings.model.isin(rows.model)])


def _channel(day: date) -> Iterator[Claim]:
    for span in index_frames.spans(day):
        split = channels.split(span, CLOUDS)
        if split is None or np.isnan(split.found.standard_errors).any():
            continue
        last = split.found.last()
        new, listed = (_share_off(last, channel) for channel in ("entering", "staying"))
        yield Claim(
            claim=f"price-channel-{SPANS[span.series]}",
            statement=f"New models made prices at equal rating on the three clouds"
            f" {_percent(*new)} lower by {split.rows.day.max():%B %Y}; cuts of listed models,"
            f" {_percent(*listed)}",
            value=new[0], low=new[1], high=new[2], unit="percent",
            interval="95 % interval, leaving out one model at a time",
            evidence=grades(pd.concat([split.rows[["evidence"]], span.ratings[["evidence"]]])),
            notebook=NOTEBOOK, figure="06-channel", sources=RATED, rows=_rated_rows(split.rows, span.ratings),
            would_change_if="ratings of models that are not rated; cuts that the list missed",
        )  # fmt: skip


def _share_off(logs: pd.DataFrame, channel: str) -> tuple[float, float, float]:
    """Return by how many per cent a channel lowered prices, with the ends of its interval."""
    value, low, high = (
        float(100 * (1 - np.exp(log))) for log in logs.loc[channel, ["value", "high", "low"]].to_numpy("float64")
    )
    return value, low, high


def _earlier(day: date) -> Iterator[Claim]:
    found = earlier.falls(day)
    judged = earlier.judged(found, day)
    tested = judged[judged.verdict != earlier.UNTESTED]
    if len(tested):
        count = int((tested.verdict == earlier.REPRODUCED).sum())
        rows = pd.concat([one.rows for one in found], ignore_index=True).drop_duplicates(["seller", "model", "day"])
        ratings = pd.concat([one.ratings for one in found]).drop_duplicates(["series", "model"])
        apart = int((tested.verdict == earlier.NOT).sum())
        yield Claim(
            claim="price-earlier",
            statement=f"{count} of {len(tested)} comparisons with earlier studies reproduce them, {apart} contradict"
            f" them, and {len(tested) - count - apart} rest on too few points to say",
            value=float(count), low=float(count), high=float(len(tested) - apart), unit="comparisons",
            interval="from those reproduced to those not contradicted",
            evidence=grades(rows), notebook=NOTEBOOK, figure="06-earlier", sources=RATED,
            rows=_rated_rows(rows, ratings), would_change_if="ratings of more models; prices before the first snapshot",
        )  # fmt: skip


def _frontiers(day: date) -> Iterator[Claim]:
    for one in earlier.falls(day):
        if one.anchor in ("gpt-3.5-turbo-0613", "gpt-4-0314") and np.isfinite(one.low):
            yield Claim(
                claim=f"price-frontier-{one.anchor.replace('.', '-')}",
                statement=f"The cheapest model rated as high as {one.anchor} became {one.value:.0f} times cheaper a"
                " year",
                value=one.value, low=one.low, high=one.high, unit="times",
                interval=f"95 % interval of a trend through {one.points} points",
                evidence=grades(pd.concat([one.rows[["evidence"]], one.ratings[["evidence"]]])),
                notebook=NOTEBOOK, figure="06-earlier", sources=RATED, rows=_rated_rows(one.rows, one.ratings),
                would_change_if="one more model below the line, or a rating that moves one above it",
            )  # fmt: skip
