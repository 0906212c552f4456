"""DuckDB in this process: one connection for the shipped tables, one for the files that a reader brings."""

from __future__ import annotations

import glob
import os
import re
from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from cloudmarket.engine._spill import spill_folder
from cloudmarket.errors import CloudMarketError

# Of the machine's memory, or of the container's: what pandas and numpy hold is not in DuckDB's account.
_MEMORY = "60%"
_MEMORY_TEXT = re.compile(r"(?P<number>\d+(\.\d+)?) ?(?P<unit>[KMGT]i?B|%)", re.IGNORECASE)
_LEAST_BYTES = 64e6
# A second thread needs a second hash table, and pays for it only where there is much to read.
_BYTES_PER_THREAD = 256_000_000


@cache
def connection() -> Backend:
    """Return the process's connection for the shipped tables.

    One thread: these tables are small, and sums of floats on several threads end in other last digits on every run,
    which reproducible outputs cannot have.

    Raises
    ------
    CloudMarketError
        If ``CLOUDMARKET_MEMORY`` is no amount of memory.
    """
    return connect(memory_limit(), threads=1)


def parquet(path: Path) -> ir.Table:
    """Return a shipped Parquet file as a table expression."""
    return connection().read_parquet(path)


@cache
def large() -> Backend:
    """Return the process's connection for files of any size, which spills to disk what exceeds the limit.

    The order of rows is not kept: nothing that measures ask for depends on it.
    """
    return connect(memory_limit(), threads=1, spill=spill_folder())


def read(path: str | Path) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a table expression.

    Raises
    ------
    ValueError
        If there is no such file on this machine.
    """
    if "://" in str(path):
        raise ValueError(
            f"{path} is not on this machine: set CLOUDMARKET_ENGINE to a Spark cluster, or give a relation of a DuckDB"
            " connection that can read it"
        )
    where = Path(path)
    if not where.exists():
        raise ValueError(f"there is no file {path}")
    files = sorted(where.rglob("*.parquet")) if where.is_dir() else [where]
    if not files:
        raise ValueError(f"there is no Parquet file in {path}")
    backend = large()
    backend.raw_sql(f"SET threads = {threads_for(sum(file.stat().st_size for file in files))}")
    return backend.read_parquet([glob.escape(str(file)) for file in files])


def read_texts(path: Path, *, in_order: bool = False) -> ir.Table:
    """Return a CSV file with a header as a table of texts; ``in_order`` keeps the order of its rows, at one thread.

    Only the separator is guessed: a guess may take a line of data for the header and drop those above it.
    """
    backend = connection() if in_order else large()
    if not in_order:
        backend.raw_sql(f"SET threads = {threads_for(path.stat().st_size)}")
    return backend.read_csv(glob.escape(str(path)), all_varchar=True, header=True, skip=0, comment="", strict_mode=True)


def threads_for(size: int) -> int:
    """Return how many threads read files of so many bytes: one below 512 MB, in the end all cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, size // _BYTES_PER_THREAD))


def give_back(backend: object) -> None:
    """Return to the system what a query of a reader's file no longer needs: what follows needs it.

    DuckDB keeps the pages of its hash tables for the next query; setting the limit anew is what makes it let go. In
    five million rows of 20,000 products they are 0.11 of 0.38 GiB.
    """
    if large.cache_info().currsize and backend is large():
        large().raw_sql(f"SET memory_limit = '{memory_limit()}'")


def connect(memory: str, threads: int, spill: Path | None = None) -> Backend:
    """Return a new in-memory database in UTC.

    Parameters
    ----------
    memory : str
        What DuckDB may hold, as ``2GB``, ``512MiB`` or ``60%`` of the machine's or container's memory.
    threads : int
    spill : Path, optional
        Folder for what exceeds the memory; without one a query that needs more fails.
    """
    backend = ibis.duckdb.connect(
        threads=threads,
        memory_limit=memory,
        temp_directory=str(spill) if spill else "",
        preserve_insertion_order=spill is None,
    )
    backend.raw_sql("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return backend


def memory_limit() -> str:
    """Return ``CLOUDMARKET_MEMORY``, checked, or the default.

    Raises
    ------
    CloudMarketError
        If it is no amount of memory, or too little to work with.
    """
    text = os.environ.get("CLOUDMARKET_MEMORY", "").strip() or _MEMORY
    found = _MEMORY_TEXT.fullmatch(text)
    if found is None:
        raise CloudMarketError(f"CLOUDMARKET_MEMORY is {text!r}; write an amount as 2GB, 512MiB or 50%")
    number, unit = float(found["number"]), found["unit"].upper()
    if unit == "%":
        is_sound = 1 <= number <= 100
    else:
        is_sound = number * (1024 if "I" in unit else 1000) ** ("KMGT".index(unit[0]) + 1) >= _LEAST_BYTES
    if not is_sound:
        raise CloudMarketError(f"CLOUDMARKET_MEMORY is {text!r}; give DuckDB from 64MB, or from 1% to 100%")
    return text
