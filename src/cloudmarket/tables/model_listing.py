"""``model_listing``: which model was on which seller's list, and to what interval the dates are known."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from cloudmarket import names
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, TEXT, TIME_COLUMNS, Column, Table
from cloudmarket.tables.labels import day_of, offers

TABLE = Table(
    name="model_listing",
    grain="a spell during which a seller listed a model",
    key=("seller", "model", "valid_from"),
    sources=("litellm",),
    columns=(
        Column("source", TEXT, "Where the listing was read."),
        Column("seller", TEXT, "Who lists it."),
        Column("seller_kind", TEXT, "cloud, european_cloud or developer (a reference seller)."),
        Column("model", TEXT, "Canonical model."),
        Column("developer", TEXT, "Who made the model."),
        Column("kind", TEXT, "What the model does: chat, embedding, image, ...", is_required=False),
        Column("is_alias", BOOLEAN, "True for a moving label such as -latest."),
        Column("label_count", INTEGER, "Number of labels under which the seller listed it when the spell began."),
        Column("version_on", DATE, "Date in the developer's version id; not the day of release.", is_required=False),
        Column(
            "first_listed_after_on", DATE,
            "Day of the last snapshot without it: listed between then and valid_from. Missing if it stands in the"
            " first snapshot of all.", is_required=False,
        ),
        *TIME_COLUMNS,
    ),
)  # fmt: skip


def build(folded: pa.Table, observed: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the spells, from a folded history.

    Parameters
    ----------
    folded : pyarrow.Table
        History of the litellm map.
    observed : DatetimeIndex
        Dates (UTC) of the folded snapshots, in order.
    """
    rows = folded.select(["label", "litellm_provider", "observed_first_at", "observed_last_at", "ended_at"]).to_pandas()
    rows = rows.rename(columns={"litellm_provider": "provider"})
    rows = rows.merge(offers("litellm", rows.provider, rows.label), on=["provider", "label"])
    rows = rows.sort_values(["seller", "model", "observed_first_at", "observed_last_at"], ignore_index=True)
    # A spell goes on while any label of the model is printed: it ends where all earlier rows have ended.
    end = rows.ended_at.fillna(pd.Timestamp.max.tz_localize("UTC").floor("us"))
    reach = end.groupby([rows.seller, rows.model]).cummax()
    before = reach.groupby([rows.seller, rows.model]).shift()
    rows["spell"] = (before.isna() | (rows.observed_first_at > before)).cumsum()
    first = rows.groupby("spell", sort=False).observed_first_at.transform("min")
    rows["label_at_first"] = rows.label.where(rows.observed_first_at == first)
    spells = rows.groupby("spell", sort=False).agg(
        seller=("seller", "first"), seller_kind=("seller_kind", "first"), model=("model", "first"),
        developer=("developer", "first"), is_alias=("is_alias", "first"), label_count=("label_at_first", "nunique"),
        observed_first_at=("observed_first_at", "min"), observed_last_at=("observed_last_at", "max"),
    )  # fmt: skip
    spells["ended_at"] = rows.groupby("spell", sort=False).ended_at.agg(
        lambda ends: None if ends.isna().any() else ends.max()
    )
    return TABLE.frame(_finish(spells, observed))


def _finish(spells: pd.DataFrame, observed: pd.DatetimeIndex) -> pd.DataFrame:
    place = observed.searchsorted(pd.DatetimeIndex(spells.observed_first_at))
    earlier = observed[(place - 1).clip(min=0)].to_series(index=spells.index)
    spells["first_listed_after_on"] = day_of(earlier).where(place > 0)
    spells["valid_from"] = day_of(spells.observed_first_at)
    spells["valid_to"] = day_of(pd.to_datetime(spells.ended_at, utc=True))
    spells["source"], spells["is_printed"], spells["superseded_at"] = "litellm", True, pd.NaT
    known = names.models()[["model", "kind", "version_on"]]
    spells = spells.merge(known, on="model", how="left")
    return spells[spells.valid_to.isna() | (spells.valid_to > spells.valid_from)]
