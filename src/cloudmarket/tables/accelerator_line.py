"""One price per offer and time out of several lists, and what other lists say of it at that time.

A line of prices is cut wherever the price, the region list or another list changes, so that nothing in a piece was
learnt after the piece began.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from cloudmarket.tables.accelerator_listings import KEY, PRECEDENCE
from cloudmarket.tables.inputs import Evidence

SAME = 0.001
"""Prices that differ by less are one price: lists add up parts and round in different places."""
CONTENT = ["source", "currency", "price", "is_offered", "confirmed_by", "contradicted_by"]
_LISTED_CLOUD = "gcp"


def line(prices: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return pieces: KEY, source, currency, price, what others say, begins_at, seen_at, ends_at.

    ``prices`` are those of all lists; at most one per list, offer and time.
    """
    machines = evidence.folded["cyclenerd_machines"]
    offered = _offered(machines)
    first_list_at = pd.Timestamp(evidence.moments["cyclenerd_machines"][0].observed_at)
    pieces = _cuts(prices, offered, first_list_at)
    lists = {name: _at(pieces, prices[prices.source == name], KEY, ["price", "currency", "seen_at"])
             for name in PRECEDENCE}  # fmt: skip
    pieces = _winner(pieces, lists)
    pieces = pieces[pieces.source.notna()].reset_index(drop=True)
    others = {name: rows.loc[pieces.place].reset_index(drop=True) for name, rows in lists.items()}
    pieces["confirmed_by"], pieces["contradicted_by"] = _others(pieces, others)
    listed = _at(pieces, offered, ["region", "sku"], ["is_listed"]).is_listed.notna()
    has_list = (pieces.cloud == _LISTED_CLOUD) & (pieces.begins_at >= first_list_at)
    pieces["is_offered"] = listed.astype("boolean").where(has_list)
    return _joined(pieces)


def _offered(machines: pa.Table) -> pd.DataFrame:
    rows = machines.to_pandas().rename(
        columns={"machine": "sku", "observed_first_at": "begins_at", "ended_at": "ends_at"}
    )
    listed: pd.DataFrame = rows[["region", "sku", "begins_at", "ends_at"]].assign(is_listed=True)
    return listed


def _cuts(prices: pd.DataFrame, offered: pd.DataFrame, first_list_at: pd.Timestamp) -> pd.DataFrame:
    """Return the elementary pieces of each offer's time: ``KEY``, begins_at, ends_at, place."""
    keys = prices[KEY].drop_duplicates()
    listed = keys[keys.cloud == _LISTED_CLOUD].merge(offered, on=["region", "sku"])
    instants = [rows[[*KEY, column]].rename(columns={column: "begins_at"})
                for rows in (prices, listed) for column in ("begins_at", "ends_at")]  # fmt: skip
    first = keys[keys.cloud == _LISTED_CLOUD].assign(begins_at=first_list_at)
    cuts = pd.concat([*instants, first], ignore_index=True).dropna().drop_duplicates()
    cuts = cuts.astype({"begins_at": "datetime64[us, UTC]"})
    cuts = cuts.sort_values([*KEY, "begins_at"], ignore_index=True)
    cuts["ends_at"] = cuts.groupby(KEY, sort=False).begins_at.shift(-1)
    return cuts.assign(place=cuts.index)


def _at(pieces: pd.DataFrame, layer: pd.DataFrame, by: list[str], columns: list[str]) -> pd.DataFrame:
    """Return what a layer of intervals says when each piece begins; rows stand as in ``pieces``."""
    times = dict.fromkeys(("begins_at", "ends_at"), "datetime64[us, UTC]")
    layer = layer.astype(times).sort_values("begins_at").rename(columns={"ends_at": "layer_ends_at"})
    asked = pieces[[*by, "begins_at"]].reset_index().sort_values("begins_at")
    found = pd.merge_asof(asked, layer[[*by, "begins_at", "layer_ends_at", *columns]], on="begins_at", by=by)
    found[columns] = found[columns].mask(found.layer_ends_at <= found.begins_at)
    said: pd.DataFrame = found.set_index("index").loc[pieces.index, columns]
    return said


def _winner(pieces: pd.DataFrame, lists: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give each piece the price of the first list that prints one."""
    pieces = pieces.assign(
        source=pd.Series(None, index=pieces.index, dtype="object"), currency=None, price=float("nan")
    )
    pieces["seen_at"] = pd.Series(pd.NaT, index=pieces.index, dtype="datetime64[us, UTC]")
    for name, rows in lists.items():
        takes = pieces.source.isna() & rows.price.notna()
        pieces.loc[takes, ["currency", "price", "seen_at"]] = rows.loc[takes, ["currency", "price", "seen_at"]]
        pieces.loc[takes, "source"] = name
    return pieces


def _others(pieces: pd.DataFrame, lists: dict[str, pd.DataFrame]) -> tuple[pd.Series, pd.Series]:
    """Return which other lists print the same price at the time, and which another, with the price."""
    confirmed = pd.Series(None, index=pieces.index, dtype="object")
    contradicted = confirmed.copy()
    for name, rows in lists.items():
        speaks = (pieces.source != name) & rows.price.notna()
        is_same = (rows.price / pieces.price - 1).abs() < SAME
        confirmed[speaks & is_same] = name
        differs = speaks & ~is_same
        contradicted[differs] = name + ": " + rows.price[differs].round(6).astype("str")
    return confirmed, contradicted


def _joined(pieces: pd.DataFrame) -> pd.DataFrame:
    """Join pieces that follow each other and say the same."""
    content = pieces[[*KEY, *CONTENT]].astype("object").where(lambda cells: cells.notna(), "")
    is_same = (content == content.shift()).all(axis=1) & pieces.begins_at.eq(pieces.ends_at.shift())
    run = (~is_same).cumsum()
    joined = pieces[~run.duplicated()].reset_index(drop=True)
    joined["ends_at"] = pieces.ends_at[~run.duplicated(keep="last")].reset_index(drop=True)
    seen = pieces.seen_at[~run.duplicated(keep="last")].reset_index(drop=True)
    # What the list still printed after the piece was cut for another reason was seen until the cut.
    joined["seen_at"] = seen.where(~(seen > joined.ends_at), joined.ends_at)
    joined["seen_at"] = joined.seen_at.where(joined.seen_at >= joined.begins_at, joined.begins_at)
    return joined
