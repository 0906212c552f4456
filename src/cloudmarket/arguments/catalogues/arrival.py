"""How long after its release a model is listed on a cloud: intervals, because neither day is known exactly.

A model is *due* on a cloud if the cloud listed another model of the same developer, open or closed as this one, before
it came out: so what counts as due is known on the day of release and turns on nothing that came later. The clock runs
from the release; a model not listed by the last look is censored there. Only models that came out after the cloud was
first looked at are used: of older ones, those that came fast were there already (left truncation).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cloudmarket import names, tables
from cloudmarket.arguments.catalogues.churn import followed_until
from cloudmarket.arguments.catalogues.state import OWN, Catalogue, weights
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.measures import availability, catalogue

HORIZON = 90
"""Days after the release at which the clouds are compared."""
RANGE = "between the earliest and the latest day stated"
MOST, EARLIEST, LATEST, OWN_ENTRY = (
    "the day that most sellers' entries state",
    "the earliest day stated",
    "the latest day stated",
    "what the developer's own entry states",
)
SAME, ANY, CHAT, SOLD = (
    "due: supplied before, weights alike",
    "supplied before, whatever the weights",
    "due chat models",
    "due models that one of the three lists",
)
_SELLS = {"google-ai": "google", "amazon-nova": "amazon"} | OWN


@dataclass(frozen=True)
class Arrival:
    """Models due on each cloud and when they came.

    ``due``: a row per model and cloud: released from earliest_on to latest_on, first_listed_after_on and valid_from
    (missing where not listed), low and high (days; the time lies in (low, high]), is_before (listed before any stated
    day of release). ``left_out``: reason and pairs of a model and a cloud. ``statements`` are the rows they rest on.
    """

    due: pd.DataFrame
    left_out: pd.DataFrame
    statements: pd.DataFrame

    @property
    def is_enough(self) -> bool:
        """Whether on each cloud some models came, and ``FEWEST`` were still open at the ``HORIZON``."""
        came = self.due.groupby("seller").valid_from.count().reindex(CLOUDS, fill_value=0)
        open_until = [followed_until(self.due[self.due.seller == cloud]) for cloud in CLOUDS]
        return bool((came > 0).all() and min(open_until) >= HORIZON)

    @cached_property
    def curves(self) -> availability.Curves:
        """Share not yet listed by days since release, with a band over resampled models."""
        return estimate(self.due, draws=200)


def statements(found: Catalogue) -> pd.DataFrame:
    """Return the days of release stated by the day, those given up or suspect left out; models that are models."""
    rows = tables.load("model_release", known_on=found.day)
    rows = rows[~rows.is_suspect & rows.superseded_at.isna()]
    known = names.models().set_index("model")
    rows = rows.assign(kind=rows.model.map(known.kind), weights=weights(rows.model).to_numpy())
    is_alias = rows.model.map(known.is_alias).astype("bool")
    return rows[~is_alias & (rows.kind != "service")].reset_index(drop=True)


def released(stated: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Return earliest_on and latest_on per model by one reading of what is stated.

    Raises
    ------
    ValueError
        If there is no such reading.
    """
    if reading == OWN_ENTRY:
        stated = stated[stated.seller.map(lambda seller: _SELLS.get(seller, seller)) == stated.developer]
    dates = catalogue.released(stated)[["earliest_on", "latest_on"]]
    if reading == MOST:
        modes = stated.groupby("model").released_on.agg(lambda days: sorted(days.mode()))
        dates["earliest_on"] = pd.to_datetime(modes.map(lambda days: days[0])).astype("datetime64[s]")
        dates["latest_on"] = pd.to_datetime(modes.map(lambda days: days[-1])).astype("datetime64[s]")
    elif reading == EARLIEST:
        dates["latest_on"] = dates.earliest_on
    elif reading == LATEST:
        dates["earliest_on"] = dates.latest_on
    elif reading not in (RANGE, OWN_ENTRY):
        raise ValueError(f"no reading {reading!r} of a day of release")
    return dates


def arrival(found: Catalogue, reading: str = RANGE, models: str = SAME) -> Arrival:
    """Return when the models due on each cloud were listed there.

    Parameters
    ----------
    found : Catalogue
    reading : str
        Which of the days stated is taken for the release: ``RANGE``, ``MOST``, ``EARLIEST``, ``LATEST``, ``OWN_ENTRY``.
    models : str
        Which models count: ``SAME``, ``ANY``, ``CHAT``, ``SOLD``.
    """
    stated = statements(found)
    about = stated.drop_duplicates("model").set_index("model")[["developer", "kind", "weights"]]
    rows = released(stated, reading).join(about).reset_index().merge(pd.DataFrame({"seller": CLOUDS}), how="cross")
    first = found.first.assign(weights=weights(found.first.model).to_numpy())
    looked = rows.seller.map(found.spells.groupby("seller").valid_from.min())
    supplied = ["developer", "seller"] if models == ANY else ["developer", "weights", "seller"]
    since = first.groupby(supplied).valid_from.min().rename("supplied_on").reset_index()
    rows = rows.merge(since, on=supplied, how="left")
    dated = first[["seller", "model", "first_listed_after_on", "valid_from", "source"]]
    rows = rows.merge(dated, on=["seller", "model"], how="left")
    reasons = pd.Series("", index=rows.index)
    reasons[~(rows.supplied_on < rows.earliest_on)] = "cloud listed nothing alike of the developer before"
    reasons[~(rows.earliest_on > looked)] = "came out before the cloud was first looked at"
    if models == CHAT:
        reasons[(reasons == "") & (rows.kind != "chat")] = "no chat model"
    if models == SOLD:
        reasons[(reasons == "") & ~rows.model.isin(first.model)] = "no cloud lists it"
    left_out = reasons[reasons != ""].value_counts().rename_axis("reason").rename("pairs").reset_index()
    due = _timed(rows[reasons == ""].reset_index(drop=True), found)
    return Arrival(due, left_out.sort_values("reason", ignore_index=True), stated)


def _timed(due: pd.DataFrame, found: Catalogue) -> pd.DataFrame:
    """Add low and high, in days: the listing less the release, each between its own bounds."""
    seen = found.rows.observed_last_at.max()
    looked = pd.Timestamp(found.day) if pd.isna(seen) else seen.tz_localize(None).normalize()
    is_listed = due.valid_from.notna()
    low = (due.first_listed_after_on.where(is_listed, looked) - due.latest_on).dt.days.astype("float64") - 1
    high = (due.valid_from - due.earliest_on).dt.days.astype("float64")
    is_before = high < 0
    # Listed before any stated release: a preview, or a wrong day. It counts as there on the day of release.
    # What stood in a catalogue's very first snapshot may have been listed at any time since the release.
    due = due.assign(low=low.clip(lower=-1).fillna(-1), high=high.mask(is_before, 0.0), is_before=is_before.to_numpy())
    return due[~(due.low >= due.high)].reset_index(drop=True)


def estimate(due: pd.DataFrame, draws: int = 2) -> availability.Curves:
    """Return the curves by cloud; the day of release is day 0."""
    return availability.curves(due, "seller", low="low", high="high", start=-1, draws=draws)
