"""Carbon of regions: restated values, definitions, and nothing of the future."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import pandas as pd
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.sources import region_carbon as source
from cloudmarket.tables import inputs, region_carbon
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from tables.vintage import cut, end_of, rows_of

START = datetime(2025, 1, 6, 12, tzinfo=UTC)
WEEKS = [Moment(f"c{number}", START + timedelta(weeks=number)) for number in range(4)]
PLAIN, LIFE_CYCLE = "Grid carbon intensity (gCO2eq / kWh)", "Lifecycle grid carbon intensity (gCO2eq / kWh)"
Row = tuple[int, str, float | None, float | None, str]


def built(*weeks: list[Row]) -> pd.DataFrame:
    folded = history.fold(zip(WEEKS, weeks, strict=False), source.COLUMNS, source.KEY_COUNT)
    rows = region_carbon.build(Evidence({source.NAME: folded}, {source.NAME: WEEKS[: len(weeks)]}))
    check(region_carbon.TABLE, rows)
    check_all(region_carbon.TABLE, rows, region_carbon.check(rows))
    return rows


def test_a_heading_that_says_more_is_a_new_statement_and_other_words_are_not() -> None:
    rows = built(
        [(2020, "r1", None, 5.0, "grid_gCO2perkWh")],
        [(2020, "r1", None, 5.0, PLAIN)],
        [(2020, "r1", None, 5.0, LIFE_CYCLE)],
    )
    assert rows.definition.tolist() == ["unstated", "life_cycle"]
    assert rows.carbon_free_share.isna().all()
    assert rows.observed_last_at[0] == WEEKS[1].observed_at
    assert rows.superseded_at[0] == rows.observed_first_at[1] == WEEKS[2].observed_at


def test_a_restated_value_is_a_row_of_its_own() -> None:
    rows = built([(2023, "r1", 0.5, 5.0, PLAIN)], [(2023, "r1", 0.5, 6.0, PLAIN)], [(2023, "r1", 0.5, 5.0, PLAIN)])
    assert rows.gco2_per_kwh.tolist() == [5.0, 6.0, 5.0]
    assert set(rows.definition) == {"operational"}
    assert rows.superseded_at.isna().tolist() == [False, False, True]


def test_a_region_that_is_dropped_is_no_longer_stated() -> None:
    rows = built([(2023, "r1", 0.5, 5.0, PLAIN), (2023, "r2", 0.5, 5.0, PLAIN)], [(2023, "r2", 0.5, 5.0, PLAIN)])
    assert rows.superseded_at.isna().tolist() == [False, True]


def test_the_checks_can_fail() -> None:
    rows = built([(2023, "r1", 0.5, 5.0, PLAIN)], [(2023, "r1", 0.5, 6.0, PLAIN)])
    for column, value in (
        ("carbon_free_share", 1.5),
        ("gco2_per_kwh", -1.0),
        ("year", 2025),
        ("definition", "life_cycle"),
        ("superseded_at", None),
    ):
        broken = rows.assign(**{column: value})
        with pytest.raises(CheckError, match=r"region_carbon: [0-9]+ rows break"):
            check_all(region_carbon.TABLE, broken, region_carbon.check(broken))


@cache
def shipped() -> pd.DataFrame:
    return region_carbon.build(inputs.evidence([source.NAME]))


def test_france_beside_poland() -> None:
    rows = shipped()[lambda one: one.superseded_at.isna()]
    assert len(rows) == 205
    latest = rows[rows.year == 2024].set_index("region")
    assert latest.loc["europe-west9", ["carbon_free_share", "gco2_per_kwh"]].tolist() == [0.96, 16.3]
    assert latest.loc["europe-central2", ["carbon_free_share", "gco2_per_kwh"]].tolist() == [0.4, 642.88]
    assert rows.groupby("year").definition.unique().map(list).to_dict() == {
        2019: ["life_cycle"], 2020: ["life_cycle"], 2021: ["operational"], 2022: ["operational"],
        2023: ["operational"], 2024: ["operational"],
    }  # fmt: skip


def test_iowa_was_corrected() -> None:
    rows = shipped().query("region == 'us-central1' and year == 2022")
    assert rows.stated_on.astype("str").tolist() == ["2023-07-25", "2025-01-13"]
    assert rows.gco2_per_kwh.nunique() == 2


@pytest.mark.parametrize("day", [date(2021, 6, 30), date(2022, 6, 30), date(2025, 1, 31)])
def test_a_vintage_is_what_the_evidence_of_its_day_gives(day: date) -> None:
    moments = [one for one in inputs.moments(source.NAME) if one.observed_at < end_of(day)]
    then = region_carbon.build(Evidence({source.NAME: cut(source.NAME, day)}, {source.NAME: moments}))
    now = known_facts(region_carbon.TABLE, shipped(), day, inputs.latest((source.NAME,), day))
    check(region_carbon.TABLE, now)
    assert rows_of(then[then.superseded_at.isna()]) == rows_of(now[now.superseded_at.isna()])
