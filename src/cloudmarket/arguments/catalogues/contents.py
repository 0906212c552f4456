"""What is in the catalogues: kinds of models, and how much context the chat models take."""

from __future__ import annotations

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.catalogues.state import Catalogue
from cloudmarket.arguments.price_map import CLOUDS, observed, of_clouds

MILLION = 1_000_000


def kinds(listed: pd.DataFrame) -> pd.DataFrame:
    """Return models per kind (rows, most first) and cloud (columns)."""
    table = pd.crosstab(listed.kind.fillna("not known"), listed.seller).reindex(columns=CLOUDS, fill_value=0)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def contexts(found: Catalogue) -> pd.DataFrame:
    """Return the spells of prices that print a context window, of chat models of the clouds, by what was known."""
    rows = of_clouds(tables.load("token_price", known_on=found.day))
    kind = rows.model.map(names.models().set_index("model").kind)
    kept = ~rows.is_alias & (kind == "chat") & rows.context_tokens.notna()
    return rows[kept].reset_index(drop=True)


def by_half_year(rows: pd.DataFrame, found: Catalogue) -> pd.DataFrame:
    """Return the context windows of the chat models listed at the end of each half-year, and on the day itself.

    Returns
    -------
    DataFrame
        day, seller, models (that print a window), median and largest (tokens), million_percent (share of windows of a
        million tokens or more).
    """
    last = pd.Timestamp(found.day)
    ends = [day for day in pd.date_range("2023-06-30", last, freq="6ME") if day < last]
    parts = []
    for day in [*ends, last]:
        valid = rows[(rows.valid_from <= day) & ~(rows.valid_to <= day)]
        widest = valid.groupby(["seller", "model"]).context_tokens.max().astype("float64").reset_index()
        groups = widest.groupby("seller").context_tokens
        found_then = groups.agg(models="size", median="median", largest="max")
        found_then["million_percent"] = groups.agg(lambda tokens: 100 * float((tokens >= MILLION).mean()))
        parts.append(found_then.reset_index().assign(day=day))
    table = pd.concat(parts, ignore_index=True)
    return table[["day", "seller", "models", "median", "largest", "million_percent"]]


def first_million(rows: pd.DataFrame, found: Catalogue) -> pd.DataFrame:
    """Return when each cloud was first seen to list a chat model with a window of a million tokens.

    Returns
    -------
    DataFrame
        seller, model, context_tokens, after_on (last look without one) and valid_from, earliest first.
    """
    wide = rows[rows.context_tokens >= MILLION].sort_values(["valid_from", "seller", "model"])
    first = wide.drop_duplicates("seller")[["seller", "model", "context_tokens", "valid_from"]]
    looks = pd.Series(pd.to_datetime(observed(found.day))).astype("datetime64[s]")
    before = [looks[looks < day].max() for day in first.valid_from]
    return first.assign(after_on=pd.Series(before, index=first.index, dtype="datetime64[s]")).reset_index(drop=True)
