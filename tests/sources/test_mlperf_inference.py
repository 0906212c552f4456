"""Summaries of inference logs, official results beside them, and what is no result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import mlperf_inference

FOLDER = "closed/Lab/results/box/bert-99/Offline"
PATH = f"{FOLDER}/performance/run_1/mlperf_log_summary.txt"
LOG = b"""================================================
MLPerf Results Summary
================================================
SUT name : A system
Scenario : Offline
Mode     : PerformanceOnly
Samples per second: 2.5e+03
Result is : VALID
  Min duration satisfied : Yes
Recommendations:
 * Early stopping 90th percentile estimate: 1500000
90.00 percentile latency (ns)   : 1400000
90th percentile latency (ns) : 1450000
"""
NAMES = mlperf_inference.COLUMNS.names
OFFICIAL = {"Location": FOLDER, "Category": "closed", "Performance_Result": 2500, "Performance_Units": "Samples/s"}


def parse(content: dict[str, bytes]) -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in mlperf_inference.parse(content, "v9.9")]


def test_a_run_is_read_with_its_system_and_the_official_result() -> None:
    system = {"status": "available", "number_of_nodes": 1, "accelerator_model_name": "Chip A", "system_type": "edge"}
    content = {
        PATH: LOG,
        "closed/Lab/systems/box.json": json.dumps(system).encode(),
        "summary_results.json": json.dumps([OFFICIAL, OFFICIAL | {"Category": "open", "Location": "x"}]).encode(),
    }
    [row] = parse(content)
    assert row == dict.fromkeys(NAMES) | {
        "round": "v9.9", "folder": FOLDER, "run": "run_1", "submitter": "Lab", "system": "box", "benchmark": "bert-99",
        "scenario": "Offline", "log_scenario": "Offline", "validity": "VALID", "samples_per_s": 2500.0,
        "latency_p90_ns": 1450000.0, "estimate_p90_ns": 1500000.0, "official_result": 2500.0,
        "official_unit": "Samples/s", "availability": "available", "nodes": "1", "accelerator": "Chip A",
        "suite": "edge",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "closed/Lab/results/box/bert-99/Offline/performance/mlperf_log_summary.txt",
        "closed/Lab/results/box/bert-99/Offline/Performance/run_5/mlperf_log_summary.txt",
        "closed/Lab/results/box/bert-99/more/Offline/performance/run_1/mlperf_log_summary.txt",
    ],
)
def test_other_places_of_results_are_read(path: str) -> None:
    [row] = parse({path: LOG})
    assert (row["benchmark"], row["scenario"]) == ("bert-99", "Offline")


@pytest.mark.parametrize(
    "path",
    [
        f"{FOLDER}/performance/ranging/mlperf_log_summary.txt",
        f"{FOLDER}/test_4a/performance/mlperf_log_summary.txt",
        "closed/Lab/results/box/bert-99/Offline/TEST01/performance/run_1/mlperf_log_summary.txt",
    ],
)
def test_audits_and_power_ranges_are_no_results(path: str) -> None:
    assert len(parse({PATH: LOG, path: LOG})) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "has no logs of runs"),
        ({"closed/Lab/performance/run_1/mlperf_log_summary.txt": LOG}, "has a log .* which is no result's place"),
        ({PATH: LOG.replace(b"2.5e+03", b"fast")}, ".* prints b'fast' as Samples per second"),
        ({PATH: LOG.replace(b"2.5e+03", b"-1")}, ".* prints b'-1' as Samples per second"),
        ({PATH: LOG, "summary_results.json": b"{}"}, "summary_results.json is no list of results"),
    ],
)
def test_what_is_no_round_is_refused(content: dict[str, bytes], message: str) -> None:
    with pytest.raises(ParseError, match=f"^mlperf_inference v9.9: {message}"):
        parse(content)
