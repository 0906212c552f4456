"""Price panels of any size, made and written by DuckDB as a stream: prices of products that follow a trend."""

from __future__ import annotations

from pathlib import Path

import duckdb

# A hash of the row's number gives the same numbers on every machine; drawn numbers would need as much memory as rows.
_DRAWN = "(hash(i * 31 + {salt}) % 1000000 + 0.5) / 1e6"


def observations(path: Path, rows: int, products: int = 20_000, periods: int = 36) -> Path:
    """Write rows that fall on products and periods at random, several in a cell or none, in no order."""
    product, period = f"hash(i) % {products}", f"hash(i * 7 + 3) % {periods}"
    return _write(path, rows, product, period)


def grid(path: Path, products: int = 100_000, periods: int = 120) -> Path:
    """Write one row for every product and period, by period."""
    return _write(path, products * periods, f"i % {products}", f"i // {products}")


def _write(path: Path, rows: int, product: str, period: str) -> Path:
    noise, amount = _DRAWN.format(salt=5), _DRAWN.format(salt=11)
    # A product drifts on its own, so that its errors last: without clusters they would look far too small.
    query = f"""
        SELECT period, product,
               exp(0.3 * (product % 7) - 0.01 * period + 0.002 * period * (product % 11 - 5) + 0.2 * noise) AS price,
               exp(3 * amount) AS quantity
        FROM (SELECT ({product})::INTEGER AS product, ({period})::INTEGER AS period, {noise} AS noise,
                     {amount} AS amount
              FROM range({rows}) AS numbers(i))
    """
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '1GB'")
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy)")
    return path
