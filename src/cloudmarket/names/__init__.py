"""What things are called: reviewed tables of sellers, models, scopes and tiers, and small matchers."""

from cloudmarket.names._tables import clouds, developers, models, regions, scopes
from cloudmarket.names.matching import Offer, in_scope, match, unmatched
from cloudmarket.names.tiers import Tier, price_tier

__all__ = [
    "Offer",
    "Tier",
    "clouds",
    "developers",
    "in_scope",
    "match",
    "models",
    "price_tier",
    "regions",
    "scopes",
    "unmatched",
]
