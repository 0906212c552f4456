"""Parts of a hedonic index: they add up to it, the first is a matched index, planted effects land where they belong."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures import hedonic
from cloudmarket.measures.hedonic.channels import CHANNELS, TOTAL, decompose
from cloudmarket.measures.index_numbers import bilateral


def market(seed: int, products: int = 30, periods: int = 8) -> pd.DataFrame:
    """Products with a score that come, are cut now and then, and go."""
    random = np.random.default_rng(seed)
    rows = []
    for product in range(products):
        score, start = random.normal(), 0 if product < 6 else int(random.integers(0, periods))
        price = score + 0.3 * random.normal() - 0.1 * start
        for period in range(start, periods if product < 3 else min(start + int(random.integers(1, periods)), periods)):
            price -= 0.2 * (random.random() < 0.1)
            rows.append((period, f"p{product}", np.exp(price), score))
    return pd.DataFrame(rows, columns=["period", "product", "price", "score"])


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_parts_add_up_to_the_pooled_index_and_the_first_is_chained_jevons(seed: int) -> None:
    rows = market(seed)
    found = decompose(rows, ["score"])
    index = hedonic.index(rows, ["score"]).index
    assert np.allclose(found.table[TOTAL], np.log(index), atol=1e-9)
    assert np.allclose(found.table[list(CHANNELS)].sum(axis=1), found.table[TOTAL])
    assert np.allclose(found.table["staying"], np.log(bilateral(rows, "jevons", "chained").index), atol=1e-9)


def test_it_is_the_regression_of_another_library() -> None:
    rows = market(1)
    fit = smf.ols("np.log(price) ~ C(period) + score", rows).fit()
    found = decompose(rows, ["score"]).table[TOTAL]
    assert np.allclose(found.iloc[1:], fit.params[[f"C(period)[T.{period}]" for period in found.index[1:]]])


def test_planted_effects_land_in_their_channels() -> None:
    """Price is exactly the score; then all are halved, or a product at half its worth comes in, or one goes."""
    base = pd.DataFrame({"product": list("abcd"), "score": [0.0, 1.0, 2.0, 3.0]})
    base["price"] = np.exp(base.score)
    # A bargain at the mean score does not turn the slope.
    bargain = pd.DataFrame({"product": ["e"], "score": [1.5], "price": [np.exp(1.5) / 2]})
    cases = {
        "staying": (base, base.assign(price=base.price / 2), -np.log(2)),
        "entering": (base, pd.concat([base, bargain]), -np.log(2) / 5),
        "leaving": (pd.concat([base, bargain]), base, np.log(2) / 5),
    }
    for channel, (before, after, effect) in cases.items():
        rows = pd.concat([before.assign(period=0), after.assign(period=1)], ignore_index=True)
        last = decompose(rows, ["score"]).table.iloc[-1]
        assert last[channel] == pytest.approx(effect), channel
        assert last[TOTAL] == pytest.approx(effect), channel


def test_errors_are_those_of_a_jackknife_done_by_hand() -> None:
    rows = market(3)
    found = decompose(rows, ["score"])
    drawn = np.array([
        decompose(rows[rows["product"] != one], ["score"]).table.iloc[-1][[*CHANNELS, TOTAL]]
        for one in rows["product"].unique()
    ], dtype="float64")  # fmt: skip
    count = len(drawn)
    by_hand = np.sqrt((count - 1) / count * ((drawn - drawn.mean(axis=0)) ** 2).sum(axis=0))
    assert np.allclose(found.standard_errors, by_hand)
    band = found.last()
    assert ((band.low <= band.value) & (band.value <= band.high)).all()


def test_errors_are_near_those_of_the_regression() -> None:
    rows = market(5, products=80)
    index = hedonic.index(rows, ["score"])
    ratio = decompose(rows, ["score"]).standard_errors[TOTAL] / index.standard_errors.iloc[-1]
    assert 0.8 < ratio < 1.3


def test_units_of_a_characteristic_change_nothing() -> None:
    rows = market(7)
    scaled = decompose(rows.assign(score=1000 + 40 * rows.score), ["score"]).table
    assert np.allclose(scaled, decompose(rows, ["score"]).table)


def test_numbers_of_products() -> None:
    rows = pd.DataFrame(
        [(0, "a", 1, 1), (0, "b", 2, 2), (1, "b", 2, 2), (1, "c", 3, 3), (1, "d", 3, 4)],
        columns=["period", "product", "price", "score"],
    )
    assert decompose(rows, ["score"]).table.filter(like="n_").iloc[-1].tolist() == [1, 2, 1]


def test_periods_that_share_nothing_are_named() -> None:
    rows = pd.DataFrame(
        [(0, "a", 1, 1), (0, "b", 2, 2), (1, "c", 2, 1), (1, "d", 3, 2)],
        columns=["period", "product", "price", "score"],
    )
    with pytest.raises(ValueError, match="no product is sold in both 0 and 1"):
        decompose(rows, ["score"])


def test_a_coverage_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="level is 2"):
        decompose(market(1), ["score"]).last(2)
