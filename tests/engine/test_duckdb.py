"""DuckDB keeps to its memory, spills what exceeds it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from cloudmarket import engine
from cloudmarket.engine import _duckdb
from cloudmarket.errors import CloudMarketError

# A hash table of two million groups of a text of 32 letters: some 200 MB.
GROUPS = "SELECT md5(i::VARCHAR) AS name, count(*) AS rows FROM range(2_000_000) t(i) GROUP BY ALL"
LIMIT = "100MB"


def _setting(backend, name: str):
    return backend.con.execute(f"SELECT current_setting('{name}')").fetchone()[0]


def test_a_query_larger_than_memory_fails_without_a_folder_and_spills_into_one(tmp_path) -> None:
    with pytest.raises(duckdb.OutOfMemoryException):
        _duckdb.connect(LIMIT, threads=2).con.sql(GROUPS).to_arrow_table()
    spill = tmp_path / "spill"
    backend = _duckdb.connect(LIMIT, threads=2, spill=spill)
    batches = backend.con.sql(GROUPS).to_arrow_reader(10_000)
    found = batches.read_next_batch().num_rows
    # Not before the groups are complete does the first of them come: now all of them are somewhere.
    assert sum(path.stat().st_size for path in spill.iterdir()) > 50e6
    assert found + sum(batch.num_rows for batch in batches) == 2_000_000
    backend.disconnect()
    assert not spill.exists() or list(spill.iterdir()) == []


def _bytes(text: str) -> float:
    number, unit = text.split()
    return float(number) * 1024 ** ("KMGT".index(unit[0]) + 1)


@pytest.mark.parametrize(("text", "expected"), [("2GB", 2e9), ("512MiB", 2**29), (" 1.5 gb ", 1.5e9)])
def test_the_variable_bounds_memory(monkeypatch, text, expected) -> None:
    monkeypatch.setenv("CLOUDMARKET_MEMORY", text)
    # DuckDB prints one decimal, rounded down.
    limit = _setting(_duckdb.connect(_duckdb.memory_limit(), threads=1), "memory_limit")
    assert _bytes(limit) == pytest.approx(expected, rel=0.08)


def test_without_the_variable_memory_is_bounded_all_the_same(monkeypatch) -> None:
    monkeypatch.delenv("CLOUDMARKET_MEMORY", raising=False)
    limits = ("100%", _duckdb.memory_limit())
    whole, bounded = (_setting(_duckdb.connect(limit, threads=1), "memory_limit") for limit in limits)
    assert _bytes(bounded) / _bytes(whole) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("text", ["much", "2", "-1", "2 GB or so", "1e9B", "GB", "none"])
def test_what_is_no_amount_of_memory_is_refused(monkeypatch, text) -> None:
    monkeypatch.setenv("CLOUDMARKET_MEMORY", text)
    with pytest.raises(CloudMarketError, match=f"CLOUDMARKET_MEMORY is '{text}'; write an amount as 2GB"):
        _duckdb.memory_limit()


@pytest.mark.parametrize("text", ["63MB", "1KB", "0%", "101%", "0GB"])
def test_too_little_and_too_much_memory_is_refused(monkeypatch, text) -> None:
    monkeypatch.setenv("CLOUDMARKET_MEMORY", text)
    with pytest.raises(CloudMarketError, match="from 64MB, or from 1% to 100%"):
        _duckdb.memory_limit()


def test_the_least_memory_allowed_is_enough_to_load_a_table() -> None:
    script = "import cloudmarket as cm; print(len(cm.load('token_price', as_of='2025-06-30')))"
    environment = os.environ | {"CLOUDMARKET_MEMORY": "64MB"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100


def test_shipped_tables_have_a_thread_and_a_connection_of_their_own() -> None:
    small, large = engine.connection(), _duckdb.large()
    assert small.con is not large.con
    assert _setting(small, "threads") == 1
    assert _setting(small, "temp_directory") == ""
    assert [_setting(backend, "TimeZone") for backend in (small, large)] == ["UTC", "UTC"]


def test_threads_come_with_the_size_of_the_file(monkeypatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    sizes = (0, 255_999_999, 511_999_999, 512_000_000, 10**12)
    assert [_duckdb.threads_for(size) for size in sizes] == [1, 1, 1, 2, 8]


def _spill_of(cache: Path, then: str) -> tuple[Path, int]:
    """Spill in another process, which then does something; return its folder, and how it ended."""
    script = (
        "import os, signal\nfrom cloudmarket.engine import _duckdb\nbackend = _duckdb.large()\n"
        "folder = backend.con.execute(\"SELECT current_setting('temp_directory')\").fetchone()[0]\n"
        f"open(os.path.join(folder, 'rows'), 'w').close()\nprint(folder, flush=True)\n{then}\n"
        "assert os.path.exists(os.path.join(folder, 'rows'))"
    )
    environment = os.environ | {"CLOUDMARKET_CACHE": str(cache)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return Path(done.stdout.strip()), done.returncode


def test_the_spill_folder_goes_with_its_process_not_with_a_fork_of_it(tmp_path) -> None:
    fork = "child = os.fork()\nif child == 0:\n    raise SystemExit\nos.waitpid(child, 0)"
    folder, code = _spill_of(tmp_path, fork)
    assert code == 0
    assert folder.parent == tmp_path / "spill"
    assert list(folder.parent.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path) -> None:
    left, code = _spill_of(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    assert code == -signal.SIGKILL
    assert (left / "rows").exists()
    _spill_of(tmp_path, f"assert not os.path.exists({str(left)!r})")
    assert list((tmp_path / "spill").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    folder, code = _spill_of(tmp_path / "file", "")
    assert code == 0
    assert folder.name.startswith("cloudmarket-spill-")
    assert not folder.exists()
