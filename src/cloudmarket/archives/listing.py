"""The names in a folder of a zip file that lies elsewhere, and one member of it, as one document.

What a package holds says as much as what its files say: a service whose description is shipped exists. The
directory of the zip file tells the names, so nothing else but the member has to be read.
"""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import orjson

from cloudmarket.archives.directory import Read, all_entries, entry_name, find_directory
from cloudmarket.archives.member import Member, take
from cloudmarket.archives.neighbours import Neighbours

_DOCUMENT = "listing.json"


def read_listed(read: Read, size: int, name: str, folder: str, neighbours: Neighbours, comment: bytes) -> Member:
    """Read the names in a folder, and one member.

    Parameters
    ----------
    read : Read
        Gives parts of the file.
    size : int
        Bytes of the file.
    name : str
        The member, as the directory spells it.
    folder : str
        Beginning of the wanted names, such as ``example/data/``.
    neighbours : Neighbours
        Holds members of other files of the same kind, so that equal ones are moved once.
    comment : bytes
        Written into the zip file that keeps the document.

    Returns
    -------
    Member
        Its content is a JSON object: ``names``, sorted, and ``member``, the member's text or null. Absent if the
        file has neither.

    Raises
    ------
    zipfile.BadZipFile
        If the file is not a plain zip file or is damaged, or a name or the member is not UTF-8 text.
    """
    directory = find_directory(read, size)
    entries = {entry_name(entry): entry for _, entry in all_entries(read, directory)}
    entry = entries.get(name.encode())
    content = None if entry is None else take(read, directory, entry, neighbours, comment).content
    names = sorted(printed for printed in entries if printed.startswith(folder.encode()))
    if content is None and not names:
        return Member.absent(comment)
    try:
        said = {"names": [printed.decode() for printed in names], "member": content and content.decode()}
    except UnicodeDecodeError as error:
        raise BadZipFile("a name in it, or the member, is not UTF-8 text") from error
    document = orjson.dumps(said)
    return Member(_kept(document, comment), document)


def _kept(document: bytes, comment: bytes) -> bytes:
    """Return a zip file that holds the document alone; same document, same bytes."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as target:
        target.writestr(ZipInfo(_DOCUMENT), document, ZIP_DEFLATED)
        target.comment = comment
    return buffer.getvalue()
