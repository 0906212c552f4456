"""How often packages were downloaded: what is listed, what is cut off, and what other packages bring along."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments.developers.state import State, established
from cloudmarket.measures.growth_trend import trend
from cloudmarket.measures.share_bounds import share_bounds

ALL, AGENTS = "AI packages", "agent tools of the three clouds"
AGENT_KINDS = ("agent", "framework")
CLOUDS = ("aws", "azure", "gcp")
BRINGS, BROUGHT = "google-cloud-aiplatform", "google-genai"
"""The pair of packages of the list whose requirement moves most downloads."""
_NEW = {"all, rolling": "all installers", "all, calendar month": "another log", "pip, rolling": "pip only"}


def levels(rows: pd.DataFrame, required: pd.DataFrame) -> pd.DataFrame:
    """Return downloads a day of each row with the least and the most that may have been meant for the package.

    Each download of a package that requires it may have brought one: the least is what all of those leave. Of a
    package that is not on the list, anything from none to the last one's count.

    Returns
    -------
    DataFrame
        ``rows`` with ``per_day`` (missing where not listed), ``low`` and ``high``, downloads a day.
    """
    days = (rows.window_to - rows.window_from).dt.days
    high = rows.downloads_per_day.fillna(rows.downloads_at_most.astype("float64") / days)
    bringing = rows.assign(brings=high)[["package", "month_on", "window_to", "brings"]].merge(
        required[["package", "requires", "since_on"]], on="package"
    )
    bringing = bringing[bringing.since_on < bringing.window_to]
    brought = bringing.groupby(["requires", "month_on"]).brings.sum().rename_axis(["package", "month_on"])
    taken = rows[["package", "month_on"]].merge(brought.reset_index(), how="left").brings.fillna(0.0)
    net = np.maximum(rows.downloads_per_day.to_numpy(dtype=float) - taken.to_numpy(dtype=float), 0.0)
    low = pd.Series(net, index=rows.index).where(~rows.is_censored, 0.0)
    return rows.assign(per_day=rows.downloads_per_day, low=low, high=high)


def leaders(found: State, most: int = 6, months: int = 36) -> pd.DataFrame:
    """Return downloads a day of the most downloaded packages, with rows without value where no line may cross."""
    kept = sorted(found.downloads.month_on.unique())[-months:]
    own = levels(found.downloads[found.downloads.month_on.isin(kept)], found.required)
    own = own[own.kind == "sdk"]
    if own.empty:
        return own
    last = own[own.month_on == own.month_on.max()].dropna(subset=["per_day"])
    largest = last.sort_values(["per_day", "package"], ascending=[False, True]).package.head(most)
    own = own[own.package.isin(largest)]
    return broken(own, "package", largest.tolist())[["package", "month_on", "per_day", "low", "high", "counting"]]


def broken(rows: pd.DataFrame, series: str, order: list[str]) -> pd.DataFrame:
    """Return rows in the order of the series, with one without value wherever a line must not cross.

    That is in each month without a list, and before the first month of each new counting.
    """
    months = rows.groupby("month_on", sort=True).counting.first()
    every = pd.date_range(months.index.min(), months.index.max(), freq="MS")
    unseen = every.difference(pd.DatetimeIndex(months.index))
    new = pd.DatetimeIndex(months.index[(months != months.shift()).to_numpy()][1:]) - pd.Timedelta(days=1)
    holes = pd.DataFrame({"month_on": unseen.append(new).astype("datetime64[s]")})
    holes = holes.merge(pd.DataFrame({series: order}), how="cross")
    span = rows.groupby(series).month_on.agg(["min", "max"])
    inside = holes.month_on.between(holes[series].map(span["min"]), holes[series].map(span["max"]))
    joined = pd.concat([rows, holes[inside]], ignore_index=True) if inside.any() else rows
    rank = joined[series].map({name: place for place, name in enumerate(order)})
    return joined.assign(rank=rank).sort_values(["rank", "month_on"], kind="stable", ignore_index=True)


def breaks(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the times between the last month of one counting and the first of the next, and what is new."""
    spans = rows.dropna(subset=["counting"]).groupby("counting").month_on.agg(["min", "max"]).sort_values("min")
    pairs = zip(spans["max"].iloc[:-1], spans["min"].iloc[1:], spans.index[1:], strict=True)
    return [(f"{last:%Y-%m-%d}", f"{first:%Y-%m-%d}", _NEW[str(counting)]) for last, first, counting in pairs]


def shares(found: State) -> pd.DataFrame:
    """Return publishers' shares of the downloads of a run, within two lists.

    ``share`` is within the fixed list: packages listed in every month of the run. ``low`` and ``high`` are exact bounds
    that let each package of it be as low as what others leave of it, and each other one count or not, up to what is
    printed or, where it is cut off, up to the last one's count. Who has no package in the fixed list has bounds alone.

    Returns
    -------
    DataFrame
        list, month_on, company, share, low, high (percent); months without a list have none of the last three.
    """
    run = levels(found.run, found.required)
    is_agent = run.kind.isin(AGENT_KINDS) & run.company.isin(CLOUDS)
    parts = [_shares(rows, name) for name, rows in ((ALL, run), (AGENTS, run[is_agent]))]
    return pd.concat(parts, ignore_index=True)


def _shares(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = ["list", "month_on", "company", "share", "low", "high"]
    is_fixed = rows.package.isin(established(rows)) if len(rows) else pd.Series(dtype="bool")
    if not is_fixed.any():
        return pd.DataFrame(columns=columns)
    boxes = rows.assign(low=rows.low.where(is_fixed, 0.0))
    parts = []
    for month, own in boxes.groupby("month_on"):
        bounds = 100 * share_bounds(own, group="company")
        fixed = own[is_fixed.reindex(own.index)].groupby("company").per_day.sum()
        share = (100 * fixed / fixed.sum()).reindex(bounds.index)
        # The share may be an end itself, but for the rounding of another order of sums.
        low, high = np.fmin(bounds.low, share), np.fmax(bounds.high, share)
        parts.append(pd.DataFrame({"low": low, "high": high, "share": share, "month_on": month}).reset_index())
    table = pd.concat(parts, ignore_index=True).assign(counting="one")
    table = broken(table, "company", sorted(table.company.unique())).assign(list=name)
    return table[columns]


def growth(found: State) -> pd.DataFrame:
    """Return how fast the downloads of each package of the fixed list grew over the run.

    Returns
    -------
    DataFrame
        package, company, monthly, low, high, line_low, line_high (percent a month, compound; the last two of the line
        alone), months, first_on (the first month in which the package was on any list); fastest first.
    """
    rows = []
    first = found.downloads[~found.downloads.is_censored].groupby("package").month_on.min()
    for name in established(found.run):
        own = found.run[found.run.package == name].sort_values("month_on")
        middle = own.window_from + (own.window_to - own.window_from) / 2
        fit = trend(own.downloads_per_day.set_axis(pd.DatetimeIndex(middle)))
        ends = [_monthly(value) for value in (fit.factor, fit.low, fit.high, *fit.line)]
        rows.append((name, own.company.iloc[0], *ends, fit.observations, first[name]))
    columns = ["package", "company", "monthly", "low", "high", "line_low", "line_high", "months", "first_on"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["monthly", "package"], ascending=[False, True], ignore_index=True)


def _monthly(factor: float) -> float:
    """Return the growth a month, in percent, that makes a factor a year."""
    return float(100 * (factor ** (1 / 12) - 1))


def jump(found: State) -> pd.DataFrame:
    """Return the last list before, and the first one after, the release that made one package bring another.

    Both lists count alike. Empty where either is not known.

    Returns
    -------
    DataFrame
        Rows of ``sdk_download`` of both packages and of what else requires the second, with ``is_after``, ``per_day``,
        ``low`` and ``high``.
    """
    pair = found.required[(found.required.package == BRINGS) & (found.required.requires == BROUGHT)]
    lists = found.lists[found.lists.package.isin([BROUGHT, *found.required.package])]
    nothing = lists.iloc[:0].assign(is_after=False, per_day=np.nan, low=np.nan, high=np.nan)
    if pair.empty:
        return nothing
    on = pair.since_on.iloc[0]
    before, after = lists[lists.window_to <= on], lists[lists.window_from > on]
    after = after[after.counting.isin(before[before.window_to == before.window_to.max()].counting)]
    if before.empty or after.empty:
        return nothing
    chosen = [before[before.window_to == before.window_to.max()], after[after.window_from == after.window_from.min()]]
    both = pd.concat([levels(rows, found.required).assign(is_after=place == 1) for place, rows in enumerate(chosen)])
    seen = both[(both.package == BROUGHT) & ~both.is_censored]
    return both if len(seen) == len(chosen) else nothing
