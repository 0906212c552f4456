"""Frames of price indices to draw and to read: lines by seller, a table of methods, variants that change the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from cloudmarket.arguments.prices import indices, panel, quality
from cloudmarket.arguments.prices.indices import CLOUDS, EUROPE, Line

SHOWN = (CLOUDS, "aws", "azure", "gcp", "openai", "anthropic", "google-ai", EUROPE)
MATCHED, WITNESSED = "matched", "borne out"
_BLENDS = (1.0, 10.0)


@lru_cache(maxsize=8)
def panels(day: date) -> dict[str, panel.Panel]:
    """Return the panel of each basis by what was known on a day."""
    return {basis: panel.panel(day, basis) for basis in panel.BASES}


@lru_cache(maxsize=8)
def spans(day: date) -> tuple[quality.Span, ...]:
    """Return the spans of rated models by what was known on a day, corrections applied."""
    return tuple(quality.spans(panels(day)[panel.CORRECTED]))


def span_name(span: quality.Span) -> str:
    """Return how a figure names the models of a span."""
    return f"same rating, to {span.last:%Y-%m}"


def lines(day: date) -> dict[tuple[str, str], Line]:
    """Return the indices that the figure draws, by seller and name."""
    found = {}
    for seller in SHOWN:
        for name, basis in ((MATCHED, panel.CORRECTED), (WITNESSED, panel.BORNE_OUT)):
            found[seller, name] = indices.tpd(panels(day)[basis], seller)
        for span in spans(day):
            found[seller, span_name(span)] = indices.equal_rating(span, seller)
    return {key: line for key, line in found.items() if line is not None}


def frame(found: dict[tuple[str, str], Line]) -> pd.DataFrame:
    """Return lines as a tidy frame: seller, method, day, index, low, high; days that nobody saw break them."""
    parts = []
    for (seller, name), line in found.items():
        band = line.found.interval()
        own = pd.DataFrame({"index": line.found.index, "low": band.low, "high": band.high}).rename_axis("day")
        parts.append(_broken(own.reset_index()).assign(seller=seller, method=name))
    return pd.concat(parts, ignore_index=True)[["seller", "method", "day", "index", "low", "high"]]


def _broken(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a row without values after each day that is followed by months nobody saw."""
    later = rows.day.shift(-1) - rows.day > pd.Timedelta(days=45)
    holes = pd.DataFrame({"day": rows.day[later] + pd.Timedelta(days=1)})
    return pd.concat([rows, holes], ignore_index=True).sort_values("day", ignore_index=True)


def methods(day: date) -> pd.DataFrame:
    """Return a table of matched indices and those at equal rating: last value, interval, and what each rests on."""
    corrected, witnessed = panels(day)[panel.CORRECTED], panels(day)[panel.BORNE_OUT]
    rows: list[dict[str, object]] = []
    for seller in SHOWN:
        matched = {
            "Jevons, fixed base": indices.jevons(corrected, seller, "fixed"),
            "Jevons, chained": indices.jevons(corrected, seller, "chained"),
            "time-product dummy": indices.tpd(corrected, seller),
            "time-product dummy, each developer the same": indices.tpd(corrected, seller, weights="developer"),
            "time-product dummy, borne-out changes only": indices.tpd(witnessed, seller),
        }
        at_rating = {f"hedonic, {span_name(span)}": indices.equal_rating(span, seller) for span in spans(day)}
        rows += [_described(seller, name, line) for name, line in (matched | at_rating).items() if line is not None]
    return pd.DataFrame(rows)


def _described(seller: str, name: str, line: Line) -> dict[str, object]:
    band = line.found.interval().iloc[-1]
    return {
        "seller": seller, "index": name, "from": line.rows.day.min().date(), "last": line.found.index.iloc[-1],
        "low": band.low, "high": band.high, "models": line.rows.model.nunique(), "changes": line.found.n_price_changes,
        "borne out": line.changes,
    }  # fmt: skip


def variants(day: date, sellers: Iterable[str] = ("aws", "azure", "gcp")) -> pd.DataFrame:
    """Return the price after a year under other weights, blends, classes of changes and characteristics.

    Returns
    -------
    DataFrame
        seller, variant, value, low, high, changes, borne_out; a row each, in the order to draw; missing where there
        is too little to compute it from.
    """
    rows = []
    for seller in sellers:
        for name, line in _variants(day, seller):
            value = line.yearly() if line else (np.nan,) * 3
            counts = (line.found.n_price_changes, line.changes) if line else (0, 0)
            rows.append((seller, name, *value, *counts))
    return pd.DataFrame(rows, columns=["seller", "variant", "value", "low", "high", "changes", "borne_out"])


def _variants(day: date, seller: str) -> Iterator[tuple[str, Line | None]]:
    known = panels(day)
    corrected = known[panel.CORRECTED]
    yield "matched (base)", indices.tpd(corrected, seller)
    yield "… each developer the same", indices.tpd(corrected, seller, weights="developer")
    for blend in _BLENDS:
        yield f"… {blend:.0f} input to 1 output", indices.tpd(corrected, seller, blend=blend)
    yield "… chained Jevons", indices.jevons(corrected, seller, "chained")
    yield "… all that was printed", indices.tpd(known[panel.PRINTED], seller)
    yield "… borne-out changes only", indices.tpd(known[panel.BORNE_OUT], seller)
    for span in spans(day):
        yield f"same rating, to {span.last:%Y-%m}", indices.equal_rating(span, seller)
        yield f"… context, openness, to {span.last:%Y-%m}", indices.equal_rating(span, seller, full=True)
        if span.rows.votes.notna().any():
            yield f"… weighted by votes, to {span.last:%Y-%m}", indices.equal_rating(span, seller, weights="votes")


def together(day: date, *, full: bool = False) -> list[Line]:
    """Return the index at equal rating of the three clouds together, a line per span that has one."""
    found = [indices.equal_rating(span, CLOUDS, full=full) for span in spans(day)]
    return [line for line in found if line is not None]
