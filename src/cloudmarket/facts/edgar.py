"""Curated figures against what the companies filed. Differences are reported, nothing is overwritten.

Figures by segment (AWS, Google Cloud, Intelligent Cloud) are dimensional and not in company facts: rows about them
are listed as ``not_filed``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from cloudmarket.facts.filed import PERIOD, reported
from cloudmarket.facts.quarters import figures

MILLION = 1_000_000
# Filings state whole millions; a difference of two sums, or a figure rounded on its way, may be one off.
TOLERANCE_USD_MILLION = 1.0
# Figures that companies give in speech and slides are rounded to a tenth of a billion.
ROUNDED_USD_MILLION = 50.0

STATUSES = {
    "agrees": "the same as filed last",
    "rounding": "differs from what was filed last by no more than rounding",
    "restated": "the same as was filed first, but restated since",
    "differs": "differs from all that was filed",
    "only_curated": "curated, and not filed under the reviewed tags",
    "only_filed": "filed, and not curated",
    "not_filed": "no company-wide fact: a segment, or another basis",
}
NEEDED = ["company", "metric", "basis", "period_kind", "period_start_on", "period_end_on", "value", "unit"]
COMPARED = [
    *PERIOD, "status", "curated_usd_million", "filed_usd_million", "difference_usd_million", "known_on",
    "restated_on", "is_derived", "is_mixed", "is_contradicted", "form", "accession",
]  # fmt: skip


def filed_figures(document: dict[str, Any], tags: pd.DataFrame) -> pd.DataFrame:
    """Return the quarters and years that one company filed, from its company facts and its reviewed tags."""
    [month] = tags.fiscal_year_end_month.unique()
    return figures(reported(document, tags), int(month))


def compare(
    filed: pd.DataFrame, curated: pd.DataFrame, *, tolerance_usd_million: float = TOLERANCE_USD_MILLION
) -> pd.DataFrame:
    """Compare curated figures with filed ones, period by period.

    Parameters
    ----------
    filed : DataFrame
        As ``filed_figures`` gives them, of one or more companies.
    curated : DataFrame
        ``NEEDED``, and optionally ``is_rounded``, of any companies; those not in ``filed`` are left out.
    tolerance_usd_million : float
        What counts as rounding.

    Returns
    -------
    DataFrame
        ``COMPARED``, one row per curated row, and one per period that was only filed: of the kinds of period that
        are curated, from the first one curated on. ``status`` is one of ``STATUSES``; ``known_on`` is the day the
        value filed last was first filed, ``restated_on`` the same day where another value came before it.

    Raises
    ------
    ValueError
        If ``curated`` lacks a column, a number, a date or a unit of USD million where there is a filed figure.
    """
    rows = _curated(curated, filed)
    # A difference that mixes vintages is no figure that anybody filed: it stands only where there is no other.
    filed = filed[~filed.is_mixed | filed.groupby(PERIOD).is_mixed.transform("all")]
    rows["tolerance"] = tolerance_usd_million
    if "is_rounded" in rows:
        rows.loc[rows.is_rounded.astype("str").str.lower() == "true", "tolerance"] = ROUNDED_USD_MILLION
    last = filed.drop_duplicates(PERIOD, keep="last").set_index(PERIOD)
    last = last.assign(filed_usd_million=last.value_usd / MILLION, restated_on=last.known_on)
    last.loc[filed.groupby(PERIOD).size().reindex(last.index) == 1, "restated_on"] = pd.NaT
    wanted = [name for name in COMPARED if name in last.columns]
    both = rows.join(last[wanted], on=PERIOD)
    both["difference_usd_million"] = both.curated_usd_million - both.filed_usd_million
    both["status"] = _statuses(both, filed)
    only = _only_filed(last.reset_index(), rows)
    found = pd.concat([both, only.assign(status="only_filed")], ignore_index=True)
    return found.sort_values(PERIOD, kind="stable", ignore_index=True).reindex(columns=COMPARED)


def _curated(curated: pd.DataFrame, filed: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the companies that filed, with types. Raises ValueError."""
    if missing := [name for name in NEEDED if name not in curated]:
        raise ValueError(f"the curated figures have no column {', '.join(missing)}")
    kept = [*NEEDED, *curated.columns.intersection(["is_rounded"])]
    rows = curated.loc[curated.company.isin(filed.company), kept].reset_index(drop=True)
    for name in ("period_start_on", "period_end_on"):
        rows[name] = pd.to_datetime(rows[name], format="%Y-%m-%d").astype(filed[name].dtype)
    is_followed = _has(rows, filed, ["company", "metric", "basis"])
    if (wrong := is_followed & (rows.unit != "usd_million")).any():
        raise ValueError(f"{rows[wrong].iloc[0][NEEDED].to_dict()} is not in USD million")
    rows["curated_usd_million"] = pd.to_numeric(rows.value).where(is_followed)
    if (unknown := is_followed & rows.curated_usd_million.isna()).any():
        raise ValueError(f"{rows[unknown].iloc[0][NEEDED].to_dict()} has no value")
    return rows


def _statuses(both: pd.DataFrame, filed: pd.DataFrame) -> pd.Series:
    status = pd.Series("differs", index=both.index, dtype="str")
    earlier = both[[*PERIOD, "curated_usd_million", "tolerance"]].reset_index().merge(filed, on=PERIOD)
    gap = (earlier.curated_usd_million - earlier.value_usd / MILLION).abs()
    status[both.index.isin(earlier[gap <= earlier.tolerance]["index"])] = "restated"
    status[both.difference_usd_million.abs() <= both.tolerance] = "rounding"
    status[both.difference_usd_million == 0] = "agrees"
    status[both.filed_usd_million.isna()] = "only_curated"
    status[~_has(both, filed, ["company", "metric", "basis"])] = "not_filed"
    return status


def _only_filed(last: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return filed periods without a curated row, of the kinds that are curated, since the first."""
    kind = ["company", "metric", "basis", "kind"]
    since = rows.rename(columns={"period_kind": "kind"}).groupby(kind).period_start_on.min().rename("since")
    last = last.join(since, on=kind)
    return last[(last.period_start_on >= last.since) & ~_has(last, rows, PERIOD)]


def _has(rows: pd.DataFrame, other: pd.DataFrame, key: list[str]) -> pd.Series:
    """Whether each row's key is among those of the other."""
    among = pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(other[key].drop_duplicates()))
    return pd.Series(among, index=rows.index)
