"""What the AWS SDK for Python knows: services with their API versions, regions, and endpoints of services in regions.

A release of the package ``botocore`` has a folder per service and API version, and a file of endpoints. The last
release of each week is read: the names of the folders and that file. Three kinds of rows:

========== ===================== ========== ================ ======================= ==============
kind       partition             service    name             region                  description
========== ===================== ========== ================ ======================= ==============
api                              folder     API version
region     aws, aws-cn, ...                 region           the same                as printed
endpoint   aws, aws-cn, ...      as printed as printed       where it is, if stated
========== ===================== ========== ================ ======================= ==============

An endpoint is named by its region, or by a name of its own with a region that requests are signed for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely
from cloudmarket.sources.origin import PackageMember

Row = tuple[str, str | None, str | None, str, str | None, str | None]

NAME = "botocore"
FOLDER = "botocore/data/"
ORIGIN = PackageMember("botocore", f"{FOLDER}endpoints.json", listing=FOLDER, one_per_week=True)
COLUMNS = pa.schema([(name, pa.string()) for name in ("kind", "partition", "service", "name", "region", "description")])
KEY_COUNT = 4

# Until 2016 the endpoints were patterns of addresses under this name, which list no regions.
_PATTERNS = f"{FOLDER}_endpoints.json"
_API = re.compile(re.escape(FOLDER) + r"([a-z0-9][a-z0-9.-]*)/([0-9]{4}-[0-9]{2}-[0-9]{2})/service-2\.json(?:\.gz)?")


def parse(content: bytes, version: str) -> Iterator[Row]:
    """Give the rows of a release.

    Raises
    ------
    ParseError
        If there is no service, or the endpoints are missing or not as they should be.
    """
    document = safely.load_json(content, NAME, version)
    rows: list[Row] = [("api", None, service, name, None, None) for service, name in _apis(document["names"])]
    if not rows:
        raise ParseError.of_release(NAME, "names no service", version)
    if document["member"] is not None:
        try:
            rows += _located(safely.load_json(document["member"].encode(), NAME, version))
        except (AttributeError, KeyError, TypeError) as error:
            raise ParseError.of_release(NAME, f"prints endpoints in another form ({error!r})", version) from error
    elif _PATTERNS not in document["names"]:
        raise ParseError.of_release(NAME, f"has no {ORIGIN.what}", version)
    return iter(rows)


def _apis(names: list[str]) -> list[tuple[str, str]]:
    """Return (service, API version) for each description of a service; those were packed from 2022 on."""
    found = {(match[1], match[2]) for name in names if (match := _API.fullmatch(name))}
    return sorted(found)


def _located(endpoints: dict[str, Any]) -> Iterator[Row]:
    for partition in endpoints["partitions"]:
        code = _text(partition["partition"])
        regions = partition["regions"]
        for region, about in regions.items():
            yield "region", code, None, region, region, _text(about["description"])
        for service, said in partition["services"].items():
            for name, endpoint in said.get("endpoints", {}).items():
                yield "endpoint", code, service, name, _region(name, endpoint, regions), None


def _region(name: str, endpoint: dict[str, Any], regions: dict[str, Any]) -> str | None:
    """Return the region of an endpoint: its name, else the one that requests to it are signed for."""
    if name in regions:
        return name
    signed = endpoint.get("credentialScope", {}).get("region")
    return None if signed is None else _text(signed)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no name")
    return value
