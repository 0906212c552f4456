"""Names in a folder of a wheel beside one member, and the last release of each week."""

from __future__ import annotations

import io
import json
import random
import zipfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from cloudmarket.archives import Release
from cloudmarket.archives.index import last_of_weeks
from cloudmarket.archives.packages import SMALL_WHEEL_BYTES, PackageArchive
from cloudmarket.errors import ArchiveError
from cloudmarket.sources.origin import PackageMember
from loopback import MEMBER, PackageServer, corrupt, wheel

FOLDER = "example/folder_000/"


def document(snapshot) -> dict[str, object]:
    return json.loads(snapshot.content)


def listed(archive) -> list[dict[str, object]]:
    reader = archive(listing=FOLDER)
    return [document(snapshot) for snapshot in reader.read(reader.releases())]


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def test_names_in_the_folder_come_sorted_with_the_member(server: PackageServer, archive) -> None:
    files = {f"{FOLDER}b.json": b"", MEMBER: b'{"a": 1}', f"{FOLDER}a/2.json": b"", "example/other.py": b""}
    server.add("1.0", zipped(files))
    assert listed(archive) == [{"names": [f"{FOLDER}a/2.json", f"{FOLDER}b.json"], "member": '{"a": 1}'}]


def test_of_a_large_wheel_only_directory_and_member_are_moved(server: PackageServer, archive) -> None:
    name = server.add("1.0", wheel(b"{}", entries=60, padding=2 * SMALL_WHEEL_BYTES))
    stored = server.wheels[name]
    [found] = listed(archive)
    assert len(found["names"]) == 50
    assert found["member"] == "{}"
    assert len(stored) > 0
    assert (name, None) not in server.asked
    assert all(stop - start < 20_000 for start, stop in server.ranges(name))


def test_equal_members_of_neighbours_are_moved_once(server: PackageServer, archive) -> None:
    noise = random.Random(1).randbytes(30_000).hex()
    for number in range(4):
        server.add(f"1.{number}", wheel(noise.encode(), entries=number, padding=2 * SMALL_WHEEL_BYTES))
    assert [found["member"] for found in listed(archive)] == [noise] * 4
    moved = [stop - start for name in server.wheels for start, stop in server.ranges(name)]
    assert sum(length > 30_000 for length in moved) == 1


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({f"{FOLDER}a.json": b""}, {"names": [f"{FOLDER}a.json"], "member": None}),
        ({MEMBER: b"{}"}, {"names": [], "member": "{}"}),
    ],
)
def test_member_or_folder_may_be_missing(server: PackageServer, archive, files, expected) -> None:
    server.add("1.0", zipped(files))
    assert listed(archive) == [expected]


def test_without_both_there_is_no_content(server: PackageServer, archive) -> None:
    server.add("1.0", zipped({"example/other.py": b""}))
    reader = archive(listing=FOLDER)
    [snapshot] = reader.read(reader.releases())
    assert (snapshot.content, snapshot.digest) == (None, "")


def test_a_second_run_needs_no_network_and_another_folder_is_read_again(server: PackageServer, archive) -> None:
    server.add("1.0", zipped({f"{FOLDER}a.json": b"", "second/b.json": b"", MEMBER: b"{}"}))
    reader = archive(listing=FOLDER)
    releases = reader.releases()
    first = list(reader.read(releases))
    asked = len(server.asked)
    assert list(archive(listing=FOLDER, index="http://127.0.0.1:1/simple/").read(releases)) == first
    assert len(server.asked) == asked
    [other] = archive(listing="second/").read(releases)
    assert document(other)["names"] == ["second/b.json"]
    [alone] = archive().read(releases)
    assert alone.content == b"{}"


def test_what_is_no_text_is_refused(server: PackageServer, archive) -> None:
    server.add("1.0", zipped({MEMBER: b"\xff\xfe"}))
    with pytest.raises(ArchiveError, match=r"1\.0: .* is not UTF-8 text"):
        listed(archive)


def test_a_damaged_wheel_is_named(server: PackageServer, archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudmarket.archives.packages.SMALL_WHEEL_BYTES", 10)
    name = server.add("1.0", zipped({MEMBER: b"{}"}))
    server.faults[name] = [corrupt]
    with pytest.raises(ArchiveError, match=r"1\.0: .*cannot be read"):
        listed(archive)


def releases(*days: datetime) -> list[Release]:
    return [Release(f"1.{number}", day, "", "", 0, "") for number, day in enumerate(days)]


def test_the_last_release_of_each_week_is_kept_and_the_running_week_left_out() -> None:
    monday = datetime(2024, 12, 30, tzinfo=UTC)
    found = last_of_weeks(
        releases(
            monday,
            # New Year's Day is of the same ISO week, the Sunday night too.
            monday + timedelta(days=2),
            monday + timedelta(days=7, seconds=-1),
            monday + timedelta(days=7),
            monday + timedelta(days=28),
        )
    )
    assert [release.version for release in found] == ["1.2", "1.3"]


def test_a_week_of_the_next_year_with_the_same_number_is_another() -> None:
    found = last_of_weeks(releases(*(datetime(year, 3, 6, tzinfo=UTC) for year in (2023, 2024, 2025))))
    assert [release.version for release in found] == ["1.0", "1.1"]


def test_more_releases_never_change_what_was_chosen() -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=3 * number) for number in range(30)]
    chosen = [[one.version for one in last_of_weeks(releases(*days[:count]))] for count in range(30)]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(chosen))


def test_an_archive_may_list_the_last_of_each_week_only(server: PackageServer, archive) -> None:
    for number in range(4):
        server.add(f"1.{number}", wheel(b"{}"), **{"upload-time": f"2026-01-{5 + 4 * number:02}T12:00:00Z"})
    assert [release.version for release in archive().releases()] == ["1.0", "1.1", "1.2", "1.3"]
    assert [release.version for release in archive(one_per_week=True).releases()] == ["1.1"]


def test_the_origin_hands_its_wishes_on(tmp_path: Path) -> None:
    origin = PackageMember("example", MEMBER, listing=FOLDER, one_per_week=True)
    made = origin.archive("example-source", tmp_path)
    assert isinstance(made, PackageArchive)
    assert (made.listing, made.one_per_week) == (FOLDER, True)
    plain = PackageMember("example", MEMBER).archive("example-source", tmp_path)
    assert (plain.listing, plain.one_per_week) == (None, False)
