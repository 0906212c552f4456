"""What the ends of price field names mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from cloudmarket.names._tables import Row, rows


@dataclass(frozen=True, slots=True)
class Tier:
    """A way to buy the same tokens.

    ``tier`` is standard, batch, flex, ...; the price holds for prompts of more than ``context_from_tokens``
    tokens, 0 where the field names no band.
    """

    tier: str
    context_from_tokens: int


@cache
def _parts() -> tuple[Row, ...]:
    # Longest first: "_batches" must not be read as a shorter part that begins alike.
    return tuple(sorted(rows("tiers"), key=lambda row: -len(row["part"])))


@lru_cache(maxsize=4096)
def price_tier(suffix: str) -> Tier | None:
    """Read what a source prints after the name of a price field.

    Parameters
    ----------
    suffix : str
        For ``input_cost_per_token_above_200k_tokens_batches`` it is ``_above_200k_tokens_batches``; the empty
        string is the standard tier.

    Returns
    -------
    Tier or None
        None where the suffix tells something else than a tier: how long a cache entry is kept
        (``_above_1hr``), another unit, or nothing the table knows.
    """
    tier, context, rest = None, None, suffix
    while rest:
        row = next((row for row in _parts() if rest.startswith(row["part"])), None)
        if row is None or row["kind"] == "cache_duration":
            return None
        if row["kind"] == "tier" and tier is None:
            tier = row["tier"]
        elif row["kind"] == "context" and context is None:
            context = int(row["context_from_tokens"])
        else:
            return None
        rest = rest[len(row["part"]) :]
    return Tier(tier or "standard", context or 0)
