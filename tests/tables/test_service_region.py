"""Services, accelerators and machines by region: spells, the interval of each beginning, and nothing of the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.names import services
from cloudmarket.sources import botocore, cyclenerd_accelerators, cyclenerd_machines, region_picker
from cloudmarket.tables import inputs, service_api, service_region
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from shared import panel
from tables.vintage import cut, end_of

START = datetime(2025, 1, 6, 12, tzinfo=UTC)
WEEKS = [Moment(f"1.{number}", START + timedelta(weeks=number)) for number in range(5)]
MODULES = {module.NAME: module for module in (botocore, cyclenerd_accelerators, cyclenerd_machines, region_picker)}


def endpoint(service: str, region: str, *, name: str = "", partition: str = "aws") -> tuple[str | None, ...]:
    return ("endpoint", partition, service, name or region, region, None)


def region(name: str) -> tuple[str | None, ...]:
    return ("region", "aws", None, name, name, "A town")


def api(service: str, version: str = "2020-01-01") -> tuple[str | None, ...]:
    return ("api", None, service, version, None, None)


def told(**snapshots: Sequence[Sequence[tuple[str | None, ...]]]) -> Evidence:
    """Return the evidence of sources that print so many rows each week; the others print nothing."""
    folded: dict[str, pa.Table] = {}
    for name, module in MODULES.items():
        weeks = zip(WEEKS, snapshots.get(name, []), strict=False)
        folded[name] = history.fold(weeks, module.COLUMNS, module.KEY_COUNT)
    return Evidence(folded, {name: WEEKS[: len(snapshots.get(name, []))] for name in MODULES})


def built(**snapshots: Sequence[Sequence[tuple[str | None, ...]]]) -> pd.DataFrame:
    rows = service_region.build(told(**snapshots))
    check(service_region.TABLE, rows)
    check_all(service_region.TABLE, rows, service_region.check(rows))
    return rows


def spells(rows: pd.DataFrame) -> list[tuple[str, str, int, int | None]]:
    """Return service, region and the weeks in which a spell begins and ends."""
    weeks = {moment.observed_at: number for number, moment in enumerate(WEEKS)}
    return [
        (row.service, row.region, weeks[row.observed_first_at], weeks.get(row.superseded_at))
        for row in rows.itertuples()
    ]


def test_gone_and_back_is_two_spells() -> None:
    polly = endpoint("polly", "eu-west-3")
    rows = built(botocore=[[api("polly")], [polly], [], [polly], [polly]])
    assert spells(rows) == [("polly", "eu-west-3", 1, 2), ("polly", "eu-west-3", 3, None)]
    assert rows.is_first_seen_at_start.tolist() == [True, False]
    first, second = rows.itertuples()
    assert pd.isna(first.first_seen_after_on)
    assert (second.first_seen_after_on, second.first_seen_on) == (
        pd.Timestamp("2025-01-20"),
        pd.Timestamp("2025-01-27"),
    )
    assert second.observed_last_at == WEEKS[4].observed_at


def test_a_service_goes_on_under_another_label() -> None:
    was, new = endpoint("wisdom", "eu-west-3"), endpoint("qconnect", "eu-west-3")
    assert spells(built(botocore=[[was], [was], [new], [new], []])) == [("qconnect", "eu-west-3", 0, 4)]
    assert spells(built(botocore=[[was], [was, new], [new], [was], []])) == [("qconnect", "eu-west-3", 0, 4)]


def test_doors_with_names_of_their_own_and_what_is_no_ai_do_not_count() -> None:
    rows = built(
        botocore=[
            [
                endpoint("polly", "us-east-1"),
                endpoint("polly", "us-east-2", name="fips-us-east-2"),
                endpoint("s3", "us-east-1"),
            ]
        ]
    )
    assert spells(rows) == [("polly", "us-east-1", 0, None)]
    assert rows.partition.tolist() == ["aws"]


def test_a_region_that_is_listed_later_counts_from_then() -> None:
    unlisted = ("endpoint", "aws", "polly", "eu-west-3", None, None)
    assert spells(built(botocore=[[unlisted], [endpoint("polly", "eu-west-3")]])) == [("polly", "eu-west-3", 1, None)]


def test_a_service_named_in_most_regions_at_once_is_marked() -> None:
    names = [f"eu-west-{number}" for number in range(1, 6)]
    regions = [region(name) for name in names]
    start = [*regions, endpoint("polly", names[0])]
    by_rule = [endpoint("qbusiness", name) for name in names[:4]]
    later = [*start, *by_rule, endpoint("qbusiness", "eusc-de-east-1", partition="aws-eusc")]
    rows = built(botocore=[start, [*start, *by_rule], later])
    assert rows[rows.is_listed_everywhere].service.unique().tolist() == ["qbusiness"]
    assert rows.is_listed_everywhere.sum() == 5
    few = built(botocore=[start, [*start, *by_rule[:3]]])
    assert not few.is_listed_everywhere.any()


def test_products_machines_and_accelerators_stand_beside_services() -> None:
    rows = built(
        region_picker=[
            [("AML AI", "europe-west9"), ("Spanner", "europe-west9")],
            [("Anti Money Laundering AI", "europe-west9")],
        ],
        cyclenerd_machines=[[("a3-highgpu-8g", "europe-west4"), ("n1-standard-1", "europe-west4")]],
        cyclenerd_accelerators=[[("ct5l", "us-west1"), ("ct5lp", "us-west1"), ("nvidia-l4-vws", "us-west1")]],
    )
    assert spells(rows) == [
        ("google-tpu-v5e", "us-west1", 0, None),
        ("a3-highgpu-8g", "europe-west4", 0, None),
        ("anti-money-laundering-ai", "europe-west9", 0, None),
    ]
    assert rows.field.tolist() == ["accelerator", "machine_family", "applied"]
    assert rows.evidence.tolist() == ["B", "B", "A"]
    assert rows.name.tolist()[1] == "A3 (H100, H200)"


@pytest.mark.parametrize(
    ("source", "row", "label"),
    [
        ("botocore", endpoint("bedrock-dreams", "eu-west-3"), "bedrock-dreams"),
        ("region_picker", ("Cloud Kettle", "europe-west9"), "Cloud Kettle"),
        ("cyclenerd_machines", ("a9-highgpu-8g", "europe-west4"), "a9"),
        ("cyclenerd_accelerators", ("nvidia-z1", "europe-west4"), "nvidia-z1"),
    ],
)
def test_a_label_that_nobody_has_reviewed_stops_the_build(source: str, row, label: str) -> None:
    with pytest.raises(CheckError, match=f"{source} prints the [a-z]+ '{label}'"):
        built(**{source: [[row]]})


def test_the_checks_can_fail() -> None:
    polly = endpoint("polly", "eu-west-3")
    rows = built(botocore=[[polly], [], [polly]])
    for column, value in (
        ("first_seen_on", pd.Timestamp("2024-01-01")),
        ("superseded_at", rows.observed_first_at.min()),
        ("first_seen_after_on", pd.Timestamp("2026-01-01")),
        ("partition", None),
        ("is_first_seen_at_start", False),
    ):
        broken = rows.assign(**{column: value})
        with pytest.raises(CheckError, match=r"service_region: [0-9]+ rows break"):
            check_all(service_region.TABLE, broken, service_region.check(broken))
    overlapping = rows.assign(superseded_at=rows.observed_first_at.max() + timedelta(days=1))
    with pytest.raises(CheckError, match="begins after the one before it ended"):
        check_all(service_region.TABLE, overlapping, service_region.check(overlapping))


def test_apis_of_all_services_are_there_and_those_of_ai_named() -> None:
    weeks = [[api("s3")], [api("s3"), api("bedrock")], [api("s3", "2021-01-01"), api("bedrock")]]
    rows = service_api.build(told(botocore=weeks))
    check(service_api.TABLE, rows)
    check_all(service_api.TABLE, rows, service_api.check(rows))
    found = [(row.label, row.api_version, row.is_ai, row.is_first_seen_at_start) for row in rows.itertuples()]
    assert found == [
        ("bedrock", "2020-01-01", True, False),
        ("s3", "2020-01-01", False, True),
        ("s3", "2021-01-01", False, False),
    ]
    assert rows.superseded_at.notna().tolist() == [False, True, False]
    late = rows.assign(api_version="2025-03-01")
    with pytest.raises(CheckError, match="at most a month older"):
        check_all(service_api.TABLE, late, service_api.check(late))


@cache
def shipped() -> pd.DataFrame:
    return service_region.build(inputs.evidence(service_region.TABLE.sources))


def listed(rows: pd.DataFrame, service: str, day: str) -> pd.DataFrame:
    """Return the regions in which a service was listed at the end of a day."""
    end = end_of(date.fromisoformat(day))
    seen = (rows.observed_first_at < end) & ~(rows.superseded_at < end)
    return rows[seen & (rows.service == service)]


def test_bedrock_spreads_from_five_to_thirty_three_commercial_regions() -> None:
    assert len(listed(shipped(), "bedrock", "2023-10-31")) == 5
    latest = listed(shipped(), "bedrock", "2026-01-31").partition.value_counts()
    assert latest.to_dict() == {"aws": 33, "aws-us-gov": 2, "aws-iso-f": 2, "aws-iso": 1, "aws-iso-b": 1, "aws-eusc": 1}
    paris = shipped().query("service == 'bedrock' and region == 'eu-west-3'").iloc[0]
    assert (paris.first_seen_after_on, paris.first_seen_on) == (pd.Timestamp("2024-03-29"), pd.Timestamp("2024-04-05"))


def test_h100_machines_come_to_paris_in_december_2025() -> None:
    [row] = shipped().query("service == 'a3-highgpu-8g' and region == 'europe-west9'").itertuples()
    assert (row.first_seen_after_on, row.first_seen_on) == (pd.Timestamp("2025-11-22"), pd.Timestamp("2025-12-04"))


def test_what_is_listed_by_rule() -> None:
    rows = shipped()
    assert set(rows[rows.is_listed_everywhere].service) == {"kendra-ranking", "qbusiness", "sagemaker-metrics"}


@pytest.mark.parametrize(
    ("label", "day"),
    [("bedrock", "2023-09-28"), ("bedrock-agent", "2023-11-28"), ("bedrock-agentcore", "2025-07-16")],
)
def test_first_apis_lie_within_the_week_in_which_the_panel_has_them(label: str, day: str) -> None:
    rows = service_api.build(inputs.evidence(service_api.TABLE.sources))
    first = rows[rows.label == label].sort_values("first_seen_on").iloc[0]
    assert first.first_seen_after_on < pd.Timestamp(day) <= first.first_seen_on


def test_the_panel_has_the_same_regions_of_ai_services() -> None:
    events = pd.read_csv(panel("aws_botocore/service_region_events.csv.gz"), parse_dates=["date"])
    events["service"] = services.codes("botocore", "endpoint", events.service, is_complete=False)
    key = ["service", "region"]
    theirs = events[events.service.notna() & (events.event != "removed")].groupby(key).date.min()
    ours = shipped().query("source == 'botocore'").groupby(key).first_seen_on.min()
    assert not set(theirs.index) - set(ours.index)
    alone = ours[~ours.index.isin(theirs.index)]
    assert len(alone) == 5
    assert (alone > events.date.max()).all()
    lag = (ours - theirs).dt.days.dropna()
    assert lag[theirs.reindex(lag.index) > "2016-01-27"].between(0, 5).all()
    assert (lag == 36).sum() == (theirs == "2016-01-27").sum() == 2


@pytest.mark.parametrize("day", [date(2016, 6, 30), date(2022, 4, 30), date(2023, 12, 31), date(2025, 6, 30)])
@pytest.mark.parametrize("module", [service_region, service_api])
def test_nothing_of_the_future_is_in_a_vintage(module, day: date) -> None:
    """What the whole table says as of a day is what a table built on that day would have said."""
    sources = module.TABLE.sources
    moments = {name: [one for one in inputs.moments(name) if one.observed_at < end_of(day)] for name in sources}
    folded = {name: cut(name, day) if moments[name] else inputs.folded(name).slice(0, 0) for name in sources}
    then = module.build(Evidence(folded, moments))
    whole = module.build(inputs.evidence(sources))
    latest = {name: known[-1].observed_at for name, known in moments.items() if known}
    seen = known_facts(module.TABLE, whole, day, latest)
    expected = then[then.superseded_at.isna()].reset_index(drop=True)
    assert len(seen) > 0
    pd.testing.assert_frame_equal(seen, expected)
