"""``developer_survey``: what developers and enterprises say they use."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.names import facts as names
from cloudmarket.tables import curated
from cloudmarket.tables.base import INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.market_share import PROVIDERS

TABLE = Table(
    "developer_survey",
    "an answer of a survey's respondents, in a year, of a base",
    ("survey", "year", "base", "answer"),
    (
        Column(
            "survey",
            TEXT,
            "Which survey; stack_overflow_unnamed_year is quoted without its edition.",
            values=("flexera_state_of_the_cloud", "stack_overflow", "stack_overflow_unnamed_year"),
        ),
        Column("year", INTEGER, "Edition; of an unnamed one the year of the publication that quotes it.", above=2000),
        Column("base", TEXT, "Of whom the percentage is; bases differ, so levels of two surveys do not compare."),
        Column("answer", TEXT, "Answer as printed."),
        Column("provider", TEXT, "Provider it names, as names list it; missing where it names none.", False),
        Column("n", INTEGER, "Respondents in the base; missing where not stated.", False, above=0),
        Column("count", INTEGER, "Respondents who gave the answer; missing where not stated.", False),
        Column("percent", NUMBER, "Share of the base (percent)."),
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
)

RULES = (
    *curated.RULES,
    Rule(
        "known_on",
        "known in the year of the survey or later: mend known_on",
        lambda rows: rows.known_on.dt.year >= rows.year,
    ),
    Rule(
        "provider",
        f"a code listed in {PROVIDERS}: mend it or add a row there",
        lambda rows: rows.provider.isna() | rows.provider.isin(names.codes("market_providers", "provider")),
    ),
    Rule("percent", "from 0 to 100: mend the value", lambda rows: rows.percent.between(0, 100)),
    Rule(
        "percent",
        "count in percent of n, to half a hundredth: mend count, n or percent",
        lambda rows: (
            rows.n.isna() | rows["count"].isna() | ((100 * rows["count"] / rows.n - rows.percent).abs() <= 0.005 + 1e-9)
        ),
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the answers. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    return curated.invariants(RULES, rows)
