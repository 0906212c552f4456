"""The price of a given performance: a published extreme, a planted trend, the running minimum, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.price_frontier import DAYS_PER_YEAR, frontier

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples"


def offers(*rows: tuple[str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["day", "price", "score"])
    return frame.assign(day=pd.to_datetime(frame.day))


def planted(factor: float, points: int = 5) -> pd.DataFrame:
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(points) * 90, unit="D")
    return pd.DataFrame({"day": days, "price": 30 * factor ** (-np.arange(points) * 90 / DAYS_PER_YEAR), "score": 50.0})


def test_a_published_interval_from_four_points() -> None:
    """Epoch AI (2025): of MATH-500 at GPT-4o's level one 90 % interval spans 0.12 to 4,000,000 times a year."""
    if not EXAMPLES.exists():
        pytest.skip("the study's inputs are not beside this checkout")
    files = [pd.read_csv(EXAMPLES / f"epoch_prices_input_{name}.csv") for name in ("aa", "extra")]
    rows = pd.concat(files).rename(columns={"Release Date": "day", "USD per 1M Tokens": "price", "MATH-500": "score"})
    rows = rows.dropna(subset=["price", "score"]).assign(day=lambda frame: pd.to_datetime(frame.day))
    level = rows.score[rows["Model Name"] == "GPT-4o-2024-05"].item()
    found = frontier(rows[rows.price > 0], level, level=0.90)
    assert len(found.points) == 4
    assert round(found.low, 2) == 0.12
    assert float(f"{found.high:.1g}") == 4e6


@pytest.mark.parametrize("factor", [2.0, 10.0, 900.0])
def test_a_planted_fall_is_found_exactly(factor: float) -> None:
    found = frontier(planted(factor), 50)
    assert found.factor == pytest.approx(factor)
    assert found.endpoints_factor == pytest.approx(factor)
    assert found.low == pytest.approx(found.high)


def test_only_what_is_good_enough_and_cheaper_than_all_before_counts() -> None:
    rows = offers(("2024-01-01", 10, 60), ("2024-02-01", 1, 40), ("2024-03-01", 12, 90), ("2024-04-01", 10, 60),
                  ("2024-05-01", 8, 60), ("2024-05-01", 7, 60), ("2024-06-01", 9, 99))  # fmt: skip
    assert frontier(rows, 60).points.price.tolist() == [10, 7]


def test_an_interval_holds_the_line_and_widens_with_coverage() -> None:
    rows = planted(10).assign(price=lambda frame: frame.price * [1.0, 1.2, 0.9, 1.1, 0.8])
    narrow, wide = frontier(rows, 0, level=0.5), frontier(rows, 0)
    assert wide.low < narrow.low < narrow.factor == wide.factor < narrow.high < wide.high


def test_with_two_points_there_is_no_trend_and_with_one_no_fall() -> None:
    two, one = frontier(planted(10, 2), 0), frontier(planted(10, 1), 0)
    assert np.isnan([two.factor, two.low, two.high, one.endpoints_factor]).all()
    assert two.endpoints_factor == pytest.approx(10)
    assert "too few" in repr(two)


def test_nothing_is_good_enough() -> None:
    assert frontier(planted(10), 51).points.empty


@given(st.lists(st.tuples(st.integers(0, 900), st.floats(0.01, 100), st.floats(0, 100)), min_size=1, max_size=30),
       st.floats(0, 100))  # fmt: skip
def test_the_frontier_only_falls_and_never_undercuts_the_cheapest(rows, threshold) -> None:
    frame = pd.DataFrame(rows, columns=["day", "price", "score"])
    frame["day"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(frame.day, unit="D")
    points = frontier(frame, threshold).points
    good = frame[frame.score >= threshold]
    assert points.price.is_monotonic_decreasing
    assert points.day.is_monotonic_increasing
    assert (good.empty and points.empty) or points.price.iloc[-1] == good.price.min()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="score"), "no column 'score'"),
        (lambda frame: frame.assign(price=0.0), "not above zero"),
        (lambda frame: frame.assign(price=np.nan), "not above zero"),
        (lambda frame: frame.assign(score=np.nan), "no day or no score"),
    ],
)
def test_unsound_offers_are_refused(change, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        frontier(change(planted(10)), 0)


def test_a_coverage_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="level is 1"):
        frontier(planted(10), 0, level=1)
