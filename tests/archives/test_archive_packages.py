"""Snapshots from a package index: order, cache, digests, and every fault a server can have."""

from __future__ import annotations

import errno
import hashlib
import logging
import random
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from cloudmarket import store
from cloudmarket.archives.packages import SMALL_WHEEL_BYTES, PackageArchive
from cloudmarket.errors import ArchiveError
from loopback import HASTY, MANNERS, BreakOff, PackageServer, Status, corrupt, ignore_ranges, stall, wheel


def content(number: int) -> bytes:
    return f'{{"release": {number}}}'.encode()


def fill(server: PackageServer, versions: int) -> list[str]:
    return [server.add(f"1.{number}", wheel(content(number))) for number in range(versions)]


@pytest.fixture
def large(server: PackageServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put one wheel on the server that is too large to be read whole; return its name."""
    monkeypatch.setattr("cloudmarket.archives.packages.SMALL_WHEEL_BYTES", 100)
    return fill(server, 1)[0]


def read(archive: PackageArchive) -> list[bytes | None]:
    return [snapshot.content for snapshot in archive.read(archive.releases())]


def test_snapshots_come_in_the_order_asked_for(server: PackageServer, archive) -> None:
    names = fill(server, 40)
    server.faults[names[39]] = [lambda *_: time.sleep(0.1)]
    reader = archive()
    backwards = reader.releases()[::-1]
    seen: list[tuple[int, int]] = []
    snapshots = list(reader.read(backwards, lambda done, total: seen.append((done, total))))
    assert [snapshot.release for snapshot in snapshots] == backwards
    assert [snapshot.content for snapshot in snapshots] == [content(number) for number in range(39, -1, -1)]
    assert snapshots[0].digest == hashlib.sha256(content(39)).hexdigest()
    assert seen == [(done, 40) for done in range(1, 41)]


def test_no_more_is_read_ahead_than_can_be_held(server: PackageServer, archive) -> None:
    fill(server, 20)
    reader = archive(workers=2)
    reading = reader.read(reader.releases())
    next(reading)
    time.sleep(0.1)
    assert 1 <= len(list(reader.folder.glob("*.zip"))) <= 4
    reading.close()


def test_a_large_wheel_is_not_read_whole(server: PackageServer, archive) -> None:
    name = server.add("1.0", wheel(content(1), entries=50, padding=SMALL_WHEEL_BYTES))
    stored = server.wheels[name]
    reader = archive()
    assert read(reader) == [content(1)]
    ranges = server.ranges(name)
    assert ranges[0] == (len(stored) - 22, len(stored))
    assert all(0 <= start < stop <= len(stored) for start, stop in ranges)
    assert reader.traffic.answers == 1 + len(ranges)
    assert reader.traffic.body_bytes == len(server.page()) + sum(stop - start for start, stop in ranges)


def test_a_small_wheel_is_read_whole_and_its_digest_checked(server: PackageServer, archive) -> None:
    name = fill(server, 1)[0]
    assert read(archive()) == [content(0)]
    assert (name, None) in server.asked
    server.stated[name] = {"hashes": {"sha256": "0" * 64}}
    with pytest.raises(ArchiveError, match=r"example-source 1\.0: .* has not the SHA-256"):
        read(archive())


def test_an_absent_member_is_a_snapshot_without_content_and_not_asked_for_again(server: PackageServer, archive) -> None:
    name = server.add("1.0", wheel(None, entries=3))
    reader = archive()
    releases = reader.releases()
    for _ in range(2):
        (snapshot,) = reader.read(releases)
        assert (snapshot.content, snapshot.digest) == (None, "")
    assert len(server.ranges(name)) == 2
    assert (name, None) not in server.asked


def test_a_second_run_needs_no_network(server: PackageServer, archive) -> None:
    fill(server, 12)
    reader = archive()
    releases = reader.releases()
    first = list(reader.read(releases))
    asked = len(server.asked)
    offline = archive(index="http://127.0.0.1:1/simple/")
    assert list(offline.read(releases)) == first
    assert len(server.asked) == asked
    assert offline.traffic.answers == 0


def test_another_wheel_or_member_is_not_taken_from_the_cache(server: PackageServer, archive, tmp_path) -> None:
    server.add("1.0", wheel(content(1)), tag="cp310-abi3-any")
    assert read(archive()) == [content(1)]
    server.add("1.0", wheel(content(2)))
    assert read(archive()) == [content(2)]
    other = PackageArchive(
        "example-source", "example", "padding.bin", cache=tmp_path, index=f"{server.address}/simple/"
    )
    assert read(other) == [b""]


@pytest.mark.parametrize("damage", [b"", b"PK\5\6", None])
def test_a_damaged_cache_is_read_again(server: PackageServer, archive, caplog, damage) -> None:
    fill(server, 1)
    reader = archive()
    read(reader)
    path = reader.folder / "1.0.zip"
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + b"?" + whole[61:] if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        assert read(reader) == [content(0)]
    assert path.read_bytes() == whole
    assert ("is damaged" in caplog.text) is (damage is None)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Status(404), "answers 404"),
        (Status(500), "answers 500.*run again later"),
        (Status(429, headers={"Retry-After": "0"}), "answers 429.*run again later"),
        (Status(206, body=b"x" * 22), "gives no range"),
        (Status(206, headers={"Content-Range": "bytes 0-21/22"}, body=b"x" * 22), "gives bytes 0-21/22"),
        (BreakOff(), "breaks off in the middle"),
        (corrupt, "cannot be read.*--whole-wheels"),
        (ignore_ranges, r"ignores range requests.*--whole-wheels. reads whole files, 0\.0 MB.*SHA-256"),
        (stall, "no answer from 127.0.0.1"),
    ],
)
def test_a_failing_server_is_named_with_source_and_version(
    server: PackageServer, archive, large: str, fault, message: str
) -> None:
    server.faults[large] = [fault]
    with pytest.raises(ArchiveError, match=message) as caught:
        read(archive(manners=HASTY if fault is stall else MANNERS))
    assert (caught.value.source, caught.value.version) == ("example-source", "1.0")
    assert list(archive().folder.glob("*")) == []


@pytest.mark.parametrize("fault", [Status(500, times=2), Status(503, times=1), BreakOff(times=2)])
def test_a_passing_fault_is_waited_out(server: PackageServer, archive, large: str, fault) -> None:
    server.faults[large] = [fault]
    assert read(archive()) == [content(0)]


@pytest.mark.parametrize(("asked", "waited"), [("3", 3), ("3600", 7)])
def test_retry_after_is_honoured_within_bounds(
    server: PackageServer, archive, large: str, monkeypatch: pytest.MonkeyPatch, asked: str, waited: int
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time", SimpleNamespace(sleep=waits.append))
    server.faults[large] = [Status(429, times=1, headers={"Retry-After": asked})]
    assert read(archive(manners=replace(MANNERS, retry_after_max_seconds=7))) == [content(0)]
    assert waits == [waited]


def test_neighbours_read_at_once_ask_for_nothing_twice(server: PackageServer, archive) -> None:
    """The first directory is read whole, the others through windows; equal members are moved once."""
    noise = [random.Random(number // 8).randbytes(40_000) for number in range(24)]
    for number, packed in enumerate(noise):
        server.add(f"1.{number}", wheel(packed, entries=800 + number, at=400, padding=SMALL_WHEEL_BYTES))
    assert read(archive()) == noise
    lengths = [stop - start for name in server.wheels for start, stop in server.ranges(name)]
    assert sum(length > 60_000 for length in lengths) == 1
    assert sum(40_000 <= length <= 60_000 for length in lengths) == 3


@pytest.mark.parametrize("whole_wheels", [False, True])
@pytest.mark.parametrize("size", [1, 10**9])
def test_another_size_than_stated_is_an_error(
    server: PackageServer, archive, large: str, whole_wheels: bool, size: int
) -> None:
    server.stated[large] = {"size": len(server.wheels[large]) + 1 if size == 1 else size}
    with pytest.raises(ArchiveError, match=r"1\.0: .*(bytes the index states|the server gives|answers 416)"):
        read(archive(whole_wheels=whole_wheels))


def test_a_truncated_wheel_is_an_error(server: PackageServer, archive, large: str) -> None:
    server.wheels[large] = server.wheels[large][:-40]
    with pytest.raises(ArchiveError, match="does not end as a zip file"):
        read(archive())


def test_a_server_that_ignores_ranges_still_serves_small_and_whole_wheels(
    server: PackageServer, archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.faults[fill(server, 1)[0]] = [ignore_ranges]
    assert read(archive()) == [content(0)]
    monkeypatch.setattr("cloudmarket.archives.packages.SMALL_WHEEL_BYTES", 100)
    assert read(archive(whole_wheels=True, cache=tmp_path / "other")) == [content(0)]


def test_a_whole_wheel_waits_on_the_disk(server: PackageServer, archive, monkeypatch) -> None:
    monkeypatch.setattr("cloudmarket.archives.packages._SPOOL_BYTES", 1)
    fill(server, 3)
    reader = archive(whole_wheels=True)
    assert read(reader) == [content(number) for number in range(3)]
    assert sorted(path.name for path in reader.folder.iterdir()) == ["1.0.zip", "1.1.zip", "1.2.zip"]


def test_what_was_read_before_a_failure_is_kept(server: PackageServer, archive) -> None:
    names = fill(server, 30)
    server.faults[names[20]] = [Status(404)]
    reader = archive()
    releases = reader.releases()
    got = []
    with pytest.raises(ArchiveError, match=r"1\.20: .*answers 404"):
        got.extend(reader.read(releases))
    assert [snapshot.release.version for snapshot in got] == [f"1.{number}" for number in range(20)]
    offline = archive(index="http://127.0.0.1:1/simple/")
    assert list(offline.read(releases[:20])) == got


def test_an_abandoned_run_keeps_what_was_read(server: PackageServer, archive) -> None:
    fill(server, 30)
    reader = archive(workers=2)
    releases = reader.releases()
    reading = reader.read(releases)
    got = list(islice(reading, 5))
    reading.close()
    server.shutdown()
    assert list(reader.read(releases[:5])) == got


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    server: PackageServer, archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, 1)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    reader = archive()
    with pytest.raises(ArchiveError, match=r"1\.0: the cache .* \(No space left on device\). Free space there"):
        read(reader)
    assert list(reader.folder.iterdir()) == []
