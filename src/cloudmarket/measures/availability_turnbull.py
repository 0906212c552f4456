"""The distribution of a time known only to an interval, with nothing assumed of its form.

References
----------
Turnbull (1976), The Empirical Distribution Function with Arbitrarily Grouped, Censored and Truncated Data, Journal of
the Royal Statistical Society B 38(3), 290-295. Gentleman and Geyer (1994), Maximum likelihood for interval censored
data: Consistency and computation, Biometrika 81(3), 618-623: the conditions that prove a maximum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
MOST_STEPS = 200_000


def innermost(low: Array, high: Array) -> tuple[Array, Array]:
    """Return the intervals (after, by] that alone can hold mass: a lower end followed at once by an upper one.

    At the same time an upper end comes first: (1, 2] and (2, 3] have no time in common.
    """
    ends = np.concatenate([high, low])
    is_low = np.repeat([False, True], len(low))
    order = np.lexsort((is_low, ends))
    ends, is_low = ends[order], is_low[order]
    starts = np.flatnonzero(is_low[:-1] & ~is_low[1:])
    return ends[starts], ends[starts + 1]


def turnbull(low: Array, high: Array, tolerance: float = 1e-7) -> tuple[Array, Array, Array]:
    """Return after, by and mass of each innermost interval, by self-consistency (EM).

    Parameters
    ----------
    low, high : array, shape (n,)
        The time is in (low, high]; high is infinite where it has not come.
    tolerance : float
        At the maximum no interval's mean likelihood ratio is above 1; it stops when none is above 1 + this, and the
        log-likelihood is then within n times this of its maximum.

    Raises
    ------
    ValueError
        If the maximum is not reached.
    """
    intervals, counts = np.unique(np.column_stack([low, high]), axis=0, return_counts=True)
    after, by = innermost(low, high)
    holds = ((intervals[:, :1] <= after) & (by <= intervals[:, 1:])).astype(float)
    weights = counts / counts.sum()
    mass = np.full(len(after), 1 / len(after))
    for _ in range(MOST_STEPS):
        ratio = (weights / (holds @ mass)) @ holds
        if ratio.max() <= 1 + tolerance:
            return after, by, mass / mass.sum()
        mass = mass * ratio
    raise ValueError(f"the maximum likelihood is not reached in {MOST_STEPS} steps")
