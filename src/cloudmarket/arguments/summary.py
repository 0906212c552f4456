"""Which claims make the summary: one per question, in the order in which a reader asks them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cloudmarket.arguments.claim import Claim

# Of each line the first that is claimed on the day: what can be said later is said better.
QUESTIONS = (
    ("openai-exclusivity", "catalogue-openai-off-azure"),
    ("compute-bought", "money-into-labs"),
    ("deal-returns",),
    ("cloud-growth",),
    ("top-three-share", "concentration-world"),
    ("capex-per-cloud-dollar", "compute-owned"),
    ("catalogue-overlap", "catalogue-breadth"),
    ("price-parity",),
    ("price-same-rating-second", "price-same-rating-first"),
    ("price-channel-second", "price-channel-first"),
    ("price-changes", "evidence-corrections"),
    ("price-eu-azure", "price-eu-aws"),
)
MOST = 10


def headlines(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of the summary, ten at most, in the order of ``QUESTIONS``."""
    named = {claim.claim: claim for claim in claims}
    answers = [next((named[name] for name in names if name in named), None) for names in QUESTIONS]
    return [claim for claim in answers if claim is not None][:MOST]


def falls(claims: Sequence[Claim]) -> pd.DataFrame:
    """Return how far prices fell, by what is held equal: what, value, low, high in percent.

    Of listed models and of models of equal rating, from the claims on token prices; empty where neither is claimed.
    """
    rows = []
    for claim in claims:
        if claim.claim.startswith("price-matched-"):
            rows.append((f"listed models, {claim.claim.rsplit('-', 1)[1]}", -claim.value, -claim.high, -claim.low))
        elif claim.claim.startswith("price-same-rating-"):
            span = claim.statement.partition(" from ")[2].partition(";")[0]
            rows.append((f"equal rating, {span}", claim.value, claim.low, claim.high))
    return pd.DataFrame(rows, columns=["what", "value", "low", "high"])


def cards(chosen: Sequence[Claim]) -> pd.DataFrame:
    """Return the claims of the summary as they are drawn: statement, value, low, high, unit. A date has no scale."""
    rows = [
        (claim.statement, claim.value, claim.low, claim.high, claim.unit) for claim in chosen if claim.unit != "date"
    ]
    return pd.DataFrame(rows, columns=["statement", "value", "low", "high", "unit"])
