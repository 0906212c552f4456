"""Standard errors by resampling products.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array, Cells, NotLinkedError

_FEWEST_DRAWS = 20
_MOST_UNLINKED = 0.05


def require_draws(draws: int) -> None:
    """Raise ValueError if the number of draws can give no standard error."""
    if draws and draws < _FEWEST_DRAWS:
        raise ValueError(f"bootstrap is {draws}; give 0 for none, or at least {_FEWEST_DRAWS} draws")


def errors(estimate: Callable[[Cells], Array], cells: Cells, draws: int, seed: int) -> Array:
    """Return the standard deviation over resamples of products of each log level, (T,).

    Raises
    ------
    ValueError
        If there is one product, or more than 5 % of the resamples have periods that share no product.
    """
    count = len(cells.products)
    if count < 2:
        raise ValueError("the panel has one product: a bootstrap over products needs at least two")
    random = np.random.default_rng(seed)
    found: list[Array] = []
    for _ in range(draws):
        try:
            found.append(estimate(cells.of_products(random.integers(0, count, count))))
        except NotLinkedError:
            continue
    if len(found) < (1 - _MOST_UNLINKED) * draws:
        raise ValueError(
            f"{draws - len(found)} of {draws} resamples have periods that share no product: too few products for a"
            " bootstrap"
        )
    deviation: Array = np.std(found, axis=0, ddof=1)
    return deviation
