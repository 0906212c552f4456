"""Whose tools developers use: the argument of ``09_developers``."""

from cloudmarket.arguments.developers.claims import CLOUD_NAMES, claims, stated
from cloudmarket.arguments.developers.downloads import AGENTS, ALL, BRINGS, BROUGHT, breaks
from cloudmarket.arguments.developers.state import COMPANIES, State, state
from cloudmarket.arguments.developers.surveys import others
from cloudmarket.arguments.developers.view import View, view

__all__ = [
    "AGENTS", "ALL", "BRINGS", "BROUGHT", "CLOUD_NAMES", "COMPANIES", "State", "View", "breaks", "claims", "others",
    "state", "stated", "view",
]  # fmt: skip
