"""Compute by owner: totals and chips as printed, and bad files refused."""

from __future__ import annotations

from datetime import date

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import epoch_compute

HEAD = (
    "Name,Chip manufacturer,Owner,Start date,End date,Compute estimate in H100e (median),H100e (5th percentile),"
    "H100e (95th percentile),Number of Units,Number of Units (5th percentile),Number of Units (95th percentile),"
    "Incomplete,Notes"
)
ROW = "A total,Maker,Owner A,1/1/2030,6/30/2030,200,100,300,20,10,30,,a note"
FOLDER = "owners_csv_export"


def told(head: str = HEAD, row: str = ROW, path: str = "x_cumulative_totals.csv") -> dict[str, bytes]:
    return {f"{FOLDER}/{path}": f"{head}\n{row}\n".encode()}


def test_totals_and_chips_are_told_apart() -> None:
    chips = told(f"{HEAD},Chip type", f"{ROW},Chip B", path="deep/x_cumulative_by_chip.csv")
    rows = list(epoch_compute.parse(told() | chips, "v1"))
    rest = (date(2030, 6, 30), date(2030, 1, 1), 200.0, 100.0, 300.0, 20.0, 10.0, 30.0, None, "a note")
    assert rows == [("Maker", "Owner A", "", *rest), ("Maker", "Owner A", "Chip B", *rest)]


def test_the_other_spelling_of_units_is_read() -> None:
    [row] = epoch_compute.parse(told(HEAD.replace("Number of Units,", "Number of Units (median),")), "v1")
    assert row[8] == 20.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "has no files"),
        (told("Name,Owner"), "has no column"),
        (told(path="x_cumulative_by_chip.csv"), "has no column Chip type"),
        (told(f"{HEAD},Chip type", f"{ROW},", path="x_cumulative_by_chip.csv"), ".* has a row without a chip"),
        (told(row=ROW.replace("6/30/2030", "2030-06-30")), ".* prints the date '2030-06-30'"),
        (told(row=ROW.replace("200", "-200")), ".* prints '-200' as Compute estimate"),
        (told(row=ROW.replace("300", "")), ".* prints '' as H100e"),
        (told(row=ROW.replace("300", "inf")), ".* prints 'inf' as H100e"),
    ],
)
def test_what_is_no_estimate_is_refused(content: dict[str, bytes], message: str) -> None:
    with pytest.raises(ParseError, match=f"^epoch_compute v1: {message}"):
        list(epoch_compute.parse(content, "v1"))
