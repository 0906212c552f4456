"""Hedonic indices of 1, 5 and 20 million rows in a Parquet file, and the first against statsmodels.

Run ``python benchmarks/hedonic_rows.py``; for some sizes only, in millions, ``python benchmarks/hedonic_rows.py 1 5``.
50,000 products, each in four of five periods, with nine numbers and a category; weighted by expenditure, errors
clustered by product. Every case is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine, peak_megabytes

PRODUCTS = 50_000
NUMBERS = [f"trait{number}" for number in range(9)]
TRAITS = [*NUMBERS, "maker"]
CASES = (("pooled", None), ("adjacent", None), ("rolling", 13), ("imputation", None))
# The longest is run for what is told first: rows, clusters and characteristics that fit no memory as they are.
LARGE = 10
NEEDED = ["period", "product", "price", "quantity", *TRAITS]


def write(path: Path, millions: int) -> None:
    """Write a panel, the same on every run: DuckDB's hash of a number is fixed."""
    import duckdb

    periods = round(millions * 1e6 / PRODUCTS * 5 / 4)
    numbers = ", ".join(f"hash(product * 31 + {at}) % 100003 / 1e5 AS {name}" for at, name in enumerate(NUMBERS))
    worth = " + ".join(f"{0.1 * (at + 1):.1f} * {name}" for at, name in enumerate(NUMBERS))
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET enable_progress_bar = false; SET preserve_insertion_order = true")
    connection.execute(
        f"""COPY (
            SELECT t AS period, 'product ' || product AS product, {", ".join(NUMBERS)}, 'maker ' || maker AS maker,
                exp({worth} + 0.2 * maker - 0.01 * t + hash(product * 7) % 1000 / 3e3
                    + hash(product * 1009 + t) % 1000 / 1e4) AS price,
                1e0 + hash(product + t * 31) % 100 AS quantity
            FROM (SELECT range AS product, hash(range * 13) % 4 AS maker, {numbers.replace("product", "range")}
                FROM range({PRODUCTS})), (SELECT range AS t FROM range({periods}))
            WHERE (product + t) % 5 > 0
        ) TO '{path}' (FORMAT parquet)"""
    )


def one(path: str, method: str, window: str) -> None:
    """Print seconds, CPU seconds, memory and the last level of one index."""
    from cloudmarket.measures import hedonic

    begun, worked, before = time.perf_counter(), time.process_time(), peak_megabytes()
    options = {"window": int(window)} if window != "None" else {}
    found = hedonic.index(path, TRAITS, method, weights="expenditure", **options)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    told = f"{seconds:6.1f} s wall, {worked:6.1f} s CPU, {peak_megabytes():5.0f} MB ({before:.0f} before)"
    last, error = found.index.iloc[-1], found.standard_errors.iloc[-1]
    print(f"{told}; {len(found.index)} periods, last {last:.12f}, error {error:.4e}")


def peer(path: str) -> None:
    """Print the same of the regression that statsmodels makes."""
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    begun, worked = time.perf_counter(), time.process_time()
    frame = pd.read_parquet(path, columns=NEEDED)
    value = frame.price * frame.quantity
    dummies = [pd.get_dummies(frame[name], drop_first=True, dtype="float64") for name in ("period", "maker")]
    design = np.column_stack([dummies[0], np.ones(len(frame)), dummies[1], frame[NUMBERS]])
    weights = value / value.groupby(frame.period).transform("sum")
    groups = {"groups": pd.factorize(frame["product"])[0]}
    found = sm.WLS(np.log(frame.price), design, weights=weights).fit(cov_type="cluster", cov_kwds=groups)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    last = dummies[0].shape[1] - 1
    told = f"{seconds:6.1f} s wall, {worked:6.1f} s CPU, {peak_megabytes():5.0f} MB"
    level, error = np.exp(found.params.iloc[last]), found.bse.iloc[last]
    print(f"{told}; {last + 2} periods, last {level:.12f}, error {error:.4e}")


def main(sizes: list[int]) -> None:
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for millions in sizes:
            path = Path(folder) / f"{millions}.parquet"
            write(path, millions)
            print(f"{millions} million rows, {path.stat().st_size / 1e6:.0f} MB")
            for method, window in CASES[:2] if millions > LARGE else CASES:
                run(method, "one", str(path), method, str(window))
            if millions == 1:
                run("statsmodels", "peer", str(path))
            path.unlink()


def run(name: str, *arguments: str) -> None:
    print(f"  {name:12}", end="", flush=True)
    subprocess.run([sys.executable, __file__, *arguments], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(*sys.argv[2:])
    elif sys.argv[1:2] == ["peer"]:
        peer(*sys.argv[2:])
    else:
        main([int(text) for text in sys.argv[1:]] or [1, 5, 20])
