"""The corrections file: errors that a source still prints, each with a reason, evidence and a guard."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError

from cloudmarket import store
from cloudmarket.errors import CheckError
from cloudmarket.tables.token_price import PRICES

SCHEMA = pa.DataFrameSchema(
    {
        "source": pa.Column("str"),
        "label": pa.Column("str"),
        "tier": pa.Column("str"),
        "context_from_tokens": pa.Column("Int64"),
        "column": pa.Column("str", pa.Check.isin(list(PRICES))),
        "printed": pa.Column("float64"),
        "corrected": pa.Column("float64", pa.Check.gt(0)),
        "decided_on": pa.Column("datetime64[s]"),
        "reason": pa.Column("str", pa.Check.str_length(min_value=20)),
        "reference": pa.Column("str", pa.Check.str_length(min_value=10)),
    },
    unique=["source", "label", "tier", "context_from_tokens", "column"],
    strict=True,
    ordered=True,
)


def read() -> pd.DataFrame:
    """Return ``data/raw/corrections.csv``: one wrong price per row, what is right, and why.

    ``printed`` is the guard: the build fails once the newest snapshot no longer prints it.

    Raises
    ------
    CheckError
        If an entry lacks a reason, a reference, or names a column that is no price.
    """
    # A file without entries has no types of its own.
    text = dict.fromkeys(("source", "label", "tier", "column", "reason", "reference"), "str")
    rows = pd.read_csv(store.root() / "data" / "raw" / "corrections.csv", keep_default_na=False, dtype=text)
    try:
        rows["context_from_tokens"] = rows.context_from_tokens.astype("Int64")
        rows["decided_on"] = pd.to_datetime(rows.decided_on).astype("datetime64[s]")
        return SCHEMA.validate(rows.astype({"printed": "float64", "corrected": "float64"}))
    except (SchemaError, ValueError, TypeError) as error:
        raise CheckError(f"corrections.csv: {error}") from error
