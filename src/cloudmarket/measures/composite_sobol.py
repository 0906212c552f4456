"""Shares of variance due to each choice, by itself and with its interactions.

References
----------
Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181(2),
259-270: the design of matrices A, B and A with one factor of B; Jansen (1999), Analysis of variance designs for model
output, Computer Physics Communications 117, 35-43: both estimators. Saisana, Saltelli and Tarantola (2005), JRSS A
168(2), 307-323: their use on ranks of composite indicators.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def jansen(a: Array, b: Array, mixed: dict[str, Array]) -> pd.DataFrame:
    """Return first-order and total shares of variance of one output.

    Parameters
    ----------
    a, b : array (draws,)
        The output on two independent samples of all factors.
    mixed : mapping of array (draws,)
        By factor, the output on the first sample with this factor from the second.

    Returns
    -------
    DataFrame
        By factor: first_order, first_order_se, total, total_se (of the numerator's mean; the variance is taken as
        known). Estimates may be slightly below 0 or above 1 by chance and are not cut. Missing where the output does
        not vary, or is not known in every draw.
    """
    variance = float(np.var(np.concatenate([a, b]), ddof=1))
    rows = {}
    for factor, output in mixed.items():
        if not variance > 0:
            rows[factor] = (np.nan,) * 4
            continue
        first, total = (b - output) ** 2 / (2 * variance), (a - output) ** 2 / (2 * variance)
        errors = [float(np.std(part, ddof=1) / np.sqrt(len(part))) for part in (first, total)]
        rows[factor] = (1 - float(first.mean()), errors[0], float(total.mean()), errors[1])
    columns = ["first_order", "first_order_se", "total", "total_se"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("choice")
