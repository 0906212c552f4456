"""Bilateral indices over matched products: fixed base, chained, or each period over the one before."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cloudmarket.measures.index_numbers import _bootstrap, _tpd
from cloudmarket.measures.index_numbers._cells import Array, Cells, Mask, NotLinkedError
from cloudmarket.measures.index_numbers._formulas import METHODS, UNWEIGHTED, WEIGHTED, Formula, lloyd_moulton
from cloudmarket.measures.index_numbers._panel import cells as read
from cloudmarket.measures.index_numbers._result import Index, result
from cloudmarket.measures.index_numbers._sums import Columns, Panel

Base = Literal["fixed", "chained", "period"]


def bilateral(
    panel: Panel,
    method: str,
    base: Base = "fixed",
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
    sigma: float | None = None,
    aggregate: Literal["unit_value"] | None = None,
    bootstrap: int = 0,
    seed: int = 0,
) -> Index:
    """Compute a bilateral price index over the products sold in both periods compared.

    Parameters
    ----------
    panel : DataFrame, path of a Parquet file, DuckDB relation or Ibis table
        One row per product and period, in any order.
    method : str
        ``laspeyres``, ``paasche``, ``fisher``, ``tornqvist``, ``walsh``, ``geometric-laspeyres``,
        ``geometric-paasche``, ``palgrave``, ``drobisch``, ``marshall-edgeworth``, ``sato-vartia``,
        ``lloyd-moulton``, ``geary-khamis``, ``stuvel``, ``tpd`` (weighted by expenditure share); without quantities
        ``jevons``, ``dutot``, ``carli``, ``harmonic``, ``cswd``.
    base : str
        ``fixed``: each period over the first. ``chained``: the product of the changes from period to period.
        ``period``: these changes themselves, the first being 1.
    period, product, price, quantity : str
        Names of columns; price in money per unit, above 0; quantity in units, above 0.
    sigma : float, optional
        Elasticity of substitution, for ``lloyd-moulton`` only.
    aggregate : str, optional
        ``unit_value``: several rows of a product in a period become one, at their value over their quantity.
    bootstrap : int
        Resamples of products for standard errors; 0 for none. Those of ``tpd``, fixed base or period on period, come
        from the regression, clustered by product, if none are asked for.
    seed : int
        Of the resamples.

    Returns
    -------
    Index

    Raises
    ------
    ValueError
        If the panel is not sound (see the message), two periods compared share no product, the method is not known,
        or sigma is missing or not asked for.

    References
    ----------
    CPI Manual: Concepts and Methods (2020), chapter 8; CPI Manual (2004), chapters 15 to 20.
    """
    formula = _formula(method, sigma)
    if base not in ("fixed", "chained", "period"):
        raise ValueError(f"base is {base!r}; choose fixed, chained or period")
    if aggregate not in (None, "unit_value"):
        raise ValueError(f"aggregate is {aggregate!r}; say None or 'unit_value'")
    _bootstrap.require_draws(bootstrap)
    cells = read(panel, Columns(period, product, price, quantity, method not in UNWEIGHTED, aggregate))
    logs = _levels(cells, formula, base)
    errors, degrees = np.full(len(logs), np.nan), float("inf")
    if bootstrap:
        errors = _bootstrap.errors(lambda drawn: _levels(drawn, formula, base), cells, bootstrap, seed)
    elif method == "tpd" and base != "chained":
        errors, degrees = _regression_errors(cells, base)
    names = {"fixed": "fixed base", "chained": "chained", "period": "period on period"}
    label = f"{method}({sigma:g})" if sigma is not None else method
    return result(cells, logs, errors, _matched(cells, base), f"{label}, {names[base]}", degrees)


def _formula(method: str, sigma: float | None) -> Formula:
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    if method != "lloyd-moulton":
        if sigma is not None:
            raise ValueError(f"sigma is for lloyd-moulton; {method} has no elasticity")
        return {**WEIGHTED, **UNWEIGHTED}[method]
    if sigma is None or not np.isfinite(sigma):
        raise ValueError(f"lloyd-moulton needs sigma, the elasticity of substitution; it is {sigma}")
    return lloyd_moulton(sigma)


def _before(now: int, base: Base) -> int:
    return 0 if base == "fixed" else now - 1


def _levels(cells: Cells, formula: Formula, base: Base) -> Array:
    logs = np.zeros(len(cells.periods))
    for now in range(1, len(logs)):
        before = _before(now, base)
        both = cells.sold[before] & cells.sold[now]
        if not both.any():
            raise NotLinkedError(f"no product is sold in both {cells.periods[before]} and {cells.periods[now]}")
        price, quantity = cells.price[:, both], cells.quantity[:, both]
        logs[now] = formula(price[before], price[now], quantity[before], quantity[now])
    return np.cumsum(logs) if base == "chained" else logs


def _matched(cells: Cells, base: Base) -> Mask:
    before = [max(_before(now, base), 0) for now in range(len(cells.periods))]
    return cells.sold & cells.sold[before]


def _regression_errors(cells: Cells, base: Base) -> tuple[Array, float]:
    """Return the error of each period's own regression, and the degrees of freedom of the one with fewest products."""
    errors, fewest = np.zeros(len(cells.periods)), len(cells.products)
    for now in range(1, len(errors)):
        pair = cells.of_periods([_before(now, base), now])
        both = pair.of_products(np.flatnonzero(pair.sold.all(axis=0)))
        fit = _tpd.fit(both, both.share)
        errors[now], fewest = fit.errors[1], min(fewest, fit.clusters)
    return errors, float(max(fewest - 1, 1))
