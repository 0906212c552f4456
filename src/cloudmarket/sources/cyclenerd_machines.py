"""Which machine types Google Cloud lists in which regions."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from cloudmarket.sources.cyclenerd import REPOSITORY, offered
from cloudmarket.sources.origin import GitFile

NAME = "cyclenerd_machines"
ORIGIN = GitFile(REPOSITORY, "tools/machinetyperegion.csv")
COLUMNS = pa.schema([("machine", pa.string()), ("region", pa.string())])
KEY_COUNT = 2


def parse(content: bytes, version: str) -> Iterator[tuple[str, str]]:
    """Give a row per machine type and region. Raises ParseError."""
    return offered(content, NAME, version)
