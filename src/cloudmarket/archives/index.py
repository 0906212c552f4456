"""What a package index lists of a project, as releases: one wheel per version."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC
from itertools import pairwise

import requests
from packaging.version import InvalidVersion, Version
from pypi_simple import (
    ACCEPT_JSON_PREFERRED,
    PYPI_SIMPLE_ENDPOINT,
    DistributionPackage,
    ProjectPage,
    PyPISimple,
    UnsupportedRepoVersionError,
)

from cloudmarket.archives import Release
from cloudmarket.archives.http import Client
from cloudmarket.errors import ArchiveError

log = logging.getLogger(__name__)

_JSON = "application/vnd.pypi.simple.v1+json"
# So many versions are named in a message; the others are counted.
_NAMED = 5
_REMEDY = "Check the project's name and the index configured for pip, then run again."


def configured_index() -> str:
    """Return the address of the index that pip is configured for, else the library's default.

    ``PIP_INDEX_URL`` goes before pip's configuration files, as in pip itself.
    """
    chosen = os.environ.get("PIP_INDEX_URL")
    if not chosen:
        command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        # pip leaves with an error where the key is not set; so does an environment without pip.
        chosen = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    return chosen or PYPI_SIMPLE_ENDPOINT


def list_releases(client: Client, project: str, index: str) -> list[Release]:
    """List the versions of a project that can be dated and checked, by upload time, then version.

    A version is left out, and logged, where the index states no wheel, or not the wheel's upload time, size
    and SHA-256. Withdrawn ("yanked") versions stay: they were public from their upload on.

    Raises
    ------
    ArchiveError
        If the index gives no such page, or one without a single usable version.
    """
    with PyPISimple(index, session=client.session) as simple:
        page = client.get(
            simple.get_project_url(project),
            lambda answer: project_page(answer, client.source, project),
            headers={"Accept": ACCEPT_JSON_PREFERRED},
        )
    versions: dict[str, list[DistributionPackage]] = defaultdict(list)
    for package in page.packages:
        if package.version:
            versions[package.version].append(package)
    dated: list[tuple[Release, Version]] = []
    left_out: dict[str, list[str]] = defaultdict(list)
    for text, packages in versions.items():
        try:
            dated.append((_release(text, packages), Version(text)))
        except (LookupError, InvalidVersion) as reason:
            left_out[str(reason)].append(text)
    for why, texts in left_out.items():
        named = ", ".join(texts[:_NAMED]) + (", ..." if len(texts) > _NAMED else "")
        log.warning("%s: %d versions left out, %s: %s", client.source, len(texts), why, named)
    if not dated:
        problem = f"the index lists no usable wheel of {project}"
        remedy = f"{_REMEDY} The index must state upload times, sizes and SHA-256 digests."
        raise ArchiveError(client.source, problem, remedy)
    return [release for release, _ in sorted(dated, key=lambda pair: (pair[0].observed_at, pair[1]))]


def last_of_weeks(releases: Sequence[Release]) -> list[Release]:
    """Return the last release of each ISO week (UTC) out of releases in order of date.

    The newest week is left out until a later one begins, so that what was chosen is never chosen otherwise.
    """
    return [one for one, following in pairwise(releases) if _week(one) != _week(following)]


def _week(release: Release) -> tuple[int, int]:
    year, week, _ = release.observed_at.isocalendar()
    return year, week


def project_page(answer: requests.Response, source: str, project: str) -> ProjectPage:
    """Return the page of a project out of an index's answer. Raises ArchiveError if it is none."""
    kind = answer.headers.get("Content-Type", "no content type").partition(";")[0].strip()
    if kind != _JSON:
        raise ArchiveError(source, f"the index answers with {kind}, not with a JSON project page", _REMEDY)
    try:
        return ProjectPage.from_response(answer, project)
    except (requests.JSONDecodeError, ValueError, LookupError, UnsupportedRepoVersionError) as error:
        raise ArchiveError(source, "the index answers with a broken project page", _REMEDY) from error


def _release(version: str, packages: list[DistributionPackage]) -> Release:
    """Choose a version's wheel: the one for all platforms, else the first by name. Raises LookupError."""
    wheels = [package for package in packages if package.package_type == "wheel"]
    if not wheels:
        raise LookupError("no wheel")
    wheel = min(wheels, key=lambda one: (not one.filename.endswith("-py3-none-any.whl"), one.filename))
    digest = wheel.digests.get("sha256")
    if wheel.upload_time is None or wheel.size is None or digest is None:
        raise LookupError("no upload time, size or SHA-256 stated")
    uploaded = wheel.upload_time
    return Release(
        version=version,
        observed_at=uploaded.astimezone(UTC) if uploaded.tzinfo else uploaded.replace(tzinfo=UTC),
        filename=wheel.filename,
        file_digest=digest,
        file_bytes=wheel.size,
        url=wheel.url,
    )
