"""``model_listing``: which model was on which seller's list, and to what interval the dates are known.

Catalogues stand side by side, told apart by ``source``. ``tokencost`` copies the litellm map and stands in while that
was not seen: a spell that begins in a copy is a fill, and goes on in the map's own row (``is_continued``).
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from cloudmarket import names
from cloudmarket.tables import fills, printed_prices
from cloudmarket.tables.base import BOOLEAN, DATE, INTEGER, TEXT, TIME_COLUMNS, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.labels import day_of, offers

# The map came with all models of a seller at once. A file per model is typed one by one: in its first month such a
# catalogue takes down what had long been there.
FILLING = {"litellm": pd.Timedelta(0), "models_dev": pd.Timedelta(days=30)}
_NEVER = pd.Timestamp.max.tz_localize("UTC").floor("us")
_SPELL = ["seller", "model"]

TABLE = Table(
    name="model_listing",
    grain="a spell during which a seller listed a model, as one source saw it",
    key=("source", "seller", "model", "valid_from"),
    sources=("litellm", "models_dev", "tokencost"),
    columns=(
        Column("source", TEXT, "Where the listing was read.", values=("litellm", "models_dev", "tokencost")),
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
        Column(
            "is_left_censored", BOOLEAN,
            "True if the spell began with the source's first look at the seller, so that the model may have been"
            " listed long before.",
        ),
        Column("is_fill", BOOLEAN, "True for a spell in a copy of the catalogue, while the catalogue was not seen."),
        Column("is_continued", BOOLEAN, "True if the spell goes on with one that began in a copy of the catalogue."),
        *TIME_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the spells of all catalogues."""
    times = {name: [moment.observed_at for moment in evidence.moments[name]] for name in TABLE.sources}
    map_rows = printed_prices.litellm_line(evidence, ())
    map_rows = map_rows[map_rows.suffix == ""]
    files = evidence.folded["models_dev"].to_pandas()
    files = files[files.context_from_tokens == 0].assign(is_fill=False)
    parts = [
        _spells("litellm", map_rows, fills.line(times["litellm"], times["tokencost"])),
        *([_spells("models_dev", files, times["models_dev"])] if len(files) else []),
    ]
    rows = pd.concat(parts, ignore_index=True)
    known = names.models()[["model", "kind", "version_on"]]
    rows = rows.merge(known, on="model", how="left").assign(is_printed=True, superseded_at=None)
    return TABLE.frame(rows[rows.valid_to.isna() | (rows.valid_to > rows.valid_from)])


def _spells(source: str, folded: pd.DataFrame, observed: list[datetime]) -> pd.DataFrame:
    """Return the spells of one catalogue from its labels' intervals; ``observed`` says when it was seen."""
    rows = folded.merge(offers(source, folded.provider, folded.label), on=["provider", "label"])
    rows = rows.sort_values([*_SPELL, "observed_first_at", "observed_last_at"], ignore_index=True)
    # A spell goes on while any label of the model is printed: it ends where all earlier rows have ended.
    reach = rows.ended_at.fillna(_NEVER).groupby([rows.seller, rows.model]).cummax()
    before = reach.groupby([rows.seller, rows.model]).shift()
    rows["spell"] = (before.isna() | (rows.observed_first_at > before)).cumsum()
    # Of a spell that begins in a copy, the catalogue's own part is a row of its own.
    began_in_copy = rows.groupby("spell").is_fill.transform("first")
    rows["is_fill_part"] = rows.is_fill & began_in_copy
    spells = _parts(rows)
    first = spells.groupby("spell").observed_first_at.transform("min")
    seen = pd.DatetimeIndex(observed).as_unit("us")
    place = seen.searchsorted(pd.DatetimeIndex(first))
    earlier = seen[(place - 1).clip(min=0)].to_series(index=spells.index)
    covered = rows.groupby("seller").observed_first_at.min()
    return spells.assign(
        first_listed_after_on=day_of(earlier).where(place > 0),
        is_left_censored=first - spells.seller.map(covered) <= FILLING[source],
        is_continued=spells.began_in_copy & ~spells.is_fill,
        valid_from=day_of(spells.observed_first_at),
        valid_to=day_of(pd.to_datetime(spells.ended_at, utc=True)),
        source=spells.is_fill.map({True: "tokencost", False: source}),
    )


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per spell, or two where it begins in a copy and goes on in the catalogue."""
    part = ["spell", "is_fill_part"]
    first = rows.groupby(part, sort=False).observed_first_at.transform("min")
    rows = rows.assign(
        label_at_first=rows.label.where(rows.observed_first_at == first),
        # Within a spell of the catalogue itself, a copy tells of other labels and not of when it was seen.
        own_last_at=rows.observed_last_at.where(rows.is_fill == rows.is_fill_part),
        end=rows.ended_at.fillna(_NEVER),
    )
    found = rows.groupby(part, sort=False).agg(
        seller=("seller", "first"), seller_kind=("seller_kind", "first"), model=("model", "first"),
        developer=("developer", "first"), is_alias=("is_alias", "first"), label_count=("label_at_first", "nunique"),
        observed_first_at=("observed_first_at", "min"), observed_last_at=("own_last_at", "max"), end=("end", "max"),
    )  # fmt: skip
    found = found.reset_index().rename(columns={"is_fill_part": "is_fill"})
    found["ended_at"] = found.end.where(found.end < _NEVER)
    found["began_in_copy"] = found.groupby("spell").is_fill.transform("any")
    return found
