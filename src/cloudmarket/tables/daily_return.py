"""``daily_return``: daily log returns of shares; levels of prices are not redistributed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.tables import curated
from cloudmarket.tables.base import DATE, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Rule
from cloudmarket.tables.inputs import Evidence

# The largest move in the shares here is Meta's -0.306 of 2022-02-03: a move beyond this is a split or a typing error.
LARGEST_MOVE = 0.5

TABLE = Table(
    "daily_return",
    "a symbol on a trading day",
    ("symbol", "traded_on"),
    (
        Column(
            "symbol",
            TEXT,
            "Ticker of the share; SPX is the S&P 500 index.",
            values=("AMZN", "GOOGL", "META", "MSFT", "ORCL", "SPX"),
        ),
        Column("traded_on", DATE, "Trading day in New York."),
        Column(
            "return_kind",
            TEXT,
            "total: with dividends; price: without them.",
            values=("total", "price"),
        ),
        Column("log_return", NUMBER, "Logarithm of the ratio of the close to the close of the trading day before."),
        *curated.SOURCE_COLUMNS,
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
    period="traded_on",
)

RULES = (
    *curated.RULES,
    *curated.not_before("traded_on", "the trading day"),
    Rule("traded_on", "a day from Monday to Friday: mend the day", lambda rows: rows.traded_on.dt.day_of_week < 5),
    Rule(
        "return_kind",
        "price for the index SPX, total for shares: mend the kind",
        lambda rows: (rows.symbol == "SPX") == (rows.return_kind == "price"),
    ),
    Rule(
        "log_return",
        f"within {LARGEST_MOVE} either way: adjust it for the split, or mend the value",
        lambda rows: rows.log_return.abs() <= LARGEST_MOVE,
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the returns. Nothing but the curated file is read."""
    return curated.facts(TABLE)


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    yield from curated.invariants(RULES, rows)
    days = rows.groupby("symbol").traded_on.transform("nunique")
    yield "the same trading days for every symbol", days == rows.traded_on.nunique()
