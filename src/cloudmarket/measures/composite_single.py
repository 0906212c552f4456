"""What happens to the order when one choice alone is made otherwise.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 8 (inclusion and exclusion of individual
indicators, and alternative choices one by one).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau

from cloudmarket.measures.composite_build import Composite
from cloudmarket.measures.composite_model import NOTHING, STEPS, Model, Sample


def one_at_a_time(composite: Composite, model: Model, built: pd.Series) -> pd.DataFrame:
    """Return what each choice does when it alone is made otherwise.

    Returns
    -------
    DataFrame
        choice, option, largest_shift (in ranks, of units ranked both times), kendall (tau-b; missing where there is
        nothing to order), leader, flips_leader, flips_order. Weights drawn at random are no single choice.
    """
    base = {**{step: str(getattr(composite.method, step)) for step in STEPS}, "omitted": NOTHING}
    rows = []
    # The choice as built may be among the options or not: single changes start from it in any case.
    around = Model(
        composite,
        {name: tuple(dict.fromkeys((base[name], *options))) for name, options in model.options.items()},
        is_lenient=True,
    )
    start = {name: options.index(base[name]) for name, options in around.options.items()}
    for name, options in around.options.items():
        for place, option in enumerate(options):
            if option in (base[name], "random"):
                continue
            choice = {key: np.array([place if key == name else first]) for key, first in start.items()}
            found = around.ranks(Sample(choice, np.ones((1, len(composite.tree.names)))))[0]
            rows.append((name, option, *_compare(built, found)))
    columns = ["choice", "option", "largest_shift", "kendall", "leader", "flips_leader", "flips_order"]
    return pd.DataFrame(rows, columns=columns)


def _compare(built: pd.Series, found: NDArray[np.int16]) -> tuple[float, float, object, bool, bool]:
    before = built.to_numpy(dtype="float64", na_value=np.nan)
    both = ~np.isnan(before) & (found > 0)
    shift = float(np.abs(before[both] - found[both]).max()) if both.any() else np.nan
    varies = both.sum() > 1 and np.ptp(before[both]) > 0 and np.ptp(found[both]) > 0
    tau = float(kendalltau(before[both], found[both]).statistic) if varies else np.nan
    leaders = [set(built.index[ranks == 1]) for ranks in (before, found)]
    changed = bool((np.nan_to_num(before) != found).any())
    return shift, tau, ", ".join(sorted(map(str, leaders[1]))), leaders[0] != leaders[1], changed
