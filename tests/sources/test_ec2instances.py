"""AWS prices of 2013 to 2017 in the two shapes in which they were collected."""

import json

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import ec2instances
from cloudmarket.tables import inputs
from shared import panel


def parse(machines: object) -> list[tuple[str, str, str, float]]:
    return list(ec2instances.parse(json.dumps(machines).encode(), "1"))


def test_bare_prices_of_early_files() -> None:
    machines = [
        {"instance_type": "g2.2xlarge", "pricing": {"us-east-1": {"linux": "0.650", "mswin": "0.767"},
                                                    "eu-central-1": {"linux": None}, "x": {"linux": "N/A"}}},
        {"instance_type": "m1.small", "pricing": {"us-east-1": {"linux": "0.060"}}},
    ]  # fmt: skip
    assert parse(machines) == [("us-east-1", "on_demand", "g2.2xlarge", 0.65)]


def test_commitments_of_later_files() -> None:
    terms = {"yrTerm1.noUpfront": "0.474", "yrTerm1.allUpfront": "0.397", "yrTerm3.partialUpfront": "0.3"}
    later = {"yrTerm1Standard.noUpfront": "0.678", "yrTerm3Convertible.noUpfront": "0.610"}
    machines = [
        {"instance_type": "g2.2xlarge", "pricing": {"us-east-1": {"linux": {"ondemand": "0.65", "reserved": terms}}}},
        {"instance_type": "p2.xlarge", "pricing": {"eu-west-1": {"linux": {"ondemand": "0.972", "reserved": later}}}},
    ]
    assert parse(machines) == [
        ("us-east-1", "commit_1y", "g2.2xlarge", 0.474),
        ("us-east-1", "commit_3y", "g2.2xlarge", 0.3),
        ("us-east-1", "on_demand", "g2.2xlarge", 0.65),
        ("eu-west-1", "commit_1y", "p2.xlarge", 0.678),
        ("eu-west-1", "on_demand", "p2.xlarge", 0.972),
    ]


@pytest.mark.parametrize(
    ("machines", "message"),
    [
        ([], "no list"),
        ({"a": 1}, "no list"),
        ([{"instance_type": "g2.2xlarge"}], "without prices"),
        ([{"instance_type": "g2.2xlarge", "pricing": {"us-east-1": {"linux": "cheap"}}}], "the price 'cheap'"),
    ],
)
def test_anything_else_is_refused(machines: object, message: str) -> None:
    with pytest.raises(ParseError, match=f"ec2instances 1: .*{message}"):
        parse(machines)


def test_prices_equal_those_of_the_independent_extract() -> None:
    theirs = pd.read_parquet(panel("aws_ec2instances/aws_prices_2013_2017.parquet")).rename(columns={"sku": "machine"})
    ours = inputs.folded("ec2instances").to_pandas()
    days = inputs.snapshots("ec2instances")
    days = days[days.role == "folded"].observed_at
    day_of = pd.Series(days.to_numpy(), index=days.dt.strftime("%Y-%m-%d"))
    theirs = theirs[theirs.machine.isin(ours.machine.unique())].assign(date=theirs.date.astype("str"))
    # On 2015-08-02 the extract has the list of a fork, which was merged three weeks later.
    theirs = theirs[theirs.date.isin(day_of.index) & (theirs.date != "2015-08-02")]
    assert theirs.date.nunique() > 44
    for column, kind in (("od", "on_demand"), ("r1_noup", "commit_1y")):
        priced = theirs.assign(**{column: pd.to_numeric(theirs[column])}).dropna(subset=column)
        priced = priced[priced[column] > 0].assign(at=pd.to_datetime(theirs.date.map(day_of), utc=True))
        pairs = priced.merge(ours[ours.kind == kind], on=["region", "machine"], how="left")
        held = (pairs.observed_first_at <= pairs["at"]) & ~(pairs.ended_at <= pairs["at"])
        same = held & ((pairs.usd_per_hour - pairs[column]).abs() < 1e-9)
        agree = pairs[same][["date", "region", "machine"]].drop_duplicates()
        # Their day may be that of an earlier commit of the same day.
        assert len(agree) / len(priced[["date", "region", "machine"]].drop_duplicates()) > 0.99, column
