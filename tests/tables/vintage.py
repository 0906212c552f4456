"""Tables built from little evidence: from snapshots made by hand, or from what was published by the end of a day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa

from cloudmarket.history import Moment, fold
from cloudmarket.sources import genai_prices, litellm, models_dev, tokencost
from cloudmarket.tables import corrections, inputs, model_listing, model_release, price_change, printed_prices, revision
from cloudmarket.tables.inputs import Evidence

SOURCES: dict[str, ModuleType] = {module.NAME: module for module in (genai_prices, litellm, models_dev, tokencost)}


def told(**prints: list[tuple[Moment, list[tuple[Any, ...]]]]) -> Evidence:
    """Return evidence of snapshots made by hand, by source; the sources that are not named have none."""
    folded = {name: fold(prints.get(name, []), module.COLUMNS, module.KEY_COUNT) for name, module in SOURCES.items()}
    return Evidence(folded, {name: [moment for moment, _ in prints.get(name, [])] for name in SOURCES})


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def cut(source: str, day: date) -> pa.Table:
    """Return the folded history as a fold of the snapshots up to a day would have given it."""
    folded = inputs.folded(source)
    known = [moment for moment in inputs.moments(source) if moment.observed_at < end_of(day)]
    rows = []
    for row in folded.to_pylist():
        if row["observed_first_at"] >= end_of(day):
            continue
        if row["observed_last_at"] > known[-1].observed_at:
            row |= {"observed_last_at": known[-1].observed_at, "last_version": known[-1].version}
        if row["ended_at"] is not None and row["ended_at"] >= end_of(day):
            row["ended_at"] = None
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=folded.schema)


def known_by(day: date) -> Evidence:
    """Return the evidence that was there by the end of a day."""
    moments = {name: [m for m in inputs.moments(name) if m.observed_at < end_of(day)] for name in SOURCES}
    return Evidence({name: cut(name, day) for name in SOURCES}, moments)


@cache
def built(day: date) -> dict[str, pd.DataFrame]:
    """Return every table of a day, and ``printed``: its prices without corrections."""
    evidence = known_by(day)
    printed = printed_prices.printed(evidence)
    changes = price_change.build(printed)
    decided = corrections.read()
    decided = decided[decided.decided_on <= pd.Timestamp(day)]
    return {
        "printed": printed,
        "token_price": revision.revise(printed, changes, decided),
        "price_change": changes,
        "model_listing": model_listing.build(evidence),
        "model_release": model_release.build(evidence),
    }


def valid(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows that are believed and valid on a day, by their own columns."""
    on = pd.Timestamp(day)
    is_valid = (rows.valid_from <= on) & ~(rows.valid_to <= on)
    return rows[rows.superseded_at.isna() & is_valid].reset_index(drop=True)


def rows_of(frame: pd.DataFrame) -> set[tuple[object, ...]]:
    """Return rows as a set of tuples in which missing cells are equal."""
    cells = frame.astype("object").where(frame.notna(), None)
    return set(cells.itertuples(index=False, name=None))
