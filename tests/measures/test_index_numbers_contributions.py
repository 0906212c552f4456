"""Contributions of products to the logarithm of an index: exact sums, closed forms, known patterns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures.index_numbers import bilateral, contributions
from cloudmarket.measures.index_numbers._contributions import METHODS
from cloudmarket.measures.index_numbers._formulas import METHODS as ALL


def made(seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product([range(4), list("abcde")], names=["period", "product"]).to_frame(index=False)
    frame = keys.assign(price=np.exp(random.normal(0, 1, 20)), quantity=np.exp(random.normal(0, 1, 20)))
    return frame[(random.random(20) < 0.8) | (frame["product"] == "a")]


@pytest.mark.parametrize("base", ["period", "fixed"])
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=3)
@given(seed=st.integers(0, 10_000))
def test_contributions_add_up_to_the_index_without_a_rest(method, base, seed) -> None:
    panel = made(seed)
    table = contributions(panel, method, base).table
    total = table.contribution.groupby("period").sum().to_numpy()
    index = bilateral(panel, method, base).index.to_numpy()[1:]
    assert total == pytest.approx(np.log(index), abs=1e-12)
    assert table.weight.groupby("period").sum().to_numpy() == pytest.approx(1)
    assert (table.weight > 0).all()


def test_contributions_of_two_products_by_hand() -> None:
    # Prices 2, 4 -> 3, 4; quantities 3, 1 -> 2, 3: shares 0.6, 0.4 -> 1/3, 2/3, and only the first price moves.
    rows = {"period": [0, 0, 1, 1], "product": list("abab"), "price": [2.0, 4, 3, 4], "quantity": [3.0, 1, 2, 3]}
    found = contributions(pd.DataFrame(rows), "tornqvist")
    assert found.table.loc[(1, "a")].to_list() == pytest.approx(
        [math.log(1.5), 7 / 15, math.log(1.5) * 7 / 15], rel=1e-14
    )
    assert found.table.loc[(1, "b")].to_list() == pytest.approx([0, 8 / 15, 0])
    # A product whose price stands still adds nothing, and the one that moves adds all.
    for method in METHODS:
        if method != "tornqvist":
            table = contributions(pd.DataFrame(rows), method).table
            expected = math.log(bilateral(pd.DataFrame(rows), method).index[1])
            assert table.contribution.to_list() == pytest.approx([expected, 0], rel=1e-14), method


def test_which_moved_it_most_repr_and_plot() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    panel = pd.DataFrame({"period": [1] * 3 + [2] * 3, "product": list("abc") * 2, "price": [1, 1, 1, 2, 0.25, 1.1]})
    found = contributions(panel, "jevons")
    assert found.largest(2).index.to_list() == ["b", "a"]
    assert repr(found) == (
        "Contributions(jevons, period on period: -0.1993 log points in 2, of which -0.4621 by b;"
        " 3 products and periods)"
    )
    axes = found.plot(count=2)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([math.log(2) / 3, math.log(0.25) / 3])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    mpl.pyplot.close(axes.figure)


def test_what_cannot_be_split_is_refused() -> None:
    assert set(ALL) - set(METHODS) == {"drobisch", "stuvel", "lloyd-moulton"}
    with pytest.raises(ValueError, match="method is 'stuvel'; contributions exist for laspeyres"):
        contributions(made(), "stuvel")
    with pytest.raises(ValueError, match="base is 'chained'"):
        contributions(made(), "fisher", "chained")
    apart = pd.DataFrame({"period": [1, 2], "product": ["a", "b"], "price": [1.0, 1.0], "quantity": 1.0})
    with pytest.raises(ValueError, match="no product is sold in both 1 and 2"):
        contributions(apart, "fisher")
