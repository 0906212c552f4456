"""Exclusive listings with bounds: what snapshots of catalogues say, and what the days between them leave open.

References
----------
Manski (2003), Partial Identification of Probability Distributions, chapter 1: where data are missing, report the
sharpest bounds that hold whatever they would have said.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = ["day", "models", "alone", "share", "low", "high"]


def alone(spells: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return on each day the share of models that exactly one seller lists.

    Parameters
    ----------
    spells : DataFrame
        model, seller, valid_from, valid_to (missing while listed), first_listed_after_on (the last look without the
        model, missing where the first look shows it).
    days : DatetimeIndex

    Returns
    -------
    DataFrame
        day, models (seen listed), alone (of them at one seller), share, low, high (fractions; missing without models).
        The bounds let each model that may have been listed since the last look before its first be listed or not; a
        model first seen with its seller has no such look, and is taken as it is seen.
    """
    rows = []
    for day in days:
        seen = _sellers(spells[(spells.valid_from <= day) & ~(spells.valid_to <= day)])
        perhaps = spells[(spells.first_listed_after_on < day) & (spells.valid_from > day)]
        rows.append((day, *_share(seen, _pairs(perhaps))))
    return pd.DataFrame(rows, columns=COLUMNS)


def _pairs(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(rows.model, rows.seller, strict=True))


def _sellers(rows: pd.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for model, seller in _pairs(rows):
        found.setdefault(model, set()).add(seller)
    return found


def _share(seen: dict[str, set[str]], perhaps: set[tuple[str, str]]) -> tuple[int, int, float, float, float]:
    """Return models, those alone, their share, and the least and the most it can have been."""
    more: dict[str, set[str]] = {}
    for model, seller in perhaps - {(model, seller) for model, sellers in seen.items() for seller in sellers}:
        more.setdefault(model, set()).add(seller)
    single = {model for model, sellers in seen.items() if len(sellers) == 1}
    count, lone = len(seen), len(single)
    if not count:
        return 0, 0, float("nan"), float("nan"), float("nan")
    unseen = {model: sellers for model, sellers in more.items() if model not in seen}
    either = len(single & set(more))
    # A model not yet seen may add to those alone, or, with two possible sellers, to those that are not.
    several = sum(len(sellers) > 1 for sellers in unseen.values())
    low = (lone - either) / (count + several)
    high = (lone + len(unseen)) / (count + len(unseen))
    return count, lone, lone / count, low, high
