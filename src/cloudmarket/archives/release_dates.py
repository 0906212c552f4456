"""Releases of packages as an index dates them: a snapshot per release that says when it came, without its files.

Releases without a wheel count. A release came when its first file was uploaded.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import orjson
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_JSON_PREFERRED, DistributionPackage, PyPISimple

from cloudmarket.archives import Progress, Release, Snapshot
from cloudmarket.archives.http import Client, Manners, Traffic
from cloudmarket.archives.index import configured_index, project_page
from cloudmarket.errors import ArchiveError

log = logging.getLogger(__name__)


class ReleaseDates:
    """The releases of some packages on a package index.

    Parameters
    ----------
    source : str
        Name of the source.
    projects : sequence of str
        Names of the packages on the index.
    index : str, optional
        Address of the index; without it the one configured for pip, else the default of ``pypi-simple``.
    manners : Manners, optional
        Timeouts and repeats.

    Attributes
    ----------
    traffic : Traffic
        What came over the wire so far.
    """

    def __init__(
        self, source: str, projects: Sequence[str], *, index: str | None = None, manners: Manners | None = None
    ) -> None:
        self.source, self.projects, self.index = source, projects, index
        self.manners = manners or Manners()
        self.traffic = Traffic()
        self.failures: list[str] = []

    def releases(self) -> list[Release]:
        """List the releases of all packages by date; ``version`` is package and version. Needs the network.

        All packages must be there, for a release that is seen late would stand before those already read. For the
        same reason the newest day (UTC) is left out until a later one begins.

        Raises
        ------
        ArchiveError
            If the index cannot be reached, or answers with no project page or one without a single release.
        """
        index = self.index or configured_index()
        found: list[Release] = []
        with Client(self.source, self.manners, self.traffic) as client:
            for project in self.projects:
                found += self._releases_of(client, project, index)
        newest = max((release.observed_at.date() for release in found), default=None)
        kept = [release for release in found if release.observed_at.date() != newest]
        return sorted(kept, key=lambda release: (release.observed_at, release.version))

    def _releases_of(self, client: Client, project: str, index: str) -> list[Release]:
        with PyPISimple(index, session=client.session) as simple:
            url = simple.get_project_url(project)
            page = client.get(
                url,
                lambda answer: project_page(answer, self.source, project),
                headers={"Accept": ACCEPT_JSON_PREFERRED},
            )
        versions: dict[str, list[DistributionPackage]] = defaultdict(list)
        for package in page.packages:
            if package.version:
                versions[package.version].append(package)
        releases = [self._first(project, version, packages, url) for version, packages in versions.items()]
        dated = [release for release in releases if release is not None]
        if not dated:
            remedy = "Check the package's name. The index must state upload times, sizes and SHA-256 digests."
            raise ArchiveError(self.source, f"the index lists no dated release of {project}", remedy)
        return dated

    def _first(self, project: str, version: str, packages: list[DistributionPackage], url: str) -> Release | None:
        """Return a release, dated by its first file; None, and logged, where it cannot be dated or is no version."""
        try:
            Version(version)
        except InvalidVersion:
            log.warning("%s: %s %s left out, no version", self.source, project, version)
            return None
        dated = [
            (_utc(package.upload_time), package.filename, package.digests["sha256"], package.size)
            for package in packages
            if package.upload_time is not None and package.size is not None and "sha256" in package.digests
        ]
        if len(dated) < len(packages):
            # A file without a date may have been the first.
            log.warning("%s: %s %s left out, a file has no upload time, size or SHA-256", self.source, project, version)
            return None
        uploaded_at, filename, digest, size = min(dated)
        return Release(f"{project} {version}", uploaded_at, filename, digest, size, url)

    def holds(self, versions: set[str]) -> set[str]:
        """Return all versions: a release that is withdrawn from the index was a release all the same."""
        return versions

    def read(self, releases: Iterable[Release], progress: Progress | None = None) -> Iterator[Snapshot]:
        """Give the releases in the order asked for, each as a small JSON document. Nothing more is asked for."""
        wanted = list(releases)
        for done, release in enumerate(wanted, start=1):
            package, _, version = release.version.partition(" ")
            uploaded_at = release.observed_at.isoformat()
            content = orjson.dumps({"package": package, "version": version, "uploaded_at": uploaded_at})
            yield Snapshot(release, content, hashlib.sha256(content).hexdigest())
            if progress:
                progress(done, len(wanted))


def _utc(uploaded: datetime) -> datetime:
    return uploaded.astimezone(UTC) if uploaded.tzinfo else uploaded.replace(tzinfo=UTC)
