"""Curves from interval-censored times: closed forms, a direct maximum of the likelihood, statsmodels, coverage."""

from __future__ import annotations

import time
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy.optimize import minimize
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cloudmarket.measures.availability import curves
from cloudmarket.measures.availability_turnbull import innermost, turnbull


def observed(times: np.ndarray, snapshots: np.ndarray) -> pd.DataFrame:
    """Return between which snapshots each time lies."""
    at = np.searchsorted(snapshots, times)
    ends = np.append(snapshots, np.nan)
    return pd.DataFrame({"after": np.where(at > 0, ends[at - 1], 0.0), "by": ends[at]})


def test_intervals_of_one_grid_have_the_empirical_distribution() -> None:
    times = np.random.default_rng(0).exponential(50, 200)
    snapshots = np.arange(20.0, 200, 20)
    found = curves(observed(times, snapshots), draws=2)
    empirical = [(times > by).mean() for by in found.turnbull.by[:-1]]
    assert found.turnbull.survival[:-1].to_numpy() == pytest.approx(empirical)
    assert found.turnbull.survival.isna().tolist() == [False] * 9 + [True]
    assert found.turnbull.mass.iloc[-1] == pytest.approx((times > 180).mean())
    assert found.medians.not_come.item() == (times > 180).sum()
    assert found.medians.after.item() < np.sort(times)[99] <= found.medians.by.item()


def test_exact_and_right_censored_times_give_kaplan_meier() -> None:
    rng = np.random.default_rng(1)
    times, censored = np.ceil(rng.exponential(10, 60)), rng.random(60) < 0.3
    frame = pd.DataFrame({"after": np.where(censored, times, times - 1), "by": np.where(censored, np.nan, times)})
    found = curves(frame, draws=2)
    reference = SurvfuncRight(times, (~censored).astype(float))
    curve = found.turnbull[np.isfinite(found.turnbull.by)]
    expected = pd.Series(reference.surv_prob, reference.surv_times)
    assert curve.survival.to_numpy() == pytest.approx(expected[curve.by].to_numpy(), abs=1e-4)
    latest = found.bounds[found.bounds.bound == "latest"]
    assert latest.survival.to_numpy() == pytest.approx(reference.surv_prob)
    assert latest.time.tolist() == reference.surv_times.tolist()
    whole = pd.DataFrame({"after": times - 1, "by": times})
    first, middle = (curves(whole, draws=2).bounds.query("bound == @bound").time for bound in ("earliest", "midpoint"))
    assert first.tolist() == (np.unique(times) - 1).tolist()
    assert middle.tolist() == (np.unique(times) - 0.5).tolist()
    assert latest.standard_error.to_numpy()[:-1] == pytest.approx(reference.surv_prob_se[:-1])


def test_the_log_log_interval_is_that_of_statsmodels_for_quantiles() -> None:
    times = np.arange(1.0, 31)
    found = curves(pd.DataFrame({"after": times - 1, "by": times}), band="midpoint")
    latest = found.bounds[found.bounds.bound == "latest"].set_index("time")
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = SurvfuncRight(times, np.ones(30)).quantile_ci(0.5, method="cloglog")
    # An interval of the median is where the interval of the curve holds one half.
    holds = latest[(latest.low <= 0.5) & (latest.high >= 0.5)]
    assert (holds.index[0], holds.index[-1] + 1) == pytest.approx((low, high), abs=1)
    # By hand at 15 of 30: S = 1/2, Greenwood sqrt(S (1 - S) / n), exponent 1.96 se / (S ln 2).
    width = 1.959963985 * np.sqrt(0.25 / 30) / (0.5 * np.log(2))
    assert latest.loc[15, ["low", "high"]].tolist() == pytest.approx([0.5 ** np.exp(width), 0.5 ** np.exp(-width)])
    middle = found.bounds[(found.bounds.bound == "midpoint") & (found.bounds.time == 14.5)]
    assert found.turnbull.set_index("by").low[15.0] == pytest.approx(middle.low.item())
    assert "midpoint" in found.band


def test_innermost_intervals_by_hand() -> None:
    # (0, 2], (1, 3], (2, 4], (5, inf): mass can only be in (1, 2], (2, 3] and beyond 5.
    low, high = np.array([0.0, 1, 2, 5]), np.array([2.0, 3, 4, np.inf])
    after, by = innermost(low, high)
    assert after.tolist() == [1, 2, 5]
    assert by.tolist() == [2, 3, np.inf]
    # p1 (p1 + p2) p2 p3 is largest at 3/8, 3/8, 1/4 (p1 = p2, p3 one of four).
    assert turnbull(low, high)[2] == pytest.approx([0.375, 0.375, 0.25], abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 6), st.booleans()), min_size=2, max_size=12))
def test_no_other_distribution_is_more_likely(rows) -> None:
    low = np.array([float(first) for first, _, _ in rows])
    high = np.array([np.inf if open_ended else float(first + width) for first, width, open_ended in rows])
    after, by, mass = turnbull(low, high)
    holds = (low[:, None] <= after) & (by <= high[:, None])
    assert mass.sum() == pytest.approx(1)
    assert (mass >= 0).all()

    def loss(logits: np.ndarray) -> float:
        p = np.exp(logits - logits.max())
        return -np.log(holds @ (p / p.sum())).sum()

    best = minimize(loss, np.zeros(len(mass)), method="BFGS").fun
    found = -np.log(holds @ mass).sum()
    assert found <= best + 1e-4
    # Times at unit steps instead: every single day as a place for mass gives no larger likelihood.
    days = np.arange(0.5, 16)
    anywhere = (low[:, None] < days) & (days <= high[:, None])
    p = np.full(len(days), 1 / len(days))
    for _ in range(3000):
        p = p * ((1 / (anywhere @ p)) @ anywhere) / len(low)
    assert found <= -np.log(anywhere @ p).sum() + 1e-4


def slow(low: np.ndarray, high: np.ndarray, steps: int) -> np.ndarray:
    """Return the mass after steps of self-consistency on the whole matrix, as Turnbull has it."""
    after, by = innermost(low, high)
    holds = ((low[:, None] <= after) & (by <= high[:, None])).astype(float)
    mass = np.full(len(after), 1 / len(after))
    for _ in range(steps):
        mass = mass * ((1 / (holds @ mass)) @ holds) / len(low)
    return mass


def overlapping(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return intervals of all widths, a fifth of them without end."""
    rng = np.random.default_rng(seed)
    times, width = rng.exponential(50, count), rng.uniform(1, 30, count)
    low = np.maximum(times - width * rng.random(count), 0)
    return low, np.where(rng.random(count) < 0.2, np.inf, low + width)


@pytest.mark.parametrize("seed", range(4))
def test_the_fast_maximum_is_that_of_self_consistency(seed) -> None:
    low, high = overlapping(60, seed)
    mass = turnbull(low, high, tolerance=1e-10)[2]
    # Mass that is 0 at the maximum falls only as one over the number of steps.
    assert np.cumsum(mass) == pytest.approx(np.cumsum(slow(low, high, 30_000)), abs=1e-3)


@pytest.mark.parametrize("kind", ["overlapping", "exact and censored", "current status"])
def test_two_thousand_different_intervals_are_proved_and_take_no_time(kind) -> None:
    rng = np.random.default_rng(5)
    times = rng.exponential(50, 2000)
    if kind == "overlapping":
        low, high = overlapping(2000, 5)
    elif kind == "exact and censored":
        censored = rng.random(2000) < 0.3
        low, high = np.where(censored, times, times - 1e-6), np.where(censored, np.inf, times)
    else:
        looked = rng.uniform(1, 100, 2000)
        low, high = np.where(times <= looked, 0, looked), np.where(times <= looked, looked, np.inf)
    start = time.process_time()
    after, by, mass = turnbull(low, high)
    took = time.process_time() - start
    holds = ((low[:, None] <= after) & (by <= high[:, None])).astype(float)
    ratio = (1 / (holds @ mass)) @ holds / len(low)
    # Gentleman and Geyer: no ratio above 1, and 1 wherever there is mass.
    assert ratio.max() <= 1 + 1e-6
    assert (mass * np.abs(ratio - 1)).sum() <= 1e-6
    assert (mass >= 0).all()
    assert mass.sum() == pytest.approx(1)
    # 200 draws of a bootstrap within half a minute need 0.15 seconds each.
    assert took < 0.15


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_bounds_hold_the_true_curve_and_turnbulls(seed) -> None:
    rng = np.random.default_rng(seed)
    times = rng.uniform(1, 90, 40)
    width = rng.uniform(1, 30, 40)
    after = np.maximum(times - width * rng.random(40), 0)
    found = curves(pd.DataFrame({"after": after, "by": times + width}), draws=2)
    at = np.arange(0, 130, 2.5)

    def curve(rows: pd.DataFrame) -> np.ndarray:
        return np.append(1.0, rows.survival)[np.searchsorted(rows.time, at, side="right")]

    first, last = (curve(found.bounds[found.bounds.bound == bound]) for bound in ("earliest", "latest"))
    true = (times > at[:, None]).mean(axis=1)
    assert (first <= true + 1e-9).all()
    assert (true <= last + 1e-9).all()
    assert (found.turnbull.survival.diff().dropna() <= 1e-9).all()


def test_the_bootstrap_band_covers() -> None:
    snapshots = np.arange(20.0, 161, 20)
    truth = np.exp(-snapshots / 60)
    inside = []
    for seed in range(1000, 1300):
        times = np.random.default_rng(seed).exponential(60, 120)
        found = curves(observed(times, snapshots), draws=200, seed=seed).turnbull.set_index("by")
        rows = found.loc[[40.0, 80.0]]
        inside.extend((rows.low <= truth[[1, 3]]) & (truth[[1, 3]] <= rows.high))
    assert 0.93 <= np.mean(inside) <= 0.97


def test_groups_are_compared_at_every_bound() -> None:
    rng = np.random.default_rng(3)
    snapshots = np.arange(10.0, 300, 10)
    frame = pd.concat(
        [observed(rng.exponential(mean, 80), snapshots).assign(cloud=name) for name, mean in (("b", 30), ("a", 90))],
        ignore_index=True,
    )
    found = curves(frame, by="cloud", draws=20)
    assert found.medians.group.tolist() == ["a", "b"]
    assert found.medians.after[0] > found.medians.by[1]
    assert found.log_rank.bound.tolist() == ["earliest", "midpoint", "latest"]
    assert (found.log_rank.p_value < 0.001).all()
    latest = frame.by.fillna(frame.after)
    expected = survdiff(latest, frame.by.notna().astype(float), frame.cloud)
    assert found.log_rank.iloc[2][["statistic", "p_value"]].tolist() == pytest.approx(list(expected))
    alone = curves(frame[frame.cloud == "a"], draws=20)
    pd.testing.assert_series_equal(alone.turnbull.mass, found.turnbull[found.turnbull.group == "a"].mass)
    assert "log-rank earliest p =" in repr(found)
    axes = found.plot()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    plt.close(axes.figure)
    with pytest.raises(FrozenInstanceError):
        found.level = 0.5


def test_dates_count_from_an_origin() -> None:
    frame = pd.DataFrame(
        {
            "released": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-15"]),
            "after": pd.to_datetime(["2024-01-01", "2024-02-11", "2024-03-01"]),
            "by": pd.to_datetime(["2024-01-11", "2024-03-02", None]),
        }
    )
    found = curves(frame, origin="released", draws=2)
    assert found.turnbull.after.tolist() == [0, 10, 46]
    assert found.turnbull.by.tolist() == [10, 30, np.inf]
    fixed = curves(frame, origin=pd.Timestamp("2023-12-31"), draws=2)
    # Not come by day 61 and come in (42, 62] meet in (61, 62].
    assert fixed.turnbull.after.tolist() == [1, 61]
    assert fixed.turnbull.by.tolist() == [11, 62]


def test_what_the_first_snapshot_has_came_since_the_start() -> None:
    frame = pd.DataFrame({"after": [np.nan, 5.0], "by": [5.0, 9.0]})
    assert curves(frame, draws=2).turnbull.after.tolist() == [0, 5]
    assert curves(frame, draws=2, start=-30).turnbull.after.tolist() == [-30, 5]


def test_a_group_where_nothing_came_has_a_flat_curve() -> None:
    frame = pd.DataFrame({"after": [1.0, 2, 3, 9], "by": [4.0, 5, np.nan, np.nan], "g": ["a", "a", "b", "b"]})
    found = curves(frame, by="g", draws=5)
    assert found.bounds[found.bounds.group == "b"].survival.tolist() == [1, 1, 1]
    assert np.isinf(found.medians.by[1])


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([(1, 1)], {}, r"row 0: \(1, 1\] holds no time"),
        ([(2, 3), (5, 4)], {}, r"row 1: \(5, 4\]"),
        ([(-1, 4)], {}, "begins before 0"),
        ([(1, np.nan)], {}, "nothing has come"),
        ([(np.nan, np.nan)], {}, "neither end"),
        ([], {}, "no intervals"),
        ([("2024-01-01", "2024-01-02")], {}, "give the origin"),
        ([(1, 2)], {"band": "wald"}, "no band 'wald'"),
        ([(1, 2)], {"draws": 1}, "1 draws make no band"),
        ([(1, 2)], {"level": 95}, "level is 95"),
        ([(1, 2)], {"by": "cloud"}, r"no columns \['cloud'\]"),
    ],
)
def test_what_is_no_interval_is_refused(rows, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        curves(pd.DataFrame(rows, columns=["after", "by"]), **options)


def test_rows_without_a_group_are_refused() -> None:
    with pytest.raises(ValueError, match="1 rows have no g"):
        curves(pd.DataFrame({"after": [1.0, 2], "by": [2.0, 3], "g": ["a", None]}), by="g")
