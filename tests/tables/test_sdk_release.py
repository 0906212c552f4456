"""Releases of packages: days, candidates, owners."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pandas as pd
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.sources import sdk_releases
from cloudmarket.tables import inputs, sdk_release
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts


def built(*releases: tuple[str, str, datetime]) -> pd.DataFrame:
    snapshots = [(Moment(f"{row[0]} {row[1]}", row[2]), [row]) for row in releases]
    folded = history.fold(snapshots, sdk_releases.COLUMNS, sdk_releases.KEY_COUNT)
    rows = sdk_release.build(Evidence({"sdk_releases": folded}, {"sdk_releases": [one for one, _ in snapshots]}))
    check(sdk_release.TABLE, rows)
    check_all(sdk_release.TABLE, rows, sdk_release.check(rows))
    return rows


def test_a_release_stays_one() -> None:
    rows = built(
        ("openai", "2.0.0rc1", datetime(2026, 1, 1, 23, 59, tzinfo=UTC)),
        ("openai", "2.0.0", datetime(2026, 1, 2, 0, 1, tzinfo=UTC)),
        ("boto3", "2.0.0.post1", datetime(2026, 1, 3, tzinfo=UTC)),
    )
    assert rows.package.tolist() == ["boto3", "openai", "openai"]
    assert rows.is_prerelease.tolist() == [False, False, True]
    assert rows.is_ai.tolist() == [False, True, True]
    assert rows.released_on.astype("str").tolist() == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert rows.superseded_at.isna().all()


def test_the_checks_can_fail() -> None:
    rows = built(("openai", "2.0.0", datetime(2026, 1, 2, 0, 1, tzinfo=UTC)))
    for column, value in (
        ("released_on", pd.Timestamp("2026-01-01")),
        ("observed_first_at", pd.Timestamp("2026-02-01", tz="UTC")),
    ):
        broken = rows.assign(**{column: value})
        with pytest.raises(CheckError, match="sdk_release: 1 rows break"):
            check_all(sdk_release.TABLE, broken, sdk_release.check(broken))


@cache
def shipped() -> pd.DataFrame:
    return sdk_release.build(inputs.evidence(["sdk_releases"]))


def test_first_releases_of_the_agents() -> None:
    first = shipped().groupby("package").released_on.min().astype("str")
    assert first["bedrock-agentcore"] == "2025-07-08"
    assert first["google-adk"] == "2025-03-17"
    assert first["azure-ai-agents"] == "2025-05-09"
    assert first["strands-agents"] == "2025-05-14"


def test_a_vintage_has_the_releases_until_then() -> None:
    day = date(2023, 12, 31)
    rows = known_facts(sdk_release.TABLE, shipped(), day, inputs.latest(("sdk_releases",), day))
    check(sdk_release.TABLE, rows)
    assert str(rows.released_on.max().date()) <= "2023-12-31"
    assert len(rows) == (shipped().released_on <= pd.Timestamp(day)).sum()
