"""What the index lists, and what it may do wrong."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from cloudmarket.archives.index import configured_index
from cloudmarket.errors import ArchiveError
from loopback import HASTY, JSON_PAGE, MANNERS, BreakOff, PackageServer, Status, stall, wheel


def test_one_wheel_per_version_by_date(server: PackageServer, archive) -> None:
    server.add("1.10", wheel(), **{"upload-time": "2026-02-02T10:00:00+02:00"})
    server.add("1.9", wheel(), **{"upload-time": "2026-02-02T08:00:00Z"})
    server.add("1.2", wheel(), tag="cp310-abi3-win_amd64")
    server.add("1.2", wheel(), tag="cp310-abi3-macosx_11_0_arm64")
    server.add("1.1", wheel(), tag="cp310-abi3-any", yanked="withdrawn")
    server.add("1.1", wheel(), tag="py3-none-any")
    releases = archive().releases()
    # 1.9 and 1.10 came in the same second: then by version, not by text.
    assert [release.version for release in releases] == ["1.2", "1.1", "1.9", "1.10"]
    assert releases[0].filename == "example-1.2-cp310-abi3-macosx_11_0_arm64.whl"
    assert releases[1].filename == "example-1.1-py3-none-any.whl"
    assert releases[3].observed_at == datetime(2026, 2, 2, 8, tzinfo=UTC)
    assert releases[0].file_bytes == len(wheel())


@pytest.mark.parametrize("missing", [{"upload-time": None}, {"size": None}, {"hashes": {}}])
def test_what_cannot_be_dated_or_checked_is_left_out_and_logged(
    server: PackageServer, archive, caplog, missing
) -> None:
    server.add("1.0", wheel())
    server.add("1.1", wheel(), **missing)
    with caplog.at_level(logging.WARNING):
        assert [release.version for release in archive().releases()] == ["1.0"]
    assert "1 versions left out, no upload time, size or SHA-256 stated: 1.1" in caplog.text


def test_a_version_without_wheel_is_left_out_and_logged(server: PackageServer, archive, caplog) -> None:
    server.add("1.0", wheel())
    server.add("1.1", wheel(), **{"filename": "example-1.1.tar.gz"})
    with caplog.at_level(logging.WARNING):
        assert [release.version for release in archive().releases()] == ["1.0"]
    assert "1 versions left out, no wheel: 1.1" in caplog.text


def test_what_is_no_version_is_left_out_and_logged(server: PackageServer, archive, caplog) -> None:
    server.add("1.0", wheel())
    server.add("1.x.y", wheel())
    with caplog.at_level(logging.WARNING):
        assert [release.version for release in archive().releases()] == ["1.0"]
    assert "Invalid version: '1.x.y'" in caplog.text


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Status(404), "answers 404 for example.*index configured for pip"),
        (Status(500), "answers 500 for example.*run again later"),
        (Status(429, headers={"Retry-After": "0"}), "answers 429 for example.*run again later"),
        (Status(200, headers={"Content-Type": "text/html; charset=utf-8"}), "answers with text/html, not"),
        (Status(200, body=b""), "answers with no content type, not"),
        (Status(200, headers={"Content-Type": JSON_PAGE}, body=b""), "broken project page"),
        (Status(200, headers={"Content-Type": JSON_PAGE}, body=b"[]"), "broken project page"),
        (
            Status(200, headers={"Content-Type": JSON_PAGE}, body=b'{"meta": {"api-version": "9.0"}}'),
            "broken",
        ),
        (Status(301, headers={"Location": "/simple/example/"}), "redirects"),
        (BreakOff(), "breaks off in the middle"),
        (stall, "no answer from 127.0.0.1"),
    ],
)
def test_a_failing_index_is_named(server: PackageServer, archive, fault, message: str) -> None:
    server.add("1.0", wheel())
    server.faults["example"] = [fault]
    with pytest.raises(ArchiveError, match=message) as caught:
        archive(manners=HASTY if fault is stall else MANNERS).releases()
    assert caught.value.source == "example-source"


@pytest.mark.parametrize("fault", [Status(500, times=2), Status(503, times=1), BreakOff(times=2)])
def test_a_passing_fault_is_waited_out(server: PackageServer, archive, fault) -> None:
    server.add("1.0", wheel())
    server.faults["example"] = [fault]
    assert len(archive().releases()) == 1


def test_an_index_without_usable_wheels_is_an_error(server: PackageServer, archive) -> None:
    server.add("1.0", wheel(), size=None)
    with pytest.raises(ArchiveError, match="no usable wheel of example"):
        archive().releases()


def test_no_network_is_said_without_secrets(archive) -> None:
    with pytest.raises(ArchiveError, match=r"no answer from 127\.0\.0\.1 \(Connection refused\)") as caught:
        archive(index="http://someone:secret@127.0.0.1:1/simple/").releases()
    assert "secret" not in str(caught.value)


def test_the_index_is_the_one_configured_for_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\ntimeout = 5\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert configured_index() == PYPI_SIMPLE_ENDPOINT
    settings.write_text("[global]\nindex-url = http://127.0.0.1/mirror/\n")
    assert configured_index() == "http://127.0.0.1/mirror/"
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1/nearer/")
    assert configured_index() == "http://127.0.0.1/nearer/"
