"""What models cost on the clouds: the argument of ``06_token_prices``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cloudmarket.arguments import evidence
from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.prices import claims_list, claims_offers, claims_time
from cloudmarket.arguments.prices.state import Prices, parity_by_weights, prices

__all__ = ["Prices", "claims", "parity_by_weights", "prices"]


def claims(day: date) -> list[Claim]:
    """Return what the notebook states by what was known on a day; what was not known is absent."""
    found = prices(day)
    stated = [*claims_list.claims(found), *claims_offers.claims(found), *claims_time.claims(day)]
    # A catalogue that did not exist yet bore nothing out.
    seen = set(evidence.snapshots(day).source)
    return [replace(one, sources=[name for name in one.sources if name in seen]) for one in stated]
