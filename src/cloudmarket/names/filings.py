"""Under which tags companies file the figures that are followed: a reviewed table."""

from __future__ import annotations

from functools import cache

import pandas as pd

from cloudmarket.errors import CloudMarketError
from cloudmarket.names._tables import frame

TAGS = "src/cloudmarket/names/data/edgar_tags.csv"


@cache
def filing_tags() -> pd.DataFrame:
    """Return the tags of the US GAAP taxonomy by company and metric.

    Returns
    -------
    DataFrame
        company, cik (int), fiscal_year_end_month (int), metric (capex, revenue), basis (as in the curated figures),
        tag, rank (int; 1 is believed first where two state a period), is_used (false for tags that mean something
        else, see note), seen_in (a filing in which the tag was seen on that line, missing where it was not), note.

    Raises
    ------
    CloudMarketError
        If a company has two ciks or fiscal years, or two tags the same rank.
    """
    table = frame("edgar_tags")
    for name in ("cik", "fiscal_year_end_month", "rank"):
        table[name] = table[name].astype("int64")
    table["is_used"] = table.is_used.astype("bool")
    if (table.groupby("company")[["cik", "fiscal_year_end_month"]].nunique() != 1).any(axis=None):
        raise CloudMarketError(f"a company has two ciks or two ends of its fiscal year in {TAGS}")
    if table.duplicated(["company", "metric", "rank"]).any():
        raise CloudMarketError(f"two tags of a company's metric have the same rank in {TAGS}")
    return table


def filers(companies: list[str] | None = None) -> list[str]:
    """Return the companies asked for, or all. Raises CloudMarketError if one is not in the table."""
    known = sorted(set(filing_tags().company))
    for company in companies or []:
        if company not in known:
            raise CloudMarketError(f"{company!r} is not among the filers followed: {', '.join(known)} (see {TAGS})")
    return sorted(set(companies)) if companies else known
