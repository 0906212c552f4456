"""Bounds of shares: reached at a corner, and never passed anywhere between."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.share_bounds import share_bounds

boxes = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from("abc")), min_size=1, max_size=6)


@given(boxes)
def test_the_bounds_are_those_over_all_corners(drawn: list[tuple[int, int, str]]) -> None:
    levels = pd.DataFrame([(key, min(one, two), max(one, two) + 1) for one, two, key in drawn])
    levels.columns = ["firm", "low", "high"]
    found = share_bounds(levels, group="firm")
    shares = []
    for corner in product(*zip(levels.low, levels.high, strict=True)):
        sums = pd.Series(corner, dtype=float).groupby(levels.firm.to_numpy()).sum()
        if sums.sum():
            shares.append(sums / sums.sum())
    table = pd.DataFrame(shares)
    np.testing.assert_allclose(found.low, table.min(), atol=1e-12)
    np.testing.assert_allclose(found.high, table.max(), atol=1e-12)


def test_known_levels_have_one_share() -> None:
    found = share_bounds(pd.DataFrame({"firm": ["a", "a", "b"], "low": [1, 2, 1], "high": [1, 2, 1]}), group="firm")
    assert found.low.tolist() == found.high.tolist() == [0.75, 0.25]


def test_of_nothing_there_is_no_share() -> None:
    found = share_bounds(pd.DataFrame({"firm": ["a"], "low": [0], "high": [0]}), group="firm")
    assert found.isna().all(axis=None)


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 1), (np.nan, 1)])
def test_what_is_no_interval_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="each level needs two ends"):
        share_bounds(pd.DataFrame({"firm": ["a"], "low": [low], "high": [high]}), group="firm")
