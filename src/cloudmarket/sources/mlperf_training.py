"""Runs of MLPerf Training: when each run began and ended, as the submitters' logs of each round tell.

The times are those of the logs. Official scores are made of them by rules of each round, some of which cannot be
applied here: what is computed of them is no official result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import mlperf_systems, safely
from cloudmarket.sources.origin import GitRounds

NAME = "mlperf_training"
ROUNDS = ("v0.5", "v0.6", "v0.7", "v1.0", "v1.1", "v2.0", "v2.1", "v3.0", "v3.1", "v4.0", "v4.1", "v5.0", "v5.1")
ORIGIN = GitRounds(
    {label: f"mlcommons/training_results_{label}" for label in ROUNDS},
    "**/results/**/result_*.txt",
    "**/results/**/scaling.json",
    "*/systems/*.json",
)
_SAID = ("submission_benchmark", "submission_division", "submission_org", "submission_platform", "submission_status")
COLUMNS = pa.schema(
    [
        ("round", pa.string()),
        ("folder", pa.string()),
        ("run", pa.string()),
        ("submitter", pa.string()),
        ("system", pa.string()),
        *((name.removeprefix("submission_"), pa.string()) for name in _SAID),
        ("started_at", pa.timestamp("us", "UTC")),
        ("seconds", pa.float64()),
        ("outcome", pa.string()),
        ("scaling_factor", pa.float64()),
        *mlperf_systems.COLUMNS,
    ]
)
KEY_COUNT = 3

_RESULT = re.compile(r"(?P<head>.+)/results/(?P<tail>.+)/(?P<run>result_[^/]+)")
_WANTED = re.compile(b"run_st(?:art|op)|submission_(?:benchmark|division|org|platform|status)")
# Three generations of loggers: :::MLPv0.5.0 (2018), :::MLL (2019), :::MLLOG (since).
_KEY = re.compile(
    rb':::ML(?:LOG.*?"key": ?"(\w+)"|L [\d.]+ (\w+):|Pv[\d.]+ \w+ [\d.]+ (?:\([^)]*\) )?(run_start|run_stop)\b)'
)
_MILLISECONDS = re.compile(rb'"time_ms": ?(\d+)')
_SECONDS = re.compile(rb'"time_s": ?([\d.]+)|:::ML(?:L|Pv[\d.]+ \w+) ([\d.]+)')
_VALUE = re.compile(rb'"value": ?"([^"]*)"')
_OUTCOME = re.compile(rb"""["']status["']: ?["'](\w+)|"success": ?(true|false)""")
_WORDS = {"true": "success", "false": "aborted"}
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2015, 2040))
_LARGEST_FACTOR = 10.0
_Span = tuple[datetime | None, float | None]


def parse(content: Mapping[str, bytes], version: str) -> Iterator[tuple[Any, ...]]:
    """Give a row per run: where it is filed, what the log says of it, and the system it ran on.

    Raises
    ------
    ParseError
        If a log is filed where no result is, or prints a time that cannot be one.
    """
    described = mlperf_systems.systems(content, NAME, version)
    count = 0
    for path in content:
        place = _RESULT.fullmatch(path)
        if place is None:
            continue
        count += 1
        submitter, system = _who(place["head"], place["tail"])
        said, span, outcome = _log(content[path], path, version)
        benchmark = said.pop("submission_benchmark") or place["tail"].split("/")[-1]
        folder = f"{place['head']}/results/{place['tail']}"
        yield (
            version, folder, place["run"], submitter, system, benchmark, *said.values(), *span, outcome,
            _scaling_factor(content, f"{folder}/scaling.json", version),
            *described.get((place["head"], system), mlperf_systems.UNKNOWN).values(),
        )  # fmt: skip
    if not count:
        raise ParseError.of_release(NAME, "has no logs of runs", version)


def _who(head: str, tail: str) -> tuple[str, str]:
    """Return submitter and system of a log's path; in the first round a submitter had several entries."""
    parts, system = head.split("/"), tail.split("/")[0]
    return (parts[0], system) if len(parts) == 1 else (parts[1], "/".join([*parts[2:3], system]))


def _scaling_factor(content: Mapping[str, bytes], path: str, version: str) -> float | None:
    """Return by how much the rules stretch a result that converged sooner than the reference."""
    if path not in content:
        return None
    told = safely.load_json(content[path], NAME, version)
    factor = told.get("scaling_factor") if isinstance(told, dict) else None
    if not isinstance(factor, int | float) or not 1 <= factor < _LARGEST_FACTOR:
        raise ParseError.of_release(NAME, f"{path} prints {told!r}, which is no factor", version)
    return float(factor)


def _log(printed: bytes, path: str, version: str) -> tuple[dict[str, str | None], _Span, str | None]:
    """Return what a log says of its submission, when the run began and how long it took, and how it ended."""
    said: dict[str, str | None] = dict.fromkeys(_SAID)
    times: dict[str, list[float]] = {"run_start": [], "run_stop": []}
    outcome = None
    for line in _lines(printed):
        key = _key(line)
        if key in said:
            value = _VALUE.search(line)
            said[key] = value[1].decode(errors="replace") if value else None
        elif key in times:
            times[key].append(_seconds(line, path, version))
            if key == "run_stop" and (told := _OUTCOME.search(line)):
                word = (told[1] or told[2]).decode()
                outcome = _WORDS.get(word, word)
    return said, _span(times["run_start"], times["run_stop"], path, version), outcome


def _span(starts: list[float], stops: list[float], path: str, version: str) -> _Span:
    """Return when a run began and how long it took; several processes may tell of one run."""
    if not starts:
        return None, None
    began = min(starts)
    took = max(stops) - began if stops else None
    if took is not None and took <= 0:
        raise ParseError.of_release(NAME, f"{path} ends before it begins", version)
    return datetime.fromtimestamp(began, UTC) if began >= _FIRST else None, took


def _lines(printed: bytes) -> Iterator[bytes]:
    """Yield the logger's lines that name what is wanted; a plain search first, as logs are long."""
    end = -1
    for found in _WANTED.finditer(printed):
        if found.start() > end:
            start = printed.rfind(b"\n", 0, found.start()) + 1
            end = printed.find(b"\n", found.end())
            end = len(printed) if end < 0 else end
            mark = printed.find(b":::ML", start, end)
            if mark >= 0:
                yield printed[mark:end]


def _key(line: bytes) -> str:
    found = _KEY.match(line)
    return next((part.decode() for part in found.groups() if part), "") if found else ""


def _seconds(line: bytes, path: str, version: str) -> float:
    if found := _MILLISECONDS.search(line):
        seconds, first = int(found[1]) / 1000, 0.0
    else:
        printed = _SECONDS.search(line)
        seconds, first = float(printed[1] or printed[2]) if printed else -1.0, _FIRST
    # One logger adds milliseconds to a second of the day it ran: spans between its lines hold, and nothing else.
    if not first <= seconds <= _LAST:
        raise ParseError.of_release(NAME, f"{path} has a line without a time that can be: {line[:120]!r}", version)
    return seconds
