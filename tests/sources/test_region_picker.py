"""Products by region, from Google's tool for choosing a region."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import region_picker
from cloudmarket.tables import inputs
from shared import panel


def test_only_regions_that_are_said_to_have_a_product_are_given() -> None:
    content = b'{"Product A": {"asia-east1": true, "us-west9": false}, "B": {}, "C": {"us-west9": true}}'
    assert list(region_picker.parse(content, "v1")) == [("Product A", "asia-east1"), ("C", "us-west9")]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b'{"A": true}', b'{"A": {"r": "yes"}}', b'{"A": {"r": 1}}', b'{"A": ["r"]}']
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^region_picker v1: "):
        list(region_picker.parse(content, "v1"))


def test_the_panel_has_the_same_pairs_and_spells() -> None:
    events = pd.read_csv(panel("regions/gcp_region_picker_product_region_events.csv"), parse_dates=["date"])
    events.columns = ["date", "event", "product", "region"]
    rows = inputs.folded("region_picker").to_pandas()
    rows["date"] = rows.observed_first_at.dt.tz_localize(None).dt.normalize()
    key = ["product", "region"]
    listed = events[events.event != "removed"]
    assert (len(listed), len(rows)) == (3262, 3262)
    pd.testing.assert_series_equal(listed.groupby(key).size(), rows.groupby(key).size())
    lag = (rows.groupby(key).date.min() - listed.groupby(key).date.min()).dt.days
    assert lag.value_counts().to_dict() == {0: 2605, 1: 640}
