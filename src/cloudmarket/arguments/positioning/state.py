"""Where the three clouds stand on a day: indicators, ranks under every choice, map and path, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from cloudmarket.arguments.positioning import knowledge, measured, table
from cloudmarket.arguments.positioning.knowledge import Knowledge
from cloudmarket.arguments.positioning.measured import Measured
from cloudmarket.measures.composite_space import Space
from cloudmarket.measures.composite_standing import Standing, acceptability, standing
from cloudmarket.measures.configuration import Configuration, configuration

TABLES, DRAWS, SOBOL = 4_096, 20_000, 1_024
"""Tables of indicators drawn; sets of choices drawn; rows of the samples behind the shares of variance."""
FIRST_ON = pd.Timestamp("2024-06-30")
"""From where the path is followed, each half year: before it too few indicators are known of all three."""
ARRIVAL = "listed_in_90_days"
CLEAR = 0.95
"""A lead is clear that holds in this share of the tables drawn."""
THEN, NOW = "As known on each day", "By today's knowledge, the same indicators"


@dataclass(frozen=True, eq=False)
class Position:
    """What is known of a day, and where it puts the clouds; parts are computed when first asked for."""

    known: Knowledge
    found: Measured

    @property
    def day(self) -> date:
        """The day."""
        return self.known.day

    @property
    def is_enough(self) -> bool:
        """Whether enough is known of all three to rank them."""
        return self.found.is_enough

    @cached_property
    def space(self) -> Space:
        """All choices."""
        return self.found.space(self.found.compared, TABLES)

    @cached_property
    def standing(self) -> Standing:
        """Ranks under every choice."""
        return standing(self.space, draws=DRAWS, sobol_draws=SOBOL)

    @cached_property
    def map(self) -> Configuration:
        """The clouds by what all three have."""
        codes = self.found.complete
        own = self.found.space(codes, TABLES)
        # Readings stand between the measured table and those drawn: a resample may take any.
        places = [own.tree.names.index(code) for code in codes]
        direction = table.counted().direction[codes].to_numpy(dtype="float64")
        return configuration(own.tables[:, :, places], own.units, direction, list(table.counted().group[codes]))

    @cached_property
    def leads(self) -> pd.DataFrame:
        """Who leads in each indicator that all have.

        By code: leader (missing where they tie), share (of the tables drawn in which that one does), is_clear.
        """
        space, codes = self.space, self.found.complete
        drawn = space.tables[-TABLES:]
        rows = []
        for code in codes:
            at = space.tree.names.index(code)
            turned = drawn[:, :, at] * space.tree.direction[at]
            measured = space.tables[0, :, at] * space.tree.direction[at]
            best = np.flatnonzero(measured == measured.max())
            if len(best) > 1:
                rows.append((code, None, np.nan))
                continue
            others = np.delete(turned, best[0], axis=1).max(axis=1)
            rows.append((code, space.units[best[0]], float((turned[:, best[0]] > others).mean())))
        frame = pd.DataFrame(rows, columns=["code", "leader", "share"]).set_index("code")
        return frame.assign(is_clear=frame.share >= CLEAR)

    @cached_property
    def hindsight(self) -> pd.DataFrame:
        """The path by today's knowledge, by the indicators that all three have on all its days: see :func:`stops`."""
        codes, days = followed(), halves(self.day)
        past = [measured.measure(knowledge.in_hindsight(day, self.known), codes) for day in days[:-1]]
        seen = [*past, self.found]
        same = [code for code in codes if all(code in one.complete for one in seen)]
        return stops(list(zip(days, seen, strict=True)), NOW, same)

    @cached_property
    def vintages(self) -> pd.DataFrame:
        """The path as each day knew it, of whatever it knew of all three: see :func:`stops`."""
        past = [(day, measured.measure(knowledge.of_day(day), followed())) for day in halves(self.day)[:-1]]
        return stops([*past, (self.day, self.found)], THEN, followed())


@lru_cache(maxsize=16)
def position(day: date) -> Position:
    """Return where the clouds stood by what was known on a day."""
    known = knowledge.of_day(day)
    return Position(known, measured.measure(known))


def halves(day: date) -> list[date]:
    """Return the ends of half years from ``FIRST_ON`` to before a day, and the day."""
    ends = pd.date_range(FIRST_ON, pd.Timestamp(day) - pd.Timedelta(days=1), freq="6ME")
    return [*(end.date() for end in ends), day]


def followed() -> list[str]:
    """Return the indicators of the path: how soon models are listed takes so long a record that few days have it."""
    return [code for code in table.counted().index if code != ARRIVAL]


def stops(seen: list[tuple[date, Measured]], reading: str, codes: list[str]) -> pd.DataFrame:
    """Return where the clouds stand on some days, by those of some indicators that are compared.

    Returns
    -------
    DataFrame
        reading, day, cloud, indicators (that are compared), rank (as built), low and high (of 90 % of the draws), first
        (percent of the draws in which the cloud is first); days on which too little is known are left out.
    """
    rows = []
    for day, found in seen:
        own = [code for code in codes if code in found.compared]
        groups = table.counted().group[own].nunique()
        if not found.is_enough or len(own) < measured.LEAST_INDICATORS or groups < measured.LEAST_GROUPS:
            continue
        ranks, share = acceptability(found.space(own, TABLES // 4), draws=DRAWS // 4)
        for cloud, line in ranks.iterrows():
            first = 100 * float(share[1][str(cloud)])
            rows.append((reading, pd.Timestamp(day), cloud, len(own), int(line["rank"]), line.low, line.high, first))
    columns = ["reading", "day", "cloud", "indicators", "rank", "low", "high", "first"]
    return pd.DataFrame(rows, columns=columns)
