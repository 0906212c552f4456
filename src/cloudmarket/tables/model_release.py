"""``model_release``: the day on which a model came out, as volunteers state it, seller by seller.

A table of its own and no column of ``model_listing``: what is stated today was not known when a model was first
listed, and the files of several sellers may state different days. ``measures.catalogue.released`` gives the range.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, KNOWLEDGE_COLUMNS, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.labels import offers

_PRECISION = {4: "year", 7: "month", 10: "day"}
_OFFSETS = {"year": pd.offsets.YearEnd(0), "month": pd.offsets.MonthEnd(0), "day": pd.Timedelta(0)}
# Printed as a day of release, but none: what is to be read here is anybody's guess.
_NO_DATES = frozenset({"2025-25-11"})
_STATEMENT = ["seller", "model", "release_date"]

TABLE = Table(
    name="model_release",
    grain="a day of release that a seller's entry stated of a model, for as long as it stated it",
    key=("source", "seller", "model", "released_on", "precision", "observed_first_at"),
    sources=("models_dev",),
    columns=(
        Column("source", TEXT, "Where the day was read.", values=("models_dev",)),
        Column("seller", TEXT, "The seller whose entry states it; the day is meant as that of the model."),
        Column("model", TEXT, "Canonical model."),
        Column("developer", TEXT, "Who made the model."),
        Column("released_on", DATE, "Day of release, or the first day of the month or year that is stated."),
        Column("released_by_on", DATE, "Last day that the statement allows: the same, or the end of month or year."),
        Column("precision", TEXT, "What is stated.", values=("day", "month", "year")),
        Column("label_count", INTEGER, "Number of labels whose entries stated it at first."),
        Column(
            "is_suspect", BOOLEAN, "True if the day lies after the one on which it was first stated of a listed model."
        ),
        Column("evidence", TEXT, "C: a volunteer's date, without a named page.", values=("C",)),
        *KNOWLEDGE_COLUMNS,
    ),
    period="released_on",
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return every statement of a day of release, with the time in which it was made.

    Raises
    ------
    CheckError
        If a new entry states what is no date.
    """
    rows = evidence.folded["models_dev"].to_pandas()
    rows = rows[(rows.context_from_tokens == 0) & rows.release_date.notna() & ~rows.release_date.isin(_NO_DATES)]
    rows = rows.merge(offers("models_dev", rows.provider, rows.label), on=["provider", "label"])
    rows = rows.sort_values([*_STATEMENT, "observed_first_at"], ignore_index=True)
    end = rows.ended_at.fillna(pd.Timestamp.max.tz_localize("UTC").floor("us"))
    statement = [rows[name] for name in _STATEMENT]
    before = end.groupby(statement).cummax().groupby(statement).shift()
    rows["run"] = (before.isna() | (rows.observed_first_at > before)).cumsum()
    first = rows.groupby("run").observed_first_at.transform("min")
    rows["label_at_first"] = rows.label.where(rows.observed_first_at == first)
    runs = rows.groupby("run")
    found = runs[[*_STATEMENT, "developer", "observed_first_at"]].first()
    found["observed_last_at"], found["label_count"] = runs.observed_last_at.max(), runs.label_at_first.nunique()
    found["superseded_at"] = runs.ended_at.max().where(runs.ended_at.count() == runs.size())
    found["precision"] = found.release_date.str.len().map(_PRECISION)
    found["released_on"] = _days(found.release_date)
    offsets = found.precision.map(_OFFSETS)
    found["released_by_on"] = [day + offset for day, offset in zip(found.released_on, offsets, strict=True)]
    found["is_suspect"] = found.released_on > found.observed_first_at.dt.tz_localize(None)
    return TABLE.frame(found.assign(source="models_dev", evidence="C"))


def _days(printed: pd.Series) -> pd.Series:
    days = pd.to_datetime(printed, format="ISO8601", errors="coerce")
    wrong = sorted(printed[days.isna() | ~printed.str.len().isin(_PRECISION)].unique())
    if wrong:
        raise CheckError(f"model_release: {', '.join(wrong)} is no day of release; review it and list it in _NO_DATES")
    return days
