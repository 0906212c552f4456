"""Load the price table as it read on a day: import and first call in a fresh process, and the median of 50 more.

Run ``python benchmarks/load_as_of.py``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from machine import machine

FIRST = """
import time
begun = time.perf_counter()
from cloudmarket import load
imported = time.perf_counter()
rows = load("token_price", as_of="2025-06-30")
print(imported - begun, time.perf_counter() - imported, len(rows))
"""
FRESH_PROCESSES = 5
WARM_CALLS = 50


def main() -> None:
    import cloudmarket

    print(machine())
    fresh = []
    for _ in range(FRESH_PROCESSES):
        told = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True).stdout.split()
        fresh.append((float(told[0]), float(told[1])))
    seconds = []
    for number in range(WARM_CALLS):
        # Days differ, so that no answer is one given before.
        day = f"2025-{1 + number % 12:02}-{1 + number % 28:02}"
        begun = time.perf_counter()
        rows = cloudmarket.load("token_price", as_of=day)
        seconds.append(time.perf_counter() - begun)
    imports, firsts = (statistics.median(times) * 1000 for times in zip(*fresh, strict=True))
    print(f"import          {imports:.0f} ms (median of {FRESH_PROCESSES} fresh processes)")
    print(f"first call      {firsts:.0f} ms")
    print(f"any later call  {statistics.median(seconds) * 1000:.0f} ms (median of {WARM_CALLS})")
    print(f"rows            {told[2]} of 2025-06-30, {len(rows)} of {day}")


if __name__ == "__main__":
    main()
