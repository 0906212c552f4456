"""Sources: what to read from which archive, and how to parse it. Labels stay as the source prints them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pyarrow as pa

from cloudmarket import store
from cloudmarket.archives import Archive
from cloudmarket.errors import CloudMarketError
from cloudmarket.sources.origin import Origin

Row = tuple[Any, ...]
Parser = Callable[[Any, str], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Source:
    """One upstream: where its snapshots are, and how they are parsed.

    ``columns`` gives names and types of a parsed row; the first ``key_count`` of them identify a row within
    one snapshot. ``parse(content, version)`` yields rows; ``content`` is the bytes of a file, or a mapping from path
    to bytes where the origin is a tree of files or a round. ``smallest_rest`` is the least share of the rows that a
    snapshot keeps of those of the one before it; less is taken for a broken file.
    """

    name: str
    origin: Origin
    columns: pa.Schema
    key_count: int
    parse: Parser
    smallest_rest: float

    def archive(self, *, whole_wheels: bool = False) -> Archive:
        """Return the archive that holds the source's snapshots."""
        return self.origin.archive(self.name, store.cache(), whole_wheels=whole_wheels)


# Half of all rows gone from one release to the next is a broken file. The largest true loss was 12 %.
SMALLEST_REST = 0.5
# A module of its own per source.
_NAMES = (
    "arena",
    "arena_boards",
    "aws_announcements",
    "aws_ip_ranges",
    "botocore",
    "cloud_regions",
    "cyclenerd_accelerators",
    "cyclenerd_machines",
    "cyclenerd_prices",
    "ec2instances",
    "epoch_compute",
    "eu_cloud_prices",
    "genai_prices",
    "karpenter_aws",
    "karpenter_azure",
    "karpenter_gcp",
    "litellm",
    "mlperf_inference",
    "mlperf_training",
    "models_dev",
    "region_carbon",
    "region_picker",
    "sdk_releases",
    "tokencost",
    "top500",
    "top500_gorham",
    "top_pypi",
)


def _source(module: Any) -> Source:
    rest = getattr(module, "SMALLEST_REST", SMALLEST_REST if module.ORIGIN.is_cumulative else 0.0)
    return Source(module.NAME, module.ORIGIN, module.COLUMNS, module.KEY_COUNT, module.parse, rest)


SOURCES: dict[str, Source] = {name: _source(import_module(f"{__name__}.{name}")) for name in _NAMES}


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
