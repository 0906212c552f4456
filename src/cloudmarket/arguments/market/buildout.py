"""Who pays for the build-out: capex per dollar of cloud revenue, and what the clouds earn of it."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.market import facts
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, MILLION_PER_BILLION, SEGMENTS, Reported, Segment
from cloudmarket.measures import intensity
from cloudmarket.tables.series import Series

GROSS, NET = "gross", "net_of_proceeds"
PAIRS = (*SEGMENTS, MICROSOFT_CLOUD)
ALL_THREE = "all"
LINES = {
    "aws": "Amazon / AWS",
    "gcp": "Alphabet / Google Cloud",
    "azure": "Microsoft / Intelligent Cloud",
    MICROSOFT_CLOUD.label: "Microsoft / Microsoft Cloud",
    ALL_THREE: "All three",
}


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


def first_joint(known: Reported) -> tuple[Segment, pd.DataFrame] | None:
    """Return the joint ratio with Intelligent Cloud, or where no year of it is known with Microsoft Cloud, or None."""
    for one in (SEGMENTS[2], MICROSOFT_CLOUD):
        rows = joint(known, one)
        if len(rows):
            return one, rows
    return None


def joint_evidence(
    known: Reported, microsoft: Segment, end: pd.Timestamp, basis: str = GROSS
) -> dict[str, pd.DataFrame]:
    """Return the rows of ``capex`` and ``financial`` behind the joint ratio of the year to a day."""
    spent: list[pd.DataFrame] = []
    earned: list[pd.DataFrame] = []
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
    spent: list[pd.DataFrame] = []
    earned: list[pd.DataFrame] = []
    for one in SEGMENTS:
        pair = _paid(one, known)
        assert pair is not None
        for found, rows in zip(pair, (earned, spent), strict=True):
            rows.append(_within_year(facts.best(found), end))
    return {"capex": pd.concat(spent), "financial": pd.concat(earned)}


def drawn(rows: pd.DataFrame, together: pd.DataFrame, chips: pd.DataFrame) -> pd.DataFrame:
    """Return capex per dollar and chips owned in one frame, told apart by ``part``.

    Returns
    -------
    DataFrame
        part (capex, compute); of capex day, series (a key of ``LINES``), basis and intensity, missing
        where the basis changes; of compute row, cloud, median, low and high in millions of H100 equivalents.
    """
    ratios = rows.assign(part="capex", series=rows.cloud.where(rows.label != MICROSOFT_CLOUD.label, rows.label))
    if len(together):
        whole = together[["capex", "revenue", "intensity"]].rename_axis("day").reset_index()
        ratios = pd.concat([ratios, whole.assign(part="capex", series=ALL_THREE, basis="joint")], ignore_index=True)
    breaks = ratios.groupby(["series", "basis"], sort=False).tail(1)
    breaks = breaks.assign(day=breaks.day + pd.Timedelta(days=1), intensity=float("nan"))
    left = pd.concat([ratios, breaks], ignore_index=True).sort_values(["series", "day"], kind="stable")
    families = {"nvidia-gpu": "Nvidia", "amd-gpu": "AMD", "google-tpu": "TPU", "aws-trainium": "Trainium"}
    right = pd.DataFrame({
        "part": "compute", "row": chips.owner + ", " + chips.chip_family.map(families), "cloud": chips.cloud,
        "median": chips.h100e_median / 1e6, "low": chips.h100e_p05 / 1e6, "high": chips.h100e_p95 / 1e6,
    })  # fmt: skip
    parts = [part for part in (left.drop(columns=["company", "cloud", "label"]), right) if len(part)]
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
    billions: pd.DataFrame = ratio.set_index("period_end_on")[["capex", "revenue"]] / MILLION_PER_BILLION
    return billions
