"""When models leave: the removal from a volunteer's list, and the day of retirement that the list itself prints.

A removal says that somebody cleaned the list. The map prints for part of its entries the day on which the seller
retires the model (``deprecation_date``); the two differ by months, so neither stands for the other.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket.arguments.catalogues.state import Catalogue
from cloudmarket.arguments.price_map import CLOUDS, SOURCE
from cloudmarket.measures import catalogue
from cloudmarket.tables import inputs
from cloudmarket.tables.labels import offers

HISTORY = "litellm_history"
"""Name under which rows of ``data/raw/litellm/history.parquet`` stand among the rows of a claim."""
CLEAN_UP = 10
"""A snapshot that drops at least so many models of the three clouds at once is a clean-up of the list."""
PAST, AHEAD, NONE = "printed date past", "printed date ahead", "no date printed"
"""Notice: how the retirement date that the list printed last lies to the removal."""
AGREED, DENIED, BLIND, NEVER = (
    "dropped it too",
    "lists it still",
    "not looked since",
    "never had it",
)
"""What the second catalogue says of a removal."""


def printed(day: date) -> pd.DataFrame:
    """Return the retirement date that the map prints of each model on a cloud, by what was known on a day.

    Of a model that is listed, by the labels that list it; of one that is gone, by the labels that went last. Where
    one of these has no date, the model has none: that label may be served on.

    Returns
    -------
    DataFrame
        seller, model, retires_on (missing where not printed), label_count, observed_first_at (of the newest row).
    """
    rows = _labels(day)
    if rows.empty:
        return pd.DataFrame(columns=["seller", "model", "retires_on", "label_count", "observed_first_at"])
    never = pd.Timestamp.max.tz_localize("UTC").floor("us")
    rows["end"] = rows.ended_at.fillna(never)
    rows = rows[rows.end == rows.groupby(["seller", "model"]).end.transform("max")]
    rows["retires_on"] = pd.to_datetime(rows.deprecation_date, format="%Y-%m-%d", errors="coerce")
    groups = rows.groupby(["seller", "model"])
    result = groups.agg(label_count=("label", "nunique"), observed_first_at=("observed_first_at", "max"))
    result["retires_on"] = groups.retires_on.agg(lambda days: days.max(skipna=False)).astype("datetime64[s]")
    return result.reset_index()[["seller", "model", "retires_on", "label_count", "observed_first_at"]]


def _labels(day: date) -> pd.DataFrame:
    """Return the last printed row of each label of the clouds by the end of a day; ends that lie later are not yet."""
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    columns = ["label", "suffix", "litellm_provider", "deprecation_date", "observed_first_at", "ended_at"]
    rows = inputs.folded(SOURCE).select(columns).to_pandas()
    rows = rows[(rows.suffix == "") & (rows.observed_first_at < end)]
    rows = rows.rename(columns={"litellm_provider": "provider"}).sort_values("observed_first_at")
    rows = rows.drop_duplicates(["provider", "label"], keep="last")
    known = offers(SOURCE, rows.provider, rows.label)
    known = known[known.seller.isin(CLOUDS)]
    found: pd.DataFrame = rows.merge(known[["provider", "label", "seller", "model"]], on=["provider", "label"])
    found["ended_at"] = found.ended_at.where(found.ended_at < end)
    return found


def past(rows: pd.DataFrame, dates: pd.DataFrame, day: date) -> pd.Series:
    """Return of each row (seller, model) whether its printed retirement date lies before the day."""
    found = rows[["seller", "model"]].merge(dates, on=["seller", "model"], how="left")
    return (found.retires_on < pd.Timestamp(day)).set_axis(rows.index)


def removals(found: Catalogue, dates: pd.DataFrame) -> pd.DataFrame:
    """Return the models that a cloud's list had and has no longer, and what else is known of each.

    The date is printed by the list itself and may be why it was cleaned: notice is no second witness. The second
    catalogue is.

    Returns
    -------
    DataFrame
        seller, model, developer, valid_from, last_seen_on and valid_to (the removal lies between), is_left_censored,
        retires_on, notice (``PAST``, ``AHEAD``, ``NONE``), second (``AGREED``, ``DENIED``, ``BLIND``, ``NEVER``),
        is_clean_up.
    """
    spells = found.spells.sort_values(["seller", "model", "valid_from"])
    # One that stands again was not removed, whatever the list said in between.
    last = spells.drop_duplicates(["seller", "model"], keep="last")
    gone = last[last.valid_to.notna()].copy()
    gone["last_seen_on"] = gone.observed_last_at.dt.tz_localize(None).dt.floor("D").astype("datetime64[s]")
    gone = gone.merge(dates[["seller", "model", "retires_on"]], on=["seller", "model"], how="left")
    gone["notice"] = NONE
    gone.loc[gone.retires_on.notna(), "notice"] = AHEAD
    gone.loc[gone.retires_on <= gone.valid_to, "notice"] = PAST
    gone["second"] = _second(found, gone)
    sizes = gone.groupby("valid_to").model.transform("size")
    kept = ["seller", "model", "developer", "valid_from", "last_seen_on", "valid_to", "is_left_censored"]
    kept += ["retires_on", "notice", "second", "is_clean_up"]
    rows = gone.assign(is_clean_up=(sizes >= CLEAN_UP).astype("bool"))[kept]
    return rows.sort_values(["valid_to", "seller", "model"], ignore_index=True)


def _second(found: Catalogue, gone: pd.DataFrame) -> list[str]:
    """Return what the second catalogue says of each removal."""
    other = catalogue.spells(found.rows, "models_dev").sort_values("valid_from")
    looked = other.observed_last_at.dt.tz_localize(None).max() if len(other) else pd.NaT
    last = other.drop_duplicates(["seller", "model"], keep="last").set_index(["seller", "model"]).valid_to
    said = []
    for seller, model, removed_on in zip(gone.seller, gone.model, gone.valid_to, strict=True):
        if (seller, model) not in last.index:
            said.append(NEVER)
        elif pd.notna(last[seller, model]):
            said.append(AGREED)
        else:
            said.append(DENIED if removed_on < looked else BLIND)
    return said


def undone(found: Catalogue) -> pd.DataFrame:
    """Return the removals that the list took back: seller, model, valid_to, returned_on."""
    spells = found.spells.sort_values(["seller", "model", "valid_from"])
    returned = spells.groupby(["seller", "model"]).valid_from.shift(-1)
    rows = spells.assign(returned_on=returned)[returned.notna()]
    return rows[["seller", "model", "valid_to", "returned_on"]].reset_index(drop=True)
