"""A bill of 10 million rows in the FOCUS format, Parquet and CSV, summed and priced on every cloud's list.

Run ``python benchmarks/workload_focus.py``; for another size, in millions, ``python benchmarks/workload_focus.py 1``.
A year of hourly rows of 4,000 products in 20 regions, of which some are machines with accelerators and tokens of models
that the lists have. Every case is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine, peak_megabytes

PRODUCTS = 4_000
ROWS = """
    SELECT round((1 + n % 97) * 0.0137, 10) AS BilledCost, 'USD' AS BillingCurrency, 'Usage' AS ChargeCategory,
        strftime(TIMESTAMP '2025-09-01' + INTERVAL 1 HOUR * (hash(n) % 8760), '%Y-%m-%dT%H:%M:%SZ')
            AS ChargePeriodStart,
        CASE WHEN product % 40 < 2 THEN 'AI and Machine Learning' ELSE 'Compute' END AS ServiceCategory,
        CASE WHEN product % 40 < 2 THEN 'Amazon Bedrock' ELSE 'Amazon Elastic Compute Cloud' END AS ServiceName,
        'AWS' AS ProviderName, round((1 + n % 97) * 0.0137, 10) AS EffectiveCost,
        1.0 + n % 100 AS ConsumedQuantity,
        CASE WHEN product % 40 < 2 THEN '1K tokens' ELSE 'Hours' END AS ConsumedUnit,
        'region-' || hash(n * 7) % 20 AS RegionId, 'SKU' || product AS SkuId,
        CASE product % 40 WHEN 0 THEN 'Llama 3.3 70B Instruct input tokens'
            WHEN 1 THEN 'Llama 3.3 70B Instruct output tokens'
            WHEN 2 THEN '$55.04 per On Demand Linux p5.48xlarge Instance Hour'
            WHEN 3 THEN '$1.006 per g5.xlarge Instance Hour'
            ELSE '$0.1 per On Demand Linux m7i.' || product || 'xlarge Instance Hour' END AS ChargeDescription
    FROM (SELECT range AS n, hash(range * 13) % {products} AS product FROM range({rows}))
"""


def write(path: Path, millions: int) -> None:
    """Write a bill, the same on every run: DuckDB's hash of a number is fixed."""
    import duckdb

    kind = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET enable_progress_bar = false")
    rows = ROWS.format(products=PRODUCTS, rows=round(millions * 1e6))
    connection.execute(f"COPY ({rows}) TO '{path}' ({kind})")


def one(path: str) -> None:
    """Print seconds, CPU seconds and memory of summing and of pricing one file."""
    from cloudmarket import engine
    from cloudmarket.arguments.workload import focus_bill, focus_priced
    from cloudmarket.tables import report_day

    where = Path(path)
    marks = [(time.perf_counter(), time.process_time())]
    table = engine.scan(where) if where.suffix == ".parquet" else engine.read_texts(where)
    bill = focus_bill.bill(table)
    marks.append((time.perf_counter(), time.process_time()))
    found = focus_priced.priced(bill, report_day())
    marks.append((time.perf_counter(), time.process_time()))
    parts = [
        f"{name} {after[0] - before[0]:.1f} s ({after[1] - before[1]:.1f} s CPU)"
        for name, before, after in zip(("summed", "priced"), marks[:-1], marks[1:], strict=True)
    ]
    size = where.stat().st_size / 1e9
    told = f"{where.suffix[1:]} of {bill.rows:,} rows, {size:.2f} GB: {', '.join(parts)}, {peak_megabytes():.0f} MB"
    print(f"{told}; {found}")


def main(millions: int) -> None:
    """Write both files and read each in a process of its own."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("parquet", "csv"):
            path = Path(folder) / f"bill.{ending}"
            write(path, millions)
            subprocess.run([sys.executable, __file__, "--one", str(path)], check=True)
            path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
