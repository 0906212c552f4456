"""How large and how concentrated the market is, who grew and who pays: the argument of ``04_market_structure``."""

from __future__ import annotations

from datetime import date

from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.market import claims_accounts, claims_buildout, claims_shares
from cloudmarket.arguments.market.state import Market, market

__all__ = ["Market", "claims", "market"]


def claims(day: date) -> list[Claim]:
    """Return what the notebook states, by what was known on a day; a claim without evidence is absent."""
    found = market(day)
    return [claim for part in (claims_accounts, claims_shares, claims_buildout) for claim in part.claims(found)]
