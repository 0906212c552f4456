"""What the notebook on partnerships states: each headline with its number, interval, evidence and rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.partnerships import claims_listing, claims_money, claims_returns
from cloudmarket.arguments.partnerships.state import Partnerships, partnerships


def claims(day: date) -> list[Claim]:
    """Return the claims of the notebook for a day; what was not known then is absent."""
    return of(partnerships(day))


def of(found: Partnerships) -> list[Claim]:
    """Return the claims that rest on a state, in the order of the notebook."""
    return list(_all(found))


def _all(found: Partnerships) -> Iterator[Claim]:
    yield from claims_money.sums(found)
    yield from claims_returns.claims(found)
    yield from claims_money.computing(found)
    yield from claims_money.tokens(found)
    yield from claims_listing.claims(found)


def by_name(listed: list[Claim]) -> dict[str, Claim]:
    """Return claims by their name."""
    return {claim.claim: claim for claim in listed}
