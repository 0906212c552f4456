"""HTTP as the archives use it: polite, bounded, counted, with errors that say what to do."""

from __future__ import annotations

import importlib.metadata
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError
from urllib3.util import Retry

from cloudmarket.errors import ArchiveError

T = TypeVar("T")

KEPT = "Snapshots already read are kept in the cache."
UNWELL = f"The server is busy or unwell: run again later. {KEPT}"


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is asked: seconds to wait, repeats, connections at once.

    ``backoff_seconds`` doubles with each repeat. A server's Retry-After is honoured up to
    ``retry_after_max_seconds``.
    """

    connect_seconds: float = 10
    read_seconds: float = 60
    retries: int = 5
    backoff_seconds: float = 0.5
    retry_after_max_seconds: int = 60
    connections: int = 8


@dataclass(slots=True)
class Traffic:
    """What came over the wire: answers, and the bytes of their bodies before decoding."""

    answers: int = 0
    body_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, body_bytes: int) -> None:
        """Count one answer."""
        with self._lock:
            self.answers += 1
            self.body_bytes += body_bytes


class Client:
    """One session for one source, to be used from several threads and closed after use.

    Parameters
    ----------
    source : str
        Name of the source, for error messages.
    manners : Manners
        Timeouts, repeats and bounds.
    traffic : Traffic
        Counter to add to.
    """

    def __init__(self, source: str, manners: Manners, traffic: Traffic) -> None:
        self.source, self.manners, self.traffic = source, manners, traffic
        self._retry = Retry(
            total=manners.retries,
            # A refused connection rarely mends itself: say so soon.
            connect=min(manners.retries, 2),
            backoff_factor=manners.backoff_seconds,
            backoff_jitter=manners.backoff_seconds / 2,
            retry_after_max=manners.retry_after_max_seconds,
            status_forcelist=(429, 500, 502, 503, 504),
            raise_on_status=False,
        )
        self.session = requests.Session()
        # "identity": a range counts the bytes of the file, not of a compressed answer.
        self.session.headers.update(
            {
                "User-Agent": f"cloudmarket/{importlib.metadata.version('cloudmarket')} python-requests",
                "Accept-Encoding": "identity",
            }
        )
        size = manners.connections
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=size, pool_block=True, max_retries=self._retry)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def get(
        self,
        url: str,
        receive: Callable[[requests.Response], T],
        *,
        version: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        """Ask for ``url`` and give what ``receive`` makes of the answer.

        ``receive`` sees status and headers before the body is read. It is called again when the connection
        breaks within the body, which the session's own repeats do not cover.

        Raises
        ------
        ArchiveError
            If there is no connection, no answer in time, or an answer of 400 or above after all repeats.
        """
        retry = self._retry
        while True:
            try:
                with self._open(url, headers, version) as response:
                    try:
                        return receive(response)
                    finally:
                        self.traffic.add(response.raw.tell())
            except requests.RequestException as error:
                try:
                    retry = retry.increment("GET", url, error=ProtocolError(str(error)))
                except MaxRetryError:
                    problem = f"{_host(url)} breaks off in the middle of an answer"
                    raise ArchiveError(self.source, problem, UNWELL, version) from error
                retry.sleep()

    def _open(self, url: str, headers: dict[str, str] | None, version: str | None) -> requests.Response:
        times = (self.manners.connect_seconds, self.manners.read_seconds)
        try:
            response = self.session.get(url, headers=headers, timeout=times, stream=True)
        except (requests.RequestException, HTTPError) as error:
            problem = f"no answer from {_host(url)} ({_cause(error)})"
            remedy = f"Check the network and the index configured for pip, then run again. {KEPT}"
            raise ArchiveError(self.source, problem, remedy, version) from error
        if response.status_code >= 400:
            response.close()
            problem = f"{_host(url)} answers {response.status_code} for {_name(url)}"
            gone = "Not there, or not allowed: check the index configured for pip, then run again."
            busy = response.status_code >= 500 or response.status_code == 429
            raise ArchiveError(self.source, problem, UNWELL if busy else gone, version)
        return response


def _host(url: str) -> str:
    # Never the whole address: it may carry a user name and a password.
    return urlsplit(url).hostname or "the server"


def _name(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def _cause(error: BaseException) -> str:
    """Return the innermost reason, without the library's wrapping."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(getattr(error, "strerror", None) or error)
