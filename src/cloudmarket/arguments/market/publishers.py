"""What publishers say of shares, release by release: a vintage, a segment and a source are never mixed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cloudmarket import tables

TOGETHER = "aws+azure+gcp"
PROVIDERS = {"aws": "AWS", "azure": "Microsoft", "gcp": "Google", TOGETHER: "All three together"}
RELEASE = ["estimated_by", "vintage", "segment", "geography"]
LABELS = {
    ("synergy", "first"): "Synergy",
    ("synergy", "year_later"): "Synergy, a year later",
    ("synergy", "release_2022_09"): "Synergy, release of 2022",
    ("synergy", "release_2025_07"): "Synergy, release of 2025",
    ("canalys", "first"): "Canalys, as first published",
    ("canalys", "year_later"): "Canalys, a year later",
    ("canalys", "revised_2024_08"): "Canalys, revised August 2024",
    ("canalys_omdia", "first"): "Canalys/Omdia",
    ("autorite_de_la_concurrence", "first"): "Autorité de la concurrence",
    ("autorite_de_la_concurrence", "secondary"): "Autorité, second-hand",
    ("markess", "first"): "Markess",
    ("ofcom", "announcement_2022_09"): "Ofcom, announcement",
    ("ofcom", "interim_2023_04"): "Ofcom, interim",
    ("ofcom", "final_2023_10"): "Ofcom, final",
    ("cma", "provisional_2025_01"): "CMA, provisional",
    ("cma", "final_2025_07"): "CMA, final",
}
FIRMS = {"canalys": "Canalys", "canalys_omdia": "Canalys/Omdia", "synergy": "Synergy"}
SEGMENTS = {
    "cloud": "cloud",
    "cloud_infrastructure_services": "infrastructure",
    "iaas": "IaaS",
    "iaas_paas": "IaaS and PaaS",
    "public_cloud": "public cloud",
    "public_cloud_infrastructure": "public infrastructure",
    "public_iaas_paas": "public IaaS and PaaS",
}


def label(estimated_by: str, vintage: str) -> str:
    """Return the name of a release as it stands in a figure."""
    return LABELS.get((estimated_by, vintage), f"{estimated_by}, {vintage}".replace("_", " "))


def statements(day: date) -> pd.DataFrame:
    """Return the rows of shares that were known on a day, of whole periods."""
    rows = tables.load("market_share", as_of=day)
    return rows[(rows.measure == "share") & (rows.period_kind != "trailing_year")].reset_index(drop=True)


def spans(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what sources print of each release, period and providers: low, high, evidence and sources.

    An end that one source leaves open stays open (missing), whatever the others say.
    """
    groups = rows.groupby([*RELEASE, "period", "period_kind", "period_end_on", "providers"], sort=True)
    return pd.DataFrame({
        "low": groups.value_low.agg(lambda ends: ends.min(skipna=False)),
        "high": groups.value_high.agg(lambda ends: ends.max(skipna=False)),
        "evidence": groups.evidence.max(),
        "sources": groups.source_title.nunique(),
    }).reset_index()  # fmt: skip


def world(day: date) -> pd.DataFrame:
    """Return the world's shares to draw: a row per provider, release and quarter.

    Returns
    -------
    DataFrame
        panel (a key of ``PROVIDERS``), release, quarter, day, value (middle of what is printed), low, high (percent),
        evidence, has_parts: False where a total of the three is printed without the share of each. Quarters within a
        release that nobody printed have no value.
    """
    rows = statements(day)
    rows = rows[(rows.geography == "world") & (rows.period_kind == "quarter") & rows.providers.isin(PROVIDERS)]
    # A release a year later has one quarter: no series to draw.
    rows = rows[rows.vintage != "year_later"]
    found = spans(rows).dropna(subset=["low", "high"]) if len(rows) else pd.DataFrame()
    if found.empty:
        return pd.DataFrame(columns=["panel", "release", "quarter", "day", "value", "low", "high", "has_parts"])
    found["release"] = [label(*pair) for pair in zip(found.estimated_by, found.vintage, strict=True)]
    found["value"] = (found.low + found.high) / 2
    singles = found[found.providers != TOGETHER].groupby(["release", "period"]).size()
    pairs = pd.MultiIndex.from_frame(found[["release", "period"]])
    found["has_parts"] = (found.providers != TOGETHER) | pairs.isin(singles.index)
    drawn = [_filled(own) for _, own in found.groupby(["providers", "release", "has_parts"], sort=False)]
    result = pd.concat(drawn, ignore_index=True)
    return result[["panel", "release", "quarter", "day", "value", "low", "high", "evidence", "has_parts"]]


def _filled(own: pd.DataFrame) -> pd.DataFrame:
    quarters = pd.PeriodIndex(own.period_end_on, freq="Q")
    full = pd.period_range(quarters.min(), quarters.max(), freq="Q")
    rows = own.set_index(quarters).reindex(full)
    return rows.assign(
        panel=own.providers.iloc[0], release=own.release.iloc[0], has_parts=bool(own.has_parts.iloc[0]),
        quarter=full.astype("str"), day=full.end_time.normalize(),
    )  # fmt: skip


def newest_year(day: date) -> pd.DataFrame:
    """Return the rows that print what the three have of the world together, of the four quarters to the newest."""
    rows = statements(day)
    rows = rows[(rows.geography == "world") & (rows.period_kind == "quarter") & (rows.providers == TOGETHER)]
    return rows[rows.period_end_on > rows.period_end_on.max() - pd.DateOffset(years=1)] if len(rows) else rows


def sizes(day: date) -> pd.DataFrame:
    """Return the rows of the world's market size by quarter that were known on a day, in USD bn."""
    rows = tables.load("market_share", as_of=day)
    own = rows[(rows.geography == "world") & (rows.measure == "market_size") & (rows.period_kind == "quarter")]
    return own[own.segment == "cloud_infrastructure_services"].reset_index(drop=True)


def agreed_quarter(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the newest quarter of which two firms or more print a size; none if there is no such quarter."""
    firms = rows.groupby("period_end_on").estimated_by.nunique()
    both = firms.index[firms > 1]
    return rows[rows.period_end_on == both.max()] if len(both) else rows.iloc[:0]


def rewritten(day: date) -> pd.DataFrame:
    """Return shares that a firm printed first and revised later: estimated_by, period, providers, first, revised.

    Returns
    -------
    DataFrame
        With ``change`` (percentage points), the largest change first.
    """
    rows = statements(day)
    own = rows[rows.estimated_by == "canalys"]
    keys = ["estimated_by", "geography", "segment", "period", "providers"]
    pairs = [own[own.vintage == name].set_index(keys).value_low for name in ("first", "revised_2024_08")]
    both = pd.concat(pairs, axis=1, keys=["first", "revised"], join="inner").reset_index()
    both = both.assign(change=both.revised - both["first"])
    newest_first = both.sort_values("period", ascending=False, kind="stable")
    order = np.argsort(-newest_first.change.abs().to_numpy(), kind="stable")
    return newest_first.iloc[order].reset_index(drop=True)
