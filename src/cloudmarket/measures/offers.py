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
        Rows of ``token_price`` of one source, valid on one day.

    Returns
    -------
    DataFrame
        One row per model and seller, in that order.
    """
    rows = standard(prices)
    is_wanted = rows.scope.isin(BASELINE_SCOPES) & rows["mode"].isin(modes) & rows.input_usd_per_mtok.notna()
    rows = rows[is_wanted].copy()
    rows["rank"] = rows.scope.map({scope: rank for rank, scope in enumerate(BASELINE_SCOPES)})
    best = rows.groupby(["model", "seller"])["rank"].transform("min")
    rows = rows[rows["rank"] == best].sort_values(["model", "seller", *PAIR, "label"])
    groups = rows.groupby(["model", "seller"], sort=True)
    result = groups[["seller_kind", "developer", "scope", "mode", *PAIR]].first()
    result["labels"] = groups.label.agg(", ".join)
    result["input_high_usd_per_mtok"] = groups.input_usd_per_mtok.max()
    result["output_high_usd_per_mtok"] = groups.output_usd_per_mtok.max()
    result["is_contradicted"] = groups[PAIR].nunique().gt(1).any(axis=1)
    return result.reset_index()
