"""What the race leaves for Europe and for France: the argument of ``08_europe``."""

from cloudmarket.arguments.europe.claims import by_country, claims
from cloudmarket.arguments.europe.state import EU, FRANCE, State, state
from cloudmarket.arguments.europe.view import View, view
from cloudmarket.arguments.price_map import CLOUDS

__all__ = ["CLOUDS", "EU", "FRANCE", "State", "View", "by_country", "claims", "state", "view"]
