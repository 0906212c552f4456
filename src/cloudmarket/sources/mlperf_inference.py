"""Runs of MLPerf Inference, closed division: what the summary of each log says.

What a run measures depends on its scenario: samples or tokens a second, or how long nearly all queries took. Numbers
read off logs are no official results; where a round ships its list of official results, they stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import mlperf_systems, safely
from cloudmarket.sources.origin import GitRounds

NAME = "mlperf_inference"
ROUNDS = ("v0.5", "v0.7", "v1.0", "v1.1", "v2.0", "v2.1", "v3.0", "v3.1", "v4.0", "v4.1", "v5.0", "v5.1")
ORIGIN = GitRounds(
    {label: f"mlcommons/inference_results_{label}" for label in ROUNDS},
    "closed/*/results/**/[Pp]erformance/**/mlperf_log_summary.txt",
    "closed/*/systems/*.json",
    "summary_results.json",
)
# Names in the log, which changed from round to round.
_NUMBERS = {
    "samples_per_s": ("Samples per second",),
    "tokens_per_s": ("Tokens per second", "Tokens per second (inferred)"),
    "scheduled_samples_per_s": ("Scheduled samples per second",),
    "completed_samples_per_s": ("Completed samples per second",),
    "completed_tokens_per_s": ("Completed tokens per second", "Completed tokens per second (inferred)"),
    "samples_per_query": ("Samples per query",),
    "latency_p90_ns": ("90th percentile latency (ns)", "90.0th percentile latency (ns)"),
    "latency_p99_ns": ("99th percentile latency (ns)", "99.0th percentile latency (ns)"),
    "estimate_p90_ns": (
        "* Early stopping 90th percentile estimate",
        "* Early stopping 90.0th percentile estimate",
    ),
    "estimate_p99_ns": (
        "* Early stopping 99th percentile estimate",
        "* Early stopping 99.0th percentile estimate",
    ),
}
COLUMNS = pa.schema(
    [
        ("round", pa.string()),
        ("folder", pa.string()),
        ("run", pa.string()),
        ("submitter", pa.string()),
        ("system", pa.string()),
        ("benchmark", pa.string()),
        ("scenario", pa.string()),
        ("log_scenario", pa.string()),
        ("validity", pa.string()),
        *((name, pa.float64()) for name in _NUMBERS),
        ("official_result", pa.float64()),
        ("official_unit", pa.string()),
        *mlperf_systems.COLUMNS,
    ]
)
KEY_COUNT = 3

_SUMMARY = "summary_results.json"
_RESULT = re.compile(
    r"(?P<folder>(?P<head>closed/(?P<submitter>[^/]+))/results/(?P<system>[^/]+)/(?P<benchmark>[^/]+)/"
    r"(?:[^/]+/)?(?P<scenario>[^/]+))/[Pp]erformance/(?:(?P<run>run_\d+)/)?mlperf_log_summary\.txt"
)
# Runs that find the range of a power meter, and audits.
_NO_RESULT = re.compile(r"/[Pp]erformance/ranging/|/test_\w+/[Pp]erformance/|/TEST\d+/", re.IGNORECASE)
_LINE = re.compile(rb"^ *([^:\n]+?) *: *([^\r\n]*?) *\r?$", re.MULTILINE)


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[Any, ...]]:
    """Give a row per run: where it is filed, what the log says, and the system it ran on.

    Raises
    ------
    ParseError
        If a log is filed where no result is, has no verdict, or prints a number that cannot be one.
    """
    described = mlperf_systems.systems(content, NAME, version)
    official = _official(content[_SUMMARY], version) if _SUMMARY in content else {}
    count = 0
    for path in content:
        if not path.endswith("mlperf_log_summary.txt") or _NO_RESULT.search(path):
            continue
        place = _RESULT.fullmatch(path)
        if place is None:
            raise ParseError.of_release(NAME, f"has a log {path}, which is no result's place", version)
        count += 1
        said = {key.decode(errors="replace"): value for key, value in _LINE.findall(content[path])}
        numbers = [_number(said, names, path, version) for names in _NUMBERS.values()]
        yield (
            version, place["folder"], place["run"] or "", place["submitter"], place["system"], place["benchmark"],
            place["scenario"], _word(said, "Scenario"), _word(said, "Result is"), *numbers,
            *official.get(place["folder"], (None, None)),
            *described.get((place["head"], place["system"]), mlperf_systems.UNKNOWN).values(),
        )  # fmt: skip
    if not count:
        raise ParseError.of_release(NAME, "has no logs of runs", version)


def _word(said: Mapping[str, bytes], name: str) -> str | None:
    return said[name].decode(errors="replace") if said.get(name) else None


def _number(said: Mapping[str, bytes], names: tuple[str, ...], path: str, version: str) -> float | None:
    printed = next((said[name] for name in names if name in said), None)
    if printed is None:
        return None
    try:
        number = float(printed)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ParseError.of_release(NAME, f"{path} prints {printed!r} as {names[0]}", version)
    return number


def _official(printed: bytes, version: str) -> dict[str, tuple[float, str]]:
    """Return the official results by the folder of the result."""
    entries = safely.load_json(printed, NAME, version)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ParseError.of_release(NAME, f"{_SUMMARY} is no list of results", version)
    return {
        str(entry["Location"]): (float(entry["Performance_Result"]), str(entry["Performance_Units"]))
        for entry in entries
        if entry.get("Category") == "closed" and isinstance(entry.get("Performance_Result"), int | float)
    }
