"""What can be bought: list prices through time by what was known on a day, with where each offer is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from pandas.api.typing import NaTType

from cloudmarket import names, tables
from cloudmarket.arguments import price_map
from cloudmarket.arguments.prices import panel, quality
from cloudmarket.arguments.workload.basket import ANYWHERE, EU
from cloudmarket.tables import inputs
from cloudmarket.tables.accelerator_price import LEAST_SHARE
from cloudmarket.tables.benchmark_score import BOARD, FITTED

FIRST = pd.Timestamp("2022-07-01")
"""The lists of accelerators of two clouds begin here; token prices are known from later on."""
_PUBLIC = ("commercial", "sovereign")
_SCOPE_COUNTRIES = {"us": "US", "jp": "JP", "au": "AU", "in": "IN"}


@dataclass(frozen=True, eq=False, repr=False)
class Market:
    """Prices through time by what was known on a day.

    ``tokens`` and ``chips`` are rows of ``token_price`` and ``accelerator_price`` with ``seller``, ``place``,
    ``country`` (missing where not stated) and ``is_eu``. ``months``: the first of each month, and the day.
    ``token_months``: those of them in which the price map was seen. ``ratings`` by series. ``looks``: the days on
    which each source was read. ``doubtful``: prices left out because they are below half of what the machine usually
    costs: such prices were errors whenever the list was read again.
    """

    day: date
    tokens: pd.DataFrame
    chips: pd.DataFrame
    months: pd.DatetimeIndex
    token_months: pd.DatetimeIndex
    ratings: Mapping[str, pd.DataFrame]
    looks: Mapping[str, pd.DatetimeIndex]
    doubtful: int

    def __repr__(self) -> str:
        return f"Market({self.day}: {len(self.tokens)} token prices, {len(self.chips)} accelerator prices)"

    def at_least_as_good(self, model: str) -> pd.DataFrame:
        """Return the ratings of the models rated at least as high as one, on the scale that rates it; else none."""
        for series in (BOARD, FITTED):
            rated = self.ratings[series]
            own = rated.score[rated.model == model]
            if len(own):
                good: pd.DataFrame = rated[rated.score >= own.max()]
                return good
        return self.ratings[FITTED].iloc[:0]

    def seen_on(self, source: str, period: pd.Timestamp) -> pd.Timestamp | NaTType:
        """Return the newest look at a source by a day; missing where there was none."""
        looks = self.looks[source]
        past = looks[looks <= period]
        return past[-1] if len(past) else pd.NaT


def market(day: date) -> Market:
    """Return what could be bought, by what was known on a day; corrections of the lists are applied."""
    places = names.regions()[["seller", "region", "country", "is_eu", "kind"]]
    tokens = panel.believed(day)
    tokens = tokens[tokens.suspicion.isna()]
    chips = tables.load("accelerator_price", known_on=day).rename(columns={"cloud": "seller"})
    # A machine that the cloud's own list does not have in a region cannot be bought there, whatever is printed.
    is_whole = chips.usd_per_accelerator_hour.notna() & (chips.accelerator_count >= 1)
    chips = chips[is_whole & (chips.is_offered.astype("boolean").fillna(True))]
    is_doubtful = _is_doubtful(chips)
    chips = chips[~is_doubtful]
    months = pd.date_range(FIRST, day, freq="MS", unit="s")
    months = months.union(pd.DatetimeIndex([pd.Timestamp(day)], dtype="datetime64[s]"))
    sources = sorted({*tokens.source, *chips.source, price_map.SOURCE})
    return Market(
        day,
        _token_places(tokens.merge(places, on=["seller", "region"], how="left")),
        _placed(chips.merge(places, on=["seller", "region"], how="left")).assign(place=lambda rows: rows.region),
        months,
        panel.months(day),
        {series: quality.ratings(day, series) for series in (FITTED, BOARD)},
        {name: _looks(name, day) for name in sources},
        int(is_doubtful.sum()),
    )


def admissible(rows: pd.DataFrame, regions: str) -> pd.DataFrame:
    """Return the offers that are served where a line asks for; what does not say where is admitted only anywhere."""
    if regions == ANYWHERE:
        return rows
    return rows[rows.is_eu] if regions == EU else rows[rows.country == regions]


def _is_doubtful(chips: pd.DataFrame) -> pd.Series:
    """Whether an on-demand price is so low that it must leave something out, by the measure of the published table."""
    full = chips[chips.kind == "on_demand"]
    usual = full.groupby(["seller", "sku"]).usd_per_instance_hour.transform("median")
    is_low = full.usd_per_instance_hour < LEAST_SHARE * usual
    return is_low.reindex(chips.index, fill_value=False)


def _token_places(rows: pd.DataFrame) -> pd.DataFrame:
    rows = _placed(rows[rows.scope != "us-gov"])
    rows["is_eu"] = rows.is_eu | (rows.scope == EU)
    rows["country"] = rows.country.fillna(rows.scope.map(_SCOPE_COUNTRIES))
    return rows.assign(place=rows.channel + ", " + rows.region.fillna(rows.scope))


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what the public can buy, and say whether it is in the EU: not stated is not in it."""
    kept = rows[rows.kind_y.isna() | rows.kind_y.isin(_PUBLIC)] if "kind_y" in rows else None
    if kept is None:
        kept = rows[rows.kind.isna() | rows.kind.isin(_PUBLIC)]
    kept = kept.rename(columns={"kind_x": "kind"}).drop(columns="kind_y", errors="ignore").reset_index(drop=True)
    return kept.assign(is_eu=kept.is_eu.astype("boolean").fillna(False).astype(bool))


def _looks(source: str, day: date) -> pd.DatetimeIndex:
    names_of = (source, price_map.COPY) if source == price_map.SOURCE else (source,)
    seen = sorted({moment.observed_at.date() for name in names_of for moment in inputs.moments(name)})
    return pd.DatetimeIndex([one for one in seen if one <= day], dtype="datetime64[s]")
