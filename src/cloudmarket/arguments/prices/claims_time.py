"""What the notebook states of prices over time: matched models, models of equal rating, the channel, earlier studies."""

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
    parts = (_matched, _same_rating, _channel, _earlier, _frontiers)
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
        band = line.found.interval().iloc[-1]
        fall = float(100 * (1 - line.found.index.iloc[-1]))
        also = ""
        if full is not None:
            also = f", and by {1 - full.found.index.iloc[-1]:.0%} at equal context and openness too"
        yield Claim(
            claim=f"price-same-rating-{SPANS[span.series]}",
            statement=f"At equal rating, prices on the three clouds fell by {fall:.0f} % from"
            f" {line.rows.day.min():%B %Y} to {line.rows.day.max():%B %Y}{also}",
            value=fall, low=float(100 * (1 - band.high)), high=float(100 * (1 - band.low)), unit="percent",
            interval=f"{_CLUSTERED}; {line.rows.model.nunique()} rated models",
            evidence=grades(pd.concat([line.rows[["evidence"]], span.ratings[["evidence"]]])),
            notebook=NOTEBOOK, figure="06-indices", sources=RATED, rows=_rated_rows(line.rows, span.ratings),
            would_change_if="ratings of the models that are not rated; other characteristics; weights of use",
        )  # fmt: skip


def _rated_rows(rows: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    return rests_on(token_price=rows, benchmark_score=ratings[ratings.model.isin(rows.model)])


def _channel(day: date) -> Iterator[Claim]:
    for span in index_frames.spans(day):
        split = channels.split(span, CLOUDS)
        if split is None or np.isnan(split.found.standard_errors).any():
            continue
        last = 100 * (1 - np.exp(split.found.last()))
        new, listed = last.loc["entering"], last.loc["staying"]
        yield Claim(
            claim=f"price-channel-{SPANS[span.series]}",
            statement=f"New models alone made prices at equal rating on the three clouds {new.value:.0f} % lower by"
            f" {split.rows.day.max():%B %Y}; cuts of listed models made them {listed.value:.0f} % lower",
            value=float(new.value), low=float(new.high), high=float(new.low), unit="percent",
            interval="95 % interval, leaving out one model at a time",
            evidence=grades(pd.concat([split.rows[["evidence"]], span.ratings[["evidence"]]])),
            notebook=NOTEBOOK, figure="06-channel", sources=RATED, rows=_rated_rows(split.rows, span.ratings),
            would_change_if="ratings of models that are not rated; cuts that the list missed",
        )  # fmt: skip


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
                statement=f"The cheapest model rated as high as {one.anchor} became {one.value:.0f} times cheaper a year",
                value=one.value, low=one.low, high=one.high, unit="times",
                interval=f"95 % interval of a trend through {one.points} points",
                evidence=grades(pd.concat([one.rows[["evidence"]], one.ratings[["evidence"]]])),
                notebook=NOTEBOOK, figure="06-earlier", sources=RATED, rows=_rated_rows(one.rows, one.ratings),
                would_change_if="one more model below the line, or a rating that moves one above it",
            )  # fmt: skip
