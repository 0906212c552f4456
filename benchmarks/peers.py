"""The weighted time-product dummy with product-clustered errors against other packages, on one and the same file.

Run ``python benchmarks/peers.py`` (200,000 rows) or ``python benchmarks/peers.py 5000000 1`` (rows, and how often; the
slowest peer takes minutes and 12 GB there). The peers are installed by uv into an environment of their own in the
user's cache, never into this project's. Ours and theirs run in turn, each run a process of its own, timed from the file
to the errors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import panels
from machine import machine
from platformdirs import user_cache_path
from processes import Run, interleaved, line

from measures import ENV

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements-peers.txt"
PEERS = ("pyfixest", "linearmodels", "statsmodels", "PriceIndexCalc")
SIZES = (20_000, 36)
MOST_DUMMIES = 1_000_000_000


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    python = environment()
    print(machine(), "; shared with others; OpenBLAS on one thread")
    products = min(SIZES[0], rows // 250)
    print(f"{rows:,} rows, {products:,} products, {SIZES[1]} periods, each {times} times in turn")
    with tempfile.TemporaryDirectory() as folder:
        path = panels.observations(Path(folder) / "panel.parquet", rows, products, SIZES[1])
        commands = {"cloudmarket": [sys.executable, str(HERE / "peers_fit.py"), "cloudmarket", str(path)]}
        for name in PEERS:
            if name == "PriceIndexCalc" and products * rows > MOST_DUMMIES:
                print(
                    "  PriceIndexCalc is left out: its dummies, one for each product and row, would not fit in memory"
                )
                continue
            commands[name] = [str(python), str(HERE / "peers_fit.py"), name, str(path)]
        compare(interleaved(commands, times, ENV))


def environment() -> Path:
    """Return the interpreter of the peers' environment, made if it is not there or its list has changed."""
    folder = user_cache_path("cloudmarket") / "benchmarks" / "peers"
    python, done = folder / "bin" / "python", folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        env = {**os.environ, "VIRTUAL_ENV": str(folder)}
        for requirement in (text for text in wanted.splitlines() if text and not text.startswith("#")):
            # One by one: a peer that does not install is told, and does not keep the others out.
            if subprocess.run([uv, "pip", "install", "--quiet", *requirement.split()], env=env, check=False).returncode:
                print(f"  {requirement} does not install")
        done.write_text(wanted, encoding="utf-8")
    return python


def compare(runs: dict[str, list[Run]]) -> None:
    """Print times, ratios of medians, and how far coefficients and errors are from ours."""
    ours = runs["cloudmarket"]
    for name, found in runs.items():
        print(line(name, found))
    base, names = median(run.wall for run in ours), [name for name in runs if name != "cloudmarket"]
    cpu, peak = median(run.cpu for run in ours), max(run.peak for run in ours)
    levels, errors = (np.array(ours[0].result[key]) for key in ("levels", "errors"))
    for name in names:
        found = runs[name]
        wall = median(run.wall for run in found) / base
        ratios = f"{wall:6.1f} x wall, {median(run.cpu for run in found) / cpu:6.1f} x CPU"
        print(f"  {name:32s} {ratios}, {max(run.peak for run in found) / peak:5.1f} x memory", end="")
        result = found[0].result
        gap = np.abs(np.array(result["levels"]) - levels).max()
        ratio = np.array(result["errors"]) / errors
        print(f"; largest gap of a coefficient {gap:.1e}; errors {ratio.min():.6f} to {ratio.max():.6f} of ours")


if __name__ == "__main__":
    main()
