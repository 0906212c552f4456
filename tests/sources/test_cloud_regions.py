"""Regions with coordinates: rows, what is refused, and an independent extract."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import cloud_regions
from cloudmarket.tables import inputs
from shared import panel

ENTRY: dict[str, Any] = {
    "provider": "aws",
    "regionCode": "r1",
    "displayName": "Town",
    "regionType": "commercial",
    "status": "ga",
    "location": {"countryCode": "FR", "latitude": 48, "longitude": 2.5},
    "launchedDate": "2017-12-18",
}


def file(**changed: object) -> bytes:
    entry = {name: value for name, value in (ENTRY | changed).items() if value is not None}
    return json.dumps({"metadata": {}, "regions": [entry]}).encode()


def test_a_row_per_region() -> None:
    row = ("aws", "r1", "Town", "commercial", "ga", "FR", 48.0, 2.5)
    assert list(cloud_regions.parse(file(), "v1")) == [(*row, "2017-12-18")]
    assert list(cloud_regions.parse(file(launchedDate=None), "v1")) == [(*row, None)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"regions": []}',
        file(provider=""),
        file(regionCode=None),
        file(launchedDate="soon"),
        file(location=None),
        file(location=ENTRY["location"] | {"latitude": 91}),
        file(location=ENTRY["location"] | {"longitude": "2.5"}),
        file(location=ENTRY["location"] | {"longitude": True}),
        file(location=ENTRY["location"] | {"countryCode": 33}),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^cloud_regions v1: "):
        list(cloud_regions.parse(content, "v1"))


def test_the_panel_has_the_same_regions() -> None:
    theirs = pd.read_csv(panel("regions/jasonwilbur_regions.csv"), keep_default_na=False)
    rows = inputs.folded("cloud_regions").to_pandas()
    both = rows.merge(
        theirs, left_on=["provider", "region"], right_on=["provider", "regionCode"], how="outer", indicator=True
    )
    assert (len(both), set(both["_merge"])) == (267, {"both"})
    assert both.launched_on.fillna("").tolist() == both.launchedDate.tolist()
    same = {
        "name": "displayName",
        "kind": "regionType",
        "country": "location.countryCode",
        "latitude": "location.latitude",
        "longitude": "location.longitude",
    }
    for mine, their in same.items():
        assert both[mine].tolist() == both[their].tolist()
