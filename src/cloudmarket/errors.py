"""Errors that tell a person which source and version failed, why, and what to do."""

from __future__ import annotations


class CloudMarketError(Exception):
    """Base of every error the project raises on purpose; the command line prints it without a traceback."""


class SourceError(CloudMarketError):
    """Something is wrong with what a source gave us.

    Parameters
    ----------
    source : str
        Name of the source, as its folder in ``data/raw``.
    problem : str
        What was seen, in one clause.
    remedy : str
        What the reader of the message can do.
    version : str, optional
        Version of the snapshot, where one is concerned.
    """

    def __init__(self, source: str, problem: str, remedy: str, version: str | None = None) -> None:
        self.source, self.version, self.problem, self.remedy = source, version, problem, remedy
        where = f"{source} {version}" if version else source
        super().__init__(f"{where}: {problem}. {remedy}")


class ArchiveError(SourceError):
    """An archive could not be read: network, index, digest, size or container."""


class ParseError(SourceError):
    """A snapshot's bytes do not say what the source's parser expects."""

    @classmethod
    def of_release(cls, source: str, problem: str, version: str) -> ParseError:
        """Return the error of a release that cannot be read, with what a person can do about it."""
        remedy = (
            "Nothing was changed. Report it upstream; to go on without this release, add it as an [[exclude]] with a"
            f" reason to data/raw/{source}/source.toml and refresh again."
        )
        return cls(source, problem, remedy, version)


class CheckError(CloudMarketError):
    """A table breaks its contract; the message names table, check and the first rows that break it."""


class BusyError(CloudMarketError):
    """Another process is writing the tables."""
