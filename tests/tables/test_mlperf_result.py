"""MLPerf results: the rules of both suites, spot values, the panel, and nothing of the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.history import Moment, fold
from cloudmarket.sources import mlperf_inference, mlperf_training
from cloudmarket.tables import inputs, mlperf_result
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from shared import panel
from tables.vintage import cut

SOURCES = {module.NAME: module for module in (mlperf_training, mlperf_inference)}
ROUNDS = {name: Moment(name, datetime(2018 + number, 1, 1, tzinfo=UTC)) for number, name in enumerate(("v1.0", "v5.0"))}
START = datetime(2018, 1, 1, tzinfo=UTC)
SERVER = {
    "scenario": "server", "log_scenario": "Server", "scheduled_samples_per_s": 7.0, "completed_samples_per_s": 6.0,
}  # fmt: skip
PANEL_KEY = ["round", "submitter_label", "system", "benchmark_label"]


def run(number: int, minutes: float | None, **facts: Any) -> dict[str, Any]:
    """Return a training run of a result in the first round."""
    return {
        "round": "v1.0", "folder": "Lab/results/box/resnet", "run": f"result_{number}.txt", "submitter": "NVIDIA",
        "system": "box", "benchmark": "resnet", "division": "closed", "started_at": START,
        "seconds": minutes and minutes * 60, "outcome": "success",
    } | facts  # fmt: skip


def log(**facts: Any) -> dict[str, Any]:
    """Return an inference run in the last round."""
    return {
        "round": "v5.0", "folder": f"closed/{len(facts)}", "run": "run_1", "submitter": "NVIDIA", "system": "box",
        "benchmark": "bert-99", "scenario": "Offline", "log_scenario": "Offline", "validity": "VALID",
        "samples_per_s": 100.0,
    } | facts  # fmt: skip


def built(training: Sequence[dict[str, Any]] = (), inference: Sequence[dict[str, Any]] = ()) -> pd.DataFrame:
    folded = {}
    for name, runs in (("mlperf_training", training or [run(0, 1)]), ("mlperf_inference", inference or [log()])):
        module = SOURCES[name]
        printed = [
            (
                moment,
                [tuple(row.get(column) for column in module.COLUMNS.names) for row in runs if row["round"] == label],
            )
            for label, moment in ROUNDS.items()
        ]
        folded[name] = fold(printed, module.COLUMNS, module.KEY_COUNT)
    rows = mlperf_result.build(Evidence(folded, {name: list(ROUNDS.values()) for name in SOURCES}))
    check(mlperf_result.TABLE, rows)
    check_all(mlperf_result.TABLE, rows, mlperf_result.check(rows))
    return rows[rows.suite == ("training" if training else "inference")]


def one(rows: pd.DataFrame) -> pd.Series:
    assert len(rows) == 1
    return rows.iloc[0]


@cache
def shipped() -> pd.DataFrame:
    return mlperf_result.build(inputs.evidence(SOURCES))


def test_the_fastest_and_the_slowest_run_are_dropped() -> None:
    row = one(built([run(number, minutes) for number, minutes in enumerate((9, 1, 5, 4, 6))]))
    assert (row.minutes, row.minutes_measured, row.runs, row.is_valid) == (5, 5, 5, True)
    assert not row.is_official
    assert row.basis == "recomputed"


@pytest.mark.parametrize("failure", [{"outcome": "aborted"}, {"seconds": None, "outcome": None}])
def test_a_failed_run_is_the_slowest(failure: dict[str, Any]) -> None:
    runs = [run(number, minutes) for number, minutes in enumerate((2, 4, 5, 9))]
    row = one(built([*runs, run(4, 0.1, **failure)]))
    assert (row.minutes, row.runs_failed, row.is_valid) == (6, 1, True)
    row = one(built([*runs[:3], run(3, 9, **failure), run(4, 0.1, **failure)]))
    assert pd.isna(row.minutes)
    assert (row.runs_failed, row.is_valid) == (2, False)


def test_of_unet3d_four_runs_are_dropped_at_either_end() -> None:
    minutes = [1] * 4 + [10] * 32
    facts = {"benchmark": "unet3d", "folder": "Lab/results/box/unet3d"}
    runs = [run(number, each, **facts) for number, each in enumerate(minutes)]
    failed = [run(number, 1, **facts, outcome="aborted") for number in range(36, 40)]
    row = one(built(runs + failed))
    assert (row.minutes, row.runs_failed, row.is_valid) == (10, 4, True)


def test_results_are_stretched_where_the_round_says_so() -> None:
    row = one(built([run(number, 10, scaling_factor=1.5) for number in range(5)]))
    assert (row.minutes, row.minutes_measured, row.scaling_factor) == (15, 10, 1.5)


def test_too_few_runs_give_no_minutes() -> None:
    row = one(built([run(number, 10) for number in range(4)]))
    assert pd.isna(row.minutes)
    assert (row.is_valid, row.runs, row.runs_required) == (False, 4, 5)


def test_logs_that_are_filed_again_are_marked() -> None:
    first = [run(number, number + 1) for number in range(5)]
    facts = {"folder": "Lab/results/new/resnet", "round": "v5.0"}
    rows = built([*first, *(run(number, number + 1, **facts) for number in range(5))])
    assert dict(zip(rows["round"], rows.is_repeat, strict=True)) == {"v1.0": False, "v5.0": True}


@pytest.mark.parametrize(("label", "benchmark"), [("v1.0", "ssd"), ("v5.0", "retinanet")])
def test_ssd_is_another_benchmark_in_later_rounds(label: str, benchmark: str) -> None:
    row = one(built([run(number, 10, benchmark="ssd", round=label) for number in range(5)]))
    assert (row.benchmark, row.benchmark_label) == (benchmark, "ssd")


@pytest.mark.parametrize(
    ("facts", "result", "unit"),
    [
        ({}, 100, "samples_per_s"),
        ({"tokens_per_s": 900.0}, 900, "tokens_per_s"),
        (SERVER, 6, "queries_per_s"),
        (SERVER | {"round": "v1.0"}, 7, "queries_per_s"),
        ({"scenario": "Interactive", "log_scenario": "Server", "completed_tokens_per_s": 8.0}, 8, "tokens_per_s"),
        ({"scenario": "SingleStream", "log_scenario": "Single Stream", "latency_p90_ns": 3e6}, 3, "latency_ms"),
        ({"scenario": "SingleStream", "log_scenario": "SingleStream", "latency_p90_ns": 3e6, "estimate_p90_ns": 4e6}, 4,
         "latency_ms"),
        ({"scenario": "MultiStream", "log_scenario": "MultiStream", "latency_p99_ns": 5e6}, 5, "latency_ms"),
        ({"scenario": "MultiStream", "log_scenario": "Multi Stream", "samples_per_query": 32.0}, 32,
         "samples_per_query"),
    ],
)  # fmt: skip
def test_a_scenario_has_its_measure(facts: dict[str, Any], result: float, unit: str) -> None:
    row = one(built(inference=[log(**facts)]))
    assert (row.result, row.unit, row.is_inferred, row.is_valid) == (result, unit, False, True)


def test_the_log_of_another_scenario_gives_no_result() -> None:
    row = one(built(inference=[log(log_scenario="SingleStream", latency_p90_ns=3e6)]))
    assert (pd.isna(row.result), row.is_inferred) == (True, True)


def test_a_result_that_contradicts_the_official_one_is_refused() -> None:
    with pytest.raises(CheckError, match="the log agrees with the official result"):
        built(inference=[log(official_result=120.0, official_unit="Samples/s")])


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"submitter": "Nobody"}, "submitter 'Nobody' is unknown: add it to mlperf_submitters.csv"),
        ({"accelerator": "Chip Z"}, "accelerator 'Chip Z' of box is unknown: add it to mlperf_accelerators.csv"),
    ],
)
def test_unknown_names_are_refused(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(CheckError, match=message):
        built(inference=[log(**facts)])
    with pytest.raises(CheckError, match="benchmarks of unknown rules: chess"):
        built([run(0, 1, benchmark="chess")])
    with pytest.raises(CheckError, match="unknown scenarios: \\['Sprint'\\]"):
        built(inference=[log(scenario="Sprint")])


@pytest.mark.parametrize(
    ("label", "folder", "minutes", "cloud", "accelerators"),
    [
        ("v3.1", "Azure+NVIDIA/results/ND_H100_v5_n1344_pytorch/gpt3", 4.0085, "azure", 10752),
        ("v3.1", "NVIDIA/results/eos-dfw_n1344_ngc23.09_nemo/gpt3", 3.9172, None, 10752),
        ("v4.0", "Google/results/cloud-tpu-v5p-12288-maxtext/gpt3", 12.4766, "gcp", 6144),
        ("v1.1", "Azure/results/nd96amsr_a100_v4_n256_ngc21.09_pytorch/bert", 0.4222, "azure", 2048),
        ("v0.7", "NVIDIA/results/dgxa100_ngc20.06_merlin_hugectr/dlrm", 3.3306, None, 8),
    ],
)
def test_known_results(label: str, folder: str, minutes: float, cloud: str | None, accelerators: int) -> None:
    rows = shipped()
    row = one(rows[(rows["round"] == label) & (rows.folder == folder)])
    assert round(row.minutes, 4) == minutes
    assert (None if pd.isna(row.cloud) else row.cloud) == cloud
    assert row.accelerators == accelerators


def test_logs_agree_with_the_official_list() -> None:
    rows = shipped()
    both = rows[rows.official_result.notna() & rows.result.notna()]
    assert len(both) == 604
    assert (np.abs(both.official_result / both.result - 1) > 0.001).sum() == 1


def test_the_training_panel_is_here_and_its_differences_are_explained() -> None:
    theirs = pd.read_csv(panel("mlperf/training_results_panel.csv"))
    theirs = theirs.rename(columns={"org": "submitter_label", "benchmark": "benchmark_label"})
    ours = shipped()
    ours = ours[ours.suite == "training"]
    both = theirs.merge(ours, on=PANEL_KEY)
    assert len(theirs) == both.drop_duplicates(PANEL_KEY).shape[0] == 2152
    assert len(ours) == 2220
    plain = both[(both.runs_failed == 0) & (both.benchmark != "unet3d") & (both["round"] >= "v0.7")]
    is_alike = (plain.trimmed_mean_min - plain.minutes_measured).abs() <= 0.001
    assert (len(plain), is_alike.sum()) == (1770, 1767)
    assert set(plain.submitter[~is_alike]) == {"Intel Habana Labs", "Dell", "Supermicro"}
    known = both[both.accelerators_total.notna()]
    assert (known.accelerators_total == known.accelerators).all()


def test_the_inference_panel_is_here_and_its_differences_are_explained() -> None:
    key = ["round", "submitter_label", "system", "benchmark_label", "scenario"]
    theirs = pd.read_csv(panel("mlperf/inference_closed_panel.csv"))
    theirs = theirs.rename(columns={"submitter": "submitter_label", "benchmark": "benchmark_label"})
    names = {name.lower(): name for name in mlperf_result.SCENARIOS}
    theirs["scenario"] = theirs.scenario.str.lower().map(names)
    ours = shipped()
    ours = ours[ours.suite == "inference"]
    both = theirs.drop_duplicates(key).merge(ours, on=key, how="left", indicator=True)
    assert (both._merge == "both").all()
    assert (len(theirs), len(ours), (ours["round"] == "v0.5").sum()) == (8423, 8589, 166)
    offline = both[both.unit == "samples_per_s"]
    is_alike = np.isclose(offline.samples_per_s, offline.result)
    assert set(offline.benchmark[~is_alike]) == {"dlrm-99", "dlrm-99.9"}
    cut_off = offline.result[~is_alike] / offline.samples_per_s[~is_alike]
    is_cut_off = np.isclose(cut_off, 1e6)
    assert (is_cut_off.sum(), len(is_cut_off)) == (238, 240)
    # Of several runs the panel takes the first.
    assert (offline.runs[~is_alike][~is_cut_off] > 1).all()


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2023, 6, 30), date(2025, 10, 1)])
def test_a_vintage_holds_nothing_of_the_future(day: date) -> None:
    then = Evidence({name: cut(name, day) for name in SOURCES}, {name: inputs.moments(name) for name in SOURCES})
    known = known_facts(mlperf_result.TABLE, shipped(), day, {})
    pd.testing.assert_frame_equal(known, mlperf_result.build(then))
