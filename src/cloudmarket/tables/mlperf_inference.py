"""Inference results of MLPerf, closed division, from their logs."""

from __future__ import annotations

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.tables.mlperf_systems import RESULT, described

_SCENARIOS = {
    "offline": "Offline", "server": "Server", "interactive": "Interactive", "singlestream": "SingleStream",
    "multistream": "MultiStream",
}  # fmt: skip
# An interactive result is one of a server under stricter limits.
_IN_LOG = {"Interactive": "Server"}
_OTHER_NAMES = {
    "llama3_1-405b": "llama3.1-405b", "llama3_1-8b": "llama3.1-8b", "resnet": "resnet50", "ssd-small": "ssd-mobilenet",
    "ssd-large": "ssd-resnet34",
}  # fmt: skip
# From this round on, a server counts what it completed, and no longer what it was sent.
_COMPLETED_SINCE = "v5.0"
# The first rounds asked for several runs of a server.
_SERVED_REPEATEDLY, _SERVER_RUNS = ("v0.5", "v0.7"), 5
_NS_PER_MS = 1e6
_VALID = "VALID"

# What a scenario is measured by, the first that the log prints: column of the history, unit, divisor.
_MEASURES = {
    "Offline": (("tokens_per_s", "tokens_per_s", 1.0), ("samples_per_s", "samples_per_s", 1.0)),
    "Server": (("completed_tokens_per_s", "tokens_per_s", 1.0), ("served_per_s", "queries_per_s", 1.0)),
    "SingleStream": (
        ("estimate_p90_ns", "latency_ms", _NS_PER_MS), ("latency_p90_ns", "latency_ms", _NS_PER_MS),
    ),
    "MultiStream": (
        ("estimate_p99_ns", "latency_ms", _NS_PER_MS), ("latency_p99_ns", "latency_ms", _NS_PER_MS),
        ("samples_per_query", "samples_per_query", 1.0),
    ),
}  # fmt: skip


def results(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a row per result; of several runs, the median of the valid ones counts.

    Raises
    ------
    CheckError
        If a scenario, submitter or chip is unknown.
    """
    scenario = runs.scenario.str.lower().map(_SCENARIOS)
    in_log = runs.log_scenario.str.replace(" ", "").str.lower().map(_SCENARIOS)
    if scenario.isna().any() or in_log.isna().any():
        raise CheckError(f"MLPerf Inference has unknown scenarios: {sorted(set(runs.scenario[scenario.isna()]))}")
    served = runs.completed_samples_per_s.where(runs["round"] >= _COMPLETED_SINCE, runs.scheduled_samples_per_s)
    runs = runs.assign(
        scenario=scenario, served_per_s=served, has_failed=runs.validity != _VALID,
        is_inferred=in_log != scenario.replace(_IN_LOG), measured=scenario.replace(_IN_LOG),
    )  # fmt: skip
    runs = _measured(runs)
    groups = runs.sort_values([*RESULT, "run"]).groupby(RESULT, sort=False)
    found = groups.agg(
        runs=("run", "size"), runs_failed=("has_failed", "sum"), submitter=("submitter", "first"),
        system=("system", "first"), system_name=("system_name", "first"), availability=("availability", "first"),
        benchmark_label=("benchmark", "first"), scenario=("scenario", "first"), result=("result", "median"),
        unit=("unit", "first"), official_result=("official_result", "first"), official_unit=("official_unit", "first"),
        is_inferred=("is_inferred", "any"), accelerator=("accelerator", "first"), nodes=("nodes", "first"),
        accelerators_per_node=("accelerators_per_node", "first"), observed_first_at=("observed_first_at", "min"),
        observed_last_at=("observed_last_at", "max"),
    ).reset_index()  # fmt: skip
    is_repeated = (found.scenario == "Server") & found["round"].isin(_SERVED_REPEATEDLY)
    required = is_repeated.map({True: _SERVER_RUNS, False: 1})
    return described(
        found.assign(
            division="closed",
            benchmark=found.benchmark_label.replace(_OTHER_NAMES),
            runs_required=required,
            is_valid=(found.runs_failed == 0) & (found.runs >= required),
        )
    )


def _measured(runs: pd.DataFrame) -> pd.DataFrame:
    """Return runs with result and unit by the rules of their scenario; none where the log is of another."""
    runs = runs.assign(result=float("nan"), unit=pd.Series(None, index=runs.index, dtype="str"))
    for scenario, measures in _MEASURES.items():
        for column, unit, divisor in measures:
            is_open = (runs.measured == scenario) & runs.result.isna() & runs[column].notna()
            is_open &= ~runs.is_inferred & ~runs.has_failed
            runs.loc[is_open, "result"] = runs.loc[is_open, column] / divisor
            runs.loc[is_open, "unit"] = unit
    return runs
