"""Finding one member of a large zip file by reading little of it."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from contextlib import AbstractContextManager
from zipfile import BadZipFile

import pytest

from cloudmarket.archives.directory import SMALL_DIRECTORY_BYTES, Read, find_directory
from cloudmarket.archives.member import content_of, has_member, read_member
from cloudmarket.archives.neighbours import Neighbours
from loopback import MEMBER, wheel

CONTENT = json.dumps({f"model-{number}": number for number in range(500)}).encode()

# The lengths of name and extra field in the member's local header, and the name.
LOCAL_LENGTHS = struct.pack("<2H", len(MEMBER), 0)


def reader(data: bytes, asked: list[tuple[int, int]]) -> Read:
    def read(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return data[start:stop]

    return read


def member_of(data: bytes, neighbours: Neighbours | None = None) -> tuple[bytes | None, int]:
    """Return content and bytes asked for."""
    asked: list[tuple[int, int]] = []
    member = read_member(reader(data, asked), len(data), MEMBER, neighbours or Neighbours(), b"label")
    assert content_of(member.archive) == member.content
    assert member.archive.endswith(b"label")
    return member.content, sum(stop - start for start, stop in asked)


def directory_bytes(data: bytes) -> int:
    return find_directory(lambda start, stop: data[start:stop], len(data)).size


@pytest.mark.parametrize("at", [0, 1_500, 3_000])
def test_a_neighbour_spares_the_directory(at: int) -> None:
    neighbours = Neighbours()
    first, moved_first = member_of(wheel(CONTENT, entries=3_000, at=at), neighbours)
    # Another content, and forty entries more: half of them, or none or all, before the member.
    changed = CONTENT.replace(b"model-7", b"other-7")
    second, moved_second = member_of(wheel(changed, entries=3_040, at=at + at * 40 // 3_000), neighbours)
    assert (first, second) == (CONTENT, changed)
    assert moved_first > directory_bytes(wheel(CONTENT, entries=3_000)) > 200_000
    assert moved_second < 10_000


def test_the_member_may_jump_to_the_other_end() -> None:
    neighbours = Neighbours()
    member_of(wheel(CONTENT, entries=3_000, at=0), neighbours)
    changed = CONTENT[::-1]
    assert member_of(wheel(changed, entries=3_000, at=3_000), neighbours)[0] == changed


def test_an_absent_member_is_told_only_after_the_whole_directory_was_read() -> None:
    neighbours = Neighbours()
    member_of(wheel(CONTENT, entries=3_000, at=7), neighbours)
    without = wheel(None, entries=3_000)
    content, moved = member_of(without, neighbours)
    assert content is None
    assert moved > directory_bytes(without)


def test_has_member_reads_no_data() -> None:
    for content in (CONTENT, None):
        data, asked = wheel(content, entries=20, at=3), []
        assert has_member(reader(data, asked), len(data), MEMBER, Neighbours()) is (content is not None)
        assert min(start for start, _ in asked) == len(data) - 22 - directory_bytes(data)


def test_equal_bytes_are_asked_for_once() -> None:
    neighbours = Neighbours()
    noise = random.Random(0).randbytes(90_000)
    assert member_of(wheel(noise, entries=5), neighbours)[1] > len(noise) * 0.9
    content, moved = member_of(wheel(noise, entries=9), neighbours)
    assert content == noise
    assert moved < 2_000


@pytest.mark.parametrize("fits", ["nothing", "length", "place"])
def test_a_comment_hides_the_end_record(fits: str) -> None:
    """The comment holds bytes that look like an end record and fit the file in one respect at most."""
    data = wheel(CONTENT, entries=10)
    start = len(data) + len("signed ") if fits == "place" else 0
    rest = b" here"
    false = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, start, len(rest) if fits == "length" else 99)
    comment = b"signed " + false + rest
    end = data[:-2] + struct.pack("<H", len(comment)) + comment
    assert member_of(end)[0] == CONTENT


class LateNeighbours(Neighbours):
    """Learns a place from another thread just before the directory would be read whole."""

    place: tuple[int, int] | None = None

    def turn(self, directory_size: int) -> AbstractContextManager[object]:
        if self.place:
            self.learn(*self.place)
        return super().turn(directory_size)


@pytest.mark.parametrize("is_late", [False, True])
def test_bytes_that_look_like_the_entry_are_seen_through(is_late: bool) -> None:
    """The neighbour's place holds another entry whose comment is a false entry of the member."""
    name = MEMBER.encode()
    false = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 1, 99, 99, len(name), 0, 0, 0, 0, 0, 0) + name
    buffer = io.BytesIO(wheel(None, entries=1_500))
    with zipfile.ZipFile(buffer, "a") as target:
        junk = zipfile.ZipInfo("example/junk.py")
        junk.comment = struct.pack(">I", 0x504B0102) + name + false + name
        target.writestr(junk, b"")
        for number in range(1_500):
            target.writestr(zipfile.ZipInfo(f"example/folder_{number}/z_long_module_name_{number}.py"), b"")
        target.writestr(zipfile.ZipInfo(MEMBER), CONTENT)
    data = buffer.getvalue()
    size = directory_bytes(data)
    place = (size, data.find(false) - (len(data) - 22 - size))
    neighbours = LateNeighbours()
    if is_late:
        neighbours.place = place
    else:
        neighbours.learn(*place)
    assert member_of(data, neighbours)[0] == CONTENT


def test_a_zip_file_within_the_zip_file_does_not_mislead() -> None:
    inner = wheel(b"inner", entries=2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr(zipfile.ZipInfo("example/inner.zip"), inner)
        target.writestr(zipfile.ZipInfo(MEMBER), b"outer")
    assert member_of(buffer.getvalue())[0] == b"outer"


def test_a_longer_local_extra_field_is_followed() -> None:
    data = wheel(CONTENT)
    at = data.find(b"PK\x03\x04", 30)
    extra = struct.pack("<2H", 0xCAFE, 400) + bytes(400)
    name_end = at + 30 + len(MEMBER)
    grown = data[: at + 28] + struct.pack("<H", len(extra)) + data[at + 30 : name_end] + extra + data[name_end:]
    size, start = struct.unpack("<2L", data[-10:-2])
    grown = grown[:-6] + struct.pack("<L", start + len(extra)) + grown[-2:]
    assert len(extra) + size > 400
    assert member_of(grown)[0] == CONTENT


def spoil(data: bytes, at: int, value: bytes) -> bytes:
    """Overwrite bytes of the member's directory entry, counted from its signature."""
    entry = data.rfind(MEMBER.encode()) - 46
    return data[: entry + at] + value + data[entry + at + len(value) :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (wheel(CONTENT)[:-30], "does not end as a zip file"),
        (b"", "does not end as a zip file"),
        (b"<html>not a wheel</html>", "does not end as a zip file"),
        (spoil(wheel(CONTENT), 16, b"\0\0\0\0"), "Bad CRC-32"),
        (spoil(wheel(CONTENT), 8, b"\1\0"), "encrypted"),
        (spoil(wheel(CONTENT), 10, b"\x63\0"), "compression"),
        (spoil(wheel(CONTENT), 24, struct.pack("<L", 65 * 2**20)), "more than a snapshot can have"),
        (spoil(wheel(CONTENT), 20, struct.pack("<L", 2**31)), "does not lie where"),
        (spoil(wheel(CONTENT), 42, struct.pack("<L", 2**31)), "does not lie where"),
        (spoil(wheel(CONTENT), 42, struct.pack("<L", 1)), "does not lie where|Bad magic number"),
        (wheel(CONTENT).replace(LOCAL_LENGTHS, LOCAL_LENGTHS[:2] + b"\xff\xff", 1), "does not lie where"),
        (spoil(wheel(CONTENT), 0, b"junk"), "directory is damaged"),
        (spoil(wheel(CONTENT, entries=2), 28, b"\xff\xff"), "directory is damaged"),
        (wheel(CONTENT)[:-14] + b"\1\0\1\0" + wheel(CONTENT)[-10:], "as many entries as it says"),
        (wheel(CONTENT)[:-18] + b"\1\0" + wheel(CONTENT)[-16:], "split"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(BadZipFile, match=message):
        member_of(data)


def test_damaged_bytes_are_not_kept_for_the_neighbours() -> None:
    neighbours = Neighbours()
    good = wheel(CONTENT)
    at = good.find(MEMBER.encode()) + len(MEMBER) + 3
    with pytest.raises(BadZipFile):
        member_of(good[:at] + b"\0\0" + good[at + 2 :], neighbours)
    assert member_of(good, neighbours)[0] == CONTENT


def test_the_test_wheels_reach_the_search() -> None:
    assert directory_bytes(wheel(CONTENT, entries=3_000)) > SMALL_DIRECTORY_BYTES
