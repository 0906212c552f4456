"""Cloud AI Market: dated public evidence about the AI offerings of the clouds.

>>> import cloudmarket as cm
>>> prices = cm.load("token_price", as_of="2025-06-30")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cloudmarket import names
    from cloudmarket.errors import CloudMarketError
    from cloudmarket.tables import load, report_day
    from cloudmarket.tables.inputs import gaps

__all__ = ["CloudMarketError", "gaps", "load", "names", "report_day"]

_HOMES = {
    "CloudMarketError": "cloudmarket.errors",
    "gaps": "cloudmarket.tables.inputs",
    "load": "cloudmarket.tables",
    "report_day": "cloudmarket.tables",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: a build that finds nothing to do needs no pandas."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name == "names":
        return import_module("cloudmarket.names")
    raise AttributeError(f"module 'cloudmarket' has no attribute {name!r}")
