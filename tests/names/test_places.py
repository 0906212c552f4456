"""Launches of regions and packages of developers: sorted, unique, and of what other tables know."""

from __future__ import annotations

import pytest

from cloudmarket import names, tables
from cloudmarket.names import places
from cloudmarket.names._tables import rows

KEYS = {
    "region_launches": ["cloud", "region"],
    "sdk_packages": ["package"],
    "sdk_requirements": ["package", "requires"],
}


@pytest.mark.parametrize("table", KEYS)
def test_a_table_is_sorted_unique_and_whole(table: str) -> None:
    keys = [tuple(row[name] for name in KEYS[table]) for row in rows(table)]
    assert keys == sorted(set(keys))
    for row in rows(table):
        assert len(row) == len(rows(table)[0])
        assert None not in row.values()
        assert all(value == value.strip() for value in row.values())


def test_launches_are_of_regions_that_are_known_and_name_their_publication() -> None:
    launches, regions = places.region_launches(), names.regions()
    assert set(zip(launches.cloud, launches.region, strict=True)) <= set(
        zip(regions.seller, regions.region, strict=True)
    )
    assert set(launches.launch_precision) == {"day", "month", "at_latest"}
    assert set(launches.evidence) == {"B", "C"}
    assert launches[["title", "publisher"]].notna().all(axis=None)
    assert launches.url.str.match(r"https?://").all()
    assert (launches.published_on >= launches.launched_on).all()


def test_packages_are_of_sellers_that_are_known() -> None:
    packages = places.sdk_packages()
    assert set(packages.owner) <= set(names.clouds().code)
    assert set(packages.kind) == {"sdk", "framework", "agent", "identity"}
    assert packages.package[~packages.is_ai].tolist() == ["azure-identity", "boto3"]
    assert packages.source.str.startswith("https://").all()
    assert places.sdk_names() == tuple(packages.package)


def test_requirements_are_between_packages_of_the_list_and_their_versions_in_order() -> None:
    packages, found = places.sdk_packages(), places.sdk_requirements()
    assert set(found.package) | set(found.requires) <= set(packages.package[packages.is_ai])
    assert (found.package != found.requires).all()
    released = tables.load("sdk_release").set_index(["package", "version"]).released_at
    since = released.loc[list(zip(found.package, found.since_version, strict=True))].to_numpy()
    last = released.loc[list(zip(found.package, found.last_version_with, strict=True))].to_numpy()
    assert (last >= since).all()
    known = found.last_version_without.notna().to_numpy()
    before = found[known]
    without = released.loc[list(zip(before.package, before.last_version_without, strict=True))].to_numpy()
    assert (without < since[known]).all()


def test_regions_say_who_may_use_them_and_whether_they_are_in_the_union() -> None:
    regions = names.regions()
    assert set(regions.kind) == {"commercial", "government", "china", "sovereign", "secret"}
    union = set(regions.country[regions.is_eu.fillna(False)])
    assert union == {"AT", "BE", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "SE"}
    assert {"CH", "GB", "NO"} <= set(regions.country[~regions.is_eu.fillna(True)])
