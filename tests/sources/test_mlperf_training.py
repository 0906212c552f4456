"""Logs of training runs, of three generations of loggers, and descriptions of systems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import mlperf_training

FOLDER = "Lab/results/box/resnet"
SYSTEM = b"""{"submitter": "Lab", "status": "Available cloud", "system_name": "Big  box", "number_of_nodes": "2",
"accelerators_per_node": 8, "accelerator_model_name": "Chip A",}"""
LOG = b"""some words
:::MLLOG {"namespace": "", "time_ms": 1600000000000, "key": "submission_benchmark", "value": "resnet", "metadata": {}}
0: :::MLLOG {"time_ms": 1600000000000, "key": "submission_division", "value": "closed", "metadata": {}}
:::MLLOG {"time_ms": 1600000001000, "key": "run_start", "value": null, "metadata": {"file": "run_stop.py"}}
:::MLLOG {"time_ms": 1600000002000, "key": "eval_accuracy", "value": 0.7, "metadata": {"file": "run_start.py"}}
:::MLLOG {"time_ms": 1600000061500, "key": "run_stop", "value": null, "metadata": {"status": "success"}}\r
"""
OLDEST = b""":::MLPv0.5.0 resnet 1540000000.250 (a.py:1) run_start
:::MLPv0.5.0 resnet 1540000000.000 (a.py:1) run_clear_caches
:::MLPv0.5.0 resnet 1540000030.500 (a.py:9) run_stop: {"success": false}
"""
OLDER = b""":::MLL 1560000000.000 submission_org: {"value": "Lab", "metadata": {"lineno": 1}}
:::MLL 1560000000.500 run_start: {"value": null, "metadata": {"lineno": 1}}
:::MLL 1560000060.500 run_stop: {"value": null, "metadata": {'status': 'aborted'}}
"""
NAMES = mlperf_training.COLUMNS.names


def parse(content: dict[str, bytes], version: str = "v9.9") -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in mlperf_training.parse(content, version)]


def run(log: bytes) -> dict[str, Any]:
    [row] = parse({f"{FOLDER}/result_0.txt": log})
    return row


def test_a_run_is_read_with_its_system() -> None:
    content = {
        f"{FOLDER}/result_0.txt": LOG, f"{FOLDER}/scaling.json": b'{"scaling_factor": 1.25}',
        "Lab/systems/box.json": SYSTEM, "Lab/systems/other.json": b" \n",
    }  # fmt: skip
    [row] = parse(content)
    assert row == dict.fromkeys(NAMES) | {
        "round": "v9.9", "folder": FOLDER, "run": "result_0.txt", "submitter": "Lab", "system": "box",
        "benchmark": "resnet", "division": "closed", "started_at": datetime(2020, 9, 13, 12, 26, 41, tzinfo=UTC),
        "seconds": 60.5, "outcome": "success", "scaling_factor": 1.25, "system_name": "Big box",
        "availability": "Available cloud", "nodes": "2", "accelerators_per_node": "8", "accelerator": "Chip A",
    }  # fmt: skip


def test_the_oldest_logs_are_read() -> None:
    path = "v0.5.0/lab/cloud_box/part/results/tpu/resnet/result_1.txt"
    [row] = parse({path: OLDEST})
    assert (row["submitter"], row["system"], row["benchmark"]) == ("lab", "cloud_box/tpu", "resnet")
    assert (row["seconds"], row["outcome"]) == (30.25, "aborted")


def test_older_logs_are_read() -> None:
    row = run(OLDER)
    assert (row["org"], row["seconds"], row["outcome"], row["benchmark"]) == ("Lab", 60.0, "aborted", "resnet")


def test_a_run_without_an_end_has_no_length() -> None:
    row = run(LOG.replace(b'"run_stop", ', b'"run_halt", '))
    assert (row["seconds"], row["outcome"]) == (None, None)
    assert row["started_at"] is not None


def test_spans_hold_where_the_clock_is_wrong() -> None:
    row = run(LOG.replace(b"16000000", b"16000"))
    assert (row["started_at"], row["seconds"]) == (None, 60.5)


def test_processes_that_tell_of_one_run_are_one_run() -> None:
    assert run(LOG + LOG)["seconds"] == 60.5


def test_another_submitters_system_is_not_taken() -> None:
    [row] = parse({f"{FOLDER}/result_0.txt": LOG, "Else/systems/box.json": SYSTEM})
    assert row["accelerator"] is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "has no logs of runs"),
        ({"Lab/systems/box.json": SYSTEM}, "has no logs of runs"),
        ({f"{FOLDER}/result_0.txt": LOG, "Lab/systems/box.json": b'{"a": '}, "is no JSON"),
        ({f"{FOLDER}/result_0.txt": LOG, f"{FOLDER}/scaling.json": b'{"scaling_factor": 0.9}'}, ".*which is no factor"),
        ({f"{FOLDER}/result_0.txt": LOG, f"{FOLDER}/scaling.json": b"[]"}, ".*which is no factor"),
        ({f"{FOLDER}/result_0.txt": LOG.replace(b"time_ms", b"time")}, ".*without a time that can be"),
        ({f"{FOLDER}/result_0.txt": OLDER.replace(b"1560", b"9560")}, ".*without a time that can be"),
        ({f"{FOLDER}/result_0.txt": LOG.replace(b"61500", b"00500")}, ".* ends before it begins"),
    ],
)
def test_what_is_no_round_is_refused(content: dict[str, bytes], message: str) -> None:
    with pytest.raises(ParseError, match=f"^mlperf_training v9.9: {message}"):
        parse(content)
