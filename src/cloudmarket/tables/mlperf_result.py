"""``mlperf_result``: what systems reached in the rounds of MLPerf, computed here from the submitters' logs.

None of it is an official result. The minutes of a training result are the mean of its runs without the fastest and
the slowest (of unet3d four of each), a failed run counting as the slowest, stretched where the round says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.tables import mlperf_inference, mlperf_training
from cloudmarket.tables.base import BOOLEAN, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

SCENARIOS = ("Offline", "Server", "Interactive", "SingleStream", "MultiStream")
UNITS = ("samples_per_s", "tokens_per_s", "queries_per_s", "latency_ms", "samples_per_query")

TABLE = Table(
    name="mlperf_result",
    grain="a result that was submitted to a round: a system and a benchmark, of inference in a scenario",
    key=("suite", "round", "folder"),
    sources=("mlperf_training", "mlperf_inference"),
    columns=(
        Column("suite", TEXT, "training or inference.", values=("training", "inference")),
        Column("round", TEXT, "Round, as v5.1."),
        Column("folder", TEXT, "Where the round keeps the logs of the result."),
        Column("division", TEXT, "closed or open; missing where the log does not say.", False, ("closed", "open")),
        Column("submitter", TEXT, "Who submitted it."),
        Column("submitter_label", TEXT, "The submitter as the folder is named."),
        Column("system", TEXT, "The system as the folder is named."),
        Column("system_name", TEXT, "What the submitter calls it.", is_required=False),
        Column("availability", TEXT, "Whether and where it can be had, as printed.", is_required=False),
        Column("operator", TEXT, "On whose cloud it ran; missing where it did on none or nothing tells.", False),
        Column("cloud", TEXT, "Code of that cloud where the study follows it.", is_required=False),
        Column("benchmark", TEXT, "The benchmark, one name through all rounds."),
        Column("benchmark_label", TEXT, "The benchmark as printed."),
        Column("scenario", TEXT, "How queries arrive; missing for training.", is_required=False, values=SCENARIOS),
        Column("accelerator", TEXT, "Canonical chip; missing where it is none of the study.", is_required=False),
        Column("accelerator_label", TEXT, "The chip as printed.", is_required=False),
        Column("nodes", INTEGER, "Machines.", is_required=False, above=0),
        Column("accelerators", INTEGER, "Chips in all machines; of the first TPUs, cores.", is_required=False),
        Column("runs", INTEGER, "Runs whose log can be read.", above=0),
        Column("runs_required", INTEGER, "Runs that the rules ask for.", above=0),
        Column("runs_failed", INTEGER, "Runs that did not succeed."),
        Column("minutes", NUMBER, "Training: minutes as computed here by the rules.", is_required=False, above=0),
        Column("minutes_measured", NUMBER, "Training: minutes before the scaling factor.", False, above=0),
        Column(
            "scaling_factor", NUMBER,
            "Factor by which the round stretches a result that converged in fewer steps than the reference.", False,
            above=0,
        ),
        Column("result", NUMBER, "Inference: result as read from the log.", is_required=False, above=0),
        Column("unit", TEXT, "Inference: unit of the result.", is_required=False, values=UNITS),
        Column("official_result", NUMBER, "Inference: official result, where the round lists it.", False, above=0),
        Column("official_unit", TEXT, "Its unit as listed.", is_required=False),
        Column(
            "is_valid", BOOLEAN,
            "True if the logs at hand meet the rules: enough runs, of training no more failed than are dropped anyway,"
            " of inference all valid.",
        ),
        Column(
            "is_inferred", BOOLEAN, "True if the folder holds the log of another scenario, from which the rules infer."
        ),
        Column("is_repeat", BOOLEAN, "Training: true if an earlier result has the very same run times.", False),
        Column("is_official", BOOLEAN, "False: minutes and result are computed here."),
        Column("basis", TEXT, "recomputed: from the submitters' logs.", values=("recomputed",)),
        Column("source", TEXT, "Where it was read.", values=("mlperf_training", "mlperf_inference")),
        Column("evidence", TEXT, "A: the submitter's own log.", values=("A",)),
        *KNOWLEDGE_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the results of both suites. Raises CheckError if a submitter, chip or benchmark is unknown."""
    training = mlperf_training.results(evidence.folded["mlperf_training"].to_pandas())
    inference = mlperf_inference.results(evidence.folded["mlperf_inference"].to_pandas())
    rows = pd.concat(
        [
            training.assign(suite="training", source="mlperf_training", is_inferred=False),
            inference.assign(suite="inference", source="mlperf_inference"),
        ],
        ignore_index=True,
    )
    # A round adds to the rounds before it: nothing of them is ever superseded.
    return TABLE.frame(rows.assign(is_official=False, basis="recomputed", evidence="A"))


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    is_training = rows.suite == "training"
    yield (
        "training has minutes, inference a result",
        ~(rows.minutes.notna() & ~is_training) & ~(rows.result.notna() & is_training),
    )
    yield "minutes of valid training results only", rows.minutes.notna() == (is_training & rows.is_valid)
    yield "a result has a unit", rows.result.notna() == rows.unit.notna()
    yield "inference has a scenario", rows.scenario.isna() == is_training
    yield "a valid inference result is inferred or has a number", is_training | rows.is_inferred | rows.result.notna()
    ratio = rows.official_result / rows.result
    yield "the log agrees with the official result", ~((ratio - 1).abs() > 0.001) | _is_known(rows)
    yield "fewer runs failed than there are", rows.runs_failed <= rows.runs


def _is_known(rows: pd.DataFrame) -> pd.Series:
    """Whether the official list takes another number than its own rules name: one result of an edge model."""
    return (rows.benchmark == "llama3.1-8b-edge") & (rows.scenario == "SingleStream")
