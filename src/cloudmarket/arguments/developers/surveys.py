"""What developers and enterprises say they use, one base at a time."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from cloudmarket.arguments.developers.state import State

SURVEY, BASE = "stack_overflow", "professional developers"
CLOUDS = ("aws", "azure", "gcp")


def answers(found: State) -> pd.DataFrame:
    """Return the shares of a base that name a cloud, with the sampling error (95 %, Wilson 1927).

    Of one survey and one base, whose size is stated; most named first, in the newest edition.

    Returns
    -------
    DataFrame
        Rows of ``developer_survey`` with ``low`` and ``high`` (percent).
    """
    rows = found.survey
    rows = rows[(rows.survey == SURVEY) & (rows.base == BASE) & rows.provider.isin(CLOUDS)]
    rows = rows.dropna(subset=["n", "count"])
    if rows.empty:
        return rows.assign(low=[], high=[])
    low, high = proportion_confint(rows["count"].astype("float64"), rows.n.astype("float64"), method="wilson")
    rows = rows.assign(low=100 * low, high=100 * high)
    newest = rows[rows.year == rows.year.max()].set_index("provider").percent
    rank = rows.provider.map(newest).fillna(0.0)
    return rows.assign(rank=rank).sort_values(["rank", "provider", "year"], ascending=[False, True, True])


def changes(found: State) -> pd.DataFrame:
    """Return how the share of each cloud moved between the last two editions, with the sampling error (95 %).

    Two independent samples; the interval is Newcombe's (1998, Statistics in Medicine 17, 873-890, method 10).

    Returns
    -------
    DataFrame
        provider, year_before, year, change, low, high (points); most gained first.
    """
    rows = answers(found)
    columns = ["provider", "year_before", "year", "change", "low", "high"]
    years = sorted(rows.year.unique())[-2:]
    if len(years) < 2:
        return pd.DataFrame(columns=columns)
    moved = []
    for provider, own in rows[rows.year.isin(years)].groupby("provider"):
        if len(own) == 2:
            before, after = (own[own.year == year].iloc[0] for year in years)
            low, high = confint_proportions_2indep(
                float(after["count"]), float(after.n), float(before["count"]), float(before.n), method="newcomb"
            )
            moved.append((provider, *years, after.percent - before.percent, 100 * low, 100 * high))
    table = pd.DataFrame(moved, columns=columns)
    return table.sort_values("change", ascending=False, ignore_index=True)


def others(found: State) -> pd.DataFrame:
    """Return the answers of all other surveys and bases that name one of the three clouds or AI, as printed."""
    rows = found.survey
    own = rows[rows.provider.isin(CLOUDS) | rows.answer.str.contains("AI", regex=False)]
    own = own[~((own.survey == SURVEY) & (own.base == BASE))]
    columns = ["survey", "year", "base", "answer", "percent", "n", "publisher", "evidence"]
    return own[columns].sort_values(["survey", "year", "base", "percent"], ascending=[True, True, True, False])
