"""The contents of blobs, read one after another from one git process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.command import conversation
from cloudmarket.errors import ArchiveError

ABSENT = "absent"
OVERSIZED = "oversized"


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob as it was asked for: its content, or why there is none (``ABSENT``, ``OVERSIZED``)."""

    size: int
    content: bytes | None
    problem: str = ""


class Blobs:
    """Answers which bytes a blob holds; made by :func:`blobs`."""

    def __init__(self, clone: Clone, questions: IO[bytes], answers: IO[bytes], max_bytes: int) -> None:
        self._clone, self._questions, self._answers, self._max_bytes = clone, questions, answers, max_bytes

    def read(self, blob: str) -> Blob:
        """Return a blob. One larger than the limit is never held.

        Raises
        ------
        ArchiveError
            If git ends before it has answered.
        """
        try:
            self._questions.write(f"{blob}\n".encode())
            self._questions.flush()
        except OSError as error:
            raise self._ended(blob) from error
        head = self._answers.readline().split()
        if len(head) == 2 and head[1] == b"missing":
            return Blob(0, None, ABSENT)
        if len(head) != 3:
            raise self._ended(blob)
        size = int(head[2])
        if size > self._max_bytes:
            self._skip(size + 1, blob)
            return Blob(size, None, OVERSIZED)
        content = self._answers.read(size)
        if len(content) != size or self._answers.read(1) != b"\n":
            raise self._ended(blob)
        return Blob(size, content)

    def _skip(self, count: int, blob: str) -> None:
        while count:
            passed = len(self._answers.read(min(count, 1 << 20)))
            if not passed:
                raise self._ended(blob)
            count -= passed

    def _ended(self, blob: str) -> ArchiveError:
        problem = f"git broke off while it read blob {blob} of {self._clone.repository}"
        remedy = f"The clone {self._clone.folder} may be damaged: delete it, then run again."
        return ArchiveError(self._clone.source, problem, remedy)


@contextmanager
def blobs(clone: Clone, max_bytes: int) -> Iterator[Blobs]:
    """Give a reader of a clone's blobs, for as long as the block lasts."""
    arguments = ("cat-file", "--batch")
    with conversation(clone.source, arguments, folder=clone.reader()) as (questions, answers):
        yield Blobs(clone, questions, answers, max_bytes)
