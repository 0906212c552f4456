import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.figures.charts.marks import number, spread

places = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(places)
def test_labels_do_not_overlap_and_stay_inside(centres):
    placed = spread(centres, [0.1] * len(centres), 0, 1)
    ordered = np.sort(placed)
    assert (np.diff(ordered) >= 0.1 - 1e-9).all()
    assert ordered[0] >= 0.05 - 1e-9
    assert ordered[-1] <= 0.95 + 1e-9


def test_labels_move_as_little_as_possible():
    centres, grid = [0.5, 0.52, 0.9], np.arange(0, 1.001, 0.01)
    allowed = [c for c in itertools.product(grid, repeat=3) if c[1] - c[0] >= 0.1 - 1e-9 and c[2] - c[1] >= 0.1 - 1e-9]
    best = min(allowed, key=lambda c: sum((np.array(c) - centres) ** 2))
    assert spread(centres, [0.1] * 3, 0, 1) == pytest.approx(best, abs=1e-9)


def test_labels_with_room_stay_where_they_are():
    assert spread([0.8, 0.2], [0.1, 0.1], 0, 1) == pytest.approx([0.8, 0.2])


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [
        (0, None, "0"),
        (0.000123, None, "0.000123"),
        (2.5, None, "2.5"),
        (12345, None, "12,345"),
        (-3, None, "\N{MINUS SIGN}3"),
        (3, "{:+.1f} %", "+3.0 %"),
    ],
)
def test_numbers_are_printed_without_exponents(value, fmt, text):
    assert number(value, fmt) == text
