"""All indicators of a day in one table, with their ends, readings and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from cloudmarket.arguments.positioning import models, money, offer, table
from cloudmarket.arguments.positioning.cells import Cells, nothing
from cloudmarket.arguments.positioning.knowledge import Knowledge
from cloudmarket.measures import composite_inputs as inputs
from cloudmarket.measures.composite_space import Space, space

ALONE: Mapping[str, Callable[[Knowledge], Cells]] = {
    "listed_in_90_days": models.of_arrival,
    "price_level": offer.price_level,
    "eu_uplift": offer.eu_uplift,
    "h100_price": offer.h100_price,
    "recent_chips": offer.recent_chips,
    "carbon_free_share": offer.carbon,
    "capex_per_dollar": money.capex,
    "agent_downloads": partial(money.downloads, kinds=money.AGENT_KINDS),
    "ai_downloads": partial(money.downloads, kinds=None),
    "releases": money.releases,
}
"""Indicators that are measured one by one."""
LEAST_INDICATORS, LEAST_GROUPS = 6, 3
"""With fewer indicators, or from fewer groups, nothing is ranked."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Indicators of a day.

    ``cells``: a row per indicator and cloud: unit (the cloud), indicator (its code), value, low, high, spread.
    ``readings``: by set, other readings of several indicators at once. ``rows``: by indicator and published table.
    """

    cells: pd.DataFrame
    readings: dict[str, dict[str, pd.DataFrame]]
    rows: Mapping[str, Mapping[str, pd.DataFrame]]

    @cached_property
    def values(self) -> pd.DataFrame:
        """Values of all indicators: cloud by code."""
        return inputs.matrix(self.cells)

    @cached_property
    def compared(self) -> list[str]:
        """Indicators with a direction that two clouds have, and in which they differ."""
        return [code for code in table.counted().index if self.values[code].nunique() > 1]

    @cached_property
    def complete(self) -> list[str]:
        """Those of them that all three have."""
        return [code for code in self.compared if self.values[code].notna().all()]

    @property
    def is_enough(self) -> bool:
        """Whether enough is known of all three to rank them."""
        groups = table.counted().group[self.complete].nunique()
        return len(self.complete) >= LEAST_INDICATORS and groups >= LEAST_GROUPS

    def behind(self, codes: list[str]) -> dict[str, pd.DataFrame]:
        """Return the rows under some indicators by published table, each once."""
        parts: dict[str, list[pd.DataFrame]] = {}
        for code in codes:
            for name, rows in self.rows[code].items():
                parts.setdefault(name, []).append(rows)
        return {name: pd.concat(found).pipe(_once) for name, found in parts.items()}

    def space(self, codes: list[str], draws: int, seed: int = 0) -> Space:
        """Return all choices on some indicators: the data drawn anew, readings one by one, and every method."""
        own = self.cells[self.cells.indicator.isin(codes)]
        kept = {name: {way: frame[[code for code in frame if code in codes]] for way, frame in ways.items()}
                for name, ways in self.readings.items()}  # fmt: skip
        values = self.values[codes]
        order = [codes.index(code) for code in own.indicator.unique()]
        drawn = inputs.draw(_spread(own, kept), kept, draws=draws, seed=seed)[:, :, np.argsort(order)]
        base = values.to_numpy()
        named = {way: inputs.read(base, values, frame) for ways in kept.values() for way, frame in ways.items()
                 if len(frame.columns)}  # fmt: skip
        return space(values, table.structure(codes), drawn=drawn, readings=named)


def measure(known: Knowledge, codes: list[str] | None = None) -> Measured:
    """Return the indicators of a day; some of them where that is all that is asked for."""
    about = table.indicators()
    wanted = set(about.index if codes is None else codes)
    lists, counting = models.of_lists(known)
    figures, microsoft = money.accounts(known)
    found: dict[str, Cells] = lists | figures | offer.regions(known) | offer.compute(known)
    found |= {code: how(known) for code, how in ALONE.items() if code in wanted}
    parts = []
    for code in about.index:
        frame = found[code].frame if code in wanted else nothing().frame
        parts.append(frame.rename_axis("unit").reset_index().assign(indicator=code, spread=about.spread[code]))
    cells = pd.concat(parts, ignore_index=True)[list(inputs.COLUMNS)]
    readings = {"what counts as a model": counting, "Microsoft's figures": microsoft}
    rows = {code: found[code].rows if code in wanted else {} for code in about.index}
    return Measured(cells, {name: ways for name, ways in readings.items() if ways}, rows)


def _spread(cells: pd.DataFrame, readings: dict[str, dict[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return cells in which what readings exchange is exact: a way of counting is chosen alike for all clouds."""
    read = {code for ways in readings.values() for frame in ways.values() for code in frame}
    is_read = cells.indicator.isin(read)
    return cells.assign(low=cells.low.mask(is_read, cells.value), high=cells.high.mask(is_read, cells.value))


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep each row of a table once; rows of one table that several indicators use are the same rows."""
    return rows[~rows.astype("str").duplicated()].reset_index(drop=True)
