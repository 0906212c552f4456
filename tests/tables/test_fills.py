"""Gaps in a catalogue filled from its copy: by hand, and what must hold of the shipped prices."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.history import Moment
from cloudmarket.sources import litellm
from cloudmarket.tables import fills, price_change, printed_prices
from tables.vintage import told

Prints = list[tuple[int, dict[str, float]]]


def instant(number: int) -> datetime:
    return datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=number)


def day(number: int) -> str:
    return instant(number).strftime("%m-%d")


def snapshots(prints: Prints) -> list[tuple[Moment, list[tuple[Any, ...]]]]:
    """Return snapshots on days, each with the input prices (USD per million tokens) of OpenAI's labels."""
    usual = dict.fromkeys(litellm.COLUMNS.names) | {"suffix": "", "litellm_provider": "openai", "mode": "chat"}
    return [
        (
            Moment(f"1.{number}", instant(number)),
            [tuple((usual | {"label": label, "input_cost_per_token": price / 1e6}).values())
             for label, price in prices.items()],
        )
        for number, prices in prints
    ]  # fmt: skip


def printed(own: Prints, copies: Prints) -> pd.DataFrame:
    return printed_prices.printed(told(litellm=snapshots(own), tokencost=snapshots(copies)))


def days(own: Prints, copies: Prints, label: str = "gpt-4.1") -> list[tuple[str, float, str, str | None]]:
    rows = printed(own, copies)
    rows = rows[rows.label == label].sort_values("valid_from")
    return [
        (row.source, row.input_usd_per_mtok, row.valid_from.strftime("%m-%d"),
         None if pd.isna(row.valid_to) else row.valid_to.strftime("%m-%d"))
        for row in rows.itertuples()
    ]  # fmt: skip


A, B, NONE = {"gpt-4.1": 3.0}, {"gpt-4.1": 2.0}, {"gpt-4.1-mini": 1.0}
MAP, COPY = "litellm", "tokencost"


@pytest.mark.parametrize(
    ("own", "copies", "expected"),
    [
        ([(0, A), (100, A)], [(60, A), (70, A)], [(MAP, 3.0, day(0), None)]),
        ([(0, A), (100, B)], [], [(MAP, 3.0, day(0), day(100)), (MAP, 2.0, day(100), None)]),
        (
            [(0, A), (100, B)],
            [(60, A), (70, B)],
            [(MAP, 3.0, day(0), day(70)), (COPY, 2.0, day(70), day(100)), (MAP, 2.0, day(100), None)],
        ),
        (
            [(0, A), (100, A)],
            [(60, B), (70, A)],
            [(MAP, 3.0, day(0), day(60)), (COPY, 2.0, day(60), day(70)), (COPY, 3.0, day(70), day(100)),
             (MAP, 3.0, day(100), None)],
        ),
        ([(0, NONE), (100, A)], [(60, A)], [(COPY, 3.0, day(60), day(100)), (MAP, 3.0, day(100), None)]),
        ([(0, NONE), (100, NONE)], [(60, A), (70, NONE)], [(COPY, 3.0, day(60), day(70))]),
        ([(0, A), (100, NONE)], [(60, A), (70, NONE)], [(MAP, 3.0, day(0), day(70))]),
        ([(0, A), (100, A)], [(60, NONE)], [(MAP, 3.0, day(0), day(60)), (MAP, 3.0, day(100), None)]),
        ([(0, A)], [(60, B)], [(MAP, 3.0, day(0), day(60)), (COPY, 2.0, day(60), None)]),
        ([(0, A)], [(45, B)], [(MAP, 3.0, day(0), None)]),
        ([(0, A), (40, A), (80, A)], [(20, B), (60, B), (90, B)], [(MAP, 3.0, day(0), None)]),
        ([(10, A)], [(0, B)], [(MAP, 3.0, day(10), None)]),
    ],
    ids=["goes on", "no copy", "cut", "there and back", "new", "only in a copy", "gone", "gone and back",
         "a gap still open", "45 days are no gap", "no gap", "a copy before the first snapshot"],
)  # fmt: skip
def test_a_gap_is_filled(own: Prints, copies: Prints, expected: list[tuple[str, float, str, str | None]]) -> None:
    assert days(own, copies) == expected


def test_a_fill_is_marked_and_was_seen_in_copies_alone() -> None:
    rows = printed([(0, A), (100, B)], [(60, B), (70, B), (110, A)])
    [fill] = rows[rows.is_fill].itertuples()
    assert (fill.source, fill.evidence, fill.observed_first_at, fill.observed_last_at) == (
        COPY, "C", instant(60), instant(70)
    )  # fmt: skip
    [before] = rows[rows.valid_from == rows.valid_from.min()].itertuples()
    assert before.observed_last_at == instant(0)


def test_a_line_is_seen_in_copies_only_where_there_is_a_gap() -> None:
    own, copies = [instant(number) for number in (0, 100, 110)], [instant(number) for number in (20, 60, 70, 105)]
    assert fills.line(own, copies) == [instant(number) for number in (0, 60, 70, 100, 110)]
    [gap] = fills.windows(own, copies)
    assert (gap.before, gap.copies, gap.end) == (instant(0), (instant(60), instant(70)), instant(100))


def test_a_copy_shows_when_the_price_changed_and_confirms_nothing() -> None:
    changes = price_change.build(printed([(0, A), (100, B)], [(60, A), (70, B)]))
    [row] = changes.itertuples()
    assert (row.source, row.changed_on.strftime("%m-%d"), row.change_class) == (COPY, day(70), "unresolved")
    assert pd.isna(row.confirmed_by)


def test_the_shipped_fills_lie_in_the_gap_and_meet_the_map() -> None:
    prices = load("token_price")
    fill = prices[prices.is_fill]
    assert len(fill) > 400
    assert fill.valid_from.min() == pd.Timestamp("2024-03-26")
    assert fill.valid_to.max() == pd.Timestamp("2024-11-28")
    assert set(fill.source) == {COPY} == set(prices.source[prices.is_fill])
    assert set(fill.evidence) == {"C"}
    offer = ["label", "tier", "context_from_tokens"]
    both = fill.merge(prices[prices.source == MAP], on=offer, suffixes=("", "_map"))
    both = both[both.superseded_at.isna() & both.superseded_at_map.isna()]
    assert len(both)
    assert ((both.valid_to_map <= both.valid_from) | (both.valid_from_map >= both.valid_to)).all()


# Read from the copies themselves, at the commits of those days.
@pytest.mark.parametrize(
    ("label", "on", "price"),
    [
        ("gpt-4o", "2024-07-19", (5.0, 15.0)),
        ("gpt-4o", "2024-11-20", (2.5, 10.0)),
        ("mistral/mistral-large-latest", "2024-05-01", (8.0, 24.0)),
        ("mistral/mistral-large-latest", "2024-08-01", (3.0, 9.0)),
    ],
)
def test_prices_of_the_gap(label: str, on: str, price: tuple[float, float]) -> None:
    prices = load("token_price", on=on)
    prices = prices[(prices.label == label) & (prices.tier == "standard") & (prices.context_from_tokens == 0)]
    [row] = prices.itertuples()
    assert (row.input_usd_per_mtok, row.output_usd_per_mtok) == price
