"""Parse and fold the litellm price map from the local cache, and print time, memory and entries.

Run ``python benchmarks/fold_litellm.py``; ``cloudmarket refresh --rebuild litellm`` fills the cache. The line is what a
rebuild folds; all snapshots with the map, back-ports among them, are the harder case: prices flip back and forth.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import orjson
from machine import machine, peak_megabytes

from cloudmarket import history, sources
from cloudmarket.archives import Release
from cloudmarket.history import Moment
from cloudmarket.sources import Row
from cloudmarket.tables import inputs


def main() -> None:
    if len(sys.argv) > 1:
        measure(sys.argv[1].split("+"))
        return
    print(machine())
    for roles in ("folded", "folded+audit"):
        # A process each, so that the second has a peak of its own.
        subprocess.run([sys.executable, __file__, roles], check=True)


def measure(roles: list[str]) -> None:
    source = sources.get("litellm")
    listed = inputs.snapshots("litellm")
    releases = [
        Release(row.version, row.observed_at.to_pydatetime(), row.filename, row.file_digest, row.file_bytes, "")
        for row in listed[listed.role.isin(roles)].itertuples()
    ]

    def snapshots() -> Iterator[tuple[Moment, Iterator[Row]]]:
        for snapshot in source.archive().read(releases):
            release = snapshot.release
            yield Moment(release.version, release.observed_at), source.parse(snapshot.content or b"", release.version)

    wall, thread = time.perf_counter(), time.thread_time()
    folded = history.fold(snapshots(), source.columns, source.key_count)
    wall, thread = time.perf_counter() - wall, time.thread_time() - thread
    used = os.times().user
    peak = peak_megabytes()
    entries = sum(count_entries(snapshot.content or b"") for snapshot in source.archive().read(releases))
    print(f"{'+'.join(roles)}: {len(releases)} snapshots, {entries:,} entries, {folded.num_rows:,} intervals")
    print(f"  parse and fold  {thread:.1f} s CPU (its own thread); {wall:.1f} s with reading and unpacking")
    print(f"  user CPU        {used:.1f} s in all threads, imports included")
    print(f"  peak memory     {peak:.0f} MB")


def count_entries(content: bytes) -> int:
    """Return the number of keys of a map, its template aside, apart from the parser that is measured."""
    return len(orjson.loads(content).keys() - {"sample_spec"})


if __name__ == "__main__":
    main()
