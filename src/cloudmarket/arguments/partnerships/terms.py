"""Terms that bind a lab to a cloud: when they began and which event ended or loosened them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket.arguments.partnerships.deals import Key, key, records
from cloudmarket.tables import series


@dataclass(frozen=True, slots=True)
class Term:
    """A term between a lab and a cloud, with the events that begin and end it (first possible day, actors)."""

    lab: str
    cloud: str
    kind: str
    begins: Key
    ends: Key | None


# Reviewed by hand against the headlines of the events that are named.
TERMS = (
    Term("OpenAI", "azure", "exclusive cloud", (date(2019, 7, 22), "Microsoft+OpenAI"),
         (date(2025, 1, 1), "OpenAI+Oracle+SoftBank+MGX")),
    Term("OpenAI", "azure", "exclusive for the API", (date(2025, 1, 1), "OpenAI+Oracle+SoftBank+MGX"),
         (date(2026, 4, 27), "Microsoft+OpenAI")),
    Term("Anthropic", "aws", "primary cloud", (date(2023, 9, 25), "Amazon+Anthropic"), None),
)  # fmt: skip
COLUMNS = ["lab", "cloud", "kind", "begins_on", "ends_on", "ends_by_on", "evidence"]


def terms(day: date) -> pd.DataFrame:
    """Return the terms known by a day; ``ends_on`` is missing while no event that ends one was known.

    Returns
    -------
    DataFrame
        lab, cloud, kind, begins_on, ends_on and ends_by_on (first and last day on which it can have ended),
        evidence (the weaker grade of the two events).

    Raises
    ------
    ValueError
        If a term names an event that the table has not even today.
    """
    known = {key(row): row for row in records(series.events(as_of=day))}
    every = {key(row) for row in records(series.events())}
    rows = []
    for term in TERMS:
        missing = {term.begins, term.ends} - every - {None}
        if missing:
            raise ValueError(f"no event {missing} for the term {term.kind!r} of {term.lab}: mend TERMS")
        first, last = known.get(term.begins), known.get(term.ends) if term.ends else None
        if first is not None:
            grade = max(one.evidence for one in (first, last) if one is not None)
            over = (last.occurred_on, last.occurred_by_on) if last is not None else (pd.NaT, pd.NaT)
            rows.append((term.lab, term.cloud, term.kind, first.occurred_on, *over, grade))
    return pd.DataFrame(rows, columns=COLUMNS)


def holding(found: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the terms that held at the end of a day, by what is known."""
    return found[(found.begins_on <= day) & ~(found.ends_on <= day)]
