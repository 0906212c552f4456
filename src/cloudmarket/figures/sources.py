"""The source line, read from the sidecars: nobody types a producer or a licence into a notebook."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date

from cloudmarket import store
from cloudmarket.errors import CloudMarketError

_NEEDED = ("title", "producer", "licence")
_MOST = 6
"""More sources than these would be a paragraph nobody reads: the line then says where they are named."""


def source_line(sources: Sequence[str], as_of: date) -> str:
    """Return the line under a figure: title, producer and licence of each source, and the day of the data.

    Raises
    ------
    ValueError
        If no source is named.
    CloudMarketError
        If a source has no sidecar, or the sidecar lacks one of the three keys.
    """
    if not sources:
        raise ValueError("a figure names at least one source: pass the names of their folders in data/raw")
    described = "; ".join([_describe(source) for source in sources])
    if len(sources) > _MOST:
        described = f"{len(sources)} dated archives, each with producer and licence in data/raw/<name>/source.toml"
    noun = "Source" if len(sources) == 1 else "Sources"
    return f"{noun}: {described}. Data as of {as_of.day} {as_of:%B %Y}."


def _describe(source: str) -> str:
    path = store.raw(source) / "source.toml"
    if not path.is_file():
        raise CloudMarketError(f"source {source} has no sidecar: write data/raw/{source}/source.toml first.")
    sidecar = tomllib.loads(path.read_text(encoding="utf-8"))
    missing = [key for key in _NEEDED if not sidecar.get(key)]
    if missing:
        raise CloudMarketError(f"data/raw/{source}/source.toml lacks {', '.join(missing)}: add them.")
    return f"{sidecar['title']} ({sidecar['producer']}, {sidecar['licence']})"
