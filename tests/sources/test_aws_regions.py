"""Amazon's address ranges and the announcements of its regions: rows, what is refused, and independent extracts."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import aws_announcements, aws_ip_ranges
from cloudmarket.tables import inputs
from shared import panel


def ranges(*entries: tuple[str, str, str]) -> bytes:
    prefixes = [{"ip_prefix": prefix, "region": region, "service": service} for prefix, region, service in entries]
    return json.dumps({"syncToken": "1", "prefixes": prefixes, "ipv6_prefixes": []}).encode()


def test_addresses_are_counted_once_per_service_and_region() -> None:
    content = ranges(
        ("10.0.0.0/24", "r1", "AMAZON"),
        ("10.0.0.128/25", "r1", "AMAZON"),
        ("10.0.1.0/31", "r1", "AMAZON"),
        ("10.0.0.0/24", "r1", "AMAZON"),
        ("10.0.0.0/25", "r1", "EC2"),
        ("10.0.0.0/25", "r1", "S3"),
        ("10.1.0.0/32", "r2", "EC2"),
    )
    assert set(aws_ip_ranges.parse(content, "v1")) == {
        ("r1", "AMAZON", 258, 3),
        ("r1", "EC2", 128, 1),
        ("r2", "EC2", 1, 1),
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        ranges(),
        ranges(("10.0.0.0/24", "r1", "S3")),
        ranges(("10.0.0.1/24", "r1", "EC2")),
        ranges(("10.0.0.0/33", "r1", "EC2")),
        ranges(("10.0.0.0/24", "", "EC2")),
        b'{"prefixes": [{"region": "r1", "service": "EC2"}]}',
        b'{"prefixes": [{"ip_prefix": "10.0.0.0/24", "region": 1, "service": "EC2"}]}',
    ],
)
def test_what_is_no_list_of_ranges_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^aws_ip_ranges v1: "):
        list(aws_ip_ranges.parse(content, "v1"))


def test_the_panel_has_the_same_addresses_at_the_end_of_each_month() -> None:
    theirs = pd.read_csv(panel("ip_ranges/aws_ipv4_by_region_month.csv"))
    rows = inputs.folded("aws_ip_ranges").to_pandas()
    ends = pd.to_datetime(theirs.commit_date, utc=True).drop_duplicates() + pd.Timedelta(days=1)
    pairs = rows.merge(pd.DataFrame({"end": ends}), how="cross")
    there = pairs[(pairs.observed_first_at < pairs.end) & ~(pairs.ended_at < pairs.end)]
    there = there.assign(commit_date=(there.end - pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d"))
    both = there.merge(theirs, on=["commit_date", "region", "service"], how="outer", indicator=True)
    assert (len(both), set(both["_merge"])) == (6906, {"both"})
    assert (both.ipv4_addresses == both.ipv4).all()
    assert (both.ipv4_prefixes == both.prefixes).all()


ENTRY = {
    "region": "r1",
    "appeared_ip_ranges": "2020-01-02",
    "announced": "2021-01-02",
    "announce_url": "https://example.org/now-open",
}


def announced(**changed: object) -> bytes:
    entry = {name: value for name, value in (ENTRY | changed).items() if value != "leave out"}
    return json.dumps([entry]).encode()


@pytest.mark.parametrize("missing", [None, "", "leave out"])
def test_a_region_that_is_not_announced_keeps_its_row(missing: object) -> None:
    assert list(aws_announcements.parse(announced(), "v1")) == [
        ("r1", "2020-01-02", "2021-01-02", "https://example.org/now-open")
    ]
    content = announced(announced=missing, announce_url=missing)
    assert list(aws_announcements.parse(content, "v1")) == [("r1", "2020-01-02", None, None)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"[1]",
        b'[{"region": "r1",}]',
        announced(region=""),
        announced(region="leave out"),
        announced(announced="January"),
        announced(appeared_ip_ranges=None),
        announced(announce_url=None),
        announced(announced=None),
    ],
)
def test_what_is_no_list_of_announcements_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^aws_announcements v1: "):
        list(aws_announcements.parse(content, "v1"))


def test_the_panel_has_the_same_announcements() -> None:
    theirs = pd.read_csv(panel("ip_ranges/aws_region_announcements.csv"))
    rows = inputs.folded("aws_announcements").to_pandas()
    both = rows[rows.ended_at.isna()].merge(theirs, on="region", how="outer", indicator=True)
    assert (len(both), set(both["_merge"]), both.announced_on.notna().sum()) == (42, {"both"}, 39)
    for mine, their in (("announced_on", "announced"), ("appeared_on", "appeared_ip_ranges"), ("url", "announce_url")):
        assert both[mine].fillna("").tolist() == both[their].fillna("").tolist()
