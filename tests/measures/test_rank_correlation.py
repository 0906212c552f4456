"""Rank correlation: a printed example, its interval by hand, and what cannot be ranked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.rank_correlation import spearman

# The worked example of the encyclopaedia's article on the coefficient: ranks of intelligence and hours of television.
SCORES = [86, 97, 99, 100, 101, 103, 106, 110, 112, 113]
HOURS = [2, 20, 28, 27, 50, 29, 7, 17, 6, 12]


def test_the_printed_example():
    assert spearman(SCORES, HOURS).value == pytest.approx(-29 / 165)


def test_the_interval_by_hand():
    """Fisher's z is -0.17760, its standard error the root of (1 + 0.03089 / 2) / 7."""
    found = spearman(SCORES, HOURS)
    error = np.sqrt((1 + (29 / 165) ** 2 / 2) / 7)
    assert (found.low, found.high) == pytest.approx(
        tuple(np.tanh(np.arctanh(-29 / 165) + np.array([-1, 1]) * 1.959964 * error))
    )
    assert found.low < -0.72 < 0.51 < found.high


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=30, unique=True), st.integers(0, 2**32 - 1))
def test_ranks_alone_count(values, seed):
    x = np.array(values)
    y = np.random.default_rng(seed).permutation(len(x)).astype(float)
    one, other = spearman(x, y), spearman(np.argsort(np.argsort(x)), np.exp(y / 5))
    assert one.value == pytest.approx(other.value)
    assert -1 - 1e-12 <= one.low <= one.value <= one.high <= 1 + 1e-12
    assert spearman(x, -y).value == pytest.approx(-one.value)


def test_missing_pairs_are_left_out_and_perfect_order_has_no_width():
    found = spearman([1, 2, 3, 4, 5, np.nan], [2, 4, 6, 8, 10, 1])
    assert (found.count, found.value, found.low, found.high) == pytest.approx((5, 1.0, 1.0, 1.0))
    assert "n = 5" in repr(found)


@pytest.mark.parametrize(
    ("x", "y", "level", "message"),
    [
        ([1, 2, 3], [1, 2, 3], 0.95, "too few"),
        ([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], 0.95, "constant"),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4], 0.95, "same things"),
        (SCORES, HOURS, 1.0, "level"),
    ],
)
def test_what_has_no_ranks_is_refused(x, y, level, message):
    with pytest.raises(ValueError, match=message):
        spearman(x, y, level=level)
