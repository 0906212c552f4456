"""How much dearer one cloud is than another for the same models, with its sampling error.

Where most prices of identical models are exactly equal, that share is the finding: report it first (see
:func:`cloudmarket.measures.parity.compare`).

References
----------
Country-product-dummy regression, here of clouds and models: Summers (1973), International Price Comparisons Based upon
Incomplete Data, Review of Income and Wealth 19(1), 1-16. Errors clustered by model: Liang and Zeger (1986), Biometrika
73(1), 13-22. Permutation p-values that count the data as one draw: Phipson and Smyth (2010), Statistical Applications
in Genetics and Molecular Biology 9(1), article 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
# Sums that differ by less are the same permutation, added up in another order.
TIE = 1e-9


@dataclass(frozen=True, repr=False)
class Effects:
    """Prices of clouds relative to one of them, models held constant.

    ``table``: by cloud other than ``base``: ``ratio`` (of prices, 1 is parity), ``log_ratio``, ``standard_error`` (of
    log_ratio, clustered by model), ``p_value`` (t distribution, models less one degrees of freedom),
    ``permutation_p``, ``models`` (compared, at this cloud). ``joint_p``: permutation p-value that all clouds cost the
    same. ``models``: sold by two clouds or more; ``equal_share``: fraction of them with one price everywhere.
    """

    table: pd.DataFrame
    joint_p: float
    models: int
    equal_share: float
    base: str
    permutations: int

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return ``low`` and ``high`` of each ratio, symmetric in the logarithm. Raises ValueError off 0 to 1."""
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; say a fraction between 0 and 1, as 0.95")
        width = float(stats.t.ppf((1 + level) / 2, self.models - 1)) * self.table.standard_error
        return pd.DataFrame({"low": self.table.ratio * np.exp(-width), "high": self.table.ratio * np.exp(width)})

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw each cloud's ratio with its interval, parity as a line, and return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots(layout="constrained")[1] if ax is None else ax
        places, band = np.arange(len(self.table)), self.interval(level)
        axes.axvline(1, color="0.3", linewidth=0.7)
        axes.hlines(places, band.low, band.high)
        axes.plot(self.table.ratio, places, "o")
        axes.set_yticks(places, [str(cloud) for cloud in self.table.index])
        axes.set_xlabel(f"price relative to {self.base}, models held constant, with {level:.0%} intervals")
        return axes

    def __repr__(self) -> str:
        ratios = ", ".join(f"{cloud} {ratio:.3f}" for cloud, ratio in self.table.ratio.items())
        return (
            f"Effects over {self.models} models, {self.equal_share:.0%} at one price everywhere: {ratios} times"
            f" {self.base} (joint permutation p = {self.joint_p:.3f})"
        )


def effects(
    prices: pd.DataFrame,
    by: str = "model",
    across: str = "cloud",
    price: str = "price",
    *,
    base: str | None = None,
    permutations: int = 9_999,
    seed: int = 0,
) -> Effects:
    """Regress log prices on models and clouds.

    Errors are clustered by model, never by cloud: of three clouds there are too few. The permutation test deals each
    model's prices anew among the clouds that sell it, which is all that parity says, and needs no sample to be large.

    Parameters
    ----------
    prices : DataFrame
        One row per ``by`` and ``across``: same scope, tier and day. Models at one cloud only say nothing and are left
        out.
    base : str, optional
        Cloud with which the others are compared; by default the first in order of name.
    permutations : int
        At least 1; the least p-value is 1 / (permutations + 1).

    Raises
    ------
    ValueError
        If a column is absent, a price is missing or not above zero, a model has two rows at one cloud, fewer than two
        models are sold at two clouds, or clouds share no models, directly or through others.
    """
    rows = _shared(prices, by, across, price)
    clouds = sorted(rows[across].unique())
    first = clouds[0] if base is None else base
    if first not in clouds:
        raise ValueError(f"{first!r} shares no model with another {across}: use one of {clouds}")
    others = [cloud for cloud in clouds if cloud != first]
    model = pd.factorize(rows[by])[0]
    _require_connected(model, pd.factorize(rows[across], sort=True)[0], clouds, across)
    log = np.log(np.asarray(rows[price], dtype="float64"))
    dummies = (rows[across].to_numpy()[:, None] == np.array(others, dtype=object)).astype("float64")
    design, demeaned = _within(dummies, model), _within(log[:, None], model)[:, 0]
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype="float64")
    estimate = bread @ design.T @ demeaned
    errors = _clustered(design, demeaned - design @ estimate, model, bread)
    # Dealing prices anew within a model changes neither its mean nor the design: only the cross-products differ.
    dealt = _deal(demeaned, model, permutations, np.random.default_rng(seed)) @ design @ bread
    joint = np.einsum("pk,kl,pl->p", dealt, design.T @ design, dealt)
    observed = float(estimate @ design.T @ design @ estimate)
    count = int(model.max()) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of prices that are all equal, both are 0 but for rounding: no evidence, not much.
        t = np.where(np.abs(estimate) <= TIE, 0.0, np.abs(estimate) / errors)
    table = pd.DataFrame(
        {
            "ratio": np.exp(estimate),
            "log_ratio": estimate,
            "standard_error": errors,
            "p_value": 2 * stats.t.sf(t, count - 1),
            "permutation_p": [_p_value(np.abs(dealt[:, k]), abs(estimate[k])) for k in range(len(others))],
            "models": dummies.sum(axis=0).astype("int64"),
        },
        index=pd.Index(others, name=across),
    )
    spread = pd.Series(log).groupby(model).agg(np.ptp)
    return Effects(table, _p_value(joint, observed), count, float((spread <= TIE).mean()), str(first), permutations)


def _shared(prices: pd.DataFrame, by: str, across: str, price: str) -> pd.DataFrame:
    """Return the rows of models sold at two clouds or more. Raises ValueError."""
    absent = [name for name in (by, across, price) if name not in prices]
    if absent:
        raise ValueError(f"the prices have no column {absent[0]!r}")
    rows = prices[[by, across, price]].reset_index(drop=True)
    if rows[[by, across]].isna().any(axis=None):
        raise ValueError(f"a row has no {by} or no {across}")
    wrong = rows[~(rows[price] > 0) | np.isinf(rows[price])]
    if len(wrong):
        raise ValueError(f"the price of {wrong[by].iloc[0]!r} is {wrong[price].iloc[0]}, which is not above zero")
    if rows.duplicated([by, across]).any():
        twice = rows.loc[rows.duplicated([by, across]), by].iloc[0]
        raise ValueError(f"{twice!r} has two rows at one {across}: choose one offer of each first")
    several = rows[rows.groupby(by)[across].transform("size") >= 2]
    if several[by].nunique() < 2:
        raise ValueError(f"{several[by].nunique()} {by}s are sold at two {across}s: sampling error needs two at least")
    return several.sort_values([by, across], ignore_index=True)


def _require_connected(model: NDArray[np.int64], cloud: NDArray[np.int64], clouds: list[str], across: str) -> None:
    nodes = int(model.max()) + 1 + len(clouds)
    graph = coo_matrix((np.ones(len(model)), (cloud, len(clouds) + model)), shape=(nodes, nodes))
    count, label = connected_components(graph, directed=False)
    if count > 1:
        parts = [[name for name, part in zip(clouds, label, strict=False) if part == one] for one in range(count)]
        raise ValueError(f"these {across}s share no models and cannot be compared: {parts}")


def _within(columns: Array, model: NDArray[np.int64]) -> Array:
    """Return columns less their mean by model."""
    size = np.bincount(model)
    means = np.stack([np.bincount(model, column) / size for column in columns.T], axis=1)
    return np.asarray(columns - means[model])


def _clustered(design: Array, residual: Array, model: NDArray[np.int64], bread: Array) -> Array:
    """Return standard errors; the correction counts the clouds and not the models, which are nested in clusters."""
    sums = np.zeros((int(model.max()) + 1, design.shape[1]))
    np.add.at(sums, model, design * residual[:, None])
    groups, (count, width) = len(sums), design.shape
    correction = groups / (groups - 1) * (count - 1) / (count - width - 1)
    return np.asarray(np.sqrt(correction * np.diag(bread @ (sums.T @ sums) @ bread)))


def _deal(values: Array, model: NDArray[np.int64], permutations: int, random: np.random.Generator) -> Array:
    """Return values dealt anew within each model, of shape (permutations, rows). Raises ValueError."""
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}: at least 1")
    # Sorting by model and then at random, with rows in order of model, permutes within models.
    order = np.argsort(model + random.random((permutations, len(values))), axis=1)
    return np.asarray(values[order])


def _p_value(drawn: Array, observed: float) -> float:
    return float((1 + (drawn >= observed - TIE).sum()) / (1 + len(drawn)))
