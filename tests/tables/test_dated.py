"""From what a dated source printed to what was believed, and when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.history import Moment, fold
from cloudmarket.tables.dated import Belief, Entry, beliefs

COLUMNS = pa.schema(
    [("starts_on", pa.date32()), ("ends_on", pa.date32()), ("price", pa.float64()), ("checked", pa.int64())]
)
Timeline = dict[date | None, float]


def day(number: int) -> date:
    return date(2026, 3, 1) + timedelta(days=number)


def instant(number: float) -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=number)


@dataclass(frozen=True)
class Print:
    """What one snapshot prints: the day's number, prices by first day, and how often the entries were checked."""

    at: float
    prices: Timeline
    checked: int = 0


def entries(prints: list[Print]) -> list[Entry]:
    """Fold snapshots of one offer into entries, as the tables do."""

    def rows(told: Print) -> list[tuple[object, ...]]:
        starts = sorted(told.prices, key=lambda start: start or date.min)
        ends = dict(zip(starts, [*starts, None][1:], strict=True))
        return [(start, ends[start], told.prices[start], told.checked) for start in starts]

    moments = [(Moment(str(place), instant(told.at)), rows(told)) for place, told in enumerate(prints)]
    return [
        Entry(
            row["starts_on"], row["ends_on"], (row["price"],),
            row["observed_first_at"], row["observed_last_at"], row["ended_at"],
        )
        for row in fold(moments, COLUMNS, 1).to_pylist()
    ]  # fmt: skip


def believed(prints: list[Print]) -> list[tuple[date, date | None, float]]:
    rows = [row for row in beliefs(entries(prints)) if row.superseded_at is None]
    return sorted((row.valid_from, row.valid_to, row.cells[0]) for row in rows)


def given_up(prints: list[Print]) -> list[tuple[date, date | None, float, datetime]]:
    rows = beliefs(entries(prints))
    return [
        (row.valid_from, row.valid_to, row.cells[0], row.superseded_at) for row in rows if row.superseded_at is not None
    ]


def test_an_undated_price_counts_from_its_first_snapshot() -> None:
    assert believed([Print(0, {None: 3.0}), Print(5, {None: 3.0})]) == [(day(0), None, 3.0)]


def test_an_overwritten_undated_price_ends_when_it_is_overwritten() -> None:
    prints = [Print(0, {None: 3.0}), Print(5, {None: 2.0})]
    assert believed(prints) == [(day(0), day(5), 3.0), (day(5), None, 2.0)]
    assert given_up(prints) == []


def test_a_dated_cut_that_is_learnt_later_rewrites_the_past_and_keeps_the_old_belief() -> None:
    prints = [Print(0, {None: 3.0}), Print(9, {None: 3.0, day(4): 2.0})]
    assert believed(prints) == [(day(0), day(4), 3.0), (day(4), None, 2.0)]
    assert given_up(prints) == [(day(0), None, 3.0, instant(9))]


def test_an_announced_price_holds_from_its_day() -> None:
    prints = [Print(0, {None: 3.0, day(6): 2.0}), Print(8, {None: 3.0, day(6): 2.0})]
    assert believed(prints) == [(day(0), day(6), 3.0), (day(6), None, 2.0)]
    assert given_up(prints) == []


def test_an_announced_price_that_is_withdrawn_is_given_up() -> None:
    prints = [Print(0, {None: 3.0, day(6): 2.0}), Print(4, {None: 3.0})]
    assert believed(prints) == [(day(0), None, 3.0)]
    assert given_up(prints) == [(day(6), None, 2.0, instant(4))]


def test_a_past_entry_that_is_pruned_upstream_stays_believed() -> None:
    prints = [Print(0, {None: 3.0, day(-4): 2.0}), Print(5, {None: 2.0})]
    assert believed(prints) == [(day(-4), None, 2.0)]
    assert given_up(prints) == []


def test_an_offer_that_vanishes_ends_and_may_come_back() -> None:
    prints = [Print(0, {None: 3.0}), Print(4, {}), Print(7, {None: 3.0})]
    assert believed(prints) == [(day(0), day(4), 3.0), (day(7), None, 3.0)]


def test_a_row_was_last_seen_when_it_was_last_printed() -> None:
    prints = [Print(0, {None: 3.0}), Print(3, {None: 3.0}), Print(4, {None: 2.0}), Print(7, {}), Print(9, {None: 3.0})]
    seen = {(row.valid_from, row.cells[0]): row.observed_last_at for row in beliefs(entries(prints))}
    assert seen == {(day(0), 3.0): instant(3), (day(4), 2.0): instant(4), (day(9), 3.0): instant(9)}


def test_another_check_of_the_same_price_is_no_new_belief() -> None:
    prints = [Print(0, {None: 3.0}, 1), Print(3, {None: 3.0}, 2)]
    [row] = beliefs(entries(prints))
    assert (row.valid_from, row.observed_first_at, row.observed_last_at) == (day(0), instant(0), instant(3))


TIMELINES = st.dictionaries(
    st.one_of(st.none(), st.integers(-4, 14).map(day)), st.sampled_from([1.0, 2.0, 3.0]), max_size=4
)
PRINTS = st.lists(st.tuples(st.integers(0, 9), TIMELINES, st.integers(0, 1)), min_size=1, max_size=6).map(
    lambda told: [
        Print(number, prices, checked)
        for number, prices, checked in sorted({item[0]: item for item in told}.values(), key=lambda item: item[0])
    ]
)


def holds(valid_from: date, valid_to: date | None, on: date) -> bool:
    return valid_from <= on and (valid_to is None or on < valid_to)


@given(PRINTS)
def test_about_today_and_later_the_newest_print_is_believed(prints: list[Print]) -> None:
    rows = believed(prints)
    newest = prints[-1]
    for number in range(int(newest.at), 18):
        started = [start for start in newest.prices if start is None or start <= day(number)]
        expected = [newest.prices[max(started, key=lambda start: start or date.min)]] if started else []
        assert [price for first, last, price in rows if holds(first, last, day(number))] == expected


@given(PRINTS)
def test_one_price_is_believed_per_day(prints: list[Print]) -> None:
    for (_, ends, _), (starts, _, _) in pairwise(believed(prints)):
        assert ends is not None
        assert ends <= starts


def vintage(rows: list[Belief], at: datetime) -> list[tuple[date, date | None, float]]:
    """Return what was believed at an instant, as ``history.known_on`` reads it from the finished rows."""
    known = sorted(
        (row for row in rows if row.observed_first_at <= at and not (row.superseded_at and row.superseded_at <= at)),
        key=lambda row: row.valid_from,
    )
    following = [*(row.valid_from for row in known), None][1:]
    return [
        (row.valid_from, row.valid_to if row.valid_to and row.valid_to <= at.date() else then, row.cells[0])
        for row, then in zip(known, following, strict=True)
    ]


@given(PRINTS)
def test_what_was_believed_at_any_time_can_be_told_from_the_finished_rows(prints: list[Print]) -> None:
    rows = beliefs(entries(prints))
    for place, told in enumerate(prints):
        assert vintage(rows, instant(told.at)) == believed(prints[: place + 1])


@given(PRINTS)
def test_a_row_was_seen_no_later_than_it_was_printed(prints: list[Print]) -> None:
    for row in beliefs(entries(prints)):
        printed = [instant(told.at) for told in prints if row.cells[0] in told.prices.values()]
        assert row.observed_last_at == row.observed_first_at or row.observed_last_at in printed
        assert row.observed_last_at >= row.observed_first_at


def test_nothing_printed_is_nothing_believed() -> None:
    assert beliefs([]) == []


@pytest.mark.parametrize("count", [1, 4])
def test_the_order_of_entries_does_not_matter(count: int) -> None:
    prints = [Print(number, {None: 3.0 - number % 2, day(number + 2): 1.0}) for number in range(count)]
    told = entries(prints)
    assert beliefs(told) == beliefs(told[::-1])
