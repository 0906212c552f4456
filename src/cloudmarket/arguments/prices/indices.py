"""Price indices by seller: matched models, and models of equal rating, with errors and what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cloudmarket.arguments.prices import quality
from cloudmarket.arguments.prices.panel import EUROPEANS, Panel
from cloudmarket.measures import hedonic, offers
from cloudmarket.measures.index_numbers import Index, bilateral, multilateral

CLOUDS, EUROPE = "three clouds", "European clouds"
GROUPS = {CLOUDS: ("aws", "azure", "gcp"), EUROPE: EUROPEANS}
BLEND = 3.0
"""Input tokens per output token."""
FEWEST_MODELS, FEWEST_MONTHS = 5, 6
DAYS_PER_YEAR = 365.25
DRAWS = 200
Weights = Literal["model", "developer"]


@dataclass(frozen=True, eq=False)
class Line:
    """An index of one seller, or of a group of sellers, with what it is computed from.

    ``rows``: the prices under it. ``changes``: how many of them are changes of a price that a second witness shows.
    """

    seller: str
    method: str
    found: Index
    rows: pd.DataFrame

    @property
    def changes(self) -> int:
        """Changes of a price in the rows that are borne out."""
        return int((self.rows.step == "market_change").sum())

    @property
    def years(self) -> float:
        """Length of the line."""
        periods = self.found.index.index
        return float((periods[-1] - periods[0]).days) / DAYS_PER_YEAR

    def yearly(self, level: float = 0.95) -> tuple[float, float, float]:
        """Return what a price of 1 is after a year, by the first period and the last, with its interval."""
        band = self.found.interval(level).iloc[-1]
        value, low, high = np.log([self.found.index.iloc[-1], band.low, band.high]) / self.years
        return float(np.exp(value)), float(np.exp(low)), float(np.exp(high))

    def __repr__(self) -> str:
        value, low, high = self.yearly()
        return f"Line({self.seller}, {self.method}: {value:.2f} after a year ({low:.2f} to {high:.2f}))"


def priced(rows: pd.DataFrame, blend: float = BLEND) -> pd.DataFrame:
    """Return rows with the columns that indices ask for: period, product and price."""
    product = rows.seller + " " + rows.model
    return rows.assign(period=rows.day, product=product, price=offers.blended(rows, blend))


def of(rows: pd.DataFrame, seller: str) -> pd.DataFrame:
    """Return the rows of a seller, or of the sellers of a group."""
    return rows[rows.seller.isin(GROUPS.get(seller, (seller,)))]


def tpd(panel: Panel, seller: str, *, blend: float = BLEND, weights: Weights = "model") -> Line | None:
    """Return the time-product dummy index of a seller's models; None where too few are matched for long enough."""
    rows = priced(of(panel.rows, seller), blend)
    if weights == "developer":
        # Expenditure is price times quantity: a quantity of weight over price makes the weight the expenditure.
        share = 1 / rows.groupby(["day", "developer"]).model.transform("size")
        rows["quantity"] = share / rows.price
    method = "tpd" if weights == "model" else "wtpd"
    return _line(seller, method, rows, lambda: multilateral(rows, method))


def jevons(panel: Panel, seller: str, base: Literal["fixed", "chained"]) -> Line | None:
    """Return the Jevons index over matched models, errors by resampling them; None where periods share none."""
    rows = priced(of(panel.rows, seller))
    method = f"Jevons, {base}"
    return _line(seller, method, rows, lambda: bilateral(rows, "jevons", base, bootstrap=DRAWS))


def rated(span: quality.Span, seller: str) -> pd.DataFrame:
    """Return the priced rows of a seller, or a group, from the month on in which enough models are rated."""
    members = GROUPS.get(seller, (seller,))
    rows = of(span.rows, seller)
    counts = rows.groupby("day").size()
    enough = counts.index[counts >= quality.FEWEST * len(members)]
    return priced(rows[rows.day >= enough.min()] if len(enough) else rows.iloc[:0])


def traits(rows: pd.DataFrame, *, full: bool) -> list[str]:
    """Return the characteristics to hold equal: the rating, and with ``full`` context and open weights; and the seller.

    Those that never differ, or follow from the others, explain nothing and are left out.
    """
    names = quality.characteristics(rows) if full else ["score"]
    return [*names, "seller"] if rows.seller.nunique() > 1 else names


def equal_rating(span: quality.Span, seller: str, *, full: bool = False, weights: str | None = None) -> Line | None:
    """Return the time-dummy hedonic index, errors clustered by model; None where too few models are rated."""
    rows = rated(span, seller)
    if weights:
        rows = rows[rows[weights].notna()]
        rows = rows.assign(**{weights: rows[weights].astype("float64")})
    return _line(
        seller,
        "hedonic",
        rows,
        lambda: hedonic.index(rows, traits(rows, full=full), weights=weights, cluster="model"),
    )


def _line(seller: str, method: str, rows: pd.DataFrame, compute: Callable[[], Index]) -> Line | None:
    """Return a line, or None where there is too little to compute it from."""
    again = rows.groupby("product").day.nunique() > 1 if len(rows) else pd.Series(dtype=bool)
    if rows.day.nunique() < FEWEST_MONTHS or again.sum() < FEWEST_MODELS:
        return None
    try:
        found = compute()
    except ValueError:
        # Periods that share no model, or fewer prices than characteristics: there is no such index.
        return None
    return Line(seller, method, found, rows)
