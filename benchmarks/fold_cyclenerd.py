"""Parse and fold Google Cloud price sheets from the warm clone, and compare the reader with a YAML library.

Run ``python benchmarks/fold_cyclenerd.py``; ``cloudmarket refresh --rebuild cyclenerd_prices`` makes the clone. The
library is yaml.CSafeLoader, the fastest of PyYAML, without the checks that a file of strangers needs. Each of a sample
of versions is read by both in turn, as if nothing had been read before; the fold shows what remembering saves.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import yaml
from machine import machine, peak_megabytes

from cloudmarket import history, store
from cloudmarket.archives import Snapshot
from cloudmarket.history import Line, Moment
from cloudmarket.sources import Row

SAMPLE = 12
PRICES = ("hour", "hour_spot", "month_1y", "month_3y")


def main() -> None:
    if len(sys.argv) > 1:
        {"fold": fold, "compare": compare}[sys.argv[1]]()
        return
    print(machine())
    for task in ("fold", "compare"):
        # A process each, so that the first has a peak of its own.
        subprocess.run([sys.executable, __file__, task], check=True)


def snapshots(every: int = 1) -> Iterator[Snapshot]:
    """Yield the snapshots that can be read, or every so many of them."""
    source = importlib.import_module("cloudmarket.sources.cyclenerd_prices")
    archive = source.ORIGIN.archive(source.NAME, store.cache())
    releases = [release for release in archive.releases() if release.file_digest][::every]
    yield from (snapshot for snapshot in archive.read(releases) if snapshot.content is not None)


def fold() -> None:
    source = importlib.import_module("cloudmarket.sources.cyclenerd_prices")
    counted = {"snapshots": 0, "prices": 0}
    line = Line(is_versioned=False)

    def parsed() -> Iterator[tuple[Moment, list[Row]]]:
        for snapshot in snapshots():
            if not line.admits(snapshot.release):
                continue
            rows = list(source.parse(snapshot.content, snapshot.release.version))
            counted["snapshots"] += 1
            counted["prices"] += len(rows)
            yield Moment(snapshot.release.version, snapshot.release.observed_at), rows

    wall = time.perf_counter()
    folded = history.fold(parsed(), source.COLUMNS, source.KEY_COUNT)
    wall = time.perf_counter() - wall
    print(f"fold        {counted['snapshots']} snapshots, {counted['prices']:,} prices, {folded.num_rows:,} intervals")
    print(
        f"  time         {wall:.1f} s with listing, reading and unpacking; {os.times().user:.1f} s CPU of the process"
    )
    print(f"  peak memory  {peak_megabytes():.0f} MB")


def compare() -> None:
    source = importlib.import_module("cloudmarket.sources.cyclenerd_prices")
    every = max(1, sum(1 for _ in snapshots()) // SAMPLE)
    ours: list[float] = []
    theirs: list[float] = []
    for number, snapshot in enumerate(snapshots(every)):
        content = snapshot.content
        assert isinstance(content, bytes)
        results = {}
        # In turn, first one then the other first, so that neither always finds a warm machine.
        for reader in ("ours", "theirs") if number % 2 else ("theirs", "ours"):
            source._known.clear()
            begun = time.perf_counter()
            rows = list(source.parse(content, "")) if reader == "ours" else by_library(content)
            (ours if reader == "ours" else theirs).append(time.perf_counter() - begun)
            results[reader] = sorted(rows, key=lambda row: row[:2])
        if results["ours"] != results["theirs"]:
            raise SystemExit(f"the readers disagree on {snapshot.release.version}")
    ratios = [slow / fast for slow, fast in zip(theirs, ours, strict=True)]
    print(f"one sheet   {len(ours)} versions, each read by both, with equal rows")
    print(f"  this reader   {1000 * statistics.median(ours):.0f} ms (median)")
    print(f"  CSafeLoader   {1000 * statistics.median(theirs):.0f} ms (median)")
    print(f"  ratio         {statistics.median(ratios):.1f} (median), {min(ratios):.1f} to {max(ratios):.1f}")


def by_library(content: bytes) -> list[Row]:
    """Return the rows of a sheet by way of a YAML library."""
    machines = yaml.load(content, Loader=yaml.CSafeLoader)["compute"]["instance"]
    return [
        (name, region, *(said.get(price) for price in PRICES))
        for name, about in machines.items()
        for region, said in about.get("cost", {}).items()
    ]


if __name__ == "__main__":
    main()
