"""What today's knowledge makes of the printed prices: corrections put beside the rows they correct.

A printed row that is known to be wrong stays, with ``superseded_at``; the rows that take its place have
``is_printed`` false and count from the moment at which the error was known. Nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.tables.change_rules import CORRECTIONS, MARKET
from cloudmarket.tables.token_price import OFFER, PRICES, TABLE, catalogue

Row = dict[Any, Any]


def revise(printed: pd.DataFrame, changes: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return printed rows and their corrections, by the classes of changes and the corrections file.

    Changes are applied from the newest back, so that an error that was mended in two steps gets the last
    price. A row counts as corrected from the moment at which all of its evidence was known.

    Raises
    ------
    CheckError
        If the corrections file expects a price that the newest snapshot does not print.
    """
    rows: list[Row] = printed.to_dict("records")
    added = [*_mend_changes(rows, changes.sort_values("changed_on", ascending=False).to_dict("records"))]
    added += _correct(rows, corrections)
    return TABLE.frame(pd.DataFrame([*rows, *added]))


def _mend_changes(rows: list[Row], changes: list[Row]) -> list[Row]:
    believed = [row for row in rows if pd.isna(row["superseded_at"])]
    starts = {(*_line(row), row["valid_from"]): row for row in believed}
    ends = {(*_line(row), row["valid_to"]): row for row in believed}
    mended: dict[tuple[Any, ...], Row] = {}
    added: list[Row] = []
    for change in changes:
        step = (*_line(change), change["changed_on"])
        before, after = ends[step], mended.get(step, starts[step])
        pieces = _pieces(before, after, change)
        if pieces:
            known = max(change["classified_at"], after["observed_first_at"])
            before["superseded_at"] = known
            pieces = [_known_since(piece, known) for piece in pieces]
            mended[(*_line(before), before["valid_from"])] = pieces[0]
            added += pieces
    return added


def _offer(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in OFFER)


def _line(row: Row) -> tuple[Any, ...]:
    """Return the offer within its catalogue: a copy's rows stand between those of the catalogue itself."""
    return catalogue(row["source"]), *_offer(row)[1:]


def _pieces(before: Row, after: Row, change: Row) -> list[Row]:
    """Return what held in the time of the row before a change, earliest first; none if it held itself."""
    effective = change["effective_on"]
    is_error = change["change_class"] in CORRECTIONS
    is_late_news = change["change_class"] == MARKET and effective < before["valid_to"]
    if not (is_error or is_late_news):
        return []
    start: pd.Timestamp = before["valid_from"] if pd.isna(effective) else max(effective, before["valid_from"])
    mended = before | {name: after[name] for name in PRICES} | {"valid_from": start}
    return [mended] if start == before["valid_from"] else [before | {"valid_to": start}, mended]


def _known_since(row: Row, known: pd.Timestamp) -> Row:
    """Mark a row as put in by a correction that has been known since an instant."""
    return row | {
        "is_printed": False,
        "observed_first_at": known,
        "observed_last_at": max(known, row["observed_last_at"]),
        "superseded_at": pd.NaT,
    }


def _correct(rows: list[Row], corrections: pd.DataFrame) -> list[Row]:
    """Apply the corrections file: the entries of an offer expect its printed prices and give the right ones."""
    added: list[Row] = []
    for _, group in corrections.groupby([*OFFER, "decided_on"], sort=True):
        entries = group.to_dict("records")
        expected = {entry["column"]: entry["printed"] for entry in entries}
        right = {entry["column"]: entry["corrected"] for entry in entries}
        wrong = [*_wrong(rows, _offer(entries[0]), expected)]
        if not any(pd.isna(row["valid_to"]) for row in wrong):
            raise CheckError(
                f"corrections.csv expects {entries[0]['label']} to print {expected}, but the newest snapshot does"
                " not. The source has mended itself: remove the entry; the rules class the change now."
            )
        known = entries[0]["decided_on"].tz_localize("UTC")
        for row in wrong:
            row["superseded_at"] = known
            added.append(_known_since(row | right, known))
    return added


def _wrong(rows: list[Row], offer: tuple[Any, ...], expected: dict[str, float]) -> Iterable[Row]:
    """Yield the believed rows of an offer that print what a correction expects."""
    for row in rows:
        is_believed = pd.isna(row["superseded_at"])
        if is_believed and _offer(row) == offer and all(row[name] == value for name, value in expected.items()):
            yield row
