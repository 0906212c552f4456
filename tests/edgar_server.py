"""A server on the loopback interface that answers as the Commission's does, and can be made to fail."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloudmarket.archives.http import Manners

# Waits short enough for a test, with every repeat still made.
MANNERS = Manners(connect_seconds=2, read_seconds=20, retries=2, backoff_seconds=0.001, connections=1)
CIK = 12345

Fault = Callable[["Handler", bytes], bool]
"""Spoils an answer; returns False to let the true answer follow."""


def fact(start: str, end: str, value: Any, filed: str, form: str = "10-Q", **more: Any) -> dict[str, Any]:
    accession = more.pop("accn", f"0000012345-{filed[2:4]}-{filed[5:7]}{filed[8:]}00")
    year = {"fy": int(filed[:4]), "fp": "FY" if form.startswith("10-K") else "Q1"}
    return {"start": start, "end": end, "val": value, "accn": accession, **year, "form": form, "filed": filed, **more}


def document(concepts: dict[str, list[dict[str, Any]]] | None = None, *, cik: int = CIK, unit: str = "USD") -> bytes:
    """Return company facts with these concepts of us-gaap."""
    taxonomy = {
        tag: {"label": tag, "description": "As the taxonomy says.", "units": {unit: facts}}
        for tag, facts in (concepts or {}).items()
    }
    facts = {"dei": {}, "us-gaap": taxonomy}
    return json.dumps({"cik": cik, "entityName": "EXAMPLE INC.", "facts": facts}, separators=(",", ":")).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 2**16
    server: EdgarServer

    def do_GET(self) -> None:
        self.server.asked.append((time.monotonic(), self.path, dict(self.headers)))
        if "@" not in self.headers.get("User-Agent", ""):
            self.answer(403, b"<html>Your Request Originates from an Undeclared Automated Tool</html>")
            return
        body = self.server.files.get(self.path.rpartition("/")[2])
        if body is None:
            self.answer(404, b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')
        elif not any(fault(self, body) for fault in self.server.faults):
            packed = gzip.compress(body) if "gzip" in self.headers.get("Accept-Encoding", "") else body
            self.answer(200, packed, {"Content-Encoding": "gzip"} if packed is not body else {})

    def answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, stated: int | None = None
    ) -> None:
        """Answer; with ``stated``, say another length than the body has, and break off."""
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body) if stated is None else stated))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = stated is not None

    def log_message(self, *_: Any) -> None:
        pass


class EdgarServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.asked: list[tuple[float, str, dict[str, str]]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def put(self, content: bytes, cik: int = CIK) -> None:
        self.files[f"CIK{cik:010}.json"] = content

    # A broken connection is part of these tests: the server must not report it.
    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[EdgarServer]:
    with EdgarServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def times(count: int, status: int, headers: dict[str, str] | None = None) -> Fault:
    """Return a fault that answers with a status, the first ``count`` times."""
    left = [count]

    def fault(handler: Handler, _: bytes) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            handler.answer(status, b"<html>sorry</html>", headers)
        return left[0] >= 0

    return fault


def break_off(count: int) -> Fault:
    """Return a fault that sends half of the body, the first ``count`` times."""
    left = [count]

    def fault(handler: Handler, body: bytes) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            handler.answer(200, body[: len(body) // 2], stated=len(body))
        return left[0] >= 0

    return fault
