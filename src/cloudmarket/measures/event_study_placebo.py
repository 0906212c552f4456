"""What the same study finds where nothing happened, and p-values of several studies together.

References
----------
Fisher (1935), The Design of Experiments: inference by what might have been. Phipson and Smyth (2010), Permutation
p-values should never be zero, Statistical Applications in Genetics and Molecular Biology 9(1), article 39. Holm (1979),
A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2), 65-70.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cloudmarket.measures import event_study_models as models
from cloudmarket.measures import event_study_windows as windows
from cloudmarket.measures.event_study_models import Model
from cloudmarket.measures.event_study_windows import Panel, Window


@dataclass(frozen=True, slots=True, eq=False)
class Placebo:
    """Mean CAR of the event (``actual``) and of dates without one (``values``, by date).

    ``p_value`` is (1 + placebo dates at least as far from 0) / (1 + placebo dates): with few dates it cannot be small.
    """

    actual: float
    values: pd.Series
    p_value: float

    def __repr__(self) -> str:
        return f"Placebo: mean CAR {self.actual:.4f}, p = {self.p_value:.3f} against {len(self.values)} placebo dates"


def placebo(
    returns: pd.DataFrame,
    market: pd.Series | Hashable | None,
    firms: Sequence[Hashable] | None,
    event_date: Any,
    event_window: Window = (-1, 1),
    estimation_window: Window = (-279, -30),
    model: Model = "market",
    *,
    known_events: Sequence[Any] = (),
) -> Placebo:
    """Compare the mean CAR of one event with those of all placebo dates whose windows do not overlap.

    Placebo dates are one event window apart, counted from the event, and take only complete windows; those whose
    event window touches the event's, or that of another in ``known_events``, are left out. The mean is over firms
    without a missing return. Parameters are those of :func:`cloudmarket.measures.event_study.run`.

    Raises
    ------
    ValueError
        If no placebo date fits, or the event itself has no complete window.
    """
    models.check(model)
    if market is None and model != "mean-adjusted":
        raise ValueError(f"the {model} model needs the returns of a market")
    data = windows.panel(returns, market, firms)
    real = windows.pairs(data, event_date)
    if real.position.nunique() > 1:
        raise ValueError("placebo dates are for one event: run it for each")
    event = windows.offsets(event_window, data, real, "event")
    estimation = windows.offsets(estimation_window, data, real, "estimation")
    zero, length = int(real.position.iloc[0]), event[1] - event[0] + 1
    others = {int(at) for at in data.dates.searchsorted(pd.DatetimeIndex([pd.Timestamp(day) for day in known_events]))}
    others.discard(zero)
    first, last = max(-estimation[0], 0), len(data.dates) - max(event[1], 0)
    steps = [at for at in range(zero % length, last, length) if at >= first and at != zero]
    free = [at for at in steps if all(abs(at - other) >= length for other in {zero, *others})]
    # Days of real events would make placebo models, and their windows, into studies of the event.
    clean = data.values.copy()
    for other in others:
        clean[max(other + event[0], 0) : max(other + event[1] + 1, 0)] = np.nan
    quiet = Panel(data.dates, clean, data.market, data.firms)
    actual = _mean_car(quiet, zero, real.firm, event, estimation, model)
    clean[max(zero + event[0], 0) : zero + event[1] + 1] = np.nan
    values = pd.Series(
        {data.dates[at]: _mean_car(quiet, at, real.firm, event, estimation, model) for at in free}, dtype=float
    ).dropna()
    if np.isnan(actual) or values.empty:
        raise ValueError("no firm has complete windows at the event" if np.isnan(actual) else "no placebo date fits")
    return Placebo(actual, values, float((1 + (values.abs() >= abs(actual)).sum()) / (1 + len(values))))


def _mean_car(
    data: Panel, zero: int, firms: pd.Series, event: tuple[int, int], estimation: tuple[int, int], model: Model
) -> float:
    frame = pd.DataFrame({"firm": firms.to_numpy(), "event": data.dates[zero], "position": zero})
    sample = windows.align(data, frame, event, estimation)
    fitted = models.fit(sample, model)
    # Half of the estimation days suffice: the real event's own may be blanked among them.
    usable = np.isfinite(sample.event).all(axis=0) & (2 * fitted.days > len(sample.estimation)) & (fitted.variance > 0)
    return float(fitted.car[usable].mean()) if usable.any() else float("nan")


def holm(p_values: pd.Series | Mapping[Hashable, float]) -> pd.Series:
    """Return Holm's adjusted p-values, in the order given; those missing stay missing and do not count.

    Raises
    ------
    ValueError
        If one is outside 0 to 1.
    """
    given = pd.Series(p_values, dtype=float)
    present = np.flatnonzero(given.notna())
    order = present[np.argsort(given.to_numpy()[present], kind="stable")]
    known = given.iloc[order]
    if not known.between(0, 1).all():
        raise ValueError("a p-value is outside 0 to 1")
    adjusted = (known * np.arange(len(known), 0, -1)).cummax().clip(upper=1)
    result = np.full(len(given), np.nan)
    result[order] = adjusted
    return pd.Series(result, index=given.index)
