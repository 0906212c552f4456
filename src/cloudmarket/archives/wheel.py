"""A wheel on a server: parts of it by range requests, or the whole of it with its digest."""

from __future__ import annotations

import hashlib
from typing import IO

import requests

from cloudmarket.archives import Release
from cloudmarket.archives.http import KEPT, Client
from cloudmarket.errors import ArchiveError

_CHUNK_BYTES = 2**18


class RangesIgnoredError(ArchiveError):
    """The server answers a range request with the whole file."""


class RemoteWheel:
    """The wheel of one release, read through a client."""

    def __init__(self, client: Client, release: Release) -> None:
        self._client, self._release = client, release

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` up to, not including, ``stop``.

        Raises
        ------
        RangesIgnoredError
            If the server would send the whole file; none of it is read then.
        ArchiveError
            If the server fails, or its file has another size than the index states.
        """
        if start >= stop:
            return b""
        wanted = f"bytes {start}-{stop - 1}/{self._release.file_bytes}"

        def receive(answer: requests.Response) -> bytes:
            if answer.status_code != 206:
                raise self._ignored()
            given = answer.headers.get("Content-Range", "no range")
            if given != wanted or int(answer.headers.get("Content-Length", stop - start)) != stop - start:
                raise self._error(f"the server gives {given} of {self._release.filename}, not {wanted}")
            return answer.content

        headers = {"Range": f"bytes={start}-{stop - 1}"}
        return self._client.get(self._release.url, receive, version=self._release.version, headers=headers)

    def download(self, file: IO[bytes]) -> None:
        """Write the whole wheel into ``file``.

        Raises
        ------
        ArchiveError
            If the server fails, or size or SHA-256 differ from what the index states.
        """

        def receive(answer: requests.Response) -> None:
            file.seek(0)
            file.truncate()
            digest, size = hashlib.sha256(), 0
            for chunk in answer.iter_content(_CHUNK_BYTES):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                if size > self._release.file_bytes:
                    break
            if size != self._release.file_bytes:
                stated = self._release.file_bytes
                raise self._error(f"{self._release.filename} has not the {stated:,} bytes the index states")
            if digest.hexdigest() != self._release.file_digest:
                raise self._error(f"{self._release.filename} has not the SHA-256 the index states")

        self._client.get(self._release.url, receive, version=self._release.version)

    def _error(self, problem: str) -> ArchiveError:
        remedy = f"Do not use this file: check the index configured for pip, then run again. {KEPT}"
        return ArchiveError(self._client.source, problem, remedy, self._release.version)

    def _ignored(self) -> RangesIgnoredError:
        problem = "the server ignores range requests, so the snapshot cannot be read without its whole wheel"
        remedy = (
            "`cloudmarket refresh --whole-wheels` reads whole files, "
            f"{self._release.file_bytes / 1e6:,.1f} MB for this version, and checks their SHA-256. {KEPT}"
        )
        return RangesIgnoredError(self._client.source, problem, remedy, self._release.version)
