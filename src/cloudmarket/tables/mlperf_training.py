"""Training results of MLPerf from their runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.tables.mlperf_systems import RESULT, described

RUNS_REQUIRED = {
    "resnet": 5, "ssd": 5, "retinanet": 5, "maskrcnn": 5, "dlrm": 5, "gpt3": 3, "llama31_405b": 3, "unet3d": 40,
    "ncf": 100, "gnmt": 10, "transformer": 10, "bert": 10, "minigo": 10, "rnnt": 10, "dlrm_dcnv2": 10,
    "stable_diffusion": 10, "rgat": 10, "llama2_70b_lora": 10, "llama31_8b": 10, "flux1": 10,
}  # fmt: skip
"""Runs of a result by the rules of its rounds."""

DROPPED = {"unet3d": 4}
"""Runs that the rules drop at either end where it is not one: as many may fail."""

_OTHER_NAMES = {"mask": "maskrcnn", "gnn": "rgat"}
# From this round on, what submitters file as ssd is another and larger model.
_RETINANET_SINCE = "v2.0"
_SUCCESS = "success"


def results(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a row per result.

    Parameters
    ----------
    runs : DataFrame
        The folded history: a row per run.

    Raises
    ------
    CheckError
        If a benchmark, submitter or chip is unknown.
    """
    # Who does not print how a run ended printed that it did; the first round's loggers had no word for it.
    has_failed = runs.seconds.isna() | ~runs.outcome.isin([_SUCCESS]) & runs.outcome.notna()
    benchmark = _benchmark(runs)
    runs = runs.assign(
        has_failed=has_failed,
        minutes=(runs.seconds / 60).where(~has_failed, np.inf),
        benchmark_label=runs.benchmark,
        benchmark=benchmark,
        dropped=benchmark.map(DROPPED).fillna(1),
    ).sort_values([*RESULT, "minutes", "run"])
    groups = runs.groupby(RESULT, sort=False)
    place, count = groups.cumcount(), groups.run.transform("size")
    # What failed sorts last, and so is among what is dropped.
    is_counted = (place >= runs.dropped) & (place < count - runs.dropped)
    inner = runs[is_counted].groupby(RESULT, sort=False).minutes.mean()
    found = groups.agg(
        runs=("run", "size"), runs_failed=("has_failed", "sum"), division=("division", "first"),
        submitter=("submitter", "first"), system=("system", "first"), system_name=("system_name", "first"),
        availability=("availability", "first"), benchmark=("benchmark", "first"),
        benchmark_label=("benchmark_label", "first"), dropped=("dropped", "first"),
        scaling_factor=("scaling_factor", "first"),
        accelerator=("accelerator", "first"), nodes=("nodes", "first"),
        accelerators_per_node=("accelerators_per_node", "first"), observed_first_at=("observed_first_at", "min"),
        observed_last_at=("observed_last_at", "max"),
    )  # fmt: skip
    found = found.join(inner.rename("minutes_measured")).reset_index()
    found["runs_required"] = found.benchmark.map(RUNS_REQUIRED)
    found["is_valid"] = (found.runs >= found.runs_required) & (found.runs_failed <= found.dropped)
    found["minutes_measured"] = found.minutes_measured.where(found.is_valid)
    found["minutes"] = found.minutes_measured * found.scaling_factor.fillna(1)
    found["is_repeat"] = _is_repeat(runs, found)
    return described(found)


def _benchmark(runs: pd.DataFrame) -> pd.Series:
    names = runs.benchmark.replace(_OTHER_NAMES)
    names = names.mask((names == "ssd") & (runs["round"] >= _RETINANET_SINCE), "retinanet")
    unknown = sorted(set(names) - RUNS_REQUIRED.keys())
    if unknown:
        raise CheckError(f"MLPerf Training has benchmarks of unknown rules: {', '.join(unknown)}")
    return names


def _is_repeat(runs: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Whether the very run times of a result, to the millisecond, are those of another filed before it."""
    times = runs.dropna(subset="seconds").groupby(RESULT).seconds
    signature = times.agg(lambda seconds: hash(tuple(sorted(seconds.round(3))))).rename("signature").reset_index()
    ordered = found.merge(signature, on=RESULT, how="left").sort_values(["observed_first_at", "folder"])
    return (ordered.duplicated(["benchmark", "signature"]) & ordered.signature.notna()).sort_index()
