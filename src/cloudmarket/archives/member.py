"""One member of a zip file that lies elsewhere, taken out into a zip file of its own.

Its packed bytes are kept as they are, so decompression and the CRC-32 check are left to :mod:`zipfile`, now
and each time the small file is read again.

Layout of the structures: PKWARE APPNOTE 6.3.10, sections 4.3.7 and 4.3.12.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import BadZipFile, ZipFile

from cloudmarket.archives.directory import (
    END_RECORD,
    END_SIGNATURE,
    Directory,
    Read,
    entries_named,
    find_directory,
)
from cloudmarket.archives.neighbours import Neighbours

log = logging.getLogger(__name__)

MAX_MEMBER_BYTES = 64 * 2**20

_LOCAL_BYTES = 30
# The local header's extra field may be longer than the directory's: a little more is asked for at once.
_SPARE_BYTES = 32
_ELSEWHERE = "the member does not lie where the directory says"


@dataclass(frozen=True, slots=True)
class Member:
    """A member read and checked.

    ``archive`` is a zip file that holds it alone, or nothing; ``content`` is None where it is absent.
    """

    archive: bytes
    content: bytes | None

    @classmethod
    def absent(cls, comment: bytes) -> Self:
        """Return the member of a file that does not hold it: an empty zip file with a comment."""
        return cls(END_RECORD.pack(END_SIGNATURE, 0, 0, 0, 0, 0, 0, len(comment)) + comment, None)


def has_member(read: Read, size: int, name: str, neighbours: Neighbours) -> bool:
    """Tell whether a zip file's directory names a member. Raises BadZipFile."""
    return any(True for _ in entries_named(read, find_directory(read, size), name.encode(), neighbours))


def read_member(read: Read, size: int, name: str, neighbours: Neighbours, comment: bytes) -> Member:
    """Read one member of a zip file.

    Where a neighbour's member has the same CRC-32, sizes and method, its bytes are taken.

    Parameters
    ----------
    read : Read
        Gives parts of the file.
    size : int
        Bytes of the file.
    name : str
        The member, as the directory spells it.
    neighbours : Neighbours
        What other files of the same kind taught; learns from this one.
    comment : bytes
        Written into the one-member zip file.

    Raises
    ------
    zipfile.BadZipFile
        If the file is not a plain zip file, is damaged, or declares more than ``MAX_MEMBER_BYTES``.
    """
    directory = find_directory(read, size)
    refused: BadZipFile | None = None
    for _, entry in entries_named(read, directory, name.encode(), neighbours):
        try:
            return take(read, directory, entry, neighbours, comment)
        except BadZipFile as error:
            refused = error
    if refused:
        raise refused
    return Member.absent(comment)


def take(read: Read, directory: Directory, entry: bytes, neighbours: Neighbours, comment: bytes) -> Member:
    """Return the member that a directory entry describes, a neighbour's bytes if they are the same.

    Raises
    ------
    zipfile.BadZipFile
        If the member is damaged or does not lie where the entry says.
    """
    # Flags and method; CRC-32 and sizes.
    slot = neighbours.slot(entry[8:12] + entry[16:28])
    with slot.lock:
        packed = slot.packed or _packed(read, directory, entry)
        archive = _alone(packed, entry, comment)
        content = content_of(archive)
        slot.packed = packed
    return Member(archive, content)


def content_of(archive: bytes) -> bytes | None:
    """Return the content of a one-member zip file, None if it is empty.

    Raises
    ------
    zipfile.BadZipFile
        If the CRC-32 does not fit, or the member is encrypted, damaged or compressed in an unknown way.
    """
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            return opened.read(members[0]) if members else None
    except (
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        raise BadZipFile(str(error) or "its data ends too soon") from error


def _packed(read: Read, directory: Directory, entry: bytes) -> bytes:
    """Return a member's local header and packed data, in one request as a rule. Raises BadZipFile."""
    packed, unpacked, name_bytes, extra_bytes = struct.unpack_from("<2L2H", entry, 20)
    (start,) = struct.unpack_from("<L", entry, 42)
    if unpacked > MAX_MEMBER_BYTES:
        raise BadZipFile(f"the member declares {unpacked / 1e6:,.0f} MB, more than a snapshot can have")
    stop = start + _LOCAL_BYTES + name_bytes + packed
    if stop > directory.start:
        raise BadZipFile(_ELSEWHERE)
    data = read(start, min(stop + extra_bytes + _SPARE_BYTES, directory.start))
    length = _LOCAL_BYTES + sum(struct.unpack_from("<2H", data, 26)) + packed
    if start + length > directory.start:
        raise BadZipFile(_ELSEWHERE)
    if length > len(data):
        data += read(start + len(data), start + length)
    return data[:length]


def _alone(packed: bytes, entry: bytes, comment: bytes) -> bytes:
    """Return a zip file that holds one member alone, its offset now 0."""
    end = END_RECORD.pack(END_SIGNATURE, 0, 0, 1, 1, len(entry), len(packed), len(comment))
    return packed + entry[:42] + bytes(4) + entry[46:] + end + comment


def cached(path: Path, label: bytes) -> Member | None:
    """Return what a cache keeps of a wheel, None where it has to be read (again)."""
    try:
        archive = path.read_bytes()
        # The label says which wheel and member: an index may list another wheel of a version later.
        return Member(archive, content_of(archive)) if archive.endswith(label) else None
    except FileNotFoundError:
        return None
    except BadZipFile as error:
        log.warning("%s in the cache is damaged (%s): it is read again", path, error)
        return None
