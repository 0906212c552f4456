"""What the wheels read so far tell about the next one: where to look, and what need not be asked for again.

From release to release a member keeps its place in the wheel's directory, give or take the entries added
before it, and often its bytes. Both are guesses, and are checked by whoever uses them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

WINDOW_MARGIN_BYTES = 1024
WINDOWS_TRIED = 8
# Neighbours carry the same bytes within a few releases; the bound keeps long histories out of memory.
MEMBERS_HELD = 64


class Slot:
    """Packed bytes of a member, to be fetched once: hold ``lock`` while filling or reading ``packed``."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.packed: bytes | None = None


class Neighbours:
    """What one run learned about one member of many wheels; shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._seen: list[tuple[int, int | None]] = []
        self._slots: dict[bytes, Slot] = {}

    def learn(self, directory_size: int, position: int | None) -> None:
        """Remember where the entry began in a directory of this size (bytes); None if it was absent."""
        with self._lock:
            self._seen.append((directory_size, position))

    def turn(self, directory_size: int) -> AbstractContextManager[object]:
        """Return what to hold while a directory is read whole.

        One thread at a time: what it learns spares the others the same. Nothing can be spared where the
        member is absent, as it was in the directory closest in size.
        """
        nearest = self._nearest(directory_size)
        return nullcontext() if nearest and nearest[0][1] is None else self._turn

    def windows(self, directory_size: int, entry_size: int, given: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Give up to ``WINDOWS_TRIED`` windows (start, stop) to look in, the likeliest first.

        The directories closest in size say most. What their size differs by was added before the entry or
        after it, so a window reaches from the old position to the shifted one. Windows are added to
        ``given``; places in it are not given again.
        """
        last = len(given) + WINDOWS_TRIED
        for known_size, position in self._nearest(directory_size):
            if position is None:
                continue
            low, high = sorted((position, position + directory_size - known_size))
            if any(start <= low and high + entry_size <= stop for start, stop in given):
                continue
            start = max(0, low - WINDOW_MARGIN_BYTES)
            stop = min(directory_size, high + entry_size + WINDOW_MARGIN_BYTES)
            if not 0 < stop - start <= directory_size // 4:
                continue
            given.append((start, stop))
            yield start, stop
            if len(given) == last:
                return

    def slot(self, fingerprint: bytes) -> Slot:
        """Return the slot of a member with this CRC-32, sizes and method."""
        with self._lock:
            slot = self._slots.pop(fingerprint, None) or Slot()
            self._slots[fingerprint] = slot
            if len(self._slots) > MEMBERS_HELD:
                del self._slots[next(iter(self._slots))]
            return slot

    def _nearest(self, directory_size: int) -> list[tuple[int, int | None]]:
        with self._lock:
            latest_first = self._seen[::-1]
        return sorted(latest_first, key=lambda seen: abs(seen[0] - directory_size))
