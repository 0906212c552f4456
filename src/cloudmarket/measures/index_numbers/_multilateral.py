"""Multilateral indices: all periods of a window compared with each other at once."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cloudmarket.measures.index_numbers import _bootstrap, _geary_khamis, _geks, _tpd, _windows
from cloudmarket.measures.index_numbers._cells import Array, Cells, Mask
from cloudmarket.measures.index_numbers._panel import cells as read
from cloudmarket.measures.index_numbers._result import Index, result
from cloudmarket.measures.index_numbers._sums import Columns, Panel

_UNWEIGHTED = ("geks-jevons", "tpd")
_DUMMY = ("tpd", "wtpd")
METHODS = (*_geks.PAIRS, "geary-khamis", *_DUMMY)


def multilateral(
    panel: Panel,
    method: str,
    window: int | None = None,
    splice: str | None = None,
    aggregate: Literal["unit_value", "observations"] | None = None,
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
    bootstrap: int = 0,
    seed: int = 0,
) -> Index:
    """Compute a multilateral price index, free of chain drift within a window.

    Parameters
    ----------
    panel : DataFrame, path of a Parquet file, DuckDB relation or Ibis table
        One row per product and period, in any order.
    method : str
        ``geks-fisher``, ``geks-tornqvist`` (or ``ccdi``), ``geks-walsh``, ``geary-khamis``, ``wtpd`` (time-product
        dummy weighted by expenditure share); without quantities ``geks-jevons`` and ``tpd``. Time-dummy hedonic: see
        :func:`cloudmarket.measures.hedonic.index`.
    window : int, optional
        Periods compared at once; by default all. Values once published are never revised.
    splice : str, optional
        How each new window is linked, and always given with a window: ``movement``, ``window``, ``half``, ``mean``;
        on published values ``wisp``, ``hasp``, ``mean_pub``; with a fixed base that moves every ``window`` - 1
        periods ``fbew`` (window that expands from the base) and ``fbmw`` (window that moves).
    aggregate : str, optional
        ``unit_value``: several rows of a product in a period become one, at their value over their quantity.
        ``observations``: each is an observation of the regression (``tpd`` and ``wtpd`` only).
    period, product, price, quantity : str
        Names of columns; price in money per unit, above 0; quantity in units, above 0.
    bootstrap : int
        Resamples of products for standard errors; 0 for none. Those of ``tpd`` and ``wtpd`` come from the regression
        over the first window, clustered by product, if none are asked for; later periods then have none.
    seed : int
        Of the resamples.

    Returns
    -------
    Index

    Raises
    ------
    ValueError
        If the panel is not sound (see the message), groups of periods share no product (they are named), the method
        or splice is not known, or window and splice are not given together.

    References
    ----------
    CPI Manual: Concepts and Methods (2020), chapter 10; Ivancic, Diewert and Fox (2011); Krsinich (2016); Diewert and
    Fox (2022).
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    if aggregate == "observations" and method not in _DUMMY:
        raise ValueError(
            f"aggregate='observations' is for tpd and wtpd; {method} needs one price per product and period"
        )
    _windows.require_extension(window, splice)
    _bootstrap.require_draws(bootstrap)
    cells = read(panel, Columns(period, product, price, quantity, method not in _UNWEIGHTED, aggregate))
    logs = _levels(cells, method, window, splice)
    errors, degrees = np.full(len(logs), np.nan), float("inf")
    if bootstrap:
        errors = _bootstrap.errors(lambda drawn: _levels(drawn, method, window, splice), cells, bootstrap, seed)
    elif method in _DUMMY:
        first = cells.of_periods(slice(0, window))
        fit = _tpd.fit(first, _weight(first, method))
        errors[: len(fit.errors)], degrees = fit.errors, float(max(fit.clusters - 1, 1))
    label = method if window is None else f"{method}, window {window}, {splice} splice"
    return result(cells, logs, errors, _matched(cells, window, splice), label, degrees)


def _levels(cells: Cells, method: str, window: int | None, splice: str | None) -> Array:
    return _windows.extend(_solver(cells, method, window), len(cells.periods), window, splice)


def _solver(cells: Cells, method: str, window: int | None) -> _windows.Solver:
    """Return what solves one window; GEKS compares each pair of periods that meet in one once, for all windows."""
    if method in _geks.PAIRS:
        pairs = _geks.PAIRS[method](cells, (window or len(cells.periods)) - 1)
        return lambda start, stop: _geks.levels(pairs[start:stop, start:stop], cells.of_periods(slice(start, stop)))

    def solve(start: int, stop: int) -> Array:
        part = cells.of_periods(slice(start, stop))
        return _geary_khamis.levels(part) if method == "geary-khamis" else _tpd.fit(part, _weight(part, method)).logs

    return solve


def _weight(cells: Cells, method: str) -> Array:
    return cells.share if method == "wtpd" else cells.rows


def _matched(cells: Cells, window: int | None, splice: str | None) -> Mask:
    """Return where a product is sold in another period of the window too."""
    none = np.zeros((1, len(cells.products)), dtype=np.int32)
    seen = np.concatenate([none, np.cumsum(cells.sold, axis=0, dtype=np.int32)])
    start, stop = np.array(_windows.spans(len(cells.periods), window, splice)).T
    matched: Mask = cells.sold & (seen[stop] - seen[start] > 1)
    return matched
