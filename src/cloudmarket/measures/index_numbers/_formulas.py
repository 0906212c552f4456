"""Bilateral formulas over matched products.

Each takes prices and quantities of the base (p0, q0) and of the comparison period (p1, q1), (N,) arrays of the products
sold in both, and returns the logarithm of the index.

References
----------
CPI Manual: Concepts and Methods (2020), chapter 8, and CPI Manual (2004), chapters 15 (basket and Divisia indices), 16
(axiomatic, stochastic), 17 (Lloyd-Moulton) and 20 (elementary: Carli, Dutot, Jevons, harmonic, CSWD). Sato (1976) and
Vartia (1976): ideal log-change index. Stuvel (1957), A New Index Number Formula, Econometrica 25. Weighted
two-period time-product dummy: Diewert (2005), Weighted Country Product Dummy Variable Regressions and Index Number
Formulae.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array

Formula = Callable[[Array, Array, Array, Array], float]


def _ratio(above: Array, below: Array) -> float:
    return float(np.log(above.sum() / below.sum()))


def _shares(price: Array, quantity: Array) -> Array:
    value = price * quantity
    shares: Array = value / value.sum()
    return shares


def laspeyres(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index of the base period's basket."""
    return _ratio(p1 * q0, p0 * q0)


def paasche(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index of the comparison period's basket."""
    return _ratio(p1 * q1, p0 * q1)


def fisher(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of Laspeyres and Paasche."""
    return (laspeyres(p0, p1, q0, q1) + paasche(p0, p1, q0, q1)) / 2


def drobisch(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the arithmetic mean of Laspeyres and Paasche (Drobisch, Sidgwick, Bowley)."""
    return float(np.log((np.exp(laspeyres(p0, p1, q0, q1)) + np.exp(paasche(p0, p1, q0, q1))) / 2))


def marshall_edgeworth(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index of the mean basket."""
    return _ratio(p1 * (q0 + q1), p0 * (q0 + q1))


def walsh(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index of the basket of geometric mean quantities."""
    basket = np.sqrt(q0) * np.sqrt(q1)
    return _ratio(p1 * basket, p0 * basket)


def geary_khamis(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index of the basket of harmonic mean quantities."""
    basket = q0 * (q1 / (q0 + q1))
    return _ratio(p1 * basket, p0 * basket)


def stuvel(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the index whose difference from Laspeyres is that of its quantity index from Laspeyres' quantities."""
    value = (p1 * q1).sum() / (p0 * q0).sum()
    half = (np.exp(laspeyres(p0, p1, q0, q1)) - (p0 * q1).sum() / (p0 * q0).sum()) / 2
    root = np.hypot(half, np.sqrt(value))
    # The same root twice: of the two forms, the one that does not subtract.
    return float(np.log(half + root if half >= 0 else value / (root - half)))


def geometric_laspeyres(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of relatives at the base period's shares."""
    return float(_shares(p0, q0) @ np.log(p1 / p0))


def geometric_paasche(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of relatives at the comparison period's shares."""
    return float(_shares(p1, q1) @ np.log(p1 / p0))


def tornqvist(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of relatives at the mean shares."""
    return (geometric_laspeyres(p0, p1, q0, q1) + geometric_paasche(p0, p1, q0, q1)) / 2


def palgrave(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the arithmetic mean of relatives at the comparison period's shares."""
    return float(np.log(_shares(p1, q1) @ (p1 / p0)))


def sato_vartia(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of relatives at the logarithmic mean of the shares."""
    s0, s1 = _shares(p0, q0), _shares(p1, q1)
    gap = np.log(s1 / s0)
    # expm1 keeps the digits where the shares hardly differ; at no gap the logarithmic mean is the share itself.
    weight = s0 * np.where(gap == 0, 1.0, np.expm1(gap) / np.where(gap == 0, 1.0, gap))
    return float(weight @ np.log(p1 / p0) / weight.sum())


def tpd(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the two-period time-product dummy index: relatives at the harmonic mean of the shares."""
    s0, s1 = _shares(p0, q0), _shares(p1, q1)
    weight = s0 * (s1 / (s0 + s1))
    return float(weight @ np.log(p1 / p0) / weight.sum())


def jevons(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of relatives."""
    return float(np.log(p1 / p0).mean())


def dutot(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the ratio of mean prices, which alone of all depends on the units of measure."""
    return _ratio(p1, p0)


def carli(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the arithmetic mean of relatives."""
    return float(np.log((p1 / p0).mean()))


def harmonic(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the harmonic mean of relatives."""
    return -float(np.log((p0 / p1).mean()))


def cswd(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
    """Return the geometric mean of Carli and harmonic (Carruthers, Sellwood, Ward, Dalen)."""
    return (carli(p0, p1, q0, q1) + harmonic(p0, p1, q0, q1)) / 2


def lloyd_moulton(sigma: float) -> Formula:
    """Return the formula of a constant elasticity of substitution; at 0 Laspeyres, at 1 geometric Laspeyres."""
    if sigma == 1:
        return geometric_laspeyres

    def formula(p0: Array, p1: Array, q0: Array, q1: Array) -> float:
        return float(np.log(_shares(p0, q0) @ (p1 / p0) ** (1 - sigma)) / (1 - sigma))

    return formula


UNWEIGHTED: dict[str, Formula] = {
    "jevons": jevons, "dutot": dutot, "carli": carli, "harmonic": harmonic, "cswd": cswd,
}  # fmt: skip
WEIGHTED: dict[str, Formula] = {
    "laspeyres": laspeyres, "paasche": paasche, "fisher": fisher, "tornqvist": tornqvist, "walsh": walsh,
    "geometric-laspeyres": geometric_laspeyres, "geometric-paasche": geometric_paasche, "palgrave": palgrave,
    "drobisch": drobisch, "marshall-edgeworth": marshall_edgeworth, "sato-vartia": sato_vartia,
    "geary-khamis": geary_khamis, "stuvel": stuvel, "tpd": tpd,
}  # fmt: skip
METHODS = (*WEIGHTED, "lloyd-moulton", *UNWEIGHTED)
