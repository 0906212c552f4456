"""Read the whole litellm history from an empty cache, over the real network, and print what it cost.

Run ``python benchmarks/archive_litellm.py``. It moves some 40 MB: do not run it in a loop.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path

from cloudmarket.archives.packages import PackageArchive

MEMBER = "litellm/model_prices_and_context_window_backup.json"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = PackageArchive("litellm", "litellm", MEMBER, cache=Path(folder))
        begun = time.perf_counter()
        releases = archive.releases()
        carrying = sum(snapshot.content is not None for snapshot in archive.read(releases))
        seconds = time.perf_counter() - begun
        traffic = archive.traffic
        kept = sum(path.stat().st_size for path in archive.folder.iterdir())
        begun = time.perf_counter()
        again = sum(snapshot.content is not None for snapshot in archive.read(releases))
        again_seconds = time.perf_counter() - begun
    print(f"machine   {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"versions  {len(releases)} looked at, {carrying} carry the member")
    print(f"moved     {traffic.body_bytes / 1e6:.1f} MB in {traffic.answers} answers")
    print(f"time      {seconds:.1f} s with {archive.workers} workers")
    print(f"cache     {kept / 1e6:.1f} MB; read again without network in {again_seconds:.1f} s ({again})")


if __name__ == "__main__":
    main()
