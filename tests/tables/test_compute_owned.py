"""Compute by owner: vintages, spot values, the panel."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.history import Moment, fold
from cloudmarket.sources import epoch_compute
from cloudmarket.tables import compute_owned, inputs
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.knowledge import known_facts
from shared import panel
from tables.vintage import cut

DAYS = [Moment(str(day), datetime(2030, 1, day, tzinfo=UTC)) for day in (1, 2)]


def row(owner: str = "Microsoft", chip: str = "", median: float = 200.0, ended_on: date = date(2029, 12, 31)) -> Any:
    notes = "Excludes Meta, xAI. Estimates generated on: today"
    return ("Nvidia", owner, chip, ended_on, date(2029, 1, 1), median, 100.0, 300.0, 20.0, 10.0, 30.0, None, notes)


def built(*snapshots: list[Any]) -> pd.DataFrame:
    folded = fold(list(zip(DAYS, snapshots, strict=False)), epoch_compute.COLUMNS, epoch_compute.KEY_COUNT)
    rows = compute_owned.build(Evidence({"epoch_compute": folded}, {"epoch_compute": DAYS}))
    check(compute_owned.TABLE, rows)
    check_all(compute_owned.TABLE, rows, compute_owned.check(rows))
    return rows


@cache
def shipped() -> pd.DataFrame:
    return compute_owned.build(inputs.evidence(["epoch_compute"]))


def test_an_estimate_holds_until_it_is_made_again() -> None:
    first, second = built([row()], [row(median=210.0)]).to_dict("records")
    assert (first["cloud"], first["chip"], str(first["quarter_on"].date())) == ("azure", "all", "2029-10-01")
    assert first["excluded_owners"] == "Meta, xAI"
    assert first["superseded_at"] == DAYS[1].observed_at
    assert (second["h100e_median"], pd.isna(second["superseded_at"])) == (210.0, True)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(owner="Nobody")], "unknown owner Nobody"),
        ([row(median=400.0)], "the median of h100e is within its bounds"),
        ([row(ended_on=date(2029, 12, 30))], "at the end of a quarter"),
        ([row(median=150.0), row(chip="B", median=250.0)], "a total is at least as large as any of its chips"),
    ],
)
def test_what_cannot_be_is_refused(rows: list[Any], message: str) -> None:
    with pytest.raises(CheckError, match=message):
        built(rows)


def test_known_estimates() -> None:
    rows = shipped()
    newest = rows[rows.superseded_at.isna() & (rows.chip == "all")]
    microsoft = newest[(newest.owner == "Microsoft") & (newest.chip_family == "nvidia-gpu")].iloc[0]
    assert (str(microsoft.quarter_on.date()), microsoft.h100e_median, microsoft.h100e_p95) == (
        "2022-01-01",
        14769,
        24931,
    )
    google = newest[(newest.owner == "Google") & (newest.chip_family == "google-tpu")].iloc[-1]
    assert (str(google.quarter_on.date()), google.h100e_median, google.is_incomplete) == ("2026-01-01", 4173802, True)


def test_the_panel_has_the_same_totals() -> None:
    theirs = pd.read_csv(panel("epoch/ai_compute_by_owner_quarter_panel.csv"))
    theirs["quarter_on"] = pd.PeriodIndex(theirs.q, freq="Q").start_time.astype("datetime64[s]")
    theirs["chip_family"] = theirs["Chip manufacturer"].map(compute_owned._FAMILIES)
    theirs = theirs.rename(columns={"Owner": "owner"})
    ours = shipped()
    ours = ours[ours.superseded_at.isna() & (ours.chip == "all")]
    both = theirs.merge(ours, on=["owner", "chip_family", "quarter_on"], how="outer", indicator=True)
    assert both._merge.value_counts().to_dict() == {"both": 156, "right_only": 29, "left_only": 0}
    added = both[both._merge == "right_only"].owner.value_counts().to_dict()
    assert added == {"Other": 17, "CoreWeave": 12}
    both = both[both._merge == "both"]
    assert (both.h100e == both.h100e_median).all()
    assert (both["H100e (5th percentile)"] == both.h100e_p05).all()
    assert (both["H100e (95th percentile)"] == both.h100e_p95).all()


def test_a_vintage_holds_nothing_of_the_future() -> None:
    day = date(2026, 4, 14)
    then = Evidence({"epoch_compute": cut("epoch_compute", day)}, {})
    latest = inputs.latest(("epoch_compute",), day)
    known = known_facts(compute_owned.TABLE, shipped(), day, latest)
    pd.testing.assert_frame_equal(known, known_facts(compute_owned.TABLE, compute_owned.build(then), day, latest))
    assert "CoreWeave" not in set(known.owner)
