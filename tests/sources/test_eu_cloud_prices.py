"""European clouds' machines with accelerators, as far as volunteers print them."""

import json
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import eu_cloud_prices
from cloudmarket.tables import inputs
from shared import panel

GPU = {"id": "eg1", "location": "nl", "currency": "EUR", "category": "gpu", "price_hourly": 4.11841}


def parse(**providers: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    document = {"providers": {name: {"instances": machines} for name, machines in providers.items()}}
    return list(eu_cloud_prices.parse(json.dumps(document).encode(), "1"))


def test_what_is_printed_of_the_accelerator_is_kept_and_the_price_rounded() -> None:
    by_type = GPU | {"gpu_type": "NVIDIA H100", "gpu_count": 1}
    by_number = GPU | {"id": "t2", "gpu": 4, "gpu_model": "Tesla V100S 32GB"}
    assert parse(leafcloud=[by_type, by_number, {"id": "c1", "price_hourly": 1, "category": "compute"}]) == [
        ("leafcloud", "nl", "eg1", "on_demand", "EUR", 4.118, "NVIDIA H100", 1),
        ("leafcloud", "nl", "t2", "on_demand", "EUR", 4.118, "Tesla V100S 32GB", 4),
    ]


def test_commitments_and_the_cheapest_of_the_same_machine() -> None:
    assert parse(civo=[GPU | {"price_hourly_commitment_36mo": 0.89}, GPU | {"price_hourly": 1.29}]) == [
        ("civo", "nl", "eg1", "on_demand", "EUR", 1.29, None, None),
        ("civo", "nl", "eg1", "commit_3y", "EUR", 0.89, None, None),
    ]


def test_the_three_are_read_elsewhere() -> None:
    assert parse(aws=[GPU], azure=[GPU], gcp=[GPU], ovh=[]) == []


def test_anything_else_is_refused() -> None:
    with pytest.raises(ParseError, match="no JSON object with machines"):
        eu_cloud_prices.parse(b"[]", "1")
    with pytest.raises(ParseError, match="the price 'low' of eg1 at civo"):
        parse(civo=[GPU | {"price_hourly": "low"}])


def test_prices_equal_those_of_the_independent_extract() -> None:
    theirs = pd.read_csv(panel("eu_cloud_prices/eu_cloud_prices_history.csv.gz"), low_memory=False)
    theirs = theirs[~theirs.provider.isin(["aws", "azure", "gcp"])].rename(columns={"id": "machine"})
    ours = inputs.folded("eu_cloud_prices").to_pandas()
    ours = ours[ours.kind == "on_demand"]
    known = set(zip(ours.provider, ours.machine, strict=True))
    theirs = theirs[[pair in known for pair in zip(theirs.provider, theirs.machine, strict=True)]]
    listed = inputs.snapshots("eu_cloud_prices")
    at = listed.set_index(listed.version.str[:12]).observed_at
    theirs = theirs[theirs.commit.isin(at.index)].assign(at=lambda rows: rows.commit.map(at))
    assert theirs.commit.nunique() >= 15
    pairs = theirs.merge(ours, on=["provider", "machine"])
    held = pairs[(pairs.observed_first_at <= pairs["at"]) & ~(pairs.ended_at <= pairs["at"])]
    assert len(held) == len(theirs)
    assert ((held.price_per_hour / held.price_hourly - 1).abs() < 1e-3).all()
