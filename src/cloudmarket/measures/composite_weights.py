"""Weights of indicators among their siblings.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 6: weights from factor analysis after
Nicoletti, Scarpetta and Boylaud (2000), OECD Economics Department Working Paper 226. Entropy weights: Hwang and Yoon
(1981), Multiple Attribute Decision Making. Weights uniform over all that add up to 1, where nothing is known of
them: Lahdelma and Salminen (2001), SMAA-2, Operations Research 49(3), 444-454.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from statsmodels.multivariate.factor_rotation import rotate_factors

from cloudmarket.measures.composite_structure import Tree

Weighting = Literal["equal", "given", "pca", "entropy", "random"]
STARTS = 5


def weigh(values: NDArray[np.float64], tree: Tree, how: Weighting) -> NDArray[np.float64]:
    """Return one weight per name of the structure.

    ``pca`` and ``entropy`` weigh the indicators of a group by their data; groups among groups then weigh what the
    structure states, or the same where it states nothing.

    Parameters
    ----------
    values : array (units, indicators)
        Treated and turned so that more is better, not normalised.

    Raises
    ------
    ValueError
        If the method is unknown or random (weights are drawn by ``robustness``), a weight is not given, or fewer
        than three units have all indicators of a group whose correlations are asked for.
    """
    if how not in get_args(Weighting) or how == "random":
        raise ValueError(f"no weights {how!r}: use one of {', '.join(get_args(Weighting)[:-1])}")
    result = np.where(np.isnan(tree.weight), 1.0, tree.weight)
    if how == "given":
        if not tree.has_weights:
            raise ValueError(f"no weight is given for {tree.names[int(np.isnan(tree.weight).argmax())]!r}")
        return np.asarray(result)
    if how == "equal":
        return np.ones(len(tree.names))
    for parts in tree.children.values():
        leaves = parts[parts < tree.indicators]
        if len(leaves) > 1:
            names = [tree.names[leaf] for leaf in leaves]
            # Beside groups, the indicators together keep the weight that they have there.
            total = result[leaves].sum()
            result[leaves] = total * (pca if how == "pca" else entropy)(values[:, leaves], names)
    return np.asarray(result)


def pca(values: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """Return weights from the factors of the correlation matrix.

    Components with an eigenvalue above 1 (the first at least) are rotated by varimax; the weight of an indicator is
    proportional to its largest squared loading, which is the Handbook's loading within the factor times the
    factor's share of the variance.

    Raises
    ------
    ValueError
        If fewer than three units have all indicators, or one does not vary over them.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 3:
        raise ValueError(f"{len(complete)} units have all of {names[:5]}: correlations need three")
    if (np.ptp(complete, axis=0) == 0).any():
        raise ValueError(f"{names[int((np.ptp(complete, axis=0) == 0).argmax())]!r} does not vary over complete units")
    eigenvalues, vectors = np.linalg.eigh(np.corrcoef(complete, rowvar=False))
    kept = eigenvalues > 1 + 1e-9
    kept[-1] = True
    loadings = vectors[:, kept] * np.sqrt(eigenvalues[kept])
    if kept.sum() > 1:
        loadings = varimax(loadings)
    squared = (np.asarray(loadings) ** 2).max(axis=1)
    return np.asarray(squared / squared.sum())


def varimax(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return loadings (indicators, factors) after the rotation that makes their squares vary most.

    From several starts: principal components are often a saddle point, at which a search by gradients stays.
    """
    random = np.random.default_rng(0)
    width = loadings.shape[1]
    starts = [np.eye(width), *(np.linalg.qr(random.normal(size=(width, width)))[0] for _ in range(STARTS))]
    # The rotation notes the logarithm of its gradient, which is 0 where nothing is left to rotate.
    with np.errstate(divide="ignore"):
        rotated = [np.asarray(rotate_factors(loadings @ start, "varimax")[0]) for start in starts]
    return max(rotated, key=lambda found: float(np.var(found**2, axis=0).sum()))


def entropy(values: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """Return weights by how unevenly indicators are spread over units: 1 less entropy as a share of its maximum.

    Of values scaled to 0 (worst) to 1, since entropy depends on the zero of a scale.
    """
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    scaled = (values - low) / (high - low)
    shares = scaled / np.nansum(scaled, axis=0)
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    spread = 1 + terms.sum(axis=0) / np.log((~np.isnan(values)).sum(axis=0))
    return np.asarray(spread / spread.sum())
