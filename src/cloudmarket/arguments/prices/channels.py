"""Through which models prices at equal rating fell: cuts of listed ones, new ones, or ones that were taken off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.prices import index_frames, indices, quality
from cloudmarket.arguments.prices.indices import CLOUDS
from cloudmarket.measures.hedonic import channels as hedonic_channels
from cloudmarket.measures.hedonic.channels import TOTAL

SELLERS = ("aws", "azure", "gcp", "openai", CLOUDS)
NAMES = {
    "staying": "listed models cut", "entering": "new models", "leaving": "taken off", TOTAL: "all together",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Split:
    """The parts of one seller's fall in one span, with the rows under them."""

    seller: str
    span: quality.Span
    found: hedonic_channels.Channels
    rows: pd.DataFrame

    def __repr__(self) -> str:
        return f"Split({self.seller}, {index_frames.span_name(self.span)}: {self.found!r})"


def splits(day: date) -> list[Split]:
    """Return the split of each seller and span with enough rated models."""
    found = [split(span, seller) for span in index_frames.spans(day) for seller in SELLERS]
    return [one for one in found if one is not None]


def split(span: quality.Span, seller: str) -> Split | None:
    """Return the parts of a seller's fall at equal rating; None where its index cannot be computed."""
    line = indices.equal_rating(span, seller)
    if line is None:
        return None
    try:
        found = hedonic_channels.decompose(line.rows, indices.traits(line.rows, full=False), cluster="model")
    except ValueError:
        # Two months that share no rated model: nothing stays, so nothing enters or leaves beside it.
        return None
    return Split(seller, span, found, line.rows)


def frame(found: list[Split]) -> pd.DataFrame:
    """Return splits as ratios of prices, last month to first: seller, span, channel, value, low, high, models.

    The ratios of the channels multiply to that of all together.
    """
    parts = []
    for one in found:
        logs = one.found.last()
        last = pd.DataFrame(np.exp(logs.to_numpy()), index=logs.index, columns=logs.columns)
        counts = one.found.table.filter(like="n_").iloc[1:].sum()
        parts.append(
            last.assign(
                seller=one.seller, span=f"{one.rows.day.min():%Y-%m} to {one.rows.day.max():%Y-%m}",
                channel=[NAMES[str(name)] for name in last.index], models=one.rows.model.nunique(),
                entered=int(counts.n_entering), left=int(counts.n_leaving),
            )
        )  # fmt: skip
    columns = ["seller", "span", "channel", "value", "low", "high", "models", "entered", "left"]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)
