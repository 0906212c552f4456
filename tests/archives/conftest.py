"""An index for one test, and archives that read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudmarket.archives.packages import PackageArchive
from loopback import MANNERS, MEMBER, PackageServer, serving
from repository import Repository, mirrored


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with serving() as running:
        yield running


@pytest.fixture
def archive(server: PackageServer, tmp_path: Path) -> Callable[..., PackageArchive]:
    """Return a maker of archives that read from the server into one cache."""

    def make(**options: Any) -> PackageArchive:
        chosen = {"cache": tmp_path, "index": f"{server.address}/simple/", "manners": MANNERS} | options
        return PackageArchive("example-source", "example", MEMBER, **chosen)

    return make


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """Give a repository that git reads in place of the one on the code host."""
    made = Repository(tmp_path / "upstream")
    with mirrored(made):
        yield made
