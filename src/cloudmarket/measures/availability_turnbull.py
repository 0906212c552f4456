"""The distribution of a time known only to an interval, with nothing assumed of its form.

References
----------
Turnbull (1976), The Empirical Distribution Function with Arbitrarily Grouped, Censored and Truncated Data, Journal of
the Royal Statistical Society B 38(3), 290-295. Gentleman and Geyer (1994), Maximum likelihood for interval censored
data: Consistency and computation, Biometrika 81(3), 618-623: the conditions that prove a maximum. Wellner and Zhan
(1997), A Hybrid Algorithm for Computation of the Nonparametric Maximum Likelihood Estimator from Censored Data, Journal
of the American Statistical Association 92(439), 945-959: the steps that reach it. Own code: of libraries in Python,
statsmodels has no interval censoring and lifelines does not run on pandas 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
MOST_STEPS = 20_000
SHORTEST_STEP = 1e-6


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
    """Return after, by and mass of each innermost interval, by EM and iterative convex minorants in turn.

    An interval spans neighbouring innermost ones, so its probability is a difference of the distribution function and
    a step costs no more than sorting: thousands of different intervals take milliseconds.

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
    problem = _Problem(
        np.searchsorted(after, intervals[:, 0], side="left"),
        np.searchsorted(by, intervals[:, 1], side="right"),
        counts / counts.sum(),
        len(after),
    )
    levels = np.arange(len(after) + 1) / len(after)
    for step in range(MOST_STEPS):
        ratio = problem.ratio(levels)
        if ratio.max() <= 1 + tolerance:
            return after, by, np.diff(levels)
        if step % 2:
            levels = problem.convex_step(levels)
        else:
            levels = np.concatenate([[0.0], np.cumsum(np.diff(levels) * ratio)])
            levels /= levels[-1]
    raise ValueError(f"the maximum likelihood is not reached in {MOST_STEPS} steps")


@dataclass(frozen=True, slots=True)
class _Problem:
    """Observed intervals as ranges of innermost ones.

    ``first`` and ``last`` (n,): the interval holds the innermost ones from first on and before last; ``weight`` (n,)
    its share of the observations; ``count`` of innermost intervals. ``levels`` (count + 1,), in all methods, is the
    distribution function between them, from 0 to 1.
    """

    first: Places
    last: Places
    weight: Array
    count: int

    def probability(self, levels: Array) -> Array:
        """Return the probability of each observed interval, (n,)."""
        return levels[self.last] - levels[self.first]

    def ratio(self, levels: Array) -> Array:
        """Return the mean likelihood ratio by innermost interval, (count,): were all mass in it, over as it is."""
        each = self.weight / self.probability(levels)
        return np.asarray(np.cumsum(self._at(self.first, each) - self._at(self.last, each))[:-1])

    def log_likelihood(self, levels: Array) -> float:
        """Return the mean log-likelihood; minus infinity where an observation is impossible."""
        probability = self.probability(levels)
        return float(self.weight @ np.log(probability)) if (probability > 0).all() else -np.inf

    def convex_step(self, levels: Array) -> Array:
        """Return levels that are at least as likely: a Newton step with the diagonal of the Hessian, made monotone.

        It is halved until the likelihood does not fall, and not taken where it would have to be tiny.
        """
        if self.count == 1:
            return levels
        probability = self.probability(levels)
        each, square = self.weight / probability, self.weight / probability**2
        slope = (self._at(self.last, each) - self._at(self.first, each))[1:-1]
        # Every level between two innermost intervals is an end of some observed one: no curvature is 0.
        curvature = (self._at(self.last, square) + self._at(self.first, square))[1:-1]
        target = isotonic_regression(levels[1:-1] + slope / curvature, weights=curvature).x
        step = np.concatenate([[0.0], np.clip(target, 0, 1), [1.0]]) - levels
        start, length = self.log_likelihood(levels), 1.0
        while self.log_likelihood(levels + length * step) < start:
            length /= 2
            if length < SHORTEST_STEP:
                return levels
        return levels + length * step

    def _at(self, places: Places, values: Array) -> Array:
        """Return the sums of values by place, (count + 1,)."""
        return np.bincount(places, values, self.count + 1).astype("float64", copy=False)
