"""Concentration against printed examples, closed forms, another package, and bounds by brute force."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from cloudmarket.measures.concentration import bounds, disagreement, summary


def test_the_example_of_the_merger_guidelines() -> None:
    # Horizontal Merger Guidelines (2010), section 5.3, footnote 9: shares of 30, 30, 20 and 20 percent make 2,600.
    found = summary({"a": 30, "b": 30, "c": 20, "d": 20}, unit="percent")
    assert found.hhi == pytest.approx(2600)
    assert (found.cr1, found.cr2, found.cr3, found.cr4) == pytest.approx((0.3, 0.6, 0.8, 1.0))
    assert found.effective_firms == pytest.approx(10_000 / 2600)
    assert found.firms == 4


def test_hall_tideman_and_entropy_by_hand() -> None:
    found = summary(pd.Series({"a": 0.2, "b": 0.5, "c": 0.3, "d": 0.0}), unit="fraction")
    # Ranks 1, 2, 3 from the largest: 1 / (2 (0.5 + 2 x 0.3 + 3 x 0.2) - 1) = 1 / 2.4.
    assert found.hall_tideman == pytest.approx(1 / 2.4)
    assert found.entropy == pytest.approx(0.5 * math.log(2) - 0.3 * math.log(0.3) - 0.2 * math.log(0.2))
    assert found.firms == 3
    assert found.cr4 == 1


@pytest.mark.parametrize("firms", [1, 2, 5, 50])
def test_equal_firms_have_closed_forms(firms: int) -> None:
    found = summary(pd.Series(1 / firms, index=range(firms)), unit="fraction")
    assert found.hhi == pytest.approx(10_000 / firms)
    assert found.hall_tideman == pytest.approx(1 / firms)
    assert found.entropy == pytest.approx(math.log(firms))
    assert found.effective_firms == pytest.approx(firms)


MARKETS = st.lists(st.floats(0.001, 1), min_size=1, max_size=12).map(lambda sizes: np.array(sizes) / sum(sizes))


@given(MARKETS)
def test_any_market(shares: np.ndarray) -> None:
    found = summary(pd.Series(shares), unit="fraction")
    backwards = summary(pd.Series(shares[::-1]), unit="fraction")
    assert astuple(found) == pytest.approx(astuple(backwards))
    percent = summary(pd.Series(100 * shares), unit="percent")
    assert (percent.hhi, percent.cr1, percent.hall_tideman) == pytest.approx((found.hhi, found.cr1, found.hall_tideman))
    assert found.entropy == pytest.approx(entropy(shares), abs=1e-12)
    assert found.cr1 <= found.cr2 <= found.cr3 <= found.cr4 <= 1 + 1e-12
    assert 10_000 / len(shares) <= found.hhi * (1 + 1e-12) <= 10_000 * (1 + 1e-9)
    assert 10_000 * found.cr1**2 <= found.hhi * (1 + 1e-12) <= 10_000 * found.cr1 * (1 + 1e-9)
    merged = pd.Series([shares[:2].sum(), *shares[2:]])
    assert summary(merged, unit="fraction").hhi >= found.hhi * (1 - 1e-12)


def test_shares_rounded_to_whole_percent_need_a_stated_tolerance() -> None:
    rounded = {"a": 33, "b": 33, "c": 33}
    with pytest.raises(ValueError, match=r"add up to 0\.99 of the market.*use bounds"):
        summary(rounded, unit="percent")
    found = summary(rounded, unit="percent", tolerance=0.015)
    assert found.hhi == pytest.approx(10_000 / 3)
    assert found.stated_total == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("shares", "unit", "message"),
    [
        ({"a": 0.6, "b": 0.4}, "percent", "look like fractions"),
        ({"a": 60, "b": 40}, "fraction", "'a' has 60.0, which is no share in fraction"),
        ({"a": 1.1, "b": -0.1}, "fraction", "'a' has 1.1"),
        ({"a": 0.5, "b": float("nan")}, "fraction", "'b' has nan"),
        ({"a": 0.5, "b": 0.4}, "fraction", "add up to 0.9"),
        ({}, "fraction", "there are no shares"),
        ({"a": 1.0}, "share", "say 'fraction' or 'percent'"),
    ],
)
def test_what_is_no_market_is_refused(shares, unit, message) -> None:
    with pytest.raises(ValueError, match=message):
        summary(shares, unit=unit)


def test_bounds_of_known_shares_and_an_unknown_rest_by_hand() -> None:
    known = {"a": 40.0, "b": 20.0}
    # Rest 40: in one firm 40² + 20² + 40²; in two of 20 at most 40² + 3 x 20²; without end 40² + 20².
    assert bounds(known, unit="percent").hhi == pytest.approx((2000, 3600))
    limited = bounds(known, unit="percent", largest_unknown=20)
    assert limited.hhi == pytest.approx((2000, 2800))
    assert limited.cr1 == pytest.approx((0.4, 0.4))
    assert limited.cr3 == pytest.approx((0.6, 0.8))
    assert limited.cr4 == pytest.approx((0.6, 1.0))
    # With firms of 15 at most: two whole ones and one of 10.
    assert bounds(known, unit="percent", largest_unknown=15).hhi[1] == pytest.approx(2000 + 2 * 225 + 100)


def test_bounds_of_a_market_all_known_are_its_index() -> None:
    shares = {"a": 30.0, "b": 30.0, "c": 20.0, "d": 20.0}
    found, exact = bounds(shares, unit="percent", rest=0), summary(shares, unit="percent")
    assert found.hhi == pytest.approx((exact.hhi, exact.hhi))
    assert found.cr2 == pytest.approx((exact.cr2, exact.cr2))


def test_bounds_of_intervals_by_hand() -> None:
    # 60 to 70 and 25 to 35 percent, nobody else: the total decides, 65/35 is the most even, 70/30 the least.
    shares = {"a": (60.0, 70.0), "b": (25.0, 35.0)}
    found = bounds(shares, unit="percent", rest=0.0)
    assert found.hhi == pytest.approx((65**2 + 35**2, 70**2 + 30**2))
    assert found.cr1 == pytest.approx((0.65, 0.70))
    # Water filling stops at a firm's own limit: 20 to 40, 20 to 22, 50 for sure, nobody else.
    shares = {"a": (20.0, 40.0), "b": (20.0, 22.0), "c": 50.0}
    assert bounds(shares, unit="percent", rest=0.0).hhi == pytest.approx((28**2 + 22**2 + 50**2, 30**2 + 20**2 + 50**2))


def test_a_stated_rest_narrows_the_bounds() -> None:
    shares = {"a": (50.0, 70.0), "b": 20.0}
    assert bounds(shares, unit="percent", rest=20.0).hhi == pytest.approx((3600 + 400, 3600 + 400 + 400))
    wide, narrow = bounds(shares, unit="percent"), bounds(shares, unit="percent", rest=(10.0, 20.0))
    assert wide.hhi[0] <= narrow.hhi[0] <= narrow.hhi[1] <= wide.hhi[1]
    assert narrow.hhi == pytest.approx((3600 + 400, 4900 + 400 + 100))


@st.composite
def partly_known(draw):
    """Return a market, and what is known of it: intervals around some shares, and a limit on the others."""
    shares = draw(MARKETS)
    count = draw(st.integers(1, min(len(shares), 6)))
    widths = draw(st.lists(st.floats(0, 0.2), min_size=2 * count, max_size=2 * count))
    known = {
        name: (max(0.0, shares[name] - widths[2 * name]), min(1.0, shares[name] + widths[2 * name + 1]))
        for name in range(count)
    }
    others = shares[count:]
    limit = draw(st.sampled_from([None, float(others.max(initial=0.01))]))
    return shares, known, limit


@given(partly_known())
def test_the_true_market_is_within_the_bounds(case) -> None:
    shares, known, limit = case
    found, true = bounds(known, unit="fraction", largest_unknown=limit), summary(pd.Series(shares), unit="fraction")
    for name in ("hhi", "cr1", "cr2", "cr3", "cr4"):
        low, high = getattr(found, name)
        assert low * (1 - 1e-7) <= getattr(true, name) <= high * (1 + 1e-7)


@pytest.mark.parametrize("limit", [None, 0.25, 0.1, 0.03])
@pytest.mark.parametrize("known", [((0.2, 0.5), (0.1, 0.4)), ((0.3, 0.31), (0.05, 0.6)), ((0.0, 0.9), (0.0, 0.9))])
def test_no_market_on_a_fine_grid_passes_the_bounds_and_one_comes_near(known, limit) -> None:
    grid = [np.linspace(low, high, 201) for low, high in known]
    first, second = (axis.ravel() for axis in np.meshgrid(*grid))
    rest = 1 - first - second
    first, second, rest = first[rest >= 0], second[rest >= 0], rest[rest >= 0]
    size = limit or 1.0
    others = np.stack([np.clip(rest - number * size, 0, size) for number in range(math.ceil(1 / size))])
    squares = first**2 + second**2 + (others**2).sum(axis=0)
    top = np.sort(np.concatenate([[first], [second], others]), axis=0)[::-1]
    found = bounds(dict(enumerate(known)), unit="fraction", largest_unknown=limit)
    assert squares.max() <= found.hhi[1] / 10_000 + 1e-9
    assert squares.max() == pytest.approx(found.hhi[1] / 10_000, rel=0.01)
    assert (first**2 + second**2).min() == pytest.approx(found.hhi[0] / 10_000, rel=0.02, abs=1e-9)
    for count in (1, 2, 3, 4):
        low, high = getattr(found, f"cr{count}")
        assert top[:count].sum(axis=0).max() <= high + 1e-9
        assert top[:count].sum(axis=0).max() == pytest.approx(high, rel=0.01)
        assert low <= top[:count].sum(axis=0).min() + 1e-9


def test_a_stated_rest_limits_who_may_be_the_largest() -> None:
    # At least 20 percent are others': the known firm has 80 at most, whatever its own interval says.
    found = bounds({"a": (50.0, 90.0)}, unit="percent", rest=(20.0, 50.0))
    assert found.cr1 == pytest.approx((0.5, 0.8))
    # At most 10 percent are others': nobody unknown can be large, and the second firm must be.
    found = bounds({"a": 10.0, "b": (0.0, 80.0)}, unit="percent", rest=(0.0, 10.0))
    assert found.cr1 == pytest.approx((0.8, 0.8))
    assert found.cr2 == pytest.approx((0.9, 0.9))
    assert found.cr3 == pytest.approx((0.9, 1.0))


def test_the_largest_index_may_be_inside_an_interval() -> None:
    # 10 to 30 percent, others of 40 at most: two of 40 beside 20 make more than either end (3,400) does.
    assert bounds({"a": (10.0, 30.0)}, unit="percent", largest_unknown=40).hhi[1] == pytest.approx(2 * 1600 + 400)
    # Others have 20 to 30 percent: the known firm 70 to 80, whatever its own interval says.
    assert bounds({"a": (5.0, 80.0)}, unit="percent", rest=(20.0, 30.0)).hhi == pytest.approx((4900, 6400 + 400))


def test_unknown_firms_may_be_the_largest_or_none_at_all() -> None:
    assert bounds({"a": 10.0}, unit="percent").cr1 == pytest.approx((0.1, 0.9))
    assert bounds({"a": (90.0, 100.0)}, unit="percent", largest_unknown=0).hhi == pytest.approx((10_000, 10_000))


@pytest.mark.parametrize(
    ("shares", "options", "message"),
    [
        ({"a": 80.0, "b": 40.0}, {}, "cannot add up to 1"),
        ({"a": 40.0}, {"rest": 50.0}, "cannot add up to 1"),
        ({"a": (50.0, 40.0)}, {}, "a pair of least and largest share"),
        ({"a": (-1.0, 40.0)}, {}, "a pair of least and largest share"),
        ({"a": 40.0}, {"rest": (70.0, 60.0)}, "'rest' has"),
        ({"a": 40.0}, {"largest_unknown": -1.0}, "largest_unknown is -1.0"),
        ({"a": 40.0}, {"largest_unknown": 0.0}, "no unknown firm may have any"),
        ({"a": 140.0}, {}, "no share in percent"),
        ({}, {}, "there are no shares"),
        ({str(number): (0.0, 5.0) for number in range(13)}, {}, "more than 12 shares are intervals"),
        ({str(number): 1.0 for number in range(26)}, {}, "more than 25 are not supported"),
    ],
)
def test_what_no_market_can_be_is_refused(shares, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        bounds(shares, unit="percent", **options)


STATED = pd.DataFrame(
    [
        ("2022Q4", "Azure", "Canalys", "first published", 23.0),
        ("2022Q4", "Azure", "Canalys", "revised", 17.0),
        ("2022Q4", "Azure", "Synergy", "cloud infrastructure", 23.0),
        ("2022Q4", "AWS", "Synergy", "cloud infrastructure", 33.0),
        ("2022Q4", "AWS", "Canalys", "revised", float("nan")),
    ],
    columns=["period", "provider", "publisher", "definition", "value"],
)


def test_disagreement_names_who_says_the_least_and_the_most() -> None:
    found = disagreement(STATED).set_index("provider")
    assert found.loc["Azure", ["low", "high", "spread"]].tolist() == [17, 23, 6]
    assert found.low_by["Azure"] == "Canalys: revised"
    assert found.high_by["Azure"] == "Canalys: first published"
    assert found.loc["Azure", ["statements", "publishers", "definitions"]].tolist() == [3, 2, 3]
    assert found.loc["AWS", ["low", "high", "spread", "statements"]].tolist() == [33, 33, 0, 1]
    shuffled = disagreement(STATED.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled.set_index("provider"), found)


def test_disagreement_within_one_definition_is_an_error() -> None:
    twice = pd.concat([STATED, STATED.head(1).assign(value=24.0)])
    with pytest.raises(ValueError, match=r"stated twice: .*'Canalys'.*choose one vintage first"):
        disagreement(twice)


def test_disagreement_over_other_keys() -> None:
    azure = STATED[STATED.provider == "Azure"]
    found = disagreement(azure, by=["period"])
    assert found[["low", "high", "statements"]].to_numpy().tolist() == [[17, 23, 3]]


def test_the_unit_is_read_from_shares_that_leave_no_doubt() -> None:
    percent, fraction = {"a": 50, "b": 30, "c": 20}, {"a": 0.5, "b": 0.3, "c": 0.2}
    assert summary(percent).hhi == pytest.approx(summary(fraction).hhi) == pytest.approx(3800)
    one, other = bounds({"a": 40, "b": (10, 20)}), bounds({"a": 0.4, "b": (0.1, 0.2)})
    assert one.hhi == pytest.approx(other.hhi)
    with pytest.raises(ValueError, match="they look like fractions"):
        summary({"a": 0.5, "b": 0.5}, unit="percent")
