"""Prices that need a word: wrong in the source, without the accelerator, or of another scope. Reviewed by hand."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError

from cloudmarket import store
from cloudmarket.errors import CheckError

FILE = "curated/accelerator_price_reason.csv"
VERDICTS = ("wrong", "component", "definition")
"""``wrong``: no such price was ever asked; ``component``: the machine without its accelerator, as
a glance at the other regions of the same list shows; ``definition``: the list
counted less into the price than it did later, so that the step at its end is no change of price."""

SCHEMA = pa.DataFrameSchema(
    {
        "source": pa.Column("str"),
        "sku": pa.Column("str"),
        "region": pa.Column("str"),
        "kind": pa.Column("str"),
        "from_on": pa.Column("datetime64[s]"),
        "until_on": pa.Column("datetime64[s]", nullable=True),
        "verdict": pa.Column("str", pa.Check.isin(list(VERDICTS))),
        "known_on": pa.Column("datetime64[s]"),
        "reason": pa.Column("str", pa.Check.str_length(min_value=20)),
        "reference": pa.Column("str", pa.Check.str_length(min_value=10)),
    },
    strict=True,
    ordered=True,
)


def read() -> pd.DataFrame:
    """Return the reviewed prices.

    ``sku``, ``region`` and ``kind`` are regular expressions for the whole label; a row speaks of the prices that
    began on ``from_on`` or later and before ``until_on``. ``known_on`` is when it became known, as a rule the day on
    which the list itself printed otherwise.

    Raises
    ------
    CheckError
        If an entry lacks a reason or a reference, or its verdict is none of ``VERDICTS``.
    """
    rows = pd.read_csv(store.root() / "data" / "raw" / FILE, dtype="str", keep_default_na=False)
    try:
        for name in ("from_on", "until_on", "known_on"):
            rows[name] = pd.to_datetime(rows[name].where(rows[name] != "")).astype("datetime64[s]")
        return SCHEMA.validate(rows)
    except (KeyError, SchemaError, ValueError, TypeError) as error:
        raise CheckError(f"{FILE}: {error}") from error


def spoken_of(rows: pd.DataFrame, entry: pd.Series) -> pd.Series:
    """Return for each row of prices whether an entry of :func:`read` speaks of it."""
    meets: pd.Series = (rows.source == entry.source) & (rows.valid_from >= entry.from_on)
    if pd.notna(entry.until_on):
        meets &= rows.valid_from < entry.until_on
    for name in ("sku", "region", "kind"):
        meets &= rows[name].str.fullmatch(entry[name])
    return meets


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with ``is_component``, and with ``superseded_at`` for those that are wrong.

    The reason itself is in no row: it was often learnt after the row was printed.
    """
    rows = rows.assign(
        is_component=False, superseded_at=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    )
    for _, entry in read().iterrows():
        meets = spoken_of(rows, entry)
        if entry.verdict == "component":
            rows.loc[meets, "is_component"] = True
        elif entry.verdict == "wrong":
            known_at = entry.known_on.tz_localize("UTC")
            rows.loc[meets, "superseded_at"] = rows.observed_last_at[meets].clip(lower=known_at)
    return rows
