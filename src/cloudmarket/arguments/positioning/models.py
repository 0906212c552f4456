"""Indicators of the catalogues, and the ways of counting that change all three clouds alike."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.catalogues import arrival, catalogues, speed
from cloudmarket.arguments.catalogues.breadth import AS_LISTED, CHAT, FAMILY, SECOND, SIZES
from cloudmarket.arguments.catalogues.families import family
from cloudmarket.arguments.catalogues.state import OPEN, OWN, weights
from cloudmarket.arguments.positioning.cells import Cells, exact, nothing, ranged
from cloudmarket.arguments.positioning.knowledge import Knowledge, standing
from cloudmarket.arguments.price_map import CLOUDS, of_clouds
from cloudmarket.tables.model_listing import FILLING

COUNTED = ["models", "unique_share", "open_models", "developers"]
_SECOND = "models_dev"


def ways(known: Knowledge) -> dict[str, pd.DataFrame]:
    """Return what is listed by each way of counting, one row per cloud and what counts as one; the first as printed."""
    listed = _marked(known.listed)
    result = {
        AS_LISTED: listed,
        FAMILY: listed.assign(model=[family(name) for name in listed.model]),
        SIZES: listed.assign(model=[family(name, sizes=True) for name in listed.model]),
        CHAT: listed[listed.kind == "chat"],
    }
    other = standing(known.listings, known.day, _SECOND)
    # A seller's folder of the second catalogue still takes down old models in its first month.
    since = other.groupby("seller").valid_from.min()
    began = known.listings[known.listings.source == _SECOND].groupby("seller").valid_from.min()
    if set(since.index) == set(CLOUDS) and began.max() + FILLING[_SECOND] < pd.Timestamp(known.day):
        result[SECOND] = _marked(other)
    return {way: rows.drop_duplicates(["seller", "model"]) for way, rows in result.items()}


def count(listed: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators of what is listed, by cloud (index): ``COUNTED``."""
    clouds = listed.groupby("model").seller.nunique()
    rows = listed.assign(is_unique=100.0 * (listed.model.map(clouds) == 1))
    groups = rows.groupby("seller")
    table = pd.DataFrame({
        "models": groups.model.nunique(), "unique_share": groups.is_unique.mean(), "open_models": groups.is_open.sum(),
        "developers": groups.developer.nunique(),
    })  # fmt: skip
    return table.reindex(CLOUDS).astype("float64")


def of_lists(known: Knowledge) -> tuple[dict[str, Cells], dict[str, pd.DataFrame]]:
    """Return cells by indicator, with the range over ways of counting as ends, and the other ways as readings."""
    listed = known.listed
    if set(listed.seller) != set(CLOUDS):
        return {code: nothing() for code in (*COUNTED, "own_models")}, {}
    counted = {way: count(rows) for way, rows in ways(known).items()}
    printed = counted[AS_LISTED]
    every = pd.concat(counted)
    rows = _standing_rows(known)
    cells = {}
    for code in COUNTED:
        ends = every[code].groupby(level=1).agg(["min", "max"])
        frame = pd.DataFrame({"value": printed[code], "low": ends["min"], "high": ends["max"]})
        cells[code] = ranged(frame, model_listing=rows)
    own = listed.assign(own=100.0 * (listed.developer == listed.seller.map(OWN))).groupby("seller").own.mean()
    cells["own_models"] = exact(own, model_listing=rows)
    return cells, {way: table for way, table in counted.items() if way != AS_LISTED}


def of_arrival(known: Knowledge) -> Cells:
    """Return the share of models due that came within ``HORIZON`` days, with developers resampled.

    Only of a day by its own knowledge: releases are dated by statements that a catalogue carried then.
    """
    if known.day != known.known_on:
        return nothing()
    found = arrival.arrival(catalogues(known.day))
    if not found.is_enough:
        return nothing()
    share = speed.share_by(arrival.estimate(found.due)).percent
    ends = speed.clustered(found.due)
    low, high = ends.low.clip(upper=share), ends.high.clip(lower=share)
    frame = pd.DataFrame({"value": share, "low": low, "high": high})
    return ranged(frame, model_listing=known.listings.assign(evidence="C"), model_release=found.statements)


def _marked(listed: pd.DataFrame) -> pd.DataFrame:
    rows = listed[["seller", "model", "kind", "developer", "valid_from"]]
    return rows.assign(is_open=(weights(rows.model) == OPEN).to_numpy())


def _standing_rows(known: Knowledge) -> pd.DataFrame:
    """Return the rows of both catalogues that stand on the day, as a claim keeps them."""
    at, rows = pd.Timestamp(known.day), known.listings
    rows = rows[(rows.valid_from <= at) & ~(rows.valid_to <= at)]
    both = pd.concat([of_clouds(rows), rows[rows.source == _SECOND]])
    return both.assign(evidence="C")
