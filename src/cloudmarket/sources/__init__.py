"""Sources: what to read from which archive, and how to parse it. Labels stay as the source prints them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cloudmarket import store
from cloudmarket.archives.packages import PackageArchive
from cloudmarket.errors import CloudMarketError
from cloudmarket.sources import genai_prices, litellm

Row = tuple[Any, ...]
Parser = Callable[[bytes, str], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Source:
    """One upstream: a member of a package's releases, and its parser.

    ``columns`` gives names and types of a parsed row; the first ``key_count`` of them identify a row within
    one snapshot. ``parse(content, version)`` yields rows in the order the snapshot prints them.
    """

    name: str
    project: str
    member: str
    columns: pa.Schema
    key_count: int
    parse: Parser

    def archive(self, *, whole_wheels: bool = False) -> PackageArchive:
        """Return the archive that holds the source's snapshots."""
        return PackageArchive(self.name, self.project, self.member, cache=store.cache(), whole_wheels=whole_wheels)


SOURCES: dict[str, Source] = {
    module.NAME: Source(module.NAME, module.PROJECT, module.MEMBER, module.COLUMNS, module.KEY_COUNT, module.parse)
    for module in (genai_prices, litellm)
}


def get(name: str) -> Source:
    """Return a source by name.

    Raises
    ------
    CloudMarketError
        If there is none of that name.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise CloudMarketError(f"no source named {name!r}; there are: {', '.join(SOURCES)}") from None


def sidecar(name: str) -> dict[str, Any]:
    """Return a source's sidecar ``data/raw/<name>/source.toml``: origin, licences, citation, cadence, traps."""
    return tomllib.loads((store.raw(name) / "source.toml").read_text(encoding="utf-8"))


def excluded(name: str) -> dict[str, str]:
    """Return the versions that a person has set aside in the sidecar, with the reason of each."""
    return {entry["version"]: entry["reason"] for entry in sidecar(name).get("exclude", [])}
