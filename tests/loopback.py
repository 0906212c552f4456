"""A package index on the loopback interface whose answers can be spoilt, and wheels to put on it."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloudmarket.archives.http import Manners

MEMBER = "example/prices.json"
JSON_PAGE = "application/vnd.pypi.simple.v1+json"
# Waits short enough for a test, with every repeat still made.
MANNERS = Manners(connect_seconds=2, read_seconds=20, retries=2, backoff_seconds=0.001, connections=8)
HASTY = replace(MANNERS, read_seconds=0.2)

Fault = Callable[["Handler", bytes], bool]
"""Spoils an answer; returns False to let the true answer follow."""


def wheel(
    content: bytes | None = b"{}", *, member: str = MEMBER, entries: int = 0, at: int = 0, padding: int = 0
) -> bytes:
    """Return a wheel with ``entries`` other files, the member before number ``at``, and a large file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo("padding.bin"), bytes(padding))
        for number in range(entries + 1):
            if number == at and content is not None:
                target.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
            if number < entries:
                target.writestr(
                    zipfile.ZipInfo(f"example/folder_{number // 50:03}/a_long_module_name_{number}.py"), b""
                )
    return buffer.getvalue()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave together; apart, each answer waits for the client's delayed acknowledgement.
    wbufsize = 2**16
    server: PackageServer

    def do_GET(self) -> None:
        folder, _, name = self.path.rstrip("/").rpartition("/")
        self.server.asked.append((name, self.headers.get("Range")))
        is_page = folder == "/simple"
        body = self.server.page(name) if is_page else self.server.wheels[name]
        if any(fault(self, body) for fault in self.server.faults.get(name, [])):
            return
        if is_page:
            self.answer(200, body, {"Content-Type": JSON_PAGE})
        elif asked := self.headers.get("Range"):
            self.part(body, asked)
        else:
            self.answer(200, body)

    def part(self, body: bytes, asked: str) -> None:
        first, last = (int(number) for number in asked.removeprefix("bytes=").split("-"))
        last = min(last, len(body) - 1)
        given = f"bytes {first}-{last}/{len(body)}"
        self.answer(206, body[first : last + 1], {"Content-Range": given})

    def answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, sent: int | None = None
    ) -> None:
        """Answer; with ``sent``, break off after that many bytes."""
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = sent is not None

    def log_message(self, *_: Any) -> None:
        pass


class PackageServer(ThreadingHTTPServer):
    """An index; a project begins with its first wheel."""

    # A broken connection is part of these tests: the server must not report it.
    def handle_error(self, *_: Any) -> None:
        pass

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wheels: dict[str, bytes] = {}
        self.stated: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def add(
        self,
        version: str,
        content: bytes,
        *,
        project: str = "example",
        tag: str = "py3-none-any",
        **stated: Any,
    ) -> str:
        """List a wheel; ``stated`` overrides what the page says of it, None leaves it out."""
        name = f"{project.replace('-', '_')}-{version}-{tag}.whl"
        self.wheels[name] = content
        self.stated[name] = stated
        return name

    def page(self, project: str = "example") -> bytes:
        files = []
        prefix = project.replace("-", "_") + "-"
        wheels = [(name, content) for name, content in self.wheels.items() if name.startswith(prefix)]
        for minute, (name, content) in enumerate(wheels):
            file = {
                "filename": name,
                "url": f"{self.address}/files/{name}",
                "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
                "size": len(content),
                "upload-time": f"2026-01-01T12:{minute:02}:00.000000Z",
            }
            file |= self.stated[name]
            files.append({key: value for key, value in file.items() if value is not None})
        meta = {"api-version": "1.1"}
        return json.dumps({"meta": meta, "name": project, "versions": [], "files": files}).encode()

    def ranges(self, name: str) -> list[tuple[int, int]]:
        """Return the ranges asked for of a wheel."""
        pairs = [asked.removeprefix("bytes=").split("-") for file, asked in self.asked if file == name and asked]
        return [(int(first), int(last) + 1) for first, last in pairs]


@contextmanager
def serving() -> Iterator[PackageServer]:
    """Give an index that answers until the block ends."""
    with PackageServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@dataclass
class Status:
    """Answers with a status, the first ``times`` times."""

    status: int
    times: int = 1_000
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<html>sorry</html>"

    def __call__(self, handler: Handler, body: bytes) -> bool:
        self.times -= 1
        if self.times >= 0:
            handler.answer(self.status, self.body, self.headers)
        return self.times >= 0


@dataclass
class BreakOff:
    """Sends half of the answer, the first ``times`` times."""

    times: int = 1_000

    def __call__(self, handler: Handler, body: bytes) -> bool:
        self.times -= 1
        if self.times < 0:
            return False
        asked = handler.headers.get("Range")
        if asked:
            first, last = (int(number) for number in asked.removeprefix("bytes=").split("-"))
            part = body[first : last + 1]
            given = f"bytes {first}-{last}/{len(body)}"
            handler.answer(206, part, {"Content-Range": given}, sent=len(part) // 2)
        else:
            handler.answer(200, body, {"Content-Type": JSON_PAGE}, sent=len(body) // 2)
        return True


def corrupt(handler: Handler, body: bytes, member: str = MEMBER) -> bool:
    """Turns one byte of the member's packed data, and of nothing else."""
    at = body.find(member.encode()) + len(member) + 3
    spoilt = body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :]
    handler.part(spoilt, handler.headers["Range"])
    return True


def ignore_ranges(handler: Handler, body: bytes) -> bool:
    handler.answer(200, body)
    return True


def stall(handler: Handler, body: bytes) -> bool:
    time.sleep(1)
    return False
