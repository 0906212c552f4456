"""Shares of variance due to each choice, by itself and with its interactions.

References
----------
Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181(2),
259-270: the design of matrices A, B and A with one factor of B, and both estimators (first order: its table 2 (b);
total: Jansen's, (f)). Saisana, Saltelli and Tarantola (2005), JRSS A 168(2), 307-323: their use on ranks of composite
indicators. Design and estimates are those of SALib: Herman and Usher (2017), Journal of Open Source Software 2(9), 97.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling
from scipy.stats import norm

Array = NDArray[np.float64]
COLUMNS = ["first_order", "first_order_se", "total", "total_se"]
# A standard error from so many resamples is itself known to one part in ten; each output and factor needs them all.
RESAMPLES = 50
LEVEL = 0.95


def design(factors: Sequence[str], draws: int, seed: int) -> Array:
    """Return points of a scrambled Sobol' sequence, in blocks: one of A, A with each factor from B, one of B.

    Parameters
    ----------
    factors : sequence of str
        The factor of each coordinate; coordinates of one name belong together and change together.
    draws : int
        Blocks, a power of 2, without which the sequence is not balanced.

    Returns
    -------
    array (draws x (different factors + 2), coordinates)
        Uniform on [0, 1).

    Raises
    ------
    ValueError
        If ``draws`` is no power of 2.
    """
    if draws < 2 or draws & (draws - 1):
        raise ValueError(f"{draws} draws of a Sobol' sequence: use a power of 2, as 2048")
    return np.asarray(sampling.sample(_problem(factors), draws, calc_second_order=False, seed=seed))


def shares(output: Array, factors: Sequence[str], seed: int) -> pd.DataFrame:
    """Return first-order and total shares of variance of one output over the points of a :func:`design`.

    Returns
    -------
    DataFrame
        By factor, as ``choice``: first_order, first_order_se, total, total_se. The errors are by bootstrap, which takes
        points for independent: those of a Sobol' sequence are more even, so they are rather too large. Estimates may be
        slightly below 0 or above 1 by chance and are not cut. Missing where the output does not vary, or is not known
        at every point.
    """
    names = pd.Index(dict.fromkeys(factors), name="choice")
    if not np.isfinite(output).all() or not np.ptp(output) > 0:
        return pd.DataFrame(np.nan, index=names, columns=COLUMNS)
    if len(names) == 1:
        # All variance is that of the only factor; SALib has no groups then.
        return pd.DataFrame([[1.0, 0.0, 1.0, 0.0]], index=names, columns=COLUMNS)
    if not np.ptp(output.reshape(-1, len(names) + 2)[:, [0, -1]]) > 0:
        return pd.DataFrame(np.nan, index=names, columns=COLUMNS)
    # SALib takes a seed of 0 for none.
    found = analysis.analyze(
        _problem(factors), output, calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=seed + 1
    )
    width = norm.ppf((1 + LEVEL) / 2)
    values = [found["S1"], found["S1_conf"] / width, found["ST"], found["ST_conf"] / width]
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)), index=names)


def _problem(factors: Sequence[str]) -> dict[str, object]:
    count = len(factors)
    names = [f"{factor} {place}" for place, factor in enumerate(factors)]
    return {"num_vars": count, "names": names, "bounds": [[0, 1]] * count, "groups": list(factors)}
