"""``event``: what happened, when, between whom; with the days on which it can have happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from cloudmarket.names import facts as names
from cloudmarket.tables import curated
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.inputs import Evidence

TYPES = "src/cloudmarket/names/data/event_types.csv"
_PRECISION = {"day": 0, "month": 1, "quarter": 3, "year": 12}
_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|Q([1-4]))?")

TABLE = Table(
    "event",
    "a dated event between actors",
    ("occurred_on", "actors", "type", "headline"),
    (
        Column("occurred_on", DATE, "Day of the event, or the first day on which it can have been."),
        Column("occurred_by_on", DATE, "Last day on which it can have been; the same day where it is known."),
        Column("date_precision", TEXT, "How well the day is known.", values=tuple(_PRECISION)),
        Column("actors", TEXT, "Who took part, with + between them."),
        Column("type", TEXT, "What kind of event, as names list it; several with + between them."),
        Column("amount_usd", NUMBER, "Amount (USD) the event is about.", False, above=0),
        Column(
            "amount_qualifier",
            TEXT,
            "How the amount is stated; up_to is a ceiling, not a payment.",
            False,
            values=("exact", "about", "up_to", "above"),
        ),
        Column(
            "is_amount_reported_only",
            BOOLEAN,
            "True if the press reports the amount and no party states it; missing without an amount.",
            False,
        ),
        Column("headline", TEXT, "What happened, in one line."),
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
    period="occurred_on",
)


def possible_days(text: str) -> tuple[date, date, str]:
    """Return the first and the last day a date can mean, and its precision.

    Parameters
    ----------
    text : str
        A day (2025-10-28), month (2025-10), quarter (2025Q4) or year (2025).

    Raises
    ------
    ValueError
        If it is none of these.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no date; write it as 2025-10-28, 2025-10, 2025Q4 or 2025")
    year, month, day, quarter = (int(part) if part else None for part in found.groups())
    try:
        if day:
            return date(year or 0, month or 0, day), date(year or 0, month or 0, day), "day"
        precision = "month" if month else "quarter" if quarter else "year"
        first = date(year or 0, month or (3 * quarter - 2 if quarter else 1), 1)
        months = first.year * 12 + first.month - 1 + _PRECISION[precision]
        return first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1), precision
    except ValueError as error:
        raise ValueError(f"{text!r} is no day of the calendar") from error


def daily_refusals(rows: pd.DataFrame) -> pd.Series:
    """Return why a method for daily data cannot use an event, empty where it can."""
    day = ("the " + rows.date_precision + " is known, not the day").where(rows.date_precision != "day", "")
    press = pd.Series("it rests on the press alone (evidence C)", index=rows.index).where(rows.evidence == "C", "")
    return (day + "; " + press).str.strip("; ")


def _days(rows: pd.DataFrame) -> pd.Series:
    """Whether first day, last day and precision fit each other."""
    first, after = rows.occurred_on.dt, (rows.occurred_by_on + pd.Timedelta(days=1)).dt
    months = (after.year - first.year) * 12 + after.month - first.month
    whole = (first.day == 1) & (after.day == 1) & (months == rows.date_precision.map(_PRECISION))
    aligned = (first.month - 1) % rows.date_precision.map(_PRECISION).replace(0, 1) == 0
    fits: pd.Series = (whole & aligned).where(rows.date_precision != "day", rows.occurred_on == rows.occurred_by_on)
    return fits


def _types(rows: pd.DataFrame) -> pd.Series:
    known = names.codes("event_types", "type")
    return rows.type.map(lambda codes: set(codes.split("+")) <= known)


RULES = (
    *curated.RULES,
    *curated.not_before("occurred_on", "the day of the event"),
    Rule("occurred_by_on", "the last day that the precision allows: mend the days or date_precision", _days),
    Rule("type", f"types listed in {TYPES}, with + between them: mend them or add a row there", _types),
    Rule(
        "amount_qualifier",
        "amount, qualifier and is_amount_reported_only stand together or not at all: fill in what is missing",
        lambda rows: (
            (rows.amount_usd.isna() == rows.amount_qualifier.isna())
            & (rows.amount_usd.isna() == rows.is_amount_reported_only.isna())
        ),
    ),
    Rule(
        "actors",
        "names with + between them, none twice: mend actors",
        lambda rows: rows.actors.map(lambda text: "" not in (who := text.split("+")) and len(set(who)) == len(who)),
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the events. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    return curated.invariants(RULES, rows)
