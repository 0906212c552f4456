"""Folding loses nothing, in one go or in parts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.history import OBSERVATION, Moment, Row, fold, snapshot_rows

COLUMNS = pa.schema([("label", pa.string()), ("start", pa.int64()), ("price", pa.float64()), ("mode", pa.string())])
KEY_COUNT = 2

Printed = Mapping[tuple[str, int | None], tuple[float | None, str | None]]

KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from([None, 0, 200]))
VALUES = st.tuples(st.sampled_from([None, 0.0, 1.5, 3.0]), st.sampled_from([None, "chat"]))
SNAPSHOTS = st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=9)


def moment(number: int) -> Moment:
    return Moment(f"1.{number}", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=30 * number))


def rows(printed: Printed) -> list[Row]:
    return [(*key, *values) for key, values in printed.items()]


def stream(snapshots: Sequence[Printed], start: int = 0) -> list[tuple[Moment, list[Row]]]:
    return [(moment(number), rows(printed)) for number, printed in enumerate(snapshots, start)]


def folded(snapshots: Sequence[Printed]) -> pa.Table:
    return fold(stream(snapshots), COLUMNS, KEY_COUNT)


def order(row: Row) -> list[tuple[bool, object]]:
    return [(cell is not None, cell) for cell in row[:KEY_COUNT]]


def cells(table: pa.Table) -> list[Row]:
    return [tuple(row.values()) for row in table.to_pylist()]


@given(SNAPSHOTS)
def test_every_snapshot_can_be_rebuilt(snapshots: list[Printed]) -> None:
    table = folded(snapshots)
    for number, printed in enumerate(snapshots):
        rebuilt = snapshot_rows(table, moment(number).observed_at, COLUMNS)
        assert cells(rebuilt) == sorted(rows(printed), key=order)


@given(SNAPSHOTS, st.integers(0, 9))
def test_appending_equals_folding_at_once(snapshots: list[Printed], cut: int) -> None:
    cut = min(cut, len(snapshots))
    earlier = folded(snapshots[:cut])
    known = [moment(number) for number in range(cut)]
    both = fold(stream(snapshots[cut:], cut), COLUMNS, KEY_COUNT, earlier=earlier, moments=known)
    assert both == folded(snapshots)
    assert known == [moment(number) for number in range(cut)]


@given(SNAPSHOTS)
def test_intervals_are_the_longest_runs_of_equal_rows(snapshots: list[Printed]) -> None:
    expected = []
    for key in {key for printed in snapshots for key in printed}:
        number = 0
        for values, run in groupby(printed.get(key, "absent") for printed in snapshots):
            length = len(list(run))
            if values != "absent":
                after = number + length
                end = moment(after).observed_at if after < len(snapshots) else None
                first, last = moment(number), moment(after - 1)
                expected.append((*key, *values, first.version, last.version, first.observed_at, last.observed_at, end))
            number += length
    assert set(cells(folded(snapshots))) == set(expected)
    assert folded(snapshots).num_rows == len(expected)


def test_a_row_that_vanishes_and_comes_back_has_two_intervals() -> None:
    price = {("a", 0): (1.5, "chat")}
    table = folded([price, {}, price, price])
    assert table.select(["first_version", "last_version"]).to_pylist() == [
        {"first_version": "1.0", "last_version": "1.0"},
        {"first_version": "1.2", "last_version": "1.3"},
    ]
    assert table["ended_at"].to_pylist() == [moment(1).observed_at, None]


def test_nothing_folds_to_an_empty_table() -> None:
    table = fold([], COLUMNS, KEY_COUNT)
    assert table.num_rows == 0
    assert table.schema == pa.schema([*COLUMNS, *OBSERVATION])


@pytest.mark.parametrize("step", [timedelta(0), timedelta(seconds=-1)])
def test_snapshots_out_of_order_are_refused(step: timedelta) -> None:
    first = moment(0)
    late = Moment("1.1", first.observed_at + step)
    with pytest.raises(ValueError, match=r"snapshot 1\.1 is not later than 1\.0"):
        fold([(first, []), (late, [])], COLUMNS, KEY_COUNT)
    with pytest.raises(ValueError, match=r"snapshot 1\.1 is not later than 1\.0"):
        fold([(late, [])], COLUMNS, KEY_COUNT, earlier=fold([(first, [])], COLUMNS, KEY_COUNT), moments=[first])


def test_a_key_printed_twice_is_refused() -> None:
    twice: list[Row] = [("a", 0, 1.0, None), ("a", 0, 2.0, None)]
    with pytest.raises(ValueError, match=r"snapshot 1\.0 prints \('a', 0\) twice"):
        fold([(moment(0), twice)], COLUMNS, KEY_COUNT)
