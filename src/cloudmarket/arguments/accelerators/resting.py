"""What the claims on prices share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on

if TYPE_CHECKING:
    from cloudmarket.arguments.accelerators.view import View

NOTEBOOK = "07_accelerators"
_DERIVED = ["definition", "family", "month", "seen_on", "unit", "log_price", "is_named",
    "product", "log_bf16", "log_memory", "vendor", "bf16_tflops_dense", "memory_gb"]  # fmt: skip


def told(name: str) -> str:
    """Return the name of a chip with its article."""
    return f"an {name}" if name[0] in "AEHLM" else f"a {name}"


def short(name: str) -> str:
    """Return the name of a chip without its form factor."""
    return re.sub(r" (?:SXM|PCIe)\d?", "", name)


def price_claim(
    seen: View, rows: pd.DataFrame, claim: str, figure: str, *, statement: str, value: float, unit: str, interval: str,
    would_change_if: str, low: float = float("nan"), high: float = float("nan"), with_chips: bool = False,
) -> Claim:  # fmt: skip
    """Return a claim that rests on rows of ``accelerator_price``, and on the chips' data sheets if it says so."""
    own = published(rows)
    tables = (
        {"accelerator": seen.found.sheets[seen.found.sheets.accelerator.isin(own.accelerator)]} if with_chips else {}
    )
    kept = rests_on(accelerator_price=own, **tables)
    sources = tuple(sorted(own.source.unique())) + (("curated",) if with_chips else ())
    return Claim(
        claim=claim, statement=statement, value=float(value), low=float(low), high=float(high), unit=unit,
        interval=interval,
        evidence=grades(kept), notebook=NOTEBOOK, figure=figure, sources=sources, rows=kept,
        would_change_if=would_change_if,
    )  # fmt: skip


def published(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of prices as the table publishes them, each once."""
    columns = [name for name in rows if name not in _DERIVED]
    keys = ["cloud", "region", "sku", "kind", "valid_from", "observed_first_at"]
    return rows[columns].drop_duplicates(keys).sort_values(keys, ignore_index=True)
