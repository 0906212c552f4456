"""Who holds the market: European providers' share, who owns the chips, and the steps of law and sovereignty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments.europe.state import State

EUROPEAN, THREE = "european_providers", "aws+azure+gcp"
_STEPS = ("sovereign", "regulat", "merger_control", "decision")
_EUROPE = ("EU", "European Commission", "CMA", "Ofcom", "Autorite de la concurrence", "ANSSI", "Bleu", "S3NS", "Thales")
UNNAMED = "Other"


def shares(found: State, providers: str = EUROPEAN) -> pd.DataFrame:
    """Return the share of a group of providers in Europe, by release: release, period, day (its middle), percent, rows.

    Each release is a series of its own: a later one revises the market, and they are never joined.
    """
    rows = found.shares
    rows = rows[(rows.geography == "europe") & (rows.measure == "share") & (rows.providers == providers)]
    middle = rows.period_start_on + (rows.period_end_on - rows.period_start_on) / 2
    release = pd.to_datetime(rows.vintage.str.removeprefix("release_"), format="%Y_%m", errors="coerce")
    table = rows.assign(
        day=middle.astype("datetime64[s]"), percent=(rows.value_low + rows.value_high) / 2,
        release=release.dt.strftime("release of %B %Y").fillna(rows.vintage),
    )  # fmt: skip
    return table.sort_values(["vintage", "day"], ignore_index=True)


def steps(found: State) -> pd.DataFrame:
    """Return the events of law, competition and sovereignty in Europe, in order of date."""
    rows = found.events
    is_step = [any(kind.startswith(_STEPS) or "decision" in kind for kind in kinds.split("+")) for kinds in rows.type]
    is_there = [any(actor in _EUROPE for actor in actors.split("+")) for actors in rows.actors]
    kept = np.array(is_step, dtype=bool) & np.array(is_there, dtype=bool)
    chosen: pd.DataFrame = rows[kept].sort_values(["occurred_on", "headline"], ignore_index=True)
    return chosen


def to_qualification(events: pd.DataFrame) -> pd.DataFrame:
    """Return how long trusted clouds took from agreement or launch to qualification.

    Returns
    -------
    DataFrame
        cloud, began_on, began_by_on, ended_on (missing where no qualification is recorded), low and high (years).
    """
    rows = []
    for cloud, partner in (("S3NS", "Thales"), ("Bleu", "Bleu")):
        is_own = [bool({cloud, partner} & set(actors.split("+"))) for actors in events.actors]
        own = events[np.array(is_own, dtype=bool)]
        begun = own[own.type.isin(["sovereign_cloud_agreement", "sovereign_cloud_launch"])].head(1)
        done = own[own.type == "sovereign_cloud_qualification"].head(1)
        if begun.empty:
            continue
        start = begun.iloc[0]
        end = done.iloc[0] if len(done) else None
        ended = pd.NaT if end is None else end.occurred_on
        low = float("nan") if end is None else (end.occurred_on - start.occurred_by_on).days / 365.25
        high = float("nan") if end is None else (end.occurred_by_on - start.occurred_on).days / 365.25
        rows.append((cloud, start.occurred_on, start.occurred_by_on, ended, low, high))
    return pd.DataFrame(rows, columns=["cloud", "began_on", "began_by_on", "ended_on", "low", "high"])


def owned(found: State) -> pd.DataFrame:
    """Return the chips owned at the end of the newest quarter that is whole for every maker, by owner.

    Returns
    -------
    DataFrame
        owner, quarter_ended_on, h100e_median, h100e_p05, h100e_p95: sums over makers; those of the percentiles are
        bounds, for errors of different makers do not add up so.
    """
    rows = found.owned[(found.owned.chip == "all") & found.owned.superseded_at.isna()]
    if rows.empty:
        return pd.DataFrame()
    whole = ~rows.groupby("quarter_ended_on").is_incomplete.transform("any")
    rows = rows[whole]
    makers = rows.groupby("quarter_ended_on").chip_family.nunique()
    newest = makers.index[makers == makers.max()].max()
    rows = rows[rows.quarter_ended_on == newest]
    columns = ["h100e_median", "h100e_p05", "h100e_p95"]
    table: pd.DataFrame = rows.groupby(["owner", "quarter_ended_on"])[columns].sum().reset_index()
    return table.sort_values("h100e_median", ascending=False, ignore_index=True)


def unnamed_share(table: pd.DataFrame) -> tuple[float, float, float]:
    """Return the percent of chips of owners that are not named, at the medians, at least and at most."""
    is_unnamed = table.owner == UNNAMED
    own, rest = table[is_unnamed].sum(numeric_only=True), table[~is_unnamed].sum(numeric_only=True)
    ends = {"median": "median", "p05": "p95", "p95": "p05"}
    pairs = [(own[f"h100e_{one}"], rest[f"h100e_{other}"]) for one, other in ends.items()]
    value, low, high = (float(100 * part / (part + others)) for part, others in pairs)
    return value, low, high
