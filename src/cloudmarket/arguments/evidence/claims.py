"""What ``02_evidence`` states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.evidence import archive, quality
from cloudmarket.arguments.evidence.state import State, state

NOTEBOOK = "02_evidence"
DEAL_ON = pd.Timestamp("2019-07-22")
"""The day of the announcement that the report starts from."""


def claims(day: date, found: State | None = None) -> list[Claim]:
    """Return the claims of the notebook on evidence; ``found`` spares reading the tables again."""
    found = found or state(day)
    parts = (_archives, _grades, _agreement, _corrections, _dating)
    return [claim for part in parts for claim in part(found)]


def _archives(found: State) -> Iterator[Claim]:
    fresh, read = found.fresh, found.seen[found.seen.kind == archive.READ]
    if fresh.empty:
        return
    before = int((fresh["first"] < DEAL_ON).sum())
    yield Claim(
        claim="evidence-archives",
        statement=f"{len(fresh)} dated archives reach back to {fresh['first'].min():%B %Y}; {before} of them to before"
        f" {DEAL_ON:%B %Y}",
        value=len(fresh),
        unit="archives",
        interval="a count",
        evidence="a count of our own archive",
        notebook=NOTEBOOK,
        figure="02-archive",
        sources=tuple(fresh.index),
        rows=rests_on(coverage=found.coverage[found.coverage.source.isin(read.source)]),
        would_change_if="an older public archive with dated snapshots were found",
    )


def _grades(found: State) -> Iterator[Claim]:
    graded = archive.grades(found.known)
    if graded.empty:
        return
    table = graded.pivot(index="table", columns="evidence", values="rows").fillna(0)
    share = table.get("C", pd.Series(0.0, index=table.index)) / table.sum(axis=1)
    weak = int((share > 0.5).sum())
    yield Claim(
        claim="evidence-grades",
        statement=f"{weak} of {len(share)} graded tables rest mostly on grade C, the word of volunteers or the press",
        value=weak,
        unit="tables",
        interval="a count",
        evidence="a count of our own grades",
        notebook=NOTEBOOK,
        figure="02-grades",
        sources=tuple(found.fresh.index),
        rows=graded[["table", "evidence", "rows"]],
        would_change_if="vendors' own catalogues were recorded by somebody, day by day",
    )


def _agreement(found: State) -> Iterator[Claim]:
    met = quality.agreement(found.known, pd.Timestamp(found.day))
    own = met[met.what == "token prices"]
    if own.empty:
        return
    by_pair = 100 * own.groupby("sources").is_equal.mean()
    # The first and the second source of a meeting are the same rows that other pairs are made of: no sampling error.
    rows = found.known["token_price"]
    sources = sorted({name for pair in by_pair.index for name in pair.split(", ")})
    rows = rows[rows.source.isin(sources) & (rows.seller + " " + rows.model).isin(own.item)]
    yield Claim(
        claim="evidence-agreement",
        statement=f"{own.is_equal.mean():.0%} of {len(own)} token prices that two separate sources print for the"
        " three clouds are the same",
        value=100 * float(own.is_equal.mean()),
        low=float(by_pair.min()),
        high=float(by_pair.max()),
        unit="percent",
        interval="range over pairs of sources",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="02-agreement",
        sources=sources,
        rows=rests_on(token_price=rows),
        would_change_if="the sources turned out to copy each other, or a vendor's own file to differ from all of them",
    )


def _corrections(found: State) -> Iterator[Claim]:
    changes = found.known["price_change"]
    if changes.empty:
        return
    classes = changes.change_class.value_counts()
    market, unresolved = (int(classes.get(name, 0)) for name in ("market_change", "unresolved"))
    mended = len(changes) - market - unresolved
    yield Claim(
        claim="evidence-corrections",
        statement=f"Of {len(changes)} changes of a printed token price, {mended} are corrections of the catalogue and"
        f" {unresolved} cannot be told; {market} are borne out as changes of a price",
        value=100 * mended / len(changes),
        low=100 * mended / len(changes),
        high=100 * (mended + unresolved) / len(changes),
        unit="percent",
        interval="without and with those that cannot be told",
        evidence=_grade_of_changes(found),
        notebook=NOTEBOOK,
        figure="02-corrections",
        sources=("litellm", "genai_prices", "models_dev"),
        rows=rests_on(price_change=changes),
        would_change_if="a second dated source confirmed or refuted the unresolved ones",
    )


def _grade_of_changes(found: State) -> str:
    """Return the grades of the printed rows of the offers that changed."""
    prices, changes = found.known["token_price"], found.known["price_change"]
    return grades(prices[prices.label.isin(changes.label) & (prices.source == "litellm")])


def _dating(found: State) -> Iterator[Claim]:
    dated = quality.dating(found.known)
    if dated.empty:
        return
    low, high = dated.days.quantile([0.1, 0.9])
    rows = found.known["model_listing"].merge(
        dated[["seller", "model", "valid_from", "first_listed_after_on"]],
        on=["seller", "model", "valid_from", "first_listed_after_on"],
    )
    yield Claim(
        claim="evidence-dating",
        statement=f"The day on which a cloud first listed a model is known to within {dated.days.median():.0f} days for"
        f" the median model, and to within {high:.0f} for nine in ten",
        value=float(dated.days.median()),
        low=float(low),
        high=float(high),
        unit="days",
        interval="10th to 90th percentile of models",
        evidence="C 100%",
        notebook=NOTEBOOK,
        figure="02-dating",
        sources=tuple(sorted(rows.source.unique())),
        rows=rests_on(model_listing=rows),
        would_change_if="another catalogue had been recorded while these were not looked at",
    )
