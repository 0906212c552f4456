"""The tables of token prices, which are built together: prices as printed, their changes, what the changes mend."""

from __future__ import annotations

import pandas as pd

from cloudmarket.tables import corrections, model_listing, price_change, printed_prices, revision, token_price
from cloudmarket.tables.inputs import Evidence

TABLES = (model_listing.TABLE, price_change.TABLE, token_price.TABLE)


def build(evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Return the rows of each table in ``TABLES`` by its name."""
    litellm, genai = evidence.folded["litellm"], evidence.folded["genai_prices"]
    printed = printed_prices.printed(litellm, genai)
    changes = price_change.build(printed)
    observed = pd.DatetimeIndex([moment.observed_at for moment in evidence.moments["litellm"]])
    return {
        "model_listing": model_listing.build(litellm, observed),
        "price_change": changes,
        "token_price": revision.revise(printed, changes, corrections.read()),
    }
