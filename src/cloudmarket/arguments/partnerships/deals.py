"""Deals between the labs that make models and the clouds that run them: who, when, of what kind, for how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from cloudmarket.tables import series

# The announcement that the report starts from.
START = date(2019, 7, 22)

LABS = ("OpenAI", "Anthropic", "Mistral AI", "Meta", "xAI")
CLOUDS = {
    "Microsoft": "azure", "Amazon": "aws", "AWS": "aws", "Google": "gcp", "Oracle": "oracle", "CoreWeave": "coreweave",
}  # fmt: skip
NAMES = {"azure": "Microsoft", "aws": "Amazon", "gcp": "Google", "oracle": "Oracle", "coreweave": "CoreWeave"}

# What a deal is about is the type that its row names first; so is its amount.
PURPOSES = {
    "investment": "investment",
    "compute_contract": "compute",
    "compute_supplier": "compute",
    "infrastructure_venture": "venture",
    "partnership_change": "terms",
    "model_launch": "listing",
    "model_distribution": "listing",
}
KINDS = {
    "investment": "money into the lab",
    "compute": "computing the lab buys",
    "venture": "joint venture",
    "terms": "terms change",
    "listing": "models on the cloud",
}
# Reviewed by hand: rows whose amount is not what their first type says. The change of October 2025 states a purchase.
AMOUNT_OF = {(date(2025, 10, 28), "Microsoft+OpenAI"): "compute"}
# A tranche of a ceiling announced before: counted once.
PART_OF = {(date(2024, 3, 27), "Amazon+Anthropic"): (date(2023, 9, 25), "Amazon+Anthropic")}

Key = tuple[date, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the deals of one purpose add up to (USD bn).

    ``low`` takes amounts that a party states and that are no ceiling; ``high`` also ceilings, thresholds, round figures
    and what the press alone reports. A tranche within a ceiling is counted once. ``rows`` are the events behind it.
    """

    purpose: str
    low: float
    high: float
    rows: pd.DataFrame

    def __repr__(self) -> str:
        return f"Sum({self.purpose}: {self.low:,.1f} to {self.high:,.1f} USD bn, {len(self.rows)} deals)"


def deals(day: date) -> pd.DataFrame:
    """Return one row per lab and cloud of each deal known by a day, since the announcement of July 2019.

    Returns
    -------
    DataFrame
        Columns of ``event`` and lab, cloud (code), purpose, amount_of, amount (text as it may be read), is_firm; in
        order of time.
    """
    events = series.events(as_of=day)
    events = events[events.occurred_on >= pd.Timestamp(START)]
    rows = []
    for row in events.to_dict("records"):
        actors = row["actors"].split("+")
        clouds = list(dict.fromkeys(CLOUDS[name] for name in actors if name in CLOUDS))
        purpose = PURPOSES.get(row["type"].split("+")[0])
        if purpose is not None:
            rows += [{**row, "lab": lab, "cloud": cloud, "purpose": purpose}
                     for lab in LABS if lab in actors for cloud in clouds]  # fmt: skip
    found = pd.DataFrame(rows, columns=[*events.columns, "lab", "cloud", "purpose"])
    keys = [key(row) for row in records(found)]
    purposes = [AMOUNT_OF.get(one, purpose) for one, purpose in zip(keys, found.purpose, strict=True)]
    found["amount_of"] = pd.Series(purposes, index=found.index, dtype="object").where(found.amount_usd.notna())
    found["is_firm"] = (found.amount_qualifier == "exact") & ~found.is_amount_reported_only.fillna(True).astype("bool")
    found["amount"] = [amount(row) for row in records(found)]
    return found.sort_values(["occurred_on", "lab", "cloud"], kind="stable", ignore_index=True)


def records(rows: pd.DataFrame) -> Iterable[Any]:
    """Return rows as tuples with names, for loops that read several columns."""
    return rows.itertuples()


def key(row: Any) -> Key:
    """Return what tells an event from the others: the first day on which it can have been, and its actors."""
    return row.occurred_on.date(), row.actors


def amount(row: Any) -> str:
    """Return an amount as a label: ``$1bn``, ``up to $4bn``, ``reported $10bn``; empty without one."""
    usd, qualifier = row.amount_usd, row.amount_qualifier
    if pd.isna(usd):
        return ""
    billions = usd / 1e9
    text = f"${billions:,.4g}bn" if billions >= 0.1 else f"${usd / 1e6:,.0f}m"
    words = {"exact": "", "about": "about ", "up_to": "up to ", "above": "above "}[qualifier]
    reported = "reported " if row.is_amount_reported_only and words == "" else ""
    return f"{reported}{words}{text}"


def total(found: pd.DataFrame, purpose: str) -> Sum:
    """Return the sum of the amounts that are of one purpose; an event counts once, however many clouds it names."""
    rows = found[found.amount_of == purpose].drop_duplicates(["occurred_on", "actors", "headline"])
    there = {key(row) for row in records(rows)}
    tranche = pd.Series([PART_OF.get(key(row)) in there for row in records(rows)], index=rows.index, dtype="bool")
    low = float(rows.amount_usd[rows.is_firm].sum()) / 1e9
    high = float(rows.amount_usd[~tranche].sum()) / 1e9
    return Sum(purpose, low, high, rows)
