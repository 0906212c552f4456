"""What Amazon's kit knows: services, regions and endpoints as printed, and other forms refused."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import botocore
from cloudmarket.tables import inputs
from shared import panel

NAMES = [
    "botocore/data/endpoints.json",
    "botocore/data/brain/2020-01-31/paginators-1.json",
    "botocore/data/brain/2020-01-31/service-2.json",
    "botocore/data/brain/2021-01-31/service-2.json.gz",
    "botocore/data/brain.ears/2020-01-31/service-2.json.gz",
    "botocore/data/half/2020-01-31/waiters-2.json",
    "botocore/data/elsewhere/latest/service-2.json",
]
ENDPOINTS: dict[str, Any] = {
    "partitions": [
        {
            "partition": "aws",
            "regions": {"xx-north-1": {"description": "North (Town)"}},
            "services": {
                "api.brain": {
                    "endpoints": {
                        "xx-north-1": {},
                        "fips-xx-north-1": {"credentialScope": {"region": "xx-north-1"}},
                        "xx-south-1": {},
                    }
                },
                "global": {"partitionEndpoint": "aws-global"},
            },
        }
    ]
}


def parse(names: list[str], member: object) -> list[tuple[object, ...]]:
    text = member if member is None or isinstance(member, str) else json.dumps(member)
    return list(botocore.parse(json.dumps({"names": names, "member": text}).encode(), "1.2.3"))


def test_apis_regions_and_endpoints_are_as_printed() -> None:
    assert parse(NAMES, ENDPOINTS) == [
        ("api", None, "brain", "2020-01-31", None, None),
        ("api", None, "brain", "2021-01-31", None, None),
        ("api", None, "brain.ears", "2020-01-31", None, None),
        ("region", "aws", None, "xx-north-1", "xx-north-1", "North (Town)"),
        ("endpoint", "aws", "api.brain", "xx-north-1", "xx-north-1", None),
        ("endpoint", "aws", "api.brain", "fips-xx-north-1", "xx-north-1", None),
        # The partition does not list it: no region that anybody has announced.
        ("endpoint", "aws", "api.brain", "xx-south-1", None, None),
    ]


def test_before_2016_there_were_patterns_instead_of_endpoints() -> None:
    names = ["botocore/data/_endpoints.json", *NAMES[1:]]
    assert {row[0] for row in parse(names, None)} == {"api"}


def without(path: str) -> dict[str, Any]:
    broken = json.loads(json.dumps(ENDPOINTS))
    if path == "partitions":
        del broken["partitions"]
    else:
        del broken["partitions"][0][path]
    return broken


@pytest.mark.parametrize(
    ("names", "member", "message"),
    [
        (NAMES[:1], ENDPOINTS, "names no service"),
        (NAMES[1:], None, "has no botocore/data/endpoints.json"),
        (NAMES, "{", "is no JSON"),
        (NAMES, [], "another form"),
        (NAMES, without("partitions"), "another form"),
        (NAMES, without("partition"), "another form"),
        (NAMES, without("regions"), "another form"),
        (NAMES, without("services"), "another form"),
        (NAMES, {"partitions": [{"partition": "aws", "regions": {"a": {}}, "services": {}}]}, "another form"),
        (NAMES, {"partitions": [{"partition": 1, "regions": {}, "services": {}}]}, "1 is no name"),
        (NAMES, {"partitions": [{"partition": "aws", "regions": {}, "services": {"a": []}}]}, "another form"),
    ],
)
def test_what_is_in_another_form_is_refused(names: list[str], member: object, message: str) -> None:
    with pytest.raises(ParseError, match=r"^botocore 1\.2\.3: ") as caught:
        parse(names, member)
    assert message in str(caught.value)


def test_one_snapshot_a_week_is_folded() -> None:
    listed = inputs.snapshots("botocore")
    assert set(listed.role) == {inputs.FOLDED}
    weeks = listed.observed_at.dt.isocalendar()[["year", "week"]]
    assert not weeks.duplicated().any()
    assert listed.observed_at.diff().dt.days.max() <= 17


def test_the_panel_first_saw_the_same_apis_up_to_four_days_earlier() -> None:
    theirs = pd.read_csv(panel("aws_botocore/api_first_seen.csv"), names=["date", "service"], parse_dates=["date"])
    theirs = theirs.set_index("service").date
    rows = inputs.folded("botocore").to_pandas()
    api = rows[rows.kind == "api"]
    ours = api.groupby("service").observed_first_at.min().dt.tz_localize(None).dt.normalize()
    # Folders that were renamed before the release, and those that they became.
    assert set(theirs.index) - set(ours.index) == {"profile", "ssmsap", "entitlement.marketplace"}
    alone = ours[~ours.index.isin(theirs.index)]
    assert set(alone[alone <= "2026-08-07"].index) == {"sagemaker-runtime", "marketplace-entitlement"}
    assert (alone > "2026-08-07").sum() == 10
    lag = (ours - theirs).dt.days.dropna()
    lag = lag[theirs.reindex(lag.index) > "2015-06-25"]
    assert lag[lag > 4].to_dict() == {"redshift-serverless": 23}
    assert lag.min() >= 0
    assert len(lag) > 400
