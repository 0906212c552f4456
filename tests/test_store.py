"""Files are written whole or not at all, and by one process at a time."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cloudmarket import store
from cloudmarket.errors import BusyError, CloudMarketError

HOLD = """
import sys
from cloudmarket import store
with store.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_bytes(b"old a")
    return tmp_path / "data"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_root_must_hold_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    with pytest.raises(CloudMarketError, match=r"holds no data folder.*CLOUDMARKET_ROOT"):
        store.root()
    monkeypatch.delenv("CLOUDMARKET_ROOT")
    assert (store.root() / "pyproject.toml").exists()


def test_the_cache_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDMARKET_CACHE", str(tmp_path / "elsewhere"))
    assert store.cache() == tmp_path / "elsewhere"
    monkeypatch.delenv("CLOUDMARKET_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.cache().name == "cloudmarket"


def test_write_atomic_makes_folders_and_readable_files(data: Path) -> None:
    store.write_atomic(data / "new" / "b", b"b")
    assert (data / "new" / "b").read_bytes() == b"b"
    assert (data / "new" / "b").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["os.fsync", "Path.chmod", "Path.replace"])
def test_write_atomic_keeps_the_old_file_when_a_step_fails(
    data: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(f"cloudmarket.store.{step}", fail)
    with pytest.raises(OSError, match="No space left"):
        store.write_atomic(data / "a", b"new a")
    assert tree(data) == {"a": b"old a"}


def test_a_transaction_places_all_files(data: Path) -> None:
    with store.transaction(data) as folder:
        store.write_atomic(folder / "a", b"new a")
        store.write_atomic(folder / "b" / "c", b"new c")
        assert (data / "a").read_bytes() == b"old a"
    assert tree(data) == {"a": b"new a", "b/c": b"new c"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_transaction_places_none(data: Path, error: type[BaseException]) -> None:
    def begin_and_fail() -> None:
        with store.transaction(data) as folder:
            store.write_atomic(folder / "a", b"new a")
            raise error

    with pytest.raises(error):
        begin_and_fail()
    assert tree(data) == {"a": b"old a"}
    assert not (data / ".staging").exists()


def test_a_transaction_that_cannot_be_marked_ready_places_none(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin_and_fill_the_disk() -> None:
        with store.transaction(data) as folder:
            store.write_atomic(folder / "a", b"new a")
            monkeypatch.setattr("cloudmarket.store.os.fsync", fail)

    with pytest.raises(OSError, match="No space left"):
        begin_and_fill_the_disk()
    assert tree(data) == {"a": b"old a"}


def test_recover_throws_away_what_was_not_ready(data: Path) -> None:
    store.write_atomic(data / ".staging" / "a", b"half")
    store.settle()
    assert (data / ".staging" / "a").exists()
    store.recover(data)
    assert tree(data) == {"a": b"old a"}


@pytest.mark.parametrize("finish", [store.settle, lambda: store.recover(store.root() / "data")])
def test_what_was_ready_is_finished_however_far_it_came(data: Path, finish) -> None:
    for name in ("a", "b/c"):
        store.write_atomic(data / ".staging" / name, b"new " + name[-1:].encode())
    store.write_atomic(data / ".staging" / ".ready", b"")
    store.write_atomic(data / "d", b"already placed")
    finish()
    placed = {name: content for name, content in tree(data).items() if name != ".lock"}
    assert placed == {"a": b"new a", "b/c": b"new c", "d": b"already placed"}
    assert not (data / ".staging").exists()


def test_a_transaction_first_finishes_the_one_before(data: Path) -> None:
    store.write_atomic(data / ".staging" / "b", b"b of a killed process")
    store.write_atomic(data / ".staging" / ".ready", b"")
    with store.transaction(data) as folder:
        store.write_atomic(folder / "a", b"new a")
    assert tree(data) == {"a": b"new a", "b": b"b of a killed process"}


def test_the_lock_holds_across_processes_and_dies_with_its_process(data: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=r"another process is writing.*run again"), store.lock():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with store.lock(), pytest.raises(BusyError), store.lock():
            pass
    with store.lock():
        pass


def test_settle_says_that_files_are_being_placed(data: Path) -> None:
    store.write_atomic(data / ".staging" / ".ready", b"")
    with store.lock(), pytest.raises(BusyError):
        store.settle()
