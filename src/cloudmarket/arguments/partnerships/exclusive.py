"""Exclusivity: the share of a developer's closed models that one of the three clouds lists alone, month by month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.catalogues import Catalogue
from cloudmarket.arguments.price_map import CLOUDS, blanked, observed_months
from cloudmarket.measures import catalogue, listing_bounds

DEVELOPERS = {
    "openai": "OpenAI", "anthropic": "Anthropic", "google": "Google", "amazon": "Amazon", "mistral": "Mistral AI",
    "cohere": "Cohere", "xai": "xAI", "meta": "Meta", "deepseek": "DeepSeek",
}  # fmt: skip
OWN = {"google": "gcp", "amazon": "aws"}
SECOND = "models_dev"
FEWEST = 3
"""Of fewer models than these no share is given: one listing would move it by half."""


def closed(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells of models known to have closed weights; those of unknown weights are left out."""
    is_open = names.models().set_index("model").is_open_weights
    return spells[(spells.model.map(is_open) == False).fillna(False).astype("bool")]  # noqa: E712


def shares(found: Catalogue) -> pd.DataFrame:
    """Return the share of each developer's closed models on one cloud only, by month.

    Returns
    -------
    DataFrame
        day, developer, kind, models, alone, share, low, high (percent); missing in months that nobody observed and for
        fewer models than ``FEWEST``. ``low`` and ``high`` bound what the days between two snapshots leave open.
    """
    own = closed(found.spells)
    own = own[own.developer.isin(list(DEVELOPERS)) & own.seller.isin(CLOUDS)]
    parts = []
    for developer, rows in own.groupby("developer"):
        counted = listing_bounds.alone(rows, observed_months(found.day))
        parts.append(counted.assign(developer=developer, kind=kind(str(developer))))
    columns = ["day", "models", "alone", "share", "low", "high", "developer", "kind"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    values = ["share", "low", "high"]
    frame[values] = (frame[values].astype("float64") * 100).where(frame.models >= FEWEST)
    return blanked(frame, found.day, values) if len(frame) else frame


def kind(developer: str) -> str:
    """Return whether a developer belongs to one of the clouds."""
    return "a cloud's own models" if developer in OWN else "an independent lab"


def second(day: date) -> pd.DataFrame:
    """Return the spells of the second catalogue that covers the three clouds: another look at the same question."""
    rows = tables.load("model_listing", known_on=day)
    rows = rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service")]
    own = catalogue.spells(rows, SECOND)
    return closed(own[own.valid_to.isna()])


def enough(frame: pd.DataFrame) -> list[str]:
    """Return the developers with a share on any day, those with most models first."""
    seen = frame.dropna(subset=["share"])
    most = seen.groupby("developer").models.max().sort_values(ascending=False, kind="stable")
    order = {name: place for place, name in enumerate(DEVELOPERS)}
    return sorted(most.index, key=lambda name: order[name])


def newest(found: Catalogue, developer: str, since: pd.Timestamp) -> pd.DataFrame:
    """Return the current spells of a developer's closed models that the three clouds first listed since a day."""
    own = closed(found.spells)
    own = own[(own.developer == developer) & own.seller.isin(CLOUDS)]
    first = own.groupby("model").valid_from.transform("min")
    return own[(first >= since) & own.valid_to.isna()]


def share_alone(rows: pd.DataFrame) -> float:
    """Return the share of the models in rows that have one seller (fraction; missing without rows)."""
    sellers = rows.groupby("model").seller.nunique()
    return float((sellers == 1).mean()) if len(sellers) else float("nan")


def last(frame: pd.DataFrame, developer: str) -> pd.Series | None:
    """Return the newest month of a developer with a share; None without one."""
    seen = frame[(frame.developer == developer)].dropna(subset=["share"])
    return seen.iloc[-1] if len(seen) else None


def day_of(found: Catalogue, developer: str, home: str) -> tuple[date, date | None] | None:
    """Return when a closed model was first seen off its home cloud, and the last look before; None if never."""
    own = closed(found.first)
    away = own[(own.developer == developer) & (own.seller != home)].sort_values(["valid_from", "seller", "model"])
    if away.empty:
        return None
    row = away.iloc[0]
    before = row.first_listed_after_on
    return row.valid_from.date(), None if pd.isna(before) else before.date()
