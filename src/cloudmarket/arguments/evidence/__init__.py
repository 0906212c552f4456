"""What is known and how well: the argument of ``02_evidence``."""

from cloudmarket.arguments.evidence.archive import (
    LONG_DAYS,
    READ,
    UNREADABLE,
    covered,
    freshness,
    gaps,
    grades,
    regions,
    snapshots,
)
from cloudmarket.arguments.evidence.claims import claims
from cloudmarket.arguments.evidence.quality import agreement, corrections, dating
from cloudmarket.arguments.evidence.state import State, state
from cloudmarket.arguments.staleness import stale

__all__ = [
    "LONG_DAYS",
    "READ",
    "UNREADABLE",
    "State",
    "agreement",
    "claims",
    "corrections",
    "covered",
    "dating",
    "freshness",
    "gaps",
    "grades",
    "regions",
    "snapshots",
    "stale",
    "state",
]
