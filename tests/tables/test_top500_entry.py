"""Computers of clouds on the TOP500 lists: two collections as one, spot values, the panel."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.history import Moment, fold
from cloudmarket.sources import top500_list
from cloudmarket.tables import inputs, top500_entry
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from shared import panel

EARLY, LATE = (Moment(name, datetime(2030, month, 1, tzinfo=UTC)) for name, month in (("a", 6), ("b", 8)))
ROW = (date(2029, 11, 1), 9, "Big", "A cluster", "Nebius", "Maker", "Nowhere", 2029, "GPU B", 900.0, 1000.0, None)


def built(first: tuple[Any, ...], second: tuple[Any, ...]) -> pd.DataFrame:
    told = {"top500": (LATE, first), "top500_gorham": (EARLY, second)}
    folded = {
        name: fold([(moment, [row])], top500_list.COLUMNS, top500_list.KEY_COUNT)
        for name, (moment, row) in told.items()
    }
    rows = top500_entry.build(Evidence(folded, {name: [moment] for name, (moment, _) in told.items()}))
    check(top500_entry.TABLE, rows)
    check_all(top500_entry.TABLE, rows, top500_entry.check(rows))
    return rows


@cache
def shipped() -> pd.DataFrame:
    return top500_entry.build(inputs.evidence(top500_entry.SOURCES))


def test_what_both_say_is_one_entry_known_since_the_first_said_it() -> None:
    [row] = built(ROW, ROW).to_dict("records")
    assert (row["source"], row["operator"], row["cloud"]) == ("top500_gorham", "Nebius", "nebius")
    assert row["observed_first_at"] == EARLY.observed_at


def test_collections_that_differ_are_refused() -> None:
    with pytest.raises(CheckError, match="the collections differ"):
        built(ROW, (*ROW[:9], 901.0, *ROW[10:]))


def test_a_wrong_unit_is_refused() -> None:
    wrong = (*ROW[:9], 9e8, 1e9, None)
    with pytest.raises(CheckError, match="speeds are in TFLOP/s"):
        built(wrong, wrong)


@pytest.mark.parametrize(
    ("day", "rank", "name", "cloud", "rmax"),
    [
        ("2010-11-01", 231, None, "aws", 41.82),
        ("2023-11-01", 3, "Eagle", "azure", 561200.0),
        ("2025-06-01", 4, "Eagle", "azure", 561200.0),
        ("2024-11-01", 17, "ISEG", "nebius", 46540.0),
    ],
)
def test_known_entries(day: str, rank: int, name: str | None, cloud: str, rmax: float) -> None:
    rows = shipped()
    found = rows[(rows.listed_on == day) & (rows.name == name if name else rows["rank"] == rank)]
    assert found.cloud.tolist() == [cloud]
    assert found.rmax_tflops.tolist() == [rmax]


def test_the_panel_says_the_same_of_what_both_choose() -> None:
    theirs = pd.read_csv(panel("top500/top500_cloud_ai_entries.csv")).rename(columns={"Rank": "rank"})
    ours = shipped()
    ours["list"] = ours.listed_on.dt.strftime("%Y%m").astype("int64")
    both = ours[ours["list"] >= 201506].merge(theirs, on=["list", "rank"], how="left", indicator=True)
    assert both._merge.value_counts().to_dict() == {"both": 198, "left_only": 74, "right_only": 0}
    both = both[both._merge == "both"]
    assert (both.rmax_tflops == both.rmax).all()
    assert (both.site == both.Site.str.split().str.join(" ")).all()
    looked_for = theirs.Site.str.contains("azure|amazon|nebius|nvidia|descartes|microsoft|yandex|sber", case=False)
    missing = theirs[looked_for].merge(ours, on=["list", "rank"], how="left", indicator=True)
    assert (missing._merge == "both").all()
