"""Runs that are processes of their own, so that each has its own peak of memory and starts cold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Run:
    """One process: what it printed last as JSON (``wall`` and ``cpu``, seconds, after imports), and its peak, MiB."""

    wall: float
    cpu: float
    peak: float
    result: Any


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> Run | str:
    """Run a command to its end, or return the last line of what went wrong."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, env={**os.environ, **(env or {})})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            lines = errors.read().decode(errors="replace").strip().splitlines()
            return f"exit {process.returncode}: {lines[-1] if lines else 'no message'}"
        found = json.loads(output.read().splitlines()[-1])
    # The kernel counts the resident set in KiB.
    return Run(found["wall"], found["cpu"], used.ru_maxrss / 1024, found["result"])


def interleaved(commands: Mapping[str, Sequence[str]], times: int, env: Mapping[str, str]) -> dict[str, list[Run]]:
    """Run each command in turn, and all that again: what else the machine does then hits all of them alike."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    failed: set[str] = set()
    for _ in range(times):
        for name, command in commands.items():
            if name in failed:
                continue
            found = run(command, env)
            if isinstance(found, str):
                print(f"  {name:32s} failed: {found}", flush=True)
                failed.add(name)
            else:
                runs[name].append(found)
                print(f"  {name:32s} {found.wall:7.2f} s wall", file=sys.stderr, flush=True)
    return {name: found for name, found in runs.items() if found}


def line(name: str, runs: Sequence[Run]) -> str:
    """Return medians of wall, CPU and peak, and how far wall times spread."""
    walls = sorted(found.wall for found in runs)
    cpu, peak = median(found.cpu for found in runs), max(found.peak for found in runs)
    spread = f"{walls[0]:.2f} to {walls[-1]:.2f}, n = {len(walls)}"
    return f"  {name:32s} {median(walls):7.2f} s wall ({spread})  {cpu:7.2f} s CPU  {peak:7.0f} MiB peak"
