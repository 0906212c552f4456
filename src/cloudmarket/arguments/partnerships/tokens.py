"""What one billion dollars bought of tokens at list price on each cloud, month by month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.partnerships.billion import BILLION, FRESH
from cloudmarket.arguments.partnerships.deals import records
from cloudmarket.arguments.price_map import CLOUDS, blanked, observed_months, of_clouds
from cloudmarket.measures import offers

# The model that set the race off, and the board that rates it together with what came after.
REFERENCE = "gpt-4-0613"
BOARD, SERIES = "arena_text", "arena_bradley_terry"
FIXED, AS_GOOD = "a fixed model", "the cheapest model rated at least as good"
COLUMNS = ["day", "seller", "what", "model", "usd_per_mtok", "tokens", "low", "high"]


def ratings(day: date) -> pd.DataFrame:
    """Return the newest ratings known on a day of models on the board that rates the reference model.

    Returns
    -------
    DataFrame
        Rows of ``benchmark_score`` with a canonical model; the best where several labels are one model.
    """
    rows = tables.load("benchmark_score", known_on=day)
    rows = rows[(rows.benchmark == BOARD) & (rows.series == SERIES) & rows.model.notna() & rows.superseded_at.isna()]
    newest = rows[rows.scored_on == rows.scored_on.max()]
    best: pd.DataFrame = newest.sort_values("score").drop_duplicates("model", keep="last")
    return best.sort_values("model", ignore_index=True)


def as_good(rated: pd.DataFrame) -> list[str]:
    """Return the models rated at or above the reference model; none where it is not rated."""
    own = rated[rated.model == REFERENCE].score
    return sorted(rated.model[rated.score >= own.iloc[0]]) if len(own) else []


def printed(day: date) -> pd.DataFrame:
    """Return the token prices of the three clouds as known on a day, without those that look wrong by themselves.

    The cheapest of many prices is the likeliest to be an error of unit: one such would be the whole finding.
    """
    rows = of_clouds(tables.load("token_price", known_on=day))
    kept: pd.DataFrame = rows[rows.suspicion.isna()].reset_index(drop=True)
    return kept


def offered(known: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the baseline offers of chat models on the three clouds on the first day of each month, as known on a day.

    Returns
    -------
    DataFrame
        Columns of :func:`offers.baseline`, and day.
    """
    parts = []
    for month in observed_months(day):
        valid = known[(known.valid_from <= month) & ~(known.valid_to <= month)]
        listed = offers.baseline(valid, modes=("chat", "responses"))
        parts.append(listed.assign(day=month))
    return pd.concat(parts, ignore_index=True)


def tokens(listed: pd.DataFrame, rated: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return tokens per billion dollars (trillions) on each cloud: of one fixed model, and of the cheapest as good.

    The fixed model of a cloud is, of those rated at least as good, the one it has listed for most months. The cheapest
    is told until ``FRESH`` after the ratings: later models are not on the board, so later it is not known. Three input
    tokens to one output token; low and high are all output and all input.

    Returns
    -------
    DataFrame
        ``COLUMNS``; missing in months that nobody observed.
    """
    until = rated.scored_on.max() + FRESH
    priced = listed[listed.model.isin(as_good(rated))].assign(usd_per_mtok=lambda rows: offers.blended(rows))
    priced = priced[(priced.usd_per_mtok > 0) & (priced.input_usd_per_mtok > 0)]
    rows = []
    for seller in CLOUDS:
        own = priced[priced.seller == seller]
        if own.empty:
            continue
        months = own.groupby("model").day.nunique()
        fixed = str(months[months == months.max()].index[0])
        cheapest = own.sort_values(["day", "usd_per_mtok", "model"]).drop_duplicates("day")
        rows += [*_rows(own[own.model == fixed], FIXED), *_rows(cheapest[cheapest.day <= until], AS_GOOD)]
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"day": "datetime64[s]"})
    return blanked(frame, day, ["usd_per_mtok", "tokens", "low", "high"])


def _rows(own: pd.DataFrame, what: str) -> list[tuple[object, ...]]:
    return [
        (row.day, row.seller, what, row.model, row.usd_per_mtok, *(
            BILLION / usd / 1e6
            for usd in (row.usd_per_mtok, max(row.input_usd_per_mtok, row.output_usd_per_mtok),
                        min(row.input_usd_per_mtok, row.output_usd_per_mtok))
        ))
        for row in records(own)
    ]  # fmt: skip


def ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the newest month of each cloud and kind."""
    seen = frame.dropna(subset=["tokens"]).sort_values("day")
    groups = seen.groupby(["seller", "what"], sort=False)
    return (
        pd.concat([groups.head(1), groups.tail(1)])
        .drop_duplicates()
        .sort_values(["seller", "what", "day"], ignore_index=True)
    )
