"""Regions put together from several sources, as they were known over time, and nothing of the future."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.names import places
from cloudmarket.sources import aws_announcements, aws_ip_ranges, botocore, cloud_regions, cyclenerd_prices
from cloudmarket.tables import inputs, region
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from shared import panel
from tables.vintage import end_of, rows_of

START = datetime(2025, 1, 6, 12, tzinfo=UTC)
WEEKS = [Moment(f"c{number}", START + timedelta(weeks=number)) for number in range(5)]
MODULES = {
    module.NAME: module for module in (aws_announcements, aws_ip_ranges, botocore, cloud_regions, cyclenerd_prices)
}
Rows = list[tuple[Any, ...]]


@pytest.fixture
def no_publications(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = places.region_launches().iloc[:0]
    monkeypatch.setattr(places, "region_launches", lambda: nothing)


def built(**snapshots: list[Rows]) -> pd.DataFrame:
    folded = {
        name: history.fold(zip(WEEKS, snapshots.get(name, [[]]), strict=False), module.COLUMNS, module.KEY_COUNT)
        for name, module in MODULES.items()
    }
    rows = region.build(Evidence(folded, {name: WEEKS[: len(snapshots.get(name, [[]]))] for name in MODULES}))
    check(region.TABLE, rows)
    check_all(region.TABLE, rows, region.check(rows))
    return rows


def listed(name: str, launched_on: str | None, provider: str = "gcp") -> tuple[Any, ...]:
    return (provider, name, "Town", "commercial", "ga", "FR", 48.5, 2.5, launched_on)


def priced(name: str) -> tuple[Any, ...]:
    cells = dict.fromkeys(cyclenerd_prices.COLUMNS.names)
    return tuple((cells | {"machine": "a2-highgpu-1g", "region": name, "hour": 1.0}).values())


@pytest.mark.parametrize(
    ("printed", "precision"),
    [("2022-03-17", "day"), ("2022-03-01", "month"), ("2022-01-01", "year"), (None, None)],
)
def test_the_first_of_a_month_or_year_stands_for_it(
    no_publications, printed: str | None, precision: str | None
) -> None:
    [row] = built(cloud_regions=[[listed("europe-west9", printed)]]).itertuples()
    assert row.launch_precision == precision or (precision is None and pd.isna(row.launch_precision))
    assert pd.isna(row.launched_on) == (printed is None)
    assert (row.name, row.country, row.is_eu, row.latitude, row.evidence) == ("Paris", "FR", True, 48.5, "C")


@pytest.mark.parametrize(
    ("printed", "alternative"),
    [
        ("2025-09-01", None),
        ("2025-01-01", None),
        ("2025-08-01", "2025-08-01"),
        ("2025-09-02", "2025-09-02"),
        ("2024-01-01", "2024-01-01"),
    ],
)
def test_an_announcement_goes_first_and_what_cannot_be_the_same_stays_visible(
    no_publications, printed: str, alternative: str | None
) -> None:
    announced = [("eu-west-3", "2024-01-05", "2025-09-01", "https://example.org")]
    [row] = built(aws_announcements=[announced], cloud_regions=[[listed("eu-west-3", printed, "aws")]]).itertuples()
    assert (row.launched_on, row.launch_source) == (pd.Timestamp("2025-09-01"), "aws_announcements")
    assert row.launch_url == "https://example.org"
    found = None if pd.isna(row.launched_on_alternative) else str(row.launched_on_alternative.date())
    assert found == alternative
    assert row.evidence == "B"


def test_a_row_holds_until_a_source_says_something_new(no_publications) -> None:
    before = [("eu-west-1", "AMAZON", 1, 1)]
    ranges = [*before, ("eu-west-3", "AMAZON", 1, 1)]
    not_yet = ("eu-west-3", "2025-01-13", None, None)
    announced = ("eu-west-3", "2025-01-13", "2025-01-20", "https://example.org")
    rows = built(
        aws_ip_ranges=[before, ranges, ranges], aws_announcements=[[not_yet], [not_yet], [announced], [announced]]
    )
    assert rows.region.tolist() == ["eu-west-1", "eu-west-3", "eu-west-3"]
    _, first, second = rows.itertuples()
    assert (first.source, first.evidence, pd.isna(first.launched_on)) == ("aws_ip_ranges", "A", True)
    assert (first.observed_first_at, first.superseded_at) == (WEEKS[1].observed_at, WEEKS[2].observed_at)
    assert (second.observed_first_at, second.observed_last_at) == (WEEKS[2].observed_at, WEEKS[3].observed_at)
    assert pd.isna(second.superseded_at)
    assert second.first_seen_in_ip_ranges_on == pd.Timestamp("2025-01-13")


def test_a_region_that_stood_in_the_first_list_is_of_unknown_age(no_publications) -> None:
    rows = built(
        aws_ip_ranges=[[("eu-west-3", "EC2", 1, 1), ("GLOBAL", "EC2", 1, 1)]],
        cyclenerd_prices=[[priced("europe-west1")], [priced("europe-west1"), priced("europe-west9")]],
    ).set_index("region")
    assert set(rows.index) == {"eu-west-3", "europe-west1", "europe-west9"}
    assert pd.isna(rows.first_seen_in_ip_ranges_on["eu-west-3"])
    assert rows.first_listed_on.astype("str").tolist()[1:] == ["2025-01-06", "2025-01-13"]
    assert pd.isna(rows.first_listed_after_on["europe-west1"])
    assert rows.first_listed_after_on["europe-west9"] == pd.Timestamp("2025-01-06")


@pytest.mark.parametrize(
    ("printed", "is_doubtful"),
    [("2024-09-01", True), ("2024-10-01", False), ("2025-04-01", False), ("2025-05-01", True), ("2024-01-01", False)],
)
def test_a_volunteers_day_far_from_the_lists_is_doubtful(no_publications, printed: str, is_doubtful: bool) -> None:
    rows = built(
        cloud_regions=[[listed("europe-west9", printed)]],
        cyclenerd_prices=[[priced("europe-west1")], [priced("europe-west1"), priced("europe-west9")]],
    )
    newest = rows[(rows.region == "europe-west9") & rows.superseded_at.isna()]
    assert newest.is_launch_doubtful.tolist() == [is_doubtful]


@pytest.mark.parametrize("source", ["cloud_regions", "aws_ip_ranges"])
def test_a_region_that_nobody_has_reviewed_stops_the_build(no_publications, source: str) -> None:
    row = listed("mars-north-1", None, "aws") if source == "cloud_regions" else ("mars-north-1", "EC2", 1, 1)
    with pytest.raises(CheckError, match=r"nobody has reviewed aws mars-north-1: add it to .*regions\.csv"):
        built(**{source: [[row]]})


def test_a_provider_that_nobody_has_reviewed_stops_the_build(no_publications) -> None:
    assert len(built(cloud_regions=[[listed("r", None, "oci"), listed("europe-west9", None)]])) == 1
    with pytest.raises(CheckError, match="cloud_regions prints the providers moonbase"):
        built(cloud_regions=[[listed("r", None, "moonbase")]])


def test_the_checks_can_fail() -> None:
    rows = shipped()
    for column, value in (
        ("superseded_at", None),
        ("launch_precision", None),
        ("launched_on_alternative", rows.launched_on),
        ("latitude", 91.0),
        ("first_listed_on", pd.Timestamp("2001-01-01")),
        ("country", None),
        ("observed_first_at", pd.Timestamp("2001-01-01", tz="UTC")),
    ):
        broken = rows.assign(**{column: value})
        with pytest.raises(CheckError, match=r"region: [0-9]+ rows break"):
            check_all(region.TABLE, broken, region.check(broken))


@cache
def shipped() -> pd.DataFrame:
    return region.build(inputs.evidence(region.TABLE.sources))


def cut(source: str, moments: list[Moment], day: date) -> pa.Table:
    """Return the folded history as a fold of the snapshots up to a day would have given it."""
    folded = inputs.folded(source)
    rows = folded.to_pandas()
    rows = rows[rows.observed_first_at < end_of(day)]
    if len(rows):
        rows["observed_last_at"] = rows.observed_last_at.clip(upper=pd.Timestamp(moments[-1].observed_at))
    rows["ended_at"] = rows.ended_at.where(rows.ended_at < end_of(day))
    return pa.Table.from_pandas(rows, folded.schema, preserve_index=False)


def known(day: date) -> pd.DataFrame:
    return known_facts(region.TABLE, shipped(), day, inputs.latest(region.TABLE.sources, day))


@pytest.mark.parametrize("day", [date(2017, 12, 17), date(2019, 6, 30), date(2022, 12, 31), date(2026, 1, 21)])
def test_a_vintage_is_what_the_evidence_of_its_day_gives(day: date) -> None:
    moments = {
        name: [one for one in inputs.moments(name) if one.observed_at < end_of(day)] for name in region.TABLE.sources
    }
    folded = {name: cut(name, moments[name], day) for name in region.TABLE.sources}
    then = known_facts(
        region.TABLE, region.build(Evidence(folded, moments)), day, inputs.latest(region.TABLE.sources, day)
    )
    now = known(day)
    check(region.TABLE, now)
    assert len(then) > 10
    times = ["observed_last_at"]
    assert rows_of(then.drop(columns=times)) == rows_of(now.drop(columns=times))


def test_launches_in_europe() -> None:
    rows = shipped()
    rows = rows[rows.superseded_at.isna()].set_index("region")
    assert len(rows) == 176
    paris = rows.loc[["eu-west-3", "francecentral", "europe-west9"]]
    assert paris.launched_on.astype("str").tolist() == ["2017-12-18", "2018-03-14", "2022-06-30"]
    assert paris.evidence.tolist() == ["B", "C", "C"]
    assert (paris.country == "FR").all()
    assert rows.loc["europe-west9", "launched_on_alternative"] == pd.Timestamp("2022-03-01")
    sovereign = rows.loc["eusc-de-east-1"]
    assert (sovereign.kind, sovereign.is_eu) == ("sovereign", True)
    assert sovereign.first_seen_in_ip_ranges_on == pd.Timestamp("2023-11-20")
    counts = rows[rows.is_eu.fillna(False) & rows.launched_on.notna()].cloud.value_counts()
    assert counts.to_dict() == {"azure": 14, "gcp": 11, "aws": 7}


def test_addresses_come_long_before_the_announcement() -> None:
    rows = shipped()[lambda one: one.superseded_at.isna()]
    lead = (rows.launched_on - rows.first_seen_in_ip_ranges_on).dt.days.dropna()
    assert (len(lead), lead.median()) == (21, 443)


def test_what_the_volunteers_list_has_wrong() -> None:
    rows = shipped()[lambda one: one.superseded_at.isna()]
    assert rows.region[rows.is_launch_doubtful].tolist() == [
        "africa-south1", "europe-north2", "europe-west12", "me-central2", "me-west1", "northamerica-south1",
        "southamerica-west1",
    ]  # fmt: skip
    other = rows[rows.launched_on_alternative.notna()]
    assert other.cloud.value_counts().to_dict() == {"aws": 10, "azure": 10, "gcp": 1}


def test_the_panel_has_the_same_launches_and_first_prices() -> None:
    theirs = pd.read_csv(panel("regions/region_launch_panel.csv"))
    ours = shipped()[lambda one: one.superseded_at.isna()]
    both = theirs.merge(
        ours, left_on=["provider", "region"], right_on=["cloud", "region"], how="outer", indicator=True,
        suffixes=("_theirs", ""),
    )  # fmt: skip
    assert (len(theirs), both["_merge"].value_counts().to_dict()) == (
        162, {"both": 157, "right_only": 19, "left_only": 5},
    )  # fmt: skip
    alone = set(both.loc[both["_merge"] == "left_only", "region"])
    assert alone == {"brazilus", "centraluseuap", "eastus2euap", "eastusstg", "southcentralusstg"}
    added = both[both["_merge"] == "right_only"]
    assert set(added.cloud) == {"aws", "ovhcloud", "scaleway"}
    assert set(added.kind[added.cloud == "aws"]) == {"secret"}
    same = both[both["_merge"] == "both"]
    wrong = same[same.country_theirs.notna() & (same.country_theirs != same.country)]
    assert wrong.region.tolist() == ["brazilsoutheast", "mexicocentral"]
    announced = same[same.aws_announced.notna()]
    assert (len(announced), (announced.aws_announced == announced.launched_on.astype("str")).all()) == (39, True)
    priced_first = same[same.gcp_first_price_listing.notna()]
    assert priced_first.gcp_first_price_listing.tolist() == priced_first.first_listed_on.astype("str").tolist()
    lag = (same.first_listed_on - pd.to_datetime(same.botocore_first)).dt.days.dropna()
    assert lag.between(0, 36).all()
