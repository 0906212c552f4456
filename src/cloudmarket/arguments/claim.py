"""A claim: one sentence with its number, how far it can be trusted, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

TABLE = "table"
"""What a claim names for its figure where the notebook argues it by a table."""
COLUMNS = [
    "claim", "statement", "value", "low", "high", "unit", "interval", "evidence", "notebook", "figure", "sources",
    "rows", "would_change_if",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Claim:
    """One headline of a notebook.

    Attributes
    ----------
    claim : str
        Its name: lower-case words joined by hyphens, unique in the report, the same on every day.
    statement : str
        The sentence, with every number in it computed; it stands as the title of its figure.
    value, low, high : float
        The number that the sentence turns on, in ``unit``, and what the evidence leaves open; ends are missing where
        no interval is defined (a date, a census), and ``interval`` says why.
    unit : str
        ``percent``, ``USD bn``, ``points``, ``days``, ``models`` ... ; of a date, ``date`` (as a number, YYYYMMDD).
    interval : str
        What the ends are: "95 % interval, clustered by product", "range over publishers", "bounds of the snapshots".
    evidence : str
        Grades of the rows under it and the share of each: see :func:`grades`.
    notebook, figure : str
        Stem of the notebook's name and slug of the figure that argue it; ``TABLE`` where a table in it does.
    sources : sequence of str
        Folders in ``data/raw`` that the rows come from.
    rows : DataFrame
        The rows of published tables the number is computed from, with a first column ``table``; kept whole, so that
        the number can be computed again from them alone and each row followed to the snapshot or document it is from.
    would_change_if : str
        What evidence would overturn it.
    """

    claim: str
    statement: str
    value: float
    unit: str
    interval: str
    evidence: str
    notebook: str
    figure: str
    sources: Sequence[str]
    rows: pd.DataFrame
    would_change_if: str
    low: float = np.nan
    high: float = np.nan

    def __post_init__(self) -> None:
        """Refuse a claim that nobody could follow."""
        texts = [one.name for one in fields(self) if isinstance(getattr(self, one.name), str | tuple | list)]
        empty = [name for name in texts if not getattr(self, name)]
        if empty:
            raise ValueError(f"claim {self.claim!r} has no {empty[0]}")
        if self.rows.empty or self.rows.columns[0] != "table":
            raise ValueError(f"claim {self.claim!r} rests on no rows of a table")
        if not (np.isnan(self.low) or np.isnan(self.high)) and not self.low <= self.value <= self.high:
            raise ValueError(f"claim {self.claim!r}: {self.value} is not between {self.low} and {self.high}")

    def __repr__(self) -> str:
        return f"Claim({self.claim!r}: {self.statement})"


def grades(rows: pd.DataFrame) -> str:
    """Return the grades of the evidence of rows and the share of each, as ``A 12%, B 88%``."""
    shares = rows.evidence.value_counts(normalize=True).sort_index()
    return ", ".join(f"{grade} {share:.0%}" for grade, share in shares.items())


def rests_on(**tables: pd.DataFrame) -> pd.DataFrame:
    """Return rows of several published tables as one frame with a first column ``table``; named by table."""
    parts = [rows.assign(table=name) for name, rows in tables.items() if len(rows)]
    if not parts:
        return pd.DataFrame(columns=["table"])
    together = pd.concat(parts, ignore_index=True)
    return together[["table", *(name for name in together if name != "table")]]


def table(claims: Iterable[Claim]) -> pd.DataFrame:
    """Return claims as a table, ``COLUMNS``, one row each; ``rows`` is their number.

    Raises
    ------
    ValueError
        If two claims have one name.
    """
    listed = list(claims)
    frame = pd.DataFrame([{name: getattr(claim, name) for name in COLUMNS} for claim in listed], columns=COLUMNS)
    if frame.claim.duplicated().any():
        raise ValueError(f"two claims are called {frame.claim[frame.claim.duplicated()].iloc[0]!r}")
    return frame.assign(
        rows=[len(claim.rows) for claim in listed], sources=[", ".join(claim.sources) for claim in listed]
    )


def markdown(claims: Iterable[Claim]) -> str:
    """Return claims as a Markdown table in which each one links to the notebook that argues it."""
    rows = [
        {
            "finding": claim.statement,
            "value and range": f"{number(claim.value, claim.unit)}; {span(claim)}",
            "evidence": claim.evidence,
            "argued in": f"[{claim.figure}]({claim.notebook}.ipynb)",
            "would change if": claim.would_change_if,
        }
        for claim in claims
    ]
    return pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True) if rows else ""


def number(value: float, unit: str) -> str:
    """Return a value with its unit, as a reader would write it."""
    if unit == "date":
        return str(pd.Timestamp(str(int(value))).date())
    digits = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def span(claim: Claim) -> str:
    """Return the interval of a claim with what it is."""
    return between(claim.low, claim.high, claim.unit, claim.interval)


def between(low: float | None, high: float | None, unit: str, interval: str) -> str:
    """Return an interval with what it is; one end that is not known is open, and with none there is no interval."""
    ends = [np.nan if end is None else end for end in (low, high)]
    if np.isnan(ends).all():
        return interval
    shown = ["open" if np.isnan(end) else number(end, unit) for end in ends]
    return f"{shown[0]} to {shown[1]} ({interval})"
