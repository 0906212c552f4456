"""Geary-Khamis: value over quantities at the periods' average prices.

References
----------
Geary (1958); Khamis (1970); Diewert and Fox (2022), Substitution Bias in Multilateral Methods for CPI Construction;
CPI Manual: Concepts and Methods (2020), chapter 10.
"""

from __future__ import annotations

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array, Cells


def levels(cells: Cells) -> Array:
    """Return the log levels, first 0.

    A product's reference price is the mean of its deflated prices by quantity, the level of a period its value over
    its quantities at reference prices. Both together are linear in the inverse levels x: for all t, value_t x_t is
    the sum over s of h_ts x_s, where h_ts is what period t's share of all quantities of each product would have cost
    in s. One T x T system, solved at once and not by iteration.

    Raises
    ------
    ValueError
        If groups of periods share no product.
    """
    cells.require_connected()
    kept = cells.of_products(np.flatnonzero(cells.sold.any(axis=0)))
    quantity = np.where(kept.sold, kept.quantity, 0.0)
    at_others = (quantity / quantity.sum(axis=0)) @ kept.value.T
    total = kept.value.sum(axis=1)
    system = np.eye(len(total)) - at_others / total[:, None]
    inverse_level = np.linalg.solve(system[1:, 1:], -system[1:, 0])
    logs: Array = np.concatenate([[0.0], -np.log(inverse_level)])
    return logs
