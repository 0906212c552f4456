"""What each product adds to the logarithm of a bilateral index: exact, without a rest.

A geometric mean adds up in logarithms as it is. An arithmetic or harmonic mean of relatives is made a geometric one by
weights times the logarithmic mean of relative and index, which holds exactly and not to first order.

References
----------
Balk (2008), Price and Quantity Index Numbers, section 4.2; Reinsdorf, Diewert and Ehemann (2002), Additive
decompositions for Fisher, Tornqvist and geometric mean indexes, Journal of Economic and Social Measurement 28, 51-61.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cloudmarket.measures.index_numbers._cells import Array, Cells, NotLinkedError
from cloudmarket.measures.index_numbers._formulas import UNWEIGHTED
from cloudmarket.measures.index_numbers._panel import cells as read
from cloudmarket.measures.index_numbers._sums import Columns, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Weights = Callable[[Array, Array, Array, Array], Array]


def _share(value: Array) -> Array:
    share: Array = value / value.sum()
    return share


def _logarithmic_mean(one: Array, other: Array | float) -> Array:
    gap = np.log(one / other)
    # expm1 keeps the digits of a small gap; at none the mean is the number itself.
    return other * np.where(gap == 0, 1.0, np.expm1(gap) / np.where(gap == 0, 1.0, gap))


def _of_arithmetic(weights: Weights) -> Weights:
    def found(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
        weight, relative = weights(p0, p1, q0, q1), p1 / p0
        return _share(weight * _logarithmic_mean(relative, float(weight @ relative / weight.sum())))

    return found


def _of_harmonic(weights: Weights) -> Weights:
    turned = _of_arithmetic(lambda p1, p0, q1, q0: weights(p0, p1, q0, q1))
    return lambda p0, p1, q0, q1: turned(p1, p0, q1, q0)


def _of_both(one: Weights, other: Weights) -> Weights:
    return lambda *basket: (one(*basket) + other(*basket)) / 2


def _equal(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    return np.full(len(p0), 1 / len(p0))


def _before(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    return _share(p0 * q0)


def _after(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    return _share(p1 * q1)


def _sato_vartia(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    return _share(_logarithmic_mean(_share(p0 * q0), _share(p1 * q1)))


def _dummy(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    s0, s1 = _share(p0 * q0), _share(p1 * q1)
    return _share(s0 * (s1 / (s0 + s1)))


# The weights of relatives in logarithms, (N,), which add up to 1.
_WEIGHTS: dict[str, Weights] = {
    "laspeyres": _of_arithmetic(_before),
    "paasche": _of_harmonic(_after),
    "fisher": _of_both(_of_arithmetic(_before), _of_harmonic(_after)),
    "tornqvist": _of_both(_before, _after),
    "walsh": _of_arithmetic(lambda p0, p1, q0, q1: p0 * np.sqrt(q0) * np.sqrt(q1)),
    "marshall-edgeworth": _of_arithmetic(lambda p0, p1, q0, q1: p0 * (q0 + q1)),
    "geary-khamis": _of_arithmetic(lambda p0, p1, q0, q1: p0 * q0 * (q1 / (q0 + q1))),
    "geometric-laspeyres": _before,
    "geometric-paasche": _after,
    "palgrave": _of_arithmetic(_after),
    "sato-vartia": _sato_vartia,
    "tpd": _dummy,
    "jevons": _equal,
    "dutot": _of_arithmetic(lambda p0, p1, q0, q1: p0),
    "carli": _of_arithmetic(_equal),
    "harmonic": _of_harmonic(_equal),
    "cswd": _of_both(_of_arithmetic(_equal), _of_harmonic(_equal)),
}
METHODS = tuple(_WEIGHTS)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Contributions:
    """What moved an index.

    Attributes
    ----------
    table : DataFrame
        By period and product, of those sold in both periods compared: ``log_change`` of price; ``weight``, which add
        up to 1 in a period; ``contribution``, their product, which add up to the logarithm of the index.
    method : str
        The formula, and what each period is compared with.
    """

    table: pd.DataFrame
    method: str

    def largest(self, count: int = 10, period: object = None) -> pd.DataFrame:
        """Return the products that add most, up or down, in a period, by default the last; the largest first."""
        periods = self.table.index.get_level_values("period")
        rows = self.table.xs(periods[-1] if period is None else period, level="period")
        order = rows.contribution.abs().sort_values(ascending=False, kind="stable").index
        return pd.DataFrame(rows.loc[order[:count]])

    def __repr__(self) -> str:
        last = self.table.index.get_level_values("period")[-1]
        total, first = self.table.contribution.xs(last, level="period").sum(), self.largest(1)
        return (
            f"Contributions({self.method}: {total:+.4f} log points in {last}, of which"
            f" {first.contribution.iloc[0]:+.4f} by {first.index[0]}; {len(self.table)} products and periods)"
        )

    def plot(self, ax: Axes | None = None, count: int = 10, period: object = None) -> Axes:
        """Draw the largest contributions to a period as bars, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        rows = self.largest(count, period).iloc[::-1]
        axes.barh([str(product) for product in rows.index], rows.contribution.to_numpy())
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_xlabel("contribution, log points")
        axes.set_title(self.method)
        return axes


def contributions(
    panel: Panel,
    method: str,
    base: Literal["fixed", "period"] = "period",
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
    aggregate: Literal["unit_value"] | None = None,
) -> Contributions:
    """Split the logarithm of a bilateral index over its products, exactly.

    Parameters
    ----------
    panel, period, product, price, quantity, aggregate
        As of :func:`bilateral`.
    method : str
        A formula of :func:`bilateral` that is a mean of relatives: all but ``drobisch``, ``stuvel``,
        ``lloyd-moulton``.
    base : str
        ``period``: each period against the one before; contributions of a chained index add up over periods too.
        ``fixed``: each against the first.

    Returns
    -------
    Contributions

    Raises
    ------
    ValueError
        If the panel is not sound, two periods compared share no product, or the method has no weights of relatives.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; contributions exist for {', '.join(METHODS)}")
    if base not in ("fixed", "period"):
        raise ValueError(f"base is {base!r}; choose fixed or period")
    cells = read(panel, Columns(period, product, price, quantity, method not in UNWEIGHTED, aggregate))
    tables = {
        cells.periods[now]: _table(cells.of_periods([0 if base == "fixed" else now - 1, now]), _WEIGHTS[method])
        for now in range(1, len(cells.periods))
    }
    named = {"fixed": "against the first period", "period": "period on period"}
    return Contributions(pd.concat(tables, names=["period", "product"]), f"{method}, {named[base]}")


def _table(pair: Cells, weights: Weights) -> pd.DataFrame:
    both = np.flatnonzero(pair.sold.all(axis=0))
    if not len(both):
        raise NotLinkedError(f"no product is sold in both {pair.periods[0]} and {pair.periods[1]}")
    price, quantity = pair.price[:, both], pair.quantity[:, both]
    weight, change = weights(price[0], price[1], quantity[0], quantity[1]), np.log(price[1] / price[0])
    columns = {"log_change": change, "weight": weight, "contribution": weight * change}
    return pd.DataFrame(columns, index=pair.products[both])
