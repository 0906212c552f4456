"""Labels and days as tables need them: who sells what under a label, which tier a suffix names."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from cloudmarket import names

WHO = ("seller", "seller_kind", "channel", "model", "developer", "scope", "region", "is_alias")
"""What a label says, as fields of :class:`cloudmarket.names.Offer`."""


def offers(source: str, provider: pd.Series, label: pd.Series) -> pd.DataFrame:
    """Return who sells what under each label, one row per distinct (provider, label) that matches."""
    pairs = pd.DataFrame({"provider": provider, "label": label}).dropna().drop_duplicates()
    rows = []
    for printed_provider, printed_label in pairs.itertuples(index=False):
        offer = names.match(source, printed_provider, printed_label)
        # A commitment is capacity by the hour: its token price would be a price of something else.
        if offer is not None and offer.commitment is None:
            rows.append((printed_provider, printed_label, *(getattr(offer, name) for name in WHO)))
    return pd.DataFrame(rows, columns=["provider", "label", *WHO])


def tiers(suffixes: pd.Series) -> pd.DataFrame:
    """Return tier and context band of each distinct suffix; a suffix that is no tier drops out."""
    rows = []
    for suffix in sorted(set(suffixes)):
        tier = names.price_tier(suffix)
        if tier is not None:
            rows.append((suffix, tier.tier, tier.context_from_tokens))
    return pd.DataFrame(rows, columns=["suffix", "tier", "context_from_tokens"])


def unmatched(
    litellm: pa.Table, genai: pa.Table, models_dev: pa.Table | None = None, tokencost: pa.Table | None = None
) -> pd.DataFrame:
    """Return the labels of sellers in scope that no reviewed name matches: source, provider, label.

    A copy of the litellm map has that map's labels, and is read and reported as it.
    """
    read = (
        ("litellm", "litellm_provider", litellm),
        ("genai_prices", "provider_id", genai),
        ("models_dev", "provider", models_dev),
        ("litellm", "litellm_provider", tokencost),
    )
    pairs = {
        (source, *pair) for source, column, folded in read if folded is not None for pair in _pairs(folded, column)
    }
    return names.unmatched(sorted(pairs))


def _pairs(folded: pa.Table, provider: str) -> set[tuple[str, str]]:
    """Return each printed pair once; an entry without a provider names no seller, so none in scope."""
    pairs = set(zip(folded[provider].to_pylist(), folded["label"].to_pylist(), strict=True))
    return {pair for pair in pairs if pair[0] is not None}


def day_of(instants: pd.Series) -> pd.Series:
    """Return the UTC day of each instant."""
    days: pd.Series = instants.dt.tz_convert("UTC").dt.tz_localize(None).dt.floor("D").astype("datetime64[s]")
    return days
