"""Which snapshots are folded: a line along which dates and versions only grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from packaging.version import InvalidVersion, Version

from cloudmarket.archives import Release


@dataclass(frozen=True, slots=True)
class Moment:
    """A folded snapshot: its version and date."""

    version: str
    observed_at: datetime


class Line:
    """The monotone line of versions to fold, decided one release at a time in order of date.

    A release is on the line if both its date and its version exceed those of all before it on the line. Patch
    releases of an old branch appear after newer ones; folding them would make prices flip back and forth.

    Parameters
    ----------
    newest : Moment, optional
        The newest snapshot on the line so far.
    is_versioned : bool
        False where versions do not order snapshots, as commits do not: the archive's order and the dates decide.
    """

    def __init__(self, newest: Moment | None = None, *, is_versioned: bool = True) -> None:
        self.newest, self.is_versioned = newest, is_versioned

    def is_newer(self, release: Release) -> bool:
        """Whether a release's version exceeds all versions on the line; without versions always."""
        if not self.is_versioned:
            return True
        version = _version(release.version)
        return version is not None and (self.newest is None or version > Version(self.newest.version))

    def admits(self, release: Release) -> bool:
        """Whether a release goes on the line; if so, it is the newest from now on."""
        is_later = self.newest is None or release.observed_at > self.newest.observed_at
        if not (is_later and self.is_newer(release)):
            return False
        self.newest = Moment(release.version, release.observed_at)
        return True


def _version(printed: str) -> Version | None:
    try:
        return Version(printed)
    except InvalidVersion:
        return None
