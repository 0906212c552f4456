"""Scores of forecasts: MASE, interval scores, coverage; references in ``forecast``.

The test against drift is that of Diebold and Mariano (1995), Comparing Predictive Accuracy, Journal of Business and
Economic Statistics 13(3), 253-263, as modified for few origins by Harvey, Leybourne and Newbold (1997), Testing the
equality of prediction mean squared errors, International Journal of Forecasting 13(2), 281-291.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

LEVELS = (80, 95)


def winkler(low: Any, high: Any, actual: Any, level: float) -> Any:
    """Return the interval score: the width, and 2 / (1 - level) times what the value is outside by."""
    outside = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return high - low + 2 / (1 - level) * outside


def better(losses: pd.Series, benchmark: pd.Series, overlap: int) -> float:
    """Return the one-sided p-value of losses no smaller than the benchmark's, one per origin.

    ``overlap`` origins in a row share days they forecast: one autocovariance fewer counts. NaN where the variance
    estimated is not positive, or origins are too few.
    """
    gains = (benchmark - losses).dropna().to_numpy()
    count = len(gains)
    if count < max(3, overlap + 1):
        return math.nan
    centred = gains - gains.mean()
    covariances = [float(centred[lag:] @ centred[: count - lag]) / count for lag in range(overlap)]
    variance = (covariances[0] + 2 * sum(covariances[1:])) / count
    # Equal gains at every origin leave rounding for a variance.
    if not variance > 1e-20 * float(np.mean(gains**2)):
        return math.nan
    correction = math.sqrt((count + 1 - 2 * overlap + overlap * (overlap - 1) / count) / count)
    return float(stats.t.sf(correction * gains.mean() / math.sqrt(variance), count - 1))


def score(forecasts: pd.DataFrame, names: list[str], overlap: int) -> pd.DataFrame:
    """Return one row per model, over the origins where it forecasts; with a failure it cannot beat drift."""
    errors = (forecasts["mean"] - forecasts.actual).abs() / forecasts.scale
    losses = errors.groupby([forecasts.model, forecasts.origin]).mean()
    rows = {}
    for name in names:
        mine = forecasts[forecasts.model == name]
        known = mine["mean"].notna()
        part = mine[known]
        row: dict[str, Any] = {"mase": ((part["mean"] - part.actual).abs() / part.scale).mean()}
        for level in LEVELS:
            low, high = part[f"low_{level}"], part[f"high_{level}"]
            row[f"winkler_{level}"] = winkler(low, high, part.actual, level / 100).mean()
            row[f"coverage_{level}"] = ((low <= part.actual) & (part.actual <= high)).mean() if len(part) else np.nan
        row["origins"] = part.origin.nunique()
        row["failures"] = mine.origin[~known].nunique()
        row["doubts"] = mine.origin[known & (mine.problem != "")].nunique()
        row["p_value"] = better(losses[name], losses["drift"], overlap) if name != "drift" else math.nan
        rows[name] = row
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    # Half the origins would be half the test: who fails at the hard ones must not win by it.
    return frame.assign(beats_drift=(frame.mase < frame.mase["drift"]) & (frame.failures == 0))
