"""Release dates from an index: every release by its first file, without reading any."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime

import pytest

from cloudmarket.archives.release_dates import ReleaseDates
from cloudmarket.errors import ArchiveError
from loopback import JSON_PAGE, MANNERS, PackageServer, Status


def archive(server: PackageServer, *projects: str) -> ReleaseDates:
    return ReleaseDates("example-source", projects, index=f"{server.address}/simple/", manners=MANNERS)


def add(server: PackageServer, project: str, version: str, at: str, **stated: object) -> None:
    server.add(version, b"wheel", project=project, **{"upload-time": at} | stated)


def test_releases_of_all_packages_by_date(server: PackageServer) -> None:
    add(server, "one", "1.10", "2026-01-03T10:00:00+02:00")
    add(server, "one", "1.9", "2026-01-01T10:00:00Z")
    add(server, "two", "0.1b1", "2026-01-02T10:00:00.123456Z")
    add(server, "two", "0.2", "2026-01-04T00:00:00Z")
    found = archive(server, "one", "two").releases()
    assert [release.version for release in found] == ["one 1.9", "two 0.1b1", "one 1.10"]
    assert [release.observed_at for release in found] == [
        datetime(2026, 1, 1, 10, tzinfo=UTC),
        datetime(2026, 1, 2, 10, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 1, 3, 8, tzinfo=UTC),
    ]


def test_the_newest_day_waits_for_a_later_one(server: PackageServer) -> None:
    add(server, "one", "1.0", "2026-01-01T23:59:59Z")
    add(server, "one", "1.1", "2026-01-02T00:00:00Z")
    add(server, "one", "1.2", "2026-01-02T12:00:00Z")
    assert [release.version for release in archive(server, "one").releases()] == ["one 1.0"]
    add(server, "one", "1.3", "2026-01-05T12:00:00Z")
    assert [release.version for release in archive(server, "one").releases()] == ["one 1.0", "one 1.1", "one 1.2"]


def test_a_release_needs_no_wheel_and_may_be_withdrawn(server: PackageServer) -> None:
    source = {"filename": "one-1.1.tar.gz", "upload-time": "2026-01-05T00:00:00Z"}
    server.add("1.1", b"source", project="one", **source)
    add(server, "one", "1.2", "2026-03-01T00:00:00Z", yanked="withdrawn")
    add(server, "one", "1.3", "2026-03-02T00:00:00Z")
    found = {release.version: release for release in archive(server, "one").releases()}
    assert list(found) == ["one 1.1", "one 1.2"]
    assert found["one 1.1"].filename == "one-1.1.tar.gz"
    assert found["one 1.1"].file_digest == hashlib.sha256(b"source").hexdigest()


def test_a_release_came_with_the_first_of_its_files(server: PackageServer) -> None:
    add(server, "one", "1.0", "2026-01-01T12:00:00Z")
    server.add("1.0", b"older", project="one", tag="cp312-abi3-any", **{"upload-time": "2026-01-01T11:00:00Z"})
    add(server, "one", "1.1", "2026-01-02T12:00:00Z")
    [release] = archive(server, "one").releases()
    assert release.observed_at == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert (release.filename, release.file_bytes) == ("one-1.0-cp312-abi3-any.whl", 5)


@pytest.mark.parametrize("missing", [{"upload-time": None}, {"size": None}, {"hashes": {}}])
def test_a_release_that_cannot_be_dated_is_left_out_and_logged(server: PackageServer, caplog, missing) -> None:
    add(server, "one", "1.0", "2026-01-01T12:00:00Z")
    server.add("1.1", b"wheel", project="one", **{"upload-time": "2026-01-02T12:00:00Z"} | missing)
    server.add("1.1", b"wheel", project="one", tag="cp312-abi3-any", **{"upload-time": "2026-01-03T12:00:00Z"})
    add(server, "one", "1.2", "2026-01-04T12:00:00Z")
    with caplog.at_level(logging.WARNING):
        assert [release.version for release in archive(server, "one").releases()] == ["one 1.0"]
    assert "one 1.1 left out, a file has no upload time, size or SHA-256" in caplog.text


def test_what_is_no_version_is_left_out_and_logged(server: PackageServer, caplog) -> None:
    add(server, "one", "1.0", "2026-01-01T12:00:00Z")
    add(server, "one", "1.x.y", "2026-01-02T12:00:00Z")
    add(server, "one", "1.1", "2026-01-03T12:00:00Z")
    with caplog.at_level(logging.WARNING):
        assert [release.version for release in archive(server, "one").releases()] == ["one 1.0"]
    assert "one 1.x.y left out, no version" in caplog.text


def test_documents_say_what_was_listed_and_ask_for_nothing(server: PackageServer) -> None:
    add(server, "one", "1.0", "2026-01-01T12:00:00Z")
    add(server, "one", "1.1", "2026-01-02T12:00:00Z")
    source, told = archive(server, "one"), []
    releases = source.releases()
    server.asked.clear()
    [snapshot] = source.read(releases, lambda done, total: told.append((done, total)))
    assert isinstance(snapshot.content, bytes)
    assert json.loads(snapshot.content) == {
        "package": "one",
        "version": "1.0",
        "uploaded_at": "2026-01-01T12:00:00+00:00",
    }
    assert snapshot.digest == hashlib.sha256(snapshot.content).hexdigest()
    assert (told, server.asked, source.failures) == ([(1, 1)], [], [])
    assert source.holds({"one 0.9"}) == {"one 0.9"}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Status(404), "answers 404 for two"),
        (Status(500), "answers 500 for two"),
        (Status(200, headers={"Content-Type": "text/html"}), "answers with text/html, not"),
        (Status(200, headers={"Content-Type": JSON_PAGE}, body=b"[]"), "broken project page"),
    ],
)
def test_one_package_that_fails_stops_all(server: PackageServer, fault, message: str) -> None:
    add(server, "one", "1.0", "2026-01-01T12:00:00Z")
    server.faults["two"] = [fault]
    with pytest.raises(ArchiveError, match=message):
        archive(server, "one", "two").releases()


def test_a_package_without_a_dated_release_is_named(server: PackageServer) -> None:
    with pytest.raises(ArchiveError, match="the index lists no dated release of two"):
        archive(server, "two").releases()
