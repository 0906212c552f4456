"""Monthly panels of one comparable price per model and seller, from which indices are computed.

A model is followed at each seller under one label, the one listed longest: the cheapest label of each month would move
when labels come and go, and not only when a price does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.price_map import COPY, SOURCE, gaps, observed_months
from cloudmarket.history import end_of
from cloudmarket.measures import offers
from cloudmarket.tables import change_rules

MODES = ("chat", "responses")
PRINTED, CORRECTED, BORNE_OUT = "as printed", "corrections applied", "borne out only"
BASES = (PRINTED, CORRECTED, BORNE_OUT)
"""What counts as a change of a price: all that is printed; what corrections leave; what a second witness shows."""

SELLERS = ("aws", "azure", "gcp", "openai", "anthropic")
"""The three clouds, and the own platforms of the two developers whose models they sell most."""
EUROPEANS = ("nebius", "ovhcloud", "nscale", "scaleway")
STEPS = (MARKET, UNRESOLVED, DATED, ABSENT, SEAM, IMPLAUSIBLE) = (
    "market_change", "unresolved", "dated", "absent", "seam", "implausible"
)  # fmt: skip
"""Borne out; not told; at the day that a correction found; while the label was not listed; printed by nobody, where a
correction ends at the seam of the catalogue and its copy; not told and too large for a price."""
_TAKEN_OUT = {PRINTED: (), CORRECTED: (SEAM, IMPLAUSIBLE), BORNE_OUT: tuple(STEPS[1:])}
# The largest step that a second witness bears out is by five; characters taken for tokens make one by 16 or 64.
LARGEST = 7.5
COLUMNS = [
    "day", "seller", "model", "developer", "label", "scope", "context_tokens", "input_usd_per_mtok",
    "output_usd_per_mtok", "source", "tier", "context_from_tokens", "valid_from", "evidence", "observed_first_at",
]  # fmt: skip
_ITEM = ["seller", "model"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One row per seller, model and month seen.

    ``rows`` has ``COLUMNS`` and ``step``, what the price did since the month before in which the model was seen, one of
    ``STEPS`` or empty. ``removed`` counts steps by what they were that the basis takes out of the prices. ``left_out``
    counts models on offer without both prices, or with a price that looks wrong.
    """

    day: date
    basis: str
    rows: pd.DataFrame
    months: pd.DatetimeIndex
    left_out: int
    removed: pd.Series[int]

    def __repr__(self) -> str:
        items = self.rows.drop_duplicates(_ITEM)
        return (
            f"Panel({self.basis}: {len(items)} models at {items.seller.nunique()} sellers, {len(self.months)} months)"
        )


def months(day: date) -> pd.DatetimeIndex:
    """Return the days of a panel: the first of each month in which the catalogue was seen, and the day itself."""
    days = observed_months(day)
    for last, first in gaps(day):
        days = days[~((days > pd.Timestamp(last)) & (days < pd.Timestamp(first)))]
    return days


def panel(day: date, basis: str = CORRECTED) -> Panel:
    """Return the panel of chat models at all sellers, by what was known on a day.

    Raises
    ------
    ValueError
        If the basis is none of ``BASES``.
    """
    if basis not in BASES:
        raise ValueError(f"basis is {basis!r}; choose one of {', '.join(BASES)}")
    history = printed(day) if basis == PRINTED else believed(day)
    rows = offers.standard(history[history["mode"].isin(MODES) & history.scope.isin(offers.BASELINE_SCOPES)])
    days = months(day)
    valid = pd.concat(
        [rows[(rows.valid_from <= one) & ~(rows.valid_to <= one)].assign(day=one) for one in days], ignore_index=True
    )
    sound = valid[valid[offers.PAIR].notna().all(axis=1) & valid.suspicion.isna()]
    lost = len(valid[_ITEM].drop_duplicates()) - len(sound[_ITEM].drop_duplicates())
    found = _stepped(_representative(sound), day)
    removed = found.step[found.step.isin(_TAKEN_OUT[basis])].value_counts()
    kept = _without(found, _TAKEN_OUT[basis])
    return Panel(day, basis, kept[[*COLUMNS, "step"]], days, lost, removed)


def believed(day: date) -> pd.DataFrame:
    """Return the catalogue's prices with their history, corrections applied, by what was known on a day."""
    rows = tables.load("token_price", known_on=day)
    return rows[rows.source.isin((SOURCE, COPY))]


def printed(day: date) -> pd.DataFrame:
    """Return the catalogue's prices with their history as printed, errors in them, seen by the end of a day."""
    rows = tables.load("token_price")
    end = pd.Timestamp(end_of(day))
    return rows[rows.source.isin((SOURCE, COPY)) & rows.is_printed & (rows.observed_first_at < end)]


def _representative(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one label per seller and model: seen in most months, then the least bound, then by name."""
    rows = rows.sort_values([*_ITEM, "label", "day", "valid_from"]).drop_duplicates([*_ITEM, "label", "day"])
    labels = rows.groupby([*_ITEM, "label"]).agg(months=("day", "nunique"), scope=("scope", "last")).reset_index()
    labels["bound"] = labels.scope.ne(offers.BASELINE_SCOPES[0])
    best = labels.sort_values([*_ITEM, "months", "bound", "label"], ascending=[True, True, False, True, True])
    chosen = best.drop_duplicates(_ITEM)[[*_ITEM, "label"]]
    return rows.merge(chosen, on=[*_ITEM, "label"]).sort_values([*_ITEM, "day"], ignore_index=True)


def _stepped(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Add what each step of a price was, by the changes of its label since the month before."""
    before = rows.groupby(_ITEM)[[*offers.PAIR, "day"]].shift()
    moved = before.day.notna() & ((before[offers.PAIR] - rows[offers.PAIR]).abs() > 1e-9).any(axis=1)
    changes = tables.load("price_change", known_on=day)
    changes = changes[(changes.tier == "standard") & (changes.context_from_tokens == 0)]
    by_label = dict(iter(changes.groupby("label")))
    follows = dict(pairwise(sorted(rows.day.unique())))
    step = pd.Series("", index=rows.index)
    for place in rows.index[moved]:
        first, last = before.day[place], rows.day[place]
        own = by_label.get(rows.label[place], changes.iloc[:0])
        ratio = np.exp(np.abs(np.log(rows.loc[place, offers.PAIR].astype(float) / before.loc[place, offers.PAIR])))
        step[place] = _class(own, first, last, float(ratio.min()), is_next=follows[first] == last)
    return rows.assign(step=step)


def _class(changes: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, ratio: float, *, is_next: bool) -> str:
    """Return what a step between two days was, by the changes of its label and the factor it is by at least."""
    here = set(changes.change_class[(changes.changed_on > first) & (changes.changed_on <= last)])
    if change_rules.MARKET in here:
        return MARKET
    if ratio >= LARGEST:
        return IMPLAUSIBLE
    if change_rules.UNRESOLVED in here:
        return UNRESOLVED
    is_dated = bool(((changes.effective_on > first) & (changes.effective_on <= last)).any())
    return DATED if is_dated or here else SEAM if is_next else ABSENT


def _without(rows: pd.DataFrame, steps: Sequence[str]) -> pd.DataFrame:
    """Take steps out of the prices: what follows one is scaled back to the price before it."""
    rows = rows.copy()
    before = rows.groupby(_ITEM)[offers.PAIR].shift()
    for name in offers.PAIR:
        factor = (before[name] / rows[name]).where(rows.step.isin(steps), 1.0)
        rows[name] = rows[name] * factor.groupby([rows[key] for key in _ITEM]).cumprod()
    return rows.assign(step=rows.step.mask(rows.step.isin(steps), ""))
