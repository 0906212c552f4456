"""``capex``: cash that the companies spend on property and equipment, leases apart."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.tables import curated
from cloudmarket.tables.base import KNOWLEDGE_COLUMNS, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.financial import KEY, MEASURE_COLUMNS, MEASURE_RULES
from cloudmarket.tables.inputs import Evidence

TABLE = Table(
    "capex",
    "a company's purchases of property and equipment in a period, on a basis, by a source",
    KEY,
    (
        Column("company", TEXT, "Who reports.", values=("Alphabet", "Amazon", "Meta", "Microsoft")),
        Column(
            "metric",
            TEXT,
            "Cash purchases of property and equipment; finance leases, large at Microsoft, are not in them.",
            values=("capex",),
        ),
        *MEASURE_COLUMNS,
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
    period="period_end_on",
)

RULES = (
    *MEASURE_RULES,
    Rule(
        "basis",
        "gross or net_of_proceeds: mend the basis",
        lambda rows: rows.basis.isin(["gross", "net_of_proceeds"]),
    ),
    Rule("unit", "in usd_million: convert the value", lambda rows: rows.unit == "usd_million"),
    Rule("value", "above zero: mend the value", lambda rows: rows.value > 0),
    Rule("period_kind", "a quarter or a year: mend the kind", lambda rows: rows.period_kind != "instant"),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the figures. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    return curated.invariants(RULES, rows)
