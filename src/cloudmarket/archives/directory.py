"""The directory of a zip file that lies elsewhere, searched without reading all of it.

A zip file ends with a directory: one entry per member, telling where its data lies. Wheels of large packages
have directories of several hundred kilobytes, most of what a plain reader moves. So windows around the places
where neighbouring releases have the entry are tried first, then the whole directory.

Layout of the structures: PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zipfile import BadZipFile

from cloudmarket.archives.neighbours import Neighbours

Read = Callable[[int, int], bytes]
"""Gives the bytes from the first offset up to, not including, the second."""

END_SIGNATURE = b"PK\x05\x06"
END_RECORD = struct.Struct("<4s4H2LH")
MAX_DIRECTORY_BYTES = 16 * 2**20
# A directory up to this size costs less to read at once than to search.
SMALL_DIRECTORY_BYTES = 16 * 2**10

_ENTRY_SIGNATURE = b"PK\x01\x02"
_ENTRY_BYTES = 46
_COMMENT_MAX = 0xFFFF


@dataclass(frozen=True, slots=True)
class Directory:
    """Where a zip file's directory lies: first byte, bytes, entries."""

    start: int
    size: int
    count: int


def find_directory(read: Read, size: int) -> Directory:
    """Read the end record of a zip file of ``size`` bytes, which tells where its directory lies.

    Raises
    ------
    zipfile.BadZipFile
        If there is no end record that fits, or the directory is split or larger than ``MAX_DIRECTORY_BYTES``.
    """
    for tail_bytes in (END_RECORD.size, END_RECORD.size + _COMMENT_MAX):
        tail_start = max(0, size - tail_bytes)
        tail = read(tail_start, size)
        at = tail.rfind(END_SIGNATURE, 0, len(tail) - END_RECORD.size + len(END_SIGNATURE))
        while at >= 0:
            _, disk, first_disk, here, count, length, start, comment = END_RECORD.unpack_from(tail, at)
            # The comment must fill the rest and the directory end here, so chance bytes are not believed.
            if at + END_RECORD.size + comment == len(tail) and start + length == tail_start + at:
                if disk or first_disk or here != count or length > MAX_DIRECTORY_BYTES:
                    raise BadZipFile("its directory is split, or too large to be true")
                return Directory(start, length, count)
            at = tail.rfind(END_SIGNATURE, 0, at)
    raise BadZipFile("it does not end as a zip file does")


def entries_named(read: Read, directory: Directory, name: bytes, neighbours: Neighbours) -> Iterator[tuple[int, bytes]]:
    """Give position and bytes of a member's directory entry, nothing if there is none.

    Whoever takes an entry must see whether the member is there: bytes in a window may only look like one.
    Asked for more, it gives the next guess, and at last what walking the whole directory finds.

    Raises
    ------
    zipfile.BadZipFile
        If the directory was walked and is damaged.
    """
    guesses: list[tuple[int, bytes]] = []
    if directory.size > SMALL_DIRECTORY_BYTES:
        given: list[tuple[int, int]] = []
        guesses = _searched(read, directory, name, neighbours, given)
        yield from guesses
        if not guesses:
            with neighbours.turn(directory.size):
                guesses = _searched(read, directory, name, neighbours, given)
                walked = [] if guesses else _walked(read, directory, name, neighbours)
            yield from guesses or walked
            if not guesses:
                return
    yield from _walked(read, directory, name, neighbours)


def _searched(
    read: Read, directory: Directory, name: bytes, neighbours: Neighbours, given: list[tuple[int, int]]
) -> list[tuple[int, bytes]]:
    """Return whatever looks like the member's entry in the first window where something does."""
    for start, stop in neighbours.windows(directory.size, _ENTRY_BYTES + len(name), given):
        window = read(directory.start + start, directory.start + stop)
        guesses: list[tuple[int, bytes]] = []
        found = window.find(name, _ENTRY_BYTES)
        while found >= 0:
            at = found - _ENTRY_BYTES
            entry = _entry(window, at)
            if entry and entry_name(entry) == name:
                guesses.append((start + at, entry))
            found = window.find(name, found + 1)
        if guesses:
            neighbours.learn(directory.size, guesses[0][0])
            return guesses
    return []


def all_entries(read: Read, directory: Directory) -> list[tuple[int, bytes]]:
    """Read a whole directory; return position and bytes of each entry, in order.

    Raises
    ------
    zipfile.BadZipFile
        If the directory is damaged.
    """
    whole = read(directory.start, directory.start + directory.size)
    entries: list[tuple[int, bytes]] = []
    position = 0
    for _ in range(directory.count):
        entry = _entry(whole, position)
        if entry is None:
            raise BadZipFile("its directory is damaged")
        entries.append((position, entry))
        position += len(entry)
    if position != directory.size:
        raise BadZipFile("its directory does not hold as many entries as it says")
    return entries


def entry_name(entry: bytes) -> bytes:
    """Return the name in a directory entry, as the bytes that spell it."""
    length = int.from_bytes(entry[28:30], "little")
    return entry[_ENTRY_BYTES : _ENTRY_BYTES + length]


def _walked(read: Read, directory: Directory, name: bytes, neighbours: Neighbours) -> list[tuple[int, bytes]]:
    """Return the member's entry, found by reading the whole directory. Raises BadZipFile."""
    named = [(position, entry) for position, entry in all_entries(read, directory) if entry_name(entry) == name]
    neighbours.learn(directory.size, named[0][0] if named else None)
    return named


def _entry(data: bytes, at: int) -> bytes | None:
    """Return the directory entry that begins at an offset, None if none does or it is cut off."""
    if data[at : at + 4] != _ENTRY_SIGNATURE or at + _ENTRY_BYTES > len(data):
        return None
    end = at + _ENTRY_BYTES + sum(struct.unpack_from("<3H", data, at + 28))
    return data[at:end] if end <= len(data) else None
