"""Time and memory of the measures at size: index numbers, composite robustness, event study.

Run ``python benchmarks/measures.py`` for all, or name some: ``observations``, ``rows``, ``geks``, ``others``. The
comparison with other packages is ``python benchmarks/peers.py``. Every run is a process of its own that imports, then
is timed from the file to the result. Files are made in a temporary directory and removed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import panels
from machine import machine
from processes import interleaved, line

TIMES = 5
# OpenBLAS's threads wait in a spin, which on a machine that others use takes longer than the work.
ENV = {"OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] == "--case":
        timed(CASES[sys.argv[2]], sys.argv[3:])
        return
    chosen = sys.argv[1:] or list(PARTS)
    print(machine(), "; shared with others; OpenBLAS on one thread")
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))


def timed(case: Callable[..., Any], arguments: list[str]) -> None:
    """Run a case and print its time, the last of what it found, and nothing else."""
    prepared = case(*arguments)
    wall, cpu = time.perf_counter(), time.process_time()
    result = prepared()
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "result": result}))


def command(case: str, *arguments: object) -> list[str]:
    return [sys.executable, __file__, "--case", case, *map(str, arguments)]


def observations(folder: Path) -> None:
    path = panels.observations(folder / "panel.parquet", 5_000_000)
    print("weighted time-product dummy, product-clustered errors, 5 million rows, 20,000 products, 36 periods")
    report({"wtpd": command("wtpd", path)}, TIMES)


def rows(folder: Path) -> None:
    print("the same from Parquet of 10 and 100 million rows, and DuckDB's own count and sum by period and product")
    paths = {size: panels.observations(folder / f"{size}.parquet", size * 1_000_000) for size in (10, 100)}
    print(f"  file of 100 million rows: {paths[100].stat().st_size / 1e9:.2f} GB")
    cases = {
        f"{case} {size} million": command(case, path) for size, path in paths.items() for case in ("wtpd", "group")
    }
    walls = report(cases, 3)
    print(f"  10 times the rows takes {walls['wtpd 100 million'] / walls['wtpd 10 million']:.1f} times as long")
    print(f"  ratio to the bare GROUP BY {walls['wtpd 100 million'] / walls['group 100 million']:.2f}")


def geks(folder: Path) -> None:
    path = panels.grid(folder / "grid.parquet")
    print("GEKS-Tornqvist, 120 periods x 100,000 products, from Parquet and from a frame in memory")
    cases = {
        "whole, Parquet": ("geks", path),
        "whole, frame": ("geks_frame", path),
        "window 13, mean": ("rolling", path),
    }
    report({name: command(*case) for name, case in cases.items()}, TIMES)


def others(folder: Path) -> None:
    print("composite robustness, 100,000 draws over 10 units x 30 indicators; event study, 500 firms x 1,000 days")
    cases = {"robustness, no Sobol": "robustness", "robustness, with Sobol": "robustness_sobol"}
    report({name: command(case) for name, case in {**cases, "event study": "event_study"}.items()}, TIMES)


def report(cases: dict[str, list[str]], times: int) -> dict[str, float]:
    runs = interleaved(cases, times, ENV)
    for name, found in runs.items():
        print(line(name, found), flush=True)
    return {name: median(one.wall for one in found) for name, found in runs.items()}


def index(path: str, method: str, as_frame: bool = False, **options: Any) -> Callable[[], Any]:
    """Return what computes an index, from a frame that is read before the clock starts if asked for."""
    from cloudmarket.measures.index_numbers import multilateral

    panel: Any = pd.read_parquet(path) if as_frame else path

    def compute() -> list[float]:
        found = multilateral(panel, method, **options)
        return [float(found.index.iloc[-1]), float(found.standard_errors.iloc[-1])]

    return compute


def group(path: str) -> Callable[[], Any]:
    """Return DuckDB's bare count and sum by cell, on as many threads as the measures use."""
    from cloudmarket import engine

    connection = engine.connection()
    text = f"SELECT period, product, count(*), sum(price) FROM read_parquet('{path}') GROUP BY ALL"
    return lambda: connection.raw_sql(text).to_arrow_table().num_rows


def robustness(sobol_draws: int = 0) -> Callable[[], Any]:
    from cloudmarket.measures import composite

    values = np.exp(np.random.default_rng(1).normal(size=(10, 30)))
    frame = pd.DataFrame(values, index=[f"unit {n}" for n in range(10)], columns=[f"i{n}" for n in range(30)])
    built = composite.build(frame, dict.fromkeys(frame.columns, 1))
    return lambda: str(composite.robustness(built, sobol_draws=sobol_draws))[:80]


def event_study() -> Callable[[], Any]:
    from cloudmarket.measures import event_study as study

    random = np.random.default_rng(1)
    days = pd.bdate_range("2020-01-01", periods=1000)
    market = pd.Series(random.normal(0, 0.01, 1000), index=days)
    noise = pd.DataFrame(random.normal(0, 0.02, (1000, 500)), index=days, columns=[f"firm {n}" for n in range(500)])
    # Windows of three days must not overlap: every fifth day, of which several firms share each.
    dates = {firm: days[300 + 5 * (number % 130)] for number, firm in enumerate(noise.columns)}
    returns = noise.add(market, axis=0)
    return lambda: float(study.run(returns, market, None, dates).tests.statistic.iloc[0])


PARTS: dict[str, Callable[[Path], None]] = {"observations": observations, "rows": rows, "geks": geks, "others": others}
CASES: dict[str, Callable[..., Callable[[], Any]]] = {
    "wtpd": lambda path: index(path, "wtpd", aggregate="observations"),
    "geks": lambda path: index(path, "geks-tornqvist"),
    "geks_frame": lambda path: index(path, "geks-tornqvist", as_frame=True),
    "rolling": lambda path: index(path, "geks-tornqvist", window=13, splice="mean"),
    "group": group,
    "robustness": robustness,
    "robustness_sobol": lambda: robustness(4_096),
    "event_study": event_study,
}


if __name__ == "__main__":
    main()
