"""The cheapest plan against enumeration of all plans, and what it refuses."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.purchase_plan import plan

OFFERS = pd.DataFrame(
    [("a", "x", 10.0), ("a", "y", 8.0), ("b", "x", 5.0), ("b", "y", 9.0), ("b", "z", 5.0), ("c", "x", 1.0)],
    columns=["line", "seller", "cost"],
)


def test_a_plan_worked_by_hand() -> None:
    found = plan(OFFERS, ["c", "a", "b"])
    assert list(found.split.line) == ["c", "a", "b"]
    assert list(found.split.seller) == ["x", "y", "x"]
    assert found.cost == found.cost_of_met == 14.0
    assert found.single.to_dict("list") == {
        "seller": ["x", "y", "z"],
        "cost": [16.0, pytest.approx(np.nan, nan_ok=True), pytest.approx(np.nan, nan_ok=True)],
        "lines": [3, 2, 1],
        "missing": ["", "c", "c, a"],
    }
    assert repr(found) == "Plan(cheapest 14.00; x alone 16.00)"


def test_a_line_nobody_offers_is_said_and_not_counted_as_free() -> None:
    found = plan(OFFERS, ["a", "b", "c", "d"])
    assert found.unmet == ("d",)
    assert np.isnan(found.cost)
    assert found.cost_of_met == 14.0
    assert found.single.cost.isna().all()
    assert "without d" in repr(found)


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 50)), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_other_plan_costs_less(costs: list[list[int | None]]) -> None:
    rows = [(f"l{at}", "xyz"[place], float(cost)) for at, line in enumerate(costs)
            for place, cost in enumerate(line) if cost is not None]  # fmt: skip
    lines = [f"l{at}" for at in range(len(costs))]
    found = plan(pd.DataFrame(rows, columns=["line", "seller", "cost"]).astype({"cost": float}), lines)
    sold = [[cost for cost in line if cost is not None] for line in costs]
    if not all(sold):
        assert np.isnan(found.cost)
        return
    assert found.cost == min(sum(chosen) for chosen in itertools.product(*sold))
    whole = [sum(line[place] for line in costs) for place in range(3) if all(line[place] is not None for line in costs)]
    assert sorted(found.single.cost.dropna()) == sorted(whole)
    assert all(found.cost <= cost for cost in whole)


@pytest.mark.parametrize(
    ("offers", "lines", "message"),
    [
        (OFFERS.drop(columns="cost"), ["a"], "no column 'cost'"),
        (OFFERS, ["a", "a", "b", "c"], "named twice"),
        (OFFERS, ["a", "b"], "'c', which is not among the lines"),
        (OFFERS.assign(cost=[1, 1, 1, 1, 1, -1.0]), ["a", "b", "c"], "missing or below zero"),
        (OFFERS.assign(cost=[1, 1, 1, 1, 1, np.nan]), ["a", "b", "c"], "missing or below zero"),
    ],
)
def test_refusals(offers: pd.DataFrame, lines: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(offers, lines)


def test_it_draws_itself() -> None:
    axes = plan(OFFERS, ["a", "b", "c"]).plot()
    assert [bar.get_width() for bar in axes.patches] == [14.0, 16.0]
