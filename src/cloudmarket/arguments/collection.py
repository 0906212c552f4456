"""All claims of the report in one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module

from cloudmarket.arguments.claim import Claim
from cloudmarket.errors import CloudMarketError

ROOMS = (
    "evidence",
    "partnerships",
    "market",
    "catalogues",
    "prices",
    "accelerators",
    "europe",
    "developers",
    "positioning",
)
"""Modules of this package with a function ``claims(day)``, in the order of their notebooks."""


def collect(day: date) -> list[Claim]:
    """Return every claim that the report makes on a day, in the order of the notebooks.

    What was not known by then is not claimed.

    Raises
    ------
    ValueError
        If two claims have one name.
    """
    found = [claim for room in ROOMS for claim in claims_of(room)(day)]
    names = [claim.claim for claim in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"two claims are called {sorted(twice)[0]!r}")
    return found


def find(day: date, name: str) -> Claim:
    """Return one claim by its name.

    Raises
    ------
    CloudMarketError
        If the report makes no such claim on that day; the message lists those it makes.
    """
    found = {claim.claim: claim for claim in collect(day)}
    if name not in found:
        raise CloudMarketError(f"no claim {name!r} on {day}; there are: {', '.join(found)}")
    return found[name]


def claims_of(room: str) -> Callable[[date], list[Claim]]:
    """Return a room's function; imported when it is needed."""
    claims: Callable[[date], list[Claim]] = import_module(f"{__package__}.{room}").claims
    return claims
