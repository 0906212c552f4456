"""What models cost on the clouds: the argument of ``06_token_prices``."""

from __future__ import annotations

from datetime import date

from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.prices import claims_list, claims_offers, claims_time
from cloudmarket.arguments.prices.state import Prices, parity_by_weights, prices

__all__ = ["Prices", "claims", "parity_by_weights", "prices"]


def claims(day: date) -> list[Claim]:
    """Return what the notebook states by what was known on a day; what was not known is absent."""
    found = prices(day)
    return [*claims_list.claims(found), *claims_offers.claims(found), *claims_time.claims(day)]
