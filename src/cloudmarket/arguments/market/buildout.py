"""Who pays for the build-out and who owns the compute: capex per dollar of cloud revenue, backlog, chips."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.market import facts
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, MILLION_PER_BILLION, SEGMENTS, Reported, Segment
from cloudmarket.measures import intensity
from cloudmarket.tables.compute_owned import ALL
from cloudmarket.tables.series import Series

GROSS, NET = "gross", "net_of_proceeds"
PAIRS = (*SEGMENTS, MICROSOFT_CLOUD)
COVERAGE = 0.90
"""Of the interval of one owner and family, from the 5th to the 95th percentile."""


def per_dollar(known: Reported) -> pd.DataFrame:
    """Return each company's gross capex per dollar of its cloud's revenue over trailing years.

    Capex is of the whole company, so the ratio is no intensity of the cloud: it is the most that cash purchases for
    the cloud can be of its revenue. Finance leases are not in it.

    Returns
    -------
    DataFrame
        cloud, label, company, basis, day, capex, revenue (USD bn over four quarters), intensity (dollars per dollar).
    """
    parts = []
    for one in PAIRS:
        spent = _on(known[one.company], GROSS)
        for earned in known[one.revenue]:
            if spent is None:
                continue
            ratio = intensity.capex_intensity(facts.best(spent), facts.best(earned))
            parts.append(ratio.assign(cloud=one.cloud, label=one.label, company=one.company, basis=earned.basis))
    columns = ["cloud", "label", "company", "basis", "day", "capex", "revenue", "intensity"]
    if not parts:
        return pd.DataFrame(columns=columns)
    rows = pd.concat(parts, ignore_index=True).rename(columns={"period_end_on": "day"})
    rows[["capex", "revenue"]] /= MILLION_PER_BILLION
    return rows[columns]


def joint(known: Reported, microsoft: Segment, basis: str = GROSS) -> pd.DataFrame:
    """Return capex of the three companies per dollar of their clouds' revenue, over trailing years that all report.

    Parameters
    ----------
    known : mapping
    microsoft : Segment
        What stands for Microsoft's cloud.
    basis : str
        Of Amazon's capex, the only one known on both: gross, or net of proceeds.

    Returns
    -------
    DataFrame
        By day: capex, revenue (USD bn), intensity.
    """
    parts = {one: _trailing(one, known, basis) for one in (*SEGMENTS[:2], microsoft)}
    if any(rows is None for rows in parts.values()):
        return pd.DataFrame(columns=["capex", "revenue", "intensity"])
    together = pd.concat(parts.values()).groupby(level=0)
    total = together.sum()[together.size() == len(parts)]
    return total.assign(intensity=total.capex / total.revenue)


def joint_evidence(
    known: Reported, microsoft: Segment, end: pd.Timestamp, basis: str = GROSS
) -> dict[str, pd.DataFrame]:
    """Return the rows of ``capex`` and ``financial`` behind the joint ratio of the year to a day."""
    spent, earned = [], []
    for one in (*SEGMENTS[:2], microsoft):
        pair = _series(one, known, basis)
        assert pair is not None
        for found, rows in zip(pair, (spent, earned), strict=True):
            rows.append(_within_year(facts.best(found), end))
    return {"capex": pd.concat(spent), "financial": pd.concat(earned)}


def covered(known: Reported) -> pd.DataFrame:
    """Return what the three segments earn of what their companies spend, over trailing years that all report.

    Operating income is after depreciation, which costs no cash, and before tax: it is no cash flow.

    Returns
    -------
    DataFrame
        By day: income, capex (USD bn), share (percent).
    """
    parts = []
    for one in SEGMENTS:
        pair = _paid(one, known)
        if pair is None:
            return pd.DataFrame(columns=["income", "capex", "share"])
        years = [intensity.trailing_year(facts.best(found)).set_index("period_end_on").value for found in pair]
        parts.append(pd.concat(years, axis=1, keys=["income", "capex"], join="inner") / MILLION_PER_BILLION)
    together = pd.concat(parts).groupby(level=0)
    total = together.sum()[together.size() == len(parts)]
    return total.assign(share=100 * total.income / total.capex)


def covered_evidence(known: Reported, end: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the rows of ``capex`` and ``financial`` behind that share of the year to a day."""
    earned, spent = [], []
    for one in SEGMENTS:
        pair = _paid(one, known)
        assert pair is not None
        for found, rows in zip(pair, (earned, spent), strict=True):
            rows.append(_within_year(facts.best(found), end))
    return {"capex": pd.concat(spent), "financial": pd.concat(earned)}


def drawn(rows: pd.DataFrame, chips: pd.DataFrame) -> pd.DataFrame:
    """Return capex per dollar and chips owned in one frame, told apart by ``part``.

    Returns
    -------
    DataFrame
        part (capex, compute); of capex day, series, basis and intensity, with a missing value where the basis
        changes; of compute row, cloud, median, low and high in millions of H100 equivalents.
    """
    ratios = rows.assign(part="capex", series=rows.company + " / " + rows.label)
    breaks = ratios.groupby(["series", "basis"], sort=False).tail(1)
    breaks = breaks.assign(day=breaks.day + pd.Timedelta(days=1), intensity=float("nan"))
    left = pd.concat([ratios, breaks], ignore_index=True).sort_values(["series", "day"], kind="stable")
    families = {"nvidia-gpu": "Nvidia", "amd-gpu": "AMD", "google-tpu": "TPU", "aws-trainium": "Trainium"}
    right = pd.DataFrame({
        "part": "compute", "row": chips.owner + ", " + chips.chip_family.map(families), "cloud": chips.cloud,
        "median": chips.h100e_median / 1e6, "low": chips.h100e_p05 / 1e6, "high": chips.h100e_p95 / 1e6,
    })  # fmt: skip
    parts = [part for part in (left.drop(columns=["company"]), right) if len(part)]
    columns = [
        "part",
        "day",
        "series",
        "basis",
        "capex",
        "revenue",
        "intensity",
        "row",
        "cloud",
        "median",
        "low",
        "high",
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)


def backlogs(known: Reported) -> pd.DataFrame:
    """Return contracted revenue not yet earned, and how many years of trailing revenue it is worth.

    Returns
    -------
    DataFrame
        label, basis, on, backlog, revenue (USD bn), years.
    """
    parts = []
    for one in SEGMENTS:
        earned = facts.furthest(known[one.revenue])
        for found in known[one.backlog] if one.backlog and earned else ():
            stock = facts.best(found).rename(columns={"period_end_on": "on"})
            cover = intensity.backlog_cover(stock[["on", "value", "unit"]], facts.best(earned))
            parts.append(cover.assign(label=one.label, basis=found.basis))
    columns = ["label", "basis", "on", "backlog", "revenue", "years"]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    rows[["backlog", "revenue"]] /= MILLION_PER_BILLION
    return rows[columns]


def compute(day: date) -> pd.DataFrame:
    """Return the estimates of chips owned at the end of the newest quarter that was over for all makers.

    Returns
    -------
    DataFrame
        Rows of ``compute_owned`` for totals of owner and family, largest median first; China and Other are groups of
        owners and left out.
    """
    rows = tables.load("compute_owned", as_of=day)
    rows = rows[(rows.chip == ALL) & ~rows.owner.isin(["China", "Other"])]
    unfinished = rows.groupby("quarter_on").is_incomplete.transform("any")
    rows = rows[~unfinished.astype("bool")]
    rows = rows[rows.quarter_on == rows.quarter_on.max()]
    return rows.sort_values(["h100e_median", "owner"], ascending=[False, True]).reset_index(drop=True)


def owners(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each owner has of all families together, in millions of H100 equivalents.

    Medians and percentiles of families do not add up to those of the total. The sums of the ends still hold the total
    with at least the probability that all families lie within theirs, by Bonferroni's inequality.

    Returns
    -------
    DataFrame
        By owner, largest first: cloud, families, low, middle (sum of medians), high, coverage (at least).
    """
    groups = rows.groupby("owner")
    table = pd.DataFrame({
        "cloud": groups.cloud.first(), "families": groups.size(), "low": groups.h100e_p05.sum() / 1e6,
        "middle": groups.h100e_median.sum() / 1e6, "high": groups.h100e_p95.sum() / 1e6,
    })  # fmt: skip
    table["coverage"] = 1 - table.families * (1 - COVERAGE)
    return table.sort_values("middle", ascending=False, kind="stable")


def _within_year(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    return rows[(rows.period_end_on > end - pd.DateOffset(years=1)) & (rows.period_end_on <= end)]


def _paid(one: Segment, known: Reported) -> tuple[Series, Series] | None:
    assert one.income is not None
    earned, spent = facts.furthest(known[one.income]), _on(known[one.company], GROSS)
    return None if earned is None or spent is None else (earned, spent)


def _on(known: list[Series], basis: str) -> Series | None:
    return next((found for found in known if found.basis == basis), None)


def _series(one: Segment, known: Reported, basis: str) -> tuple[Series, Series] | None:
    spent = _on(known[one.company], basis if one.company == "Amazon" else GROSS)
    earned = facts.furthest(known[one.revenue])
    return None if spent is None or earned is None else (spent, earned)


def _trailing(one: Segment, known: Reported, basis: str) -> pd.DataFrame | None:
    pair = _series(one, known, basis)
    if pair is None:
        return None
    ratio = intensity.capex_intensity(*(facts.best(found) for found in pair))
    return ratio.set_index("period_end_on")[["capex", "revenue"]] / MILLION_PER_BILLION
