"""The deal of July 2019 and the race that it opened: the argument of ``03_partnerships``."""

from cloudmarket.arguments.partnerships.claims import by_name, claims, of
from cloudmarket.arguments.partnerships.state import Partnerships, partnerships

__all__ = ["Partnerships", "by_name", "claims", "of", "partnerships"]
