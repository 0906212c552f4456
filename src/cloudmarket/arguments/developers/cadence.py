"""How often packages are released, and what Amazon's SDK gained: the supply side of developers' tools."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.developers.state import State
from cloudmarket.measures.event_rate import rate

PERIODS, PERIOD_DAYS = 13, 28
AGENTS, MODELS, OLDER = "agents", "foundation models and assistants", "other uses of AI"
_FIELDS = {"agents": AGENTS, "foundation_models": MODELS, "assistant": MODELS}
_FEWEST = 6


def rates(found: State) -> pd.DataFrame:
    """Return how often each AI package was released in the 364 days to the newest release seen, in periods of 28.

    Stable releases only; pre-releases are counted apart. A package that is younger counts from the first whole period
    of its life, and with fewer than six periods it is left out.

    Returns
    -------
    DataFrame
        package, company, per_year, low, high, dispersion, stable, pre, median_days (between stable releases),
        days_since (the last release of any kind); most often first.
    """
    columns = [
        "package", "company", "per_year", "low", "high", "dispersion", "stable", "pre", "median_days", "days_since",
    ]  # fmt: skip
    if found.releases.empty:
        return pd.DataFrame(columns=columns)
    end = found.releases.released_on.max() + pd.Timedelta(days=1)
    rows = [row for name, own in found.releases.groupby("package") if (row := _of_one(str(name), own, end))]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["per_year", "high", "package"], ascending=[False, False, True], ignore_index=True)


def _of_one(name: str, own: pd.DataFrame, end: pd.Timestamp) -> tuple[object, ...] | None:
    whole = min(int((end - own.released_on.min()).days // PERIOD_DAYS), PERIODS)
    if whole < _FEWEST:
        return None
    recent = own[own.released_on >= end - pd.Timedelta(days=PERIOD_DAYS * whole)]
    stable = recent[~recent.is_prerelease].sort_values("released_at")
    period = (end - pd.Timedelta(days=1) - stable.released_on).dt.days // PERIOD_DAYS
    counts = period.value_counts().reindex(range(whole), fill_value=0)
    found = rate(counts, years_per_period=PERIOD_DAYS / 365.25)
    between = stable.released_at.diff().dt.total_seconds().median() / 86_400
    return (
        name, own.company.iloc[0], found.per_year, found.low, found.high, found.dispersion, len(stable),
        len(recent) - len(stable), between, (end - pd.Timedelta(days=1) - own.released_on.max()).days,
    )  # fmt: skip


def arrivals(found: State) -> pd.DataFrame:
    """Return the first spell of each AI service and each other API in Amazon's SDK, with ``year`` and ``group``.

    A service under a second name or version is no arrival; what the first snapshot has began at an unknown time.
    """
    rows = found.apis.sort_values(["first_seen_on", "label", "api_version"])
    rows = rows.assign(service=rows.service.fillna(rows.label)).drop_duplicates("service")
    rows = rows[~rows.is_first_seen_at_start]
    return rows.assign(
        year=rows.first_seen_on.dt.year,
        group=rows.field.map(_FIELDS).fillna(OLDER).where(rows.is_ai),
    )


def by_year(found: State) -> pd.DataFrame:
    """Return how many AI services came each year: year, group, services, all_new (AI or not), is_part (of a year)."""
    rows = arrivals(found)
    if not rows.is_ai.any():
        return pd.DataFrame(columns=["year", "group", "services", "all_new", "is_part"])
    total = rows.groupby("year").size()
    counts = rows[rows.is_ai].groupby(["year", "group"]).size()
    cells = pd.MultiIndex.from_product([total.index, [AGENTS, MODELS, OLDER]], names=["year", "group"])
    table = counts.reindex(cells, fill_value=0).reset_index(name="services")
    return table.assign(
        all_new=table.year.map(total), is_part=table.year.isin([total.index[0], found.day.year])
    ).sort_values(["year", "group"], ignore_index=True)
