"""TOP500 lists: units, the operators that are read, and files that are no lists."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import top500, top500_gorham, top500_list
from cloudmarket.tables import inputs

CELLS: Mapping[str, Any] = {
    "Rank": 0, "Name": "Calculator", "Computer": "A cluster, GPU\u200b B", "Site": "A university",
    "Manufacturer": "A maker", "Country": "Nowhere", "Year": 2030, "Accelerator/Co-Processor": "GPU B",
    "Rmax": 4000.0, "Rpeak": 8000.0, "Power": 0,
}  # fmt: skip


def excel(count: int = 500, first: Mapping[str, Any] | None = None, head: Mapping[str, str] | None = None) -> bytes:
    """Return a list whose first computer stands at ``first``."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([(head or {}).get(name, name) for name in CELLS])
    for rank in range(1, count + 1):
        sheet.append(list((dict(CELLS) | {"Rank": rank} | dict(first or {} if rank == 1 else {})).values()))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows(content: bytes, day: date) -> list[tuple[Any, ...]]:
    return list(top500_list.rows(content, day, "top500", "v1"))


def test_only_clouds_are_read() -> None:
    [row] = rows(excel(first={"Site": "Nebius"}), date(2030, 6, 1))
    assert row == (
        date(2030, 6, 1), 1, "Calculator", "A cluster, GPU B", "Nebius", "A maker", "Nowhere", 2030, "GPU B", 4000.0,
        8000.0, None,
    )  # fmt: skip
    assert rows(excel(), date(2030, 6, 1)) == []


@pytest.mark.parametrize(
    ("day", "rmax"), [(date(2016, 11, 1), 4.0), (date(2017, 6, 1), 4000.0), (date(2017, 11, 1), 4000.0)]
)
def test_early_lists_print_gigaflops(day: date, rmax: float) -> None:
    [row] = rows(excel(first={"Site": "Amazon Web Services"}), day)
    assert row[9:11] == (rmax, 2 * rmax)


@pytest.mark.parametrize("site", ["Cloud Provider", "LvLiang Cloud Computing Center", "Internet Service A"])
def test_operators_without_a_name_are_left_out(site: str) -> None:
    assert rows(excel(first={"Site": site}), date(2030, 6, 1)) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no list", "is no Excel file"),
        (excel(499), "the list of 2030-06 has 499 computers, not 500"),
        (excel(head={"Rmax": "Speed"}), "the list of 2030-06 has no column rmax"),
        (excel(head={"Site": "Place"}), "the list of 2030-06 has no column Site"),
        (excel(first={"Site": "Nebius", "Rmax": ""}), "the list of 2030-06 prints no Rmax or Rpeak"),
        (excel(first={"Site": "Nebius", "Rmax": -4}), "the list of 2030-06 prints -4.0 as a number"),
        (excel(first={"Site": "Scaleway DC5"}), ".*'Scaleway DC5'.* add it to top500_operators.csv"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=f"^top500 v1: {message}"):
        rows(content, date(2030, 6, 1))


def test_the_day_of_a_list_is_in_its_name() -> None:
    content = excel(first={"Site": "Nebius"})
    [row] = top500.parse({"data/top500/TOP500_203011.xlsx": content}, "v1")
    assert row[0] == date(2030, 11, 1)
    [row] = top500_gorham.parse({"datasets/june2030.xlsx": content}, "v1")
    assert row[0] == date(2030, 6, 1)
    with pytest.raises(ParseError, match=r"^top500 v1: has a file data/top500/TOP500_203007.xls,"):
        list(top500.parse({"data/top500/TOP500_203007.xls": content}, "v1"))
    with pytest.raises(ParseError, match=r"^top500_gorham v1: has a file datasets/may2030.xlsx,"):
        list(top500_gorham.parse({"datasets/may2030.xlsx": content}, "v1"))


def test_the_first_cloud_on_a_list() -> None:
    first = inputs.folded("top500").to_pandas().sort_values(["listed_on", "rank"]).iloc[0]
    assert (str(first.listed_on), first["rank"], first.site) == ("2010-11-01", 231, "Amazon Web Services")
    assert first.rmax_tflops == 41.82
