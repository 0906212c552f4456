"""Invariants that every published table keeps, and those of its kind. A broken one stops the build."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from pandera.errors import SchemaError, SchemaErrors

from cloudmarket.errors import CheckError
from cloudmarket.tables.base import Table
from cloudmarket.tables.token_price import OFFER, PRICES

# The map once dropped 72 keys in a month and 64 in another, of well over a thousand; a fifth gone at once is
# a broken upstream file, not churn.
LARGEST_SHRINK = 0.2


def check(table: Table, rows: pd.DataFrame) -> None:
    """Check a table against its schema and its invariants.

    Raises
    ------
    CheckError
        Naming the table, the check and the first rows that break it.
    """
    try:
        table.schema().validate(rows, lazy=True)
    except (SchemaError, SchemaErrors) as error:
        raise CheckError(f"{table.name}: {str(error)[:2000]}") from error
    if table.has_history:
        _expect(table, "valid_to after valid_from", rows, ~(rows.valid_to <= rows.valid_from))
        _expect(table, "observed in order", rows, rows.observed_last_at >= rows.observed_first_at)
    if table.name == "token_price":
        _expect(table, "batch and flex at most the standard price", *_cheaper(rows))
        for view, believed in (("printed", rows[rows.is_printed]), ("revised", rows)):
            _no_overlap(table, view, believed[believed.superseded_at.isna()])


def check_all(table: Table, rows: pd.DataFrame, found: Iterable[tuple[str, pd.Series]]) -> None:
    """Check a table against invariants of its own: (what must hold, whether it does by row).

    Raises
    ------
    CheckError
        Naming the table, the invariant and the first rows that break it.
    """
    for name, holds in found:
        _expect(table, name, rows, holds)


def check_coverage(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Check that a refresh has not lost a seller or a fifth of its rows.

    Raises
    ------
    CheckError
        Naming the seller.
    """
    who = next((name for name in ("seller", "cloud", "source") if name in before), table.names[0])
    counts = pd.DataFrame({"before": before[who].value_counts(), "after": after[who].value_counts()}).fillna(0)
    lost = counts[counts.after < (1 - LARGEST_SHRINK) * counts.before]
    if len(lost):
        raise CheckError(f"{table.name}: coverage shrank.\n{lost.to_string()}")


def _expect(table: Table, name: str, rows: pd.DataFrame, holds: pd.Series) -> None:
    if not holds.all():
        wrong = rows[~holds]
        raise CheckError(f"{table.name}: {len(wrong)} rows break '{name}'.\n{wrong.head(3).T.to_string()}")


def _no_overlap(table: Table, view: str, rows: pd.DataFrame) -> None:
    """Expect one price per offer and day."""
    rows = rows.sort_values([*OFFER, "valid_from"])
    previous_end = rows.groupby(list(OFFER), sort=False).valid_to.shift()
    is_first = ~rows.duplicated(list(OFFER))
    _expect(table, f"one {view} price per offer and day", rows, is_first | (previous_end <= rows.valid_from))


def _cheaper(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return believed batch and flex rows and whether each is at most its standard price on its first day."""
    believed = rows[rows.superseded_at.isna() & (rows.source == "litellm")]
    keys = ["source", "label", "context_from_tokens"]
    standard = believed.loc[believed.tier == "standard", [*keys, "valid_from", "valid_to", *PRICES[:2]]]
    cheap = believed[believed.tier.isin(["batch", "flex"])]
    pairs = cheap.merge(standard, on=keys, suffixes=("", "_standard"))
    meets = (pairs.valid_from >= pairs.valid_from_standard) & ~(pairs.valid_from >= pairs.valid_to_standard)
    pairs = pairs[meets]
    is_dearer = (pairs.input_usd_per_mtok > pairs.input_usd_per_mtok_standard * 1.001) | (
        pairs.output_usd_per_mtok > pairs.output_usd_per_mtok_standard * 1.001
    )
    return pairs, ~is_dearer
