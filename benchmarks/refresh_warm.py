"""``cloudmarket refresh`` and ``verify`` in a copy of the data: once to warm clones and cache, then timed.

    python benchmarks/refresh_warm.py [SOURCE ...]

Needs the network (or mirrors configured for git and pip). Prints wall and CPU seconds and the largest resident set.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine

from cloudmarket import store
from cloudmarket.sources import SOURCES

_REFRESH = "import sys; from cloudmarket.refresh import refresh; refresh(sys.argv[1:])"
_REBUILD = "import sys; from cloudmarket.refresh import refresh; refresh(sys.argv[1:], rebuild=True)"
_VERIFY = "from cloudmarket.verify import verify; list(verify())"


def timed(title: str, root: Path, program: str, *arguments: str) -> None:
    """Run a program on a copy of the project and print what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    environment = os.environ | {"CLOUDMARKET_ROOT": str(root)}
    subprocess.run([sys.executable, "-c", program, *arguments], env=environment, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{title}: {wall:.1f} s wall, {cpu:.1f} s CPU; largest process so far {after.ru_maxrss / 1024:.0f} MB")


def main() -> None:
    names = sys.argv[1:] or list(SOURCES)
    print(f"{machine()}; {len(names)} sources")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(store.root() / "data", root / "data")
        (root / "docs").mkdir()
        timed("refresh, clones as they are", root, _REFRESH, *names)
        timed("refresh, clones warm, nothing new", root, _REFRESH, *names)
        timed("refresh --rebuild from warm clones", root, _REBUILD, *names)
        timed("verify", root, _VERIFY)


if __name__ == "__main__":
    main()
