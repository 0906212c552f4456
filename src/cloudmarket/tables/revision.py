"""What today's knowledge makes of the printed prices: corrections put beside the rows they correct.

A printed row that is known to be wrong stays, with ``superseded_at``; the rows that take its place have
``is_printed`` false and count from the moment at which the error was known. Nothing is overwritten.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.tables.change_rules import CORRECTIONS, MARKET
from cloudmarket.tables.token_price import OFFER, PRICES, TABLE


def revise(printed: pd.DataFrame, changes: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return printed rows and their corrections, by the classes of changes and the corrections file.

    Changes are applied from the newest back, so that an error that was mended in two steps gets the last
    price. A row counts as corrected from the moment at which all of its evidence was known.
    """
    rows = printed.copy()
    added: list[pd.Series] = []
    position = _positions(rows)
    replaced: dict[int, pd.Series] = {}
    for change in changes.sort_values("changed_on", ascending=False).itertuples(index=False):
        before, after = _sides(position, change)
        successor = replaced.get(after, rows.loc[after])
        pieces = _pieces(rows.loc[before], successor, change)
        if pieces:
            known = max(change.classified_at, successor.observed_first_at)
            rows.loc[before, "superseded_at"] = known
            pieces = [_known_since(piece, known) for piece in pieces]
            replaced[before] = pieces[0]
            added.extend(pieces)
    rows, more = _correct(rows, corrections)
    return TABLE.frame(pd.concat([rows, pd.DataFrame([*added, *more])], ignore_index=True))


def _known_since(piece: pd.Series, known: pd.Timestamp) -> pd.Series:
    """Mark a row as put in by a correction that has been known since an instant."""
    piece = piece.copy()
    piece["is_printed"] = False
    piece["observed_first_at"] = known
    piece["observed_last_at"] = max(known, piece["observed_last_at"])
    piece["superseded_at"] = pd.NaT
    return piece


_Position = dict[tuple[object, ...], int]


def _positions(rows: pd.DataFrame) -> tuple[_Position, _Position]:
    """Return where the believed row of an offer begins, and where it ends, on a day."""
    believed = rows[rows.superseded_at.isna()]
    offers = list(believed[list(OFFER)].itertuples(index=False, name=None))
    starts = {(*offer, day): place for offer, day, place in zip(offers, believed.valid_from, believed.index, strict=True)}
    ends = {(*offer, day): place for offer, day, place in zip(offers, believed.valid_to, believed.index, strict=True)}
    return starts, ends


def _sides(position: tuple[_Position, _Position], change: object) -> tuple[int, int]:
    offer = tuple(getattr(change, name) for name in (*OFFER, "changed_on"))
    return position[1][offer], position[0][offer]


def _pieces(before: pd.Series, after: pd.Series, change: object) -> list[pd.Series]:
    """Return what held in the time of the row before a change, earliest first; empty if it held itself."""
    change_class: str = change.change_class  # type: ignore[attr-defined]
    effective: pd.Timestamp = change.effective_on  # type: ignore[attr-defined]
    is_error = change_class in CORRECTIONS
    is_late_news = change_class == MARKET and effective < before.valid_to
    if not (is_error or is_late_news):
        return []
    start = effective if pd.notna(effective) else before.valid_from
    start = max(start, before.valid_from)
    mended = before.copy()
    mended[list(PRICES)] = after[list(PRICES)]
    mended["valid_from"] = start
    if start == before.valid_from:
        return [mended]
    kept = before.copy()
    kept["valid_to"] = start
    return [kept, mended]


def _correct(rows: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.Series]]:
    """Apply the corrections file: the entries of an offer expect its printed prices and give the right ones."""
    more = []
    for (*offer, decided_on), entries in corrections.groupby([*OFFER, "decided_on"], sort=True):
        is_offer = (rows[list(OFFER)] == offer).all(axis=1) & rows.superseded_at.isna()
        columns = list(entries.column)
        is_wrong = is_offer & (rows[columns] == list(entries.printed)).all(axis=1)
        if not (is_wrong & rows.valid_to.isna()).any():
            raise CheckError(
                f"corrections.csv expects {offer[1]} to print {dict(zip(columns, entries.printed, strict=True))}, but"
                " the newest snapshot does not. The source has mended itself: remove the entry; the rules class"
                " the change now."
            )
        known = decided_on.tz_localize("UTC")
        for place in rows.index[is_wrong]:
            mended = rows.loc[place].copy()
            mended[columns] = list(entries.corrected)
            rows.loc[place, "superseded_at"] = known
            more.append(_known_since(mended, known))
    return rows, more
