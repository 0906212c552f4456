"""The market's structure as it was known on a day: all that the notebook shows, computed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from cloudmarket.arguments.market import (
    accounts,
    buildout,
    concentrated,
    contributions,
    facts,
    forecasts,
    owned,
    publishers,
)
from cloudmarket.arguments.market.facts import SEGMENTS, Reported
from cloudmarket.arguments.market.forecasts import Trial


@dataclass(frozen=True, eq=False)
class Market:
    """Frames to draw and to compute claims from; see the module that each is named after."""

    day: date
    reported: Reported
    accounts: pd.DataFrame
    world: pd.DataFrame
    bounds: pd.DataFrame
    growth: pd.DataFrame
    per_dollar: pd.DataFrame
    backlogs: pd.DataFrame
    compute: pd.DataFrame
    trials: list[Trial]

    @property
    def reasons(self) -> dict[str, str]:
        """Why figures cannot be drawn for the day, by slug."""
        return dict(_reasons(self))


@lru_cache(maxsize=8)
def market(day: date) -> Market:
    """Return the state of the market by what was known on a day."""
    known = facts.reported(day)
    return Market(
        day, known, accounts.frame(known), publishers.world(day), concentrated.bounds(day),
        contributions.by_quarter(known), buildout.per_dollar(known), accounts.backlogs(known), owned.compute(day),
        forecasts.trials(known),
    )  # fmt: skip


def _reasons(found: Market) -> Iterator[tuple[str, str]]:
    day = found.day
    late = [one.label for one in SEGMENTS if facts.is_stale(facts.furthest(found.reported[one.revenue]), day)]
    if late:
        why = f"By {day} no revenue of {facts.listed(late)} was known for the {facts.STALE_DAYS} days before."
        yield from ((slug, why) for slug in ("04-accounts", "04-growth", "04-buildout", "04-forecast"))
    elif found.growth.empty or (found.growth.contribution < 0).any():
        yield "04-growth", f"By {day} no quarter in which all three grew was known of all three, on one basis each."
    if not late and found.per_dollar.cloud.nunique() < len(SEGMENTS):
        yield "04-buildout", f"By {day} capex and a year of cloud revenue were not known of all three companies."
    if _is_old(found.world, day):
        yield "04-shares", f"By {day} no publisher's shares of the world market were known for the year before."
    if found.bounds.empty or _is_old(found.world, day):
        yield "04-concentration", f"By {day} too few shares of late were known to bound the concentration of a market."
    if not late and not any(len(one.scores) for one in found.trials):
        yield "04-forecast", f"By {day} every series of revenue was too short to try a forecast on its past."


def _is_old(world: pd.DataFrame, day: date) -> bool:
    known = world.dropna(subset=["value"])
    return known.empty or (pd.Timestamp(day) - known.day.max()).days > facts.STALE_DAYS
