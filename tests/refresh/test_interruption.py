"""A refresh that is killed, that meets another one, or that finds the disk full."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from cloudmarket import store, tables
from cloudmarket.errors import BusyError
from cloudmarket.refresh import refresh
from cloudmarket.verify import verify

from .conftest import SONNET, House, price_map

KILLED_WHILE_READING = """
import os, signal
from cloudmarket.refresh import refresh
def told(source, done, total):
    if (source, done) == ("litellm", 3):
        os.kill(os.getpid(), signal.SIGKILL)
refresh(progress=told)
"""
# Killed before the third file is moved out of the staging folder.
KILLED_WHILE_PLACING = """
import os, signal
from pathlib import Path
from cloudmarket.refresh import refresh
moved, replace = [], Path.replace
def counted(path, target):
    if ".staging" in path.parts and ".staging" not in Path(target).parts:
        moved.append(target)
        if len(moved) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)
Path.replace = counted
refresh()
"""
# Files may have 3,000 bytes: enough for what the cache keeps of these wheels, too little for a table.
ON_A_FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
sys.argv = ["cloudmarket", "refresh"]
from cloudmarket.cli import main
main()
"""


def publish(house: House) -> list[str]:
    return [house.release("litellm", f"1.{n}", price_map(**{SONNET: (n * 1e-06, 1e-05)})) for n in range(2, 7)]


def test_killed_while_reading(lived_in: House) -> None:
    names = publish(lived_in)
    before = lived_in.files()
    assert lived_in.python(KILLED_WHILE_READING).returncode == -signal.SIGKILL
    assert lived_in.files() == before
    read = [name for name in names if (lived_in.cache / "litellm" / f"{name.split('-')[1]}.zip").exists()]
    assert read[:3] == names[:3]
    lived_in.asked()
    refresh()
    assert set(lived_in.asked()) == set(names) - set(read)
    assert len(list(verify())) == 9


@pytest.mark.parametrize("reader", ["refresh", "load", "verify"])
def test_killed_while_putting_files_in_place(lived_in: House, reader: str) -> None:
    """Whoever comes next finishes first: no mixture of old and new files is ever read."""
    publish(lived_in)
    before = lived_in.files()
    assert lived_in.python(KILLED_WHILE_PLACING).returncode == -signal.SIGKILL
    changed = {name for name, content in lived_in.files().items() if before.get(name) != content}
    assert any(name.startswith(".staging") for name in changed)
    if reader == "refresh":
        assert [done.added for done in refresh().sources] == [0, 0]
    elif reader == "load":
        assert (tables.load("token_price", on="2026-03-01").label == SONNET).any()
    after = list(verify())
    assert len(after) == 9
    assert not (lived_in.root / "data" / ".staging").exists()
    finished = lived_in.files()
    refresh(rebuild=True)
    assert lived_in.files() == finished


def test_two_refreshes_at_once(lived_in: House, command) -> None:
    publish(lived_in)

    def told(source: str, done: int, total: int) -> None:
        if not messages:
            with pytest.raises(BusyError):
                refresh()
            messages.append(command("refresh"))

    messages: list[tuple[int, str, str]] = []
    assert [done.added for done in refresh(progress=told).sources] == [0, 5]
    code, out, err = messages[0]
    assert (code, out) == (1, "")
    assert "another process is writing the tables" in err
    assert "run again" in err


def test_verify_leaves_a_running_refresh_alone(lived_in: House, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(lived_in)
    write = tables.write_all

    def verified_meanwhile(*arguments: object) -> None:
        monkeypatch.setattr(tables, "write_all", write)
        list(verify())
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tables, "write_all", verified_meanwhile)
    refresh()
    assert len(list(verify())) == 9


@pytest.mark.parametrize("at", [0, 1, 4, 8])
def test_a_disk_that_fills_up_while_tables_are_written(
    lived_in: House, command, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Whichever file it happens at, all are as before; ``at`` counts the files written to ``data``."""
    publish(lived_in)
    before = lived_in.files()
    data = lived_in.root / "data"
    sync, written = os.fsync, []

    def full(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_relative_to(data):
            written.append(path)
            if len(written) > at:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        sync(descriptor)

    monkeypatch.setattr(store.os, "fsync", full)
    code, _, err = command("refresh")
    assert len(written) == at + 1
    assert code == 1
    assert "No space left on device" in err
    assert "Free space" in err
    assert "Traceback" not in err
    assert lived_in.files() == before
    monkeypatch.undo()


def test_a_real_limit_on_file_size(lived_in: House) -> None:
    publish(lived_in)
    before = lived_in.files()
    ended = lived_in.python(ON_A_FULL_DISK)
    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert lived_in.files() == before
    lived_in.asked()
    refresh()
    assert lived_in.asked() == []


def test_a_full_cache_names_the_version_that_did_not_fit(
    lived_in: House, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lived_in)
    before = lived_in.files()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    code, _, err = command("refresh")
    assert code == 1
    assert "litellm 1.2: the cache" in err
    assert "set CLOUDMARKET_CACHE to another folder" in err
    assert lived_in.files() == before
