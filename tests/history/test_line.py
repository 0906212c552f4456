"""The line of versions: what is folded, and what is kept for audit alone."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from packaging.version import Version

from cloudmarket import store
from cloudmarket.archives import Release
from cloudmarket.history import Line, Moment
from cloudmarket.tables import inputs


def release(version: str, hour: int) -> Release:
    observed_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    return Release(version, observed_at, f"x-{version}.whl", "0" * 64, 1, "")


def admitted(versions: list[str]) -> list[str]:
    line = Line()
    return [version for hour, version in enumerate(versions) if line.admits(release(version, hour))]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (["1.9", "1.10", "1.9.1", "1.11"], ["1.9", "1.10", "1.11"]),
        (["1.0.dev2", "1.0a1", "1.0rc1", "1.0", "1.0.post1"], ["1.0.dev2", "1.0a1", "1.0rc1", "1.0", "1.0.post1"]),
        (["1.0", "1.0rc1", "1.0.dev1"], ["1.0"]),
        (["1.0", "1.0.0", "1.0.0.0"], ["1.0"]),
        (["1.83.14.dev1", "1.83.10", "1.83.14rc1", "1.83.14"], ["1.83.14.dev1", "1.83.14rc1", "1.83.14"]),
        (["2024.1", "1.0", "1!0.1"], ["2024.1", "1!0.1"]),
        (["1.0", "not a version", "1.1"], ["1.0", "1.1"]),
    ],
)
def test_only_a_higher_version_goes_on_the_line(versions: list[str], expected: list[str]) -> None:
    assert admitted(versions) == expected


def test_a_higher_version_that_is_not_later_stays_off() -> None:
    line = Line(Moment("1.0", release("1.0", 5).observed_at))
    assert not line.admits(release("1.1", 5))
    assert not line.admits(release("1.1", 4))
    assert line.is_newer(release("1.1", 4))
    assert line.admits(release("1.1", 6))
    assert line.newest == Moment("1.1", release("1.1", 6).observed_at)


@pytest.mark.parametrize("source", ["genai_prices", "litellm"])
def test_the_shipped_line_is_the_running_maximum_of_versions(source: str) -> None:
    listed = pd.read_csv(store.raw(source) / "snapshots.csv", dtype="str", keep_default_na=False)
    listed = listed[~listed.role.isin(["absent", "excluded"])]
    instants = pd.to_datetime(listed.observed_at, format="ISO8601")
    expected, highest = [], None
    for place in instants.sort_values(kind="stable").index:
        version = Version(listed.version[place])
        is_higher = highest is None or version > highest
        expected.append((place, "folded" if is_higher else "audit"))
        highest = version if is_higher else highest
    assert dict(listed.role) == dict(expected)


def test_so_many_litellm_releases_are_on_the_line() -> None:
    listed = inputs.snapshots("litellm")
    # Counted by hand over the releases to 2026-11-17; later refreshes only add to them.
    early = listed[listed.observed_at < pd.Timestamp("2026-11-18", tz="UTC")]
    assert early.role.value_counts()[["folded", "audit"]].to_dict() == {"folded": 418, "audit": 178}
    assert (early.member_sha256.str.len() == 64).sum() == 596
