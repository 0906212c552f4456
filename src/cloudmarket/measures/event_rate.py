"""How often something happens, with an interval that allows for clustering: a rate per year from counts of periods.

A Poisson regression with a constant and the length of the periods as exposure, whose estimate is in closed form where
periods are of one length; its variance is multiplied by the dispersion that Pearson's chi-squared gives
(quasi-Poisson), and the interval is symmetric in the logarithm. The same as statsmodels' GLM with ``scale="X2"``, which
fails where all counts are equal (``tests/measures/test_event_rate.py``). Dispersion above one means that events come in
bunches, below one that they come by a schedule. Where nothing happened, the upper end is the exact Poisson bound of one
side.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., sections 6.2 and 9.2; Ver Hoef and Boveng (2007),
Quasi-Poisson vs. negative binomial regression, Ecology 88(11), 2766-2772: why not a negative binomial for so few
periods, where its shape cannot be estimated; Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika
28(3/4), 437-442.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per year with a 95 % interval; ``dispersion`` is missing where nothing happened."""

    per_year: float
    low: float
    high: float
    dispersion: float
    events: int
    years: float

    def __repr__(self) -> str:
        return f"Rate({self.per_year:.1f} a year, {self.low:.1f} to {self.high:.1f}, {self.events} events)"


def rate(counts: pd.Series, *, years_per_period: float, level: float = 0.95) -> Rate:
    """Return the rate of events.

    Parameters
    ----------
    counts : Series
        Events in each of at least three periods of one length, periods without any included.
    years_per_period : float
        Length of a period in years.
    level : float
        Of the interval.

    Raises
    ------
    ValueError
        If there are fewer than three periods, a count is missing or negative, or a period has no length.
    """
    if len(counts) < _FEWEST or counts.isna().any() or (counts < 0).any():
        raise ValueError(f"a rate needs at least {_FEWEST} periods, each with a count of zero or more")
    if not years_per_period > 0:
        raise ValueError(f"a period of {years_per_period:g} years has no length")
    values = counts.to_numpy(dtype=float)
    years = years_per_period * len(values)
    if not values.sum():
        bound = stats.chi2.ppf(level, 2) / 2 / years
        return Rate(0.0, 0.0, float(bound), float("nan"), 0, years)
    mean = values.mean()
    dispersion = float(np.sum((values - mean) ** 2 / mean) / (len(values) - 1))
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(dispersion / values.sum())
    value = float(values.sum() / years)
    low, high = value * float(np.exp(-half)), value * float(np.exp(half))
    return Rate(value, low, high, dispersion, int(values.sum()), years)
