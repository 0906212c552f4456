"""Requests kept to a server's stated rate, repeats included."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from cloudmarket.archives.http import Client, Manners, Traffic


@dataclass(slots=True)
class Pace:
    """Lets requests of this process through one at a time, evenly spaced.

    ``clock`` and ``sleep`` count in seconds.
    """

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = self.clock()
            at = max(now, self._free_at)
            self._free_at = at + 1 / self.per_second
        if at > now:
            self.sleep(at - now)


class _PacedRetry(Retry):
    """Repeats count as requests: each waits for its turn as well."""

    def __init__(self, *args: Any, pace: Pace, **options: Any) -> None:
        self.pace = pace
        super().__init__(*args, **options)

    def new(self, **changes: Any) -> _PacedRetry:
        return super().new(pace=self.pace, **changes)

    def sleep(self, response: Any = None) -> None:
        super().sleep(response)
        self.pace.wait()


class PacedClient(Client):
    """A client whose every request, first or repeated, keeps a pace."""

    def __init__(self, source: str, manners: Manners, pace: Pace) -> None:
        super().__init__(source, manners, Traffic())
        self.pace = pace
        self._retry = _PacedRetry(
            pace=pace,
            total=manners.retries,
            connect=min(manners.retries, 2),
            backoff_factor=manners.backoff_seconds,
            backoff_jitter=manners.backoff_seconds / 2,
            retry_after_max=manners.retry_after_max_seconds,
            status_forcelist=(429, 500, 502, 503, 504),
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=1, pool_block=True, max_retries=self._retry))

    def _open(self, url: str, headers: dict[str, str] | None, version: str | None) -> requests.Response:
        self.pace.wait()
        return super()._open(url, headers, version)
