"""Frames that the notebook draws or prints."""

from __future__ import annotations

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.catalogues import breadth, churn, retirement
from cloudmarket.arguments.catalogues.state import NAMES, Catalogue
from cloudmarket.arguments.catalogues.view import View
from cloudmarket.arguments.price_map import CLOUDS, SOURCE
from cloudmarket.measures import availability, catalogue

LISTED, ENDED = "Listed, by days since the model's release", "Ended, by days since the listing"
UNTIL = {LISTED: 365.0, ENDED: 730.0}
"""Days that the two panels show."""


def sets(listed: pd.DataFrame) -> pd.DataFrame:
    """Return the models on exactly each set of clouds as bars with parts: sold_on, part, models; none is left out."""
    table = breadth.exact(listed)
    where = []
    for row in table[CLOUDS].itertuples(index=False):
        chosen = [NAMES[cloud] for cloud in CLOUDS if getattr(row, cloud)]
        where.append(
            "All three" if len(chosen) == 3 else " and ".join(chosen) if len(chosen) == 2 else f"{chosen[0]} only"
        )
    return table.assign(sold_on=where)[["sold_on", "part", "models"]]


def suppliers(found: Catalogue, most: int = 14) -> pd.DataFrame:
    """Return models per developer and cloud, tidy; the smallest developers together: developer, seller, models."""
    table = found.suppliers
    makers = names.developers().set_index("code")["name"]
    head = table.iloc[:most].rename(index=makers.to_dict())
    rest = table.iloc[most:]
    if len(rest) == 1:
        head = table.rename(index=makers.to_dict())
    elif len(rest):
        head = pd.concat([head, rest.sum().to_frame(f"{len(rest)} others").T])
    return head.rename_axis("developer").reset_index().melt("developer", var_name="seller", value_name="models")


def times(seen: View) -> pd.DataFrame:
    """Return the curves of arrival and of stay by the printed date, as shares that have come, in percent.

    Returns
    -------
    DataFrame
        panel (``LISTED``, ``ENDED``), seller, after, by (days), percent, low, high (95 % band, pointwise).
    """
    parts = []
    if seen.found.is_whole and seen.arrival.is_enough:
        parts.append(_risen(seen.arrival.curves, seen.arrival.due, LISTED))
    stayed = churn.curves(seen.stays, churn.BY_DATE)
    if stayed is not None:
        parts.append(_risen(stayed, seen.stays[seen.stays.reading == churn.BY_DATE], ENDED))
    columns = ["panel", "seller", "after", "by", "percent", "low", "high"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _risen(curves: availability.Curves, items: pd.DataFrame, panel: str) -> pd.DataFrame:
    """Return the shares that have come, up to where fewer than ``churn.FEWEST`` items are open or the panel ends."""
    parts = []
    for seller, rows in curves.turnbull.groupby("group"):
        end = min(UNTIL[panel], churn.followed_until(items[items.seller == seller]))
        rows = rows[rows.by <= end]
        if rows.empty:
            continue
        # Level from the last rise to where the items end.
        rows = pd.concat([rows, rows.tail(1).assign(after=end, by=end, mass=0.0)])
        share, low, high = (100 * (1 - rows[name]) for name in ("survival", "high", "low"))
        parts.append(rows.assign(panel=panel, seller=seller, percent=share, low=low, high=high))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def medians(seen: View) -> pd.DataFrame:
    """Return the median times by cloud as intervals of days: what, seller, after, by, observations, not_come."""
    parts = []
    if seen.found.is_whole and seen.arrival.is_enough:
        parts.append(seen.arrival.curves.medians.assign(what="from release to listing"))
    lasting = churn.without_previews(seen.stays)
    cases = [(seen.stays, churn.BY_DATE, ""), (lasting, churn.BY_DATE, ", previews left out")]
    for rows, reading, which in [*cases, (seen.stays, churn.BY_LIST, "")]:
        stayed = churn.curves(rows, reading, draws=2)
        if stayed is not None:
            parts.append(stayed.medians.assign(what=f"from listing until {reading}{which}"))
    columns = ["what", "seller", "after", "by", "observations", "not_come"]
    found = [part.rename(columns={"group": "seller"})[columns] for part in parts]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def log_ranks(seen: View) -> pd.DataFrame:
    """Return the log-rank tests that the three clouds have one curve: what, p_low, p_high over the bounds."""
    cases = {}
    if seen.found.is_whole and seen.arrival.is_enough:
        cases["from release to listing"] = seen.arrival.curves
    for reading in (churn.BY_DATE, churn.BY_LIST):
        stayed = churn.curves(seen.stays, reading, draws=2)
        if stayed is not None:
            cases[f"from listing until {reading}"] = stayed
    rows = [(what, one.log_rank.p_value.min(), one.log_rank.p_value.max()) for what, one in cases.items()]
    return pd.DataFrame(rows, columns=["what", "p_low", "p_high"])


def witnesses(removed: pd.DataFrame) -> pd.DataFrame:
    """Return removals by notice (rows) and by what the second catalogue says (columns)."""
    second = [retirement.AGREED, retirement.DENIED, retirement.BLIND, retirement.NEVER]
    notice = [retirement.PAST, retirement.AHEAD, retirement.NONE]
    table = pd.crosstab(removed.notice, removed.second)
    return table.reindex(index=notice, columns=second, fill_value=0)


def dating(found: Catalogue) -> pd.DataFrame:
    """Return by how many days two catalogues date the same listing apart: seller, model, days (map less the other).

    Only of listings that both saw begin, after both had begun to look.
    """
    own, other = (
        catalogue.spells(found.rows, source).sort_values("valid_from").drop_duplicates(["seller", "model"])
        for source in (SOURCE, "models_dev")
    )
    both: pd.DataFrame = own.merge(other, on=["seller", "model"], suffixes=("", "_other"))
    both = both[~both.is_left_censored & ~both.is_left_censored_other & (both.valid_from > other.valid_from.min())]
    return both.assign(days=(both.valid_from - both.valid_from_other).dt.days)[["seller", "model", "days"]]


def announced(found: Catalogue) -> pd.DataFrame:
    """Return the launches of OpenAI's models on another cloud than Azure that were known by the day, in order."""
    rows = tables.load("event", known_on=found.day)
    actors = rows.actors.str.split("+")
    is_launch = (rows.type == "model_launch") & actors.map(lambda who: "OpenAI" in who and "Microsoft" not in who)
    return rows[is_launch].sort_values("occurred_on")[["occurred_on", "headline", "evidence", "publisher", "url"]]
