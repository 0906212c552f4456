"""One comparable price per model and seller, out of all the labels under which it is sold."""

from __future__ import annotations

import pandas as pd

PAIR = ["input_usd_per_mtok", "output_usd_per_mtok"]
# Where requests may be served anywhere is what sellers compare themselves by; a label without a stated scope
# comes next. Regional endpoints cost more and are compared on their own.
BASELINE_SCOPES = ("global", "default")


def blended(rows: pd.DataFrame, input_to_output: float = 3.0) -> pd.Series:
    """Return USD per million tokens for a mix of input and output tokens.

    Parameters
    ----------
    rows : DataFrame
        With ``input_usd_per_mtok`` and ``output_usd_per_mtok``.
    input_to_output : float
        Input tokens per output token. Missing where either price is missing.
    """
    return (rows.input_usd_per_mtok * input_to_output + rows.output_usd_per_mtok) / (input_to_output + 1)


def standard(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the standard tier and shortest context band, without single regions and moving labels."""
    is_plain = (prices.tier == "standard") & (prices.context_from_tokens == 0)
    return prices[is_plain & prices.region.isna() & ~prices.is_alias]


def least_bound(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return, of the rows in baseline scopes, those in the least bound scope that each ``key`` is sold in."""
    rank = rows.scope.map({scope: rank for rank, scope in enumerate(BASELINE_SCOPES)})
    best = rank.groupby([rows[name] for name in key]).transform("min")
    return rows[rank.notna() & (rank == best)]


def baseline(
    prices: pd.DataFrame, *, modes: tuple[str, ...] = ("chat", "responses", "completion", "embedding")
) -> pd.DataFrame:
    """Return one standard price per model and seller, on the day for which ``prices`` were loaded.

    Standard tier, shortest context band, the least bound scope, no moving labels. Several labels of one model
    at one seller usually say the same; where they do not, ``is_contradicted`` is true and the prices given are
    the lowest, with ``input_high_usd_per_mtok`` and ``output_high_usd_per_mtok`` beside them.

    Parameters
    ----------
    prices : DataFrame
        Rows of ``token_price`` of one catalogue, valid on one day.

    Returns
    -------
    DataFrame
        One row per model and seller, in that order.
    """
    rows = standard(prices)
    is_wanted = rows.scope.isin(BASELINE_SCOPES) & rows["mode"].isin(modes) & rows.input_usd_per_mtok.notna()
    key = ["model", "seller"]
    rows = least_bound(rows[is_wanted], key).sort_values([*key, *PAIR, "label"])
    groups = rows.groupby(key, sort=True)
    # The cheapest label's own row: input and output of one offer, never of two.
    result = rows.drop_duplicates(key).set_index(key)[["seller_kind", "developer", "scope", "mode", *PAIR]]
    result["labels"] = groups.label.agg(", ".join)
    result["input_high_usd_per_mtok"] = groups.input_usd_per_mtok.max()
    result["output_high_usd_per_mtok"] = groups.output_usd_per_mtok.max()
    result["is_contradicted"] = groups[PAIR].nunique().gt(1).any(axis=1)
    return result.reset_index()
