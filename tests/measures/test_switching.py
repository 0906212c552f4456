"""Policies of moving against paths worked by hand, bounds that always hold, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.switching import FORESIGHT, LAGGED, STAY, switching

OFFERS = pd.DataFrame(
    {
        "line": "a",
        "period": [1, 1, 2, 2, 3, 3, 4],
        "choice": ["x", "y", "x", "y", "x", "y", "y"],
        "cost": [10.0, 12.0, 10.0, 7.0, 10.0, 11.0, 9.0],
    }
)


def path(found, policy: str) -> list[tuple[str, float]]:
    rows = found.paths[found.paths.policy == policy]
    return list(zip(rows.choice, rows.cost, strict=True))


def test_paths_worked_by_hand() -> None:
    found = switching(OFFERS)
    assert path(found, STAY) == [("x", 10), ("x", 10), ("x", 10), ("y", 9)]
    assert path(found, FORESIGHT) == [("x", 10), ("y", 7), ("x", 10), ("y", 9)]
    # y was cheaper in period 2, so it is held in 3, where it costs 11; x was cheaper then, but is gone in 4.
    assert path(found, LAGGED) == [("x", 10), ("x", 10), ("y", 11), ("y", 9)]
    totals = found.totals.set_index("policy")
    assert dict(totals.cost) == {STAY: 39, LAGGED: 40, FORESIGHT: 36}
    assert dict(totals.saved) == {STAY: 0, LAGGED: -1, FORESIGHT: 3}
    assert dict(totals.moves) == {STAY: 1, LAGGED: 1, FORESIGHT: 3}
    assert dict(totals.forced) == {STAY: 1, LAGGED: 0, FORESIGHT: 1}
    assert totals.saved_per_move[FORESIGHT] == 1.5
    assert np.isnan(totals.saved_per_move[STAY])
    assert totals.share[FORESIGHT] == pytest.approx(3 / 39)
    assert "perfect foresight saves 7.7% in 3 moves" in repr(found)


def test_a_move_for_nothing_is_none() -> None:
    rows = OFFERS[OFFERS.period < 3].assign(cost=[10.0, 12.0, 10.0, 10.0])
    assert switching(rows).totals.moves.tolist() == [0, 0, 0]


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 30)), min_size=3, max_size=3).filter(any), min_size=1, max_size=6
    )
)
def test_foresight_is_the_least_and_nothing_is_below_it(costs: list[list[int | None]]) -> None:
    rows = [("a", at, "xyz"[place], float(cost)) for at, line in enumerate(costs)
            for place, cost in enumerate(line) if cost is not None]  # fmt: skip
    found = switching(pd.DataFrame(rows, columns=["line", "period", "choice", "cost"]))
    totals = found.totals.set_index("policy").cost
    assert totals[FORESIGHT] == sum(min(cost for cost in line if cost is not None) for line in costs)
    assert (totals >= totals[FORESIGHT]).all()
    assert (found.totals.forced <= found.totals.moves).all()


@pytest.mark.parametrize(
    ("offers", "message"),
    [
        (OFFERS.drop(columns="choice"), "no column 'choice'"),
        (OFFERS.iloc[:0], "no offers"),
        (pd.concat([OFFERS, OFFERS.iloc[:1]]), "two costs"),
        (OFFERS.assign(cost=np.nan), "missing or below zero"),
        (pd.concat([OFFERS, OFFERS.iloc[:2].assign(line="b")]), "no offer in one of the periods"),
    ],
)
def test_refusals(offers: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        switching(offers)


def test_it_draws_itself() -> None:
    assert len(switching(OFFERS).plot().lines) == 3
