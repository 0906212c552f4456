"""The tables of token prices, which are built together: prices as printed, their changes, what the changes mend."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.history import fold
from cloudmarket.sources import models_dev, tokencost
from cloudmarket.tables import (
    corrections,
    model_listing,
    model_release,
    price_change,
    printed_prices,
    revision,
    token_price,
)
from cloudmarket.tables.checks import check_all
from cloudmarket.tables.inputs import Evidence

TABLES = (model_listing.TABLE, model_release.TABLE, price_change.TABLE, token_price.TABLE)


def build(evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Return the rows of each table in ``TABLES`` by its name.

    A project that does not follow the later sources builds the tables from the others.

    Raises
    ------
    CheckError
        If a copy overlaps the catalogue that it copies.
    """
    evidence = _completed(evidence)
    printed = printed_prices.printed(evidence)
    changes = price_change.build(printed)
    revised = revision.revise(printed, changes, corrections.read())
    for rows in (printed, revised):
        check_all(token_price.TABLE, *_line(rows))
    return {
        "model_listing": model_listing.build(evidence),
        "model_release": model_release.build(evidence),
        "price_change": changes,
        "token_price": revised,
    }


def _completed(evidence: Evidence) -> Evidence:
    """Return the evidence with nothing from those later sources that are not followed."""
    absent = [source for source in (models_dev, tokencost) if source.NAME not in evidence.folded]
    nothing = {source.NAME: fold([], source.COLUMNS, source.KEY_COUNT) for source in absent}
    return Evidence({**nothing, **evidence.folded}, {**dict.fromkeys(nothing, ()), **evidence.moments})


def _line(rows: pd.DataFrame) -> tuple[pd.DataFrame, Iterator[tuple[str, pd.Series]]]:
    """Return the believed rows in order, and what must hold of a catalogue and its copy together."""
    offer = ["catalogue", *token_price.OFFER[1:]]
    believed = rows[rows.superseded_at.isna()]
    believed = believed.assign(catalogue=believed.source.map(token_price.catalogue))
    believed = believed.sort_values([*offer, "valid_from"])
    ends = believed.groupby(offer, sort=False).valid_to.shift()
    is_first = ~believed.duplicated(offer)
    holds = [
        ("one price per offer and day of a catalogue and its copy", is_first | (ends <= believed.valid_from)),
        ("what a copy fills in is marked", believed.is_fill == believed.source.isin(token_price.COPIES)),
    ]
    return believed, iter(holds)
