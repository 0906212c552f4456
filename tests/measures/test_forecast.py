"""Backtests against forecasts by hand, statsmodels' own, and the coverage of intervals in simulation."""

from __future__ import annotations

import math
import warnings
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy import stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX

from cloudmarket.measures import forecast_models
from cloudmarket.measures.forecast import backtest
from cloudmarket.measures.forecast_scores import better, winkler

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples"


def example(name: str) -> Path:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"the example {name} is not beside this checkout")
    return path


def walk(length: int, slope: float = 0.0, seed: int = 0) -> pd.Series:
    return pd.Series(100 + np.cumsum(slope + np.random.default_rng(seed).standard_normal(length)))


def test_naive_and_drift_by_hand() -> None:
    values = np.array([1.0, 3, 2, 5])
    mean, variance = forecast_models.naive(values, 1, 2)
    assert mean.tolist() == [5, 5]
    # Changes 2, -1, 3: mean square 14 / 3, twice as much two steps ahead.
    assert variance == pytest.approx([14 / 3, 28 / 3])
    mean, variance = forecast_models.drift(values, 1, 2)
    assert mean == pytest.approx([5 + 4 / 3, 5 + 8 / 3])
    spread = np.var([2, -1, 3], ddof=1)
    assert variance == pytest.approx([spread * 1 * (1 + 1 / 3), spread * 2 * (1 + 2 / 3)])
    mean, variance = forecast_models.seasonal_naive(np.array([1.0, 10, 2, 13, 4, 12]), 2, 5)
    assert mean.tolist() == [4, 12, 4, 12, 4]
    assert variance == pytest.approx(np.array([1, 1, 2, 2, 3]) * (1 + 9 + 4 + 1) / 4)


def test_naive_is_a_random_walk_and_drift_one_with_drift_in_statsmodels() -> None:
    values = walk(80, 0.5).to_numpy()
    changes = np.diff(values)
    reference = SARIMAX(values, order=(0, 1, 0)).filter([np.mean(changes**2)]).get_forecast(5)
    mean, variance = forecast_models.naive(values, 1, 5)
    assert mean == pytest.approx(reference.predicted_mean)
    assert variance == pytest.approx(reference.var_pred_mean)
    fitted = ARIMA(values, order=(0, 1, 0), trend="t").fit()
    assert forecast_models.drift(values, 1, 5)[0] == pytest.approx(fitted.forecast(5), rel=1e-4)


def test_scores_by_hand() -> None:
    series = pd.Series([1.0, 2, 4, 3, 5, 6, 8, 7, 9, 10, 12, 11])
    always = {"ten": lambda values, season, horizon: (np.full(horizon, 10.0), np.full(horizon, 1 / 4))}
    found = backtest(series, always, initial=10)
    # Changes 1, 2, -1, 2, 1, 2, -1, 2, 1 then 2: scales 13/9 and 15/10; errors 2 and 1.
    assert found.scores.mase["ten"] == pytest.approx((2 * 9 / 13 + 1 / 1.5) / 2)
    assert found.scores.mase["naive"] == pytest.approx((2 * 9 / 13 + 1 / 1.5) / 2)
    half = stats.norm.ppf(0.975) / 2
    outside = [2 - half, 1 - half]
    assert found.scores.winkler_95["ten"] == pytest.approx(2 * half + 40 * sum(outside) / 2)
    assert found.scores.coverage_95["ten"] == 0
    assert found.scores.origins.tolist() == [2, 2, 2]
    rows = found.forecasts[found.forecasts.model == "ten"]
    assert rows[["origin", "target", "actual"]].to_numpy().tolist() == [[10, 10, 12], [11, 11, 11]]


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(-9, 9))
def test_the_winkler_score_is_that_of_two_quantiles(low, width, actual) -> None:
    # Gneiting and Raftery (2007), section 6.2: 2 / alpha times the pinball losses of both ends.
    def pinball(quantile: float, share: float) -> float:
        return max(share * (actual - quantile), (share - 1) * (actual - quantile))

    high = low + width
    expected = 2 / 0.2 * (pinball(low, 0.1) + pinball(high, 0.9))
    assert winkler(low, high, actual, 0.8) == pytest.approx(expected, abs=1e-9)


def test_no_forecast_sees_what_comes_after_its_origin() -> None:
    series = walk(60)
    seen: list[int] = []

    def spy(values: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        assert values.tolist() == series.iloc[: len(values)].tolist()
        seen.append(len(values))
        return np.full(horizon, values[-1]), np.ones(horizon)

    found = backtest(series, {"spy": spy}, horizon=4, initial=30, step=7)
    assert seen == [30, 37, 44, 51]
    changed = series.copy()
    changed.iloc[50] += 1000
    other = backtest(changed, {"again": forecast_models.naive}, horizon=4, initial=30, step=7)
    first, second = (
        run.forecasts[(run.forecasts.origin < 50) & (run.forecasts.model == "drift")] for run in (found, other)
    )
    np.testing.assert_array_equal(first["mean"], second["mean"])


def test_the_test_against_drift_is_a_paired_t_test_without_overlap() -> None:
    found = backtest(walk(60), {"mean": lambda values, *_: (values[-3:].mean(keepdims=True), np.ones(1))})
    errors = (found.forecasts["mean"] - found.forecasts.actual).abs() / found.forecasts.scale
    wide = errors.groupby([found.forecasts.origin, found.forecasts.model]).mean().unstack()
    expected = stats.ttest_rel(wide["drift"], wide["mean"], alternative="greater").pvalue
    assert found.scores.p_value["mean"] == pytest.approx(expected)
    assert math.isnan(found.scores.p_value["drift"])
    # With an overlap of two: one autocovariance, and the correction (n + 1 - 4 + 2 / n) / n.
    gains = np.array([1.0, 2, 3, 3, 2, 0])
    centred = gains - gains.mean()
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / 36
    statistic = gains.mean() / math.sqrt(variance) * math.sqrt((7 - 4 + 2 / 6) / 6)
    assert better(pd.Series(np.zeros(6)), pd.Series(gains), 2) == pytest.approx(stats.t.sf(statistic, 5))
    assert math.isnan(better(pd.Series([1.0, 1.0]), pd.Series([0.0, 2.0]), 1))
    assert math.isnan(better(pd.Series(np.ones(9)), pd.Series(np.zeros(9)), 1))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 50), st.floats(-1000, 1000))
def test_scale_and_level_do_not_matter(seed, scale, level) -> None:
    series = walk(40, seed=seed)
    found, moved = (backtest(values, (), horizon=2).scores for values in (series, series * scale + level))
    np.testing.assert_allclose(found.mase, moved.mase, rtol=1e-6)
    np.testing.assert_allclose(found.winkler_80 * scale, moved.winkler_80, rtol=1e-6)


def test_intervals_cover_where_the_model_is_true() -> None:
    inside = []
    for seed in range(40):
        scores = backtest(walk(140, 0.3, seed), (), horizon=1, initial=60, step=4).scores
        inside.append(scores.loc["drift", ["coverage_80", "coverage_95"]].astype(float))
    covered = np.mean(inside, axis=0)
    assert covered == pytest.approx([0.80, 0.95], abs=0.02)


@pytest.mark.parametrize(
    ("name", "season", "slope"), [("naive", 1, 0.0), ("drift", 1, 0.3), ("seasonal_naive", 4, 0.0)]
)
def test_intervals_cover_in_short_series_and_steps_ahead(name, season, slope) -> None:
    method, length, inside, by_normal = getattr(forecast_models, name), 12, [], []
    law = stats.t(forecast_models.degrees(method, length, season))
    for seed in range(3000):
        steps = slope + np.random.default_rng(seed).standard_normal(length + 4)
        values = np.cumsum(steps.reshape(-1, season), axis=0).ravel()
        mean, variance = method(values[:length], season, 4)
        error = np.abs(values[length:] - mean) / np.sqrt(variance)
        inside.append(error <= law.ppf(0.975))
        by_normal.append(error <= stats.norm.ppf(0.975))
    # Four steps of one series are not independent: the standard error is about 0.5 %.
    assert 0.935 <= np.mean(inside) <= 0.965
    assert np.mean(by_normal) < 0.93


def test_a_backtest_has_the_intervals_of_students_t() -> None:
    series = walk(12, 0.3)
    rows = backtest(series, (), initial=11).forecasts.set_index("model")
    for name, degrees in (("naive", 10), ("drift", 9)):
        mean, variance = getattr(forecast_models, name)(series.to_numpy()[:11], 1, 1)
        half = stats.t.ppf(0.975, degrees) * math.sqrt(variance[0])
        assert rows.loc[name, ["low_95", "high_95"]].tolist() == pytest.approx([mean[0] - half, mean[0] + half])


def test_intervals_of_statsmodels_models_cover() -> None:
    rng = np.random.default_rng(5)
    level = np.cumsum(0.2 + 0.5 * rng.standard_normal(120))
    series = pd.Series(level + rng.standard_normal(120))
    found = backtest(series, horizon=1, initial=60, step=4)
    names = ["ets", "sarimax", "unobserved-components"]
    assert found.scores.coverage_95[names].between(0.80, 1).all()
    assert (found.scores.winkler_95[names] < found.scores.winkler_95["drift"]).all()
    # Noise around a moving level is what these models are for, and drift is not.
    assert set(found.offered) == set(names)
    assert (found.scores.failures == 0).all()


def test_what_does_not_beat_drift_is_not_offered() -> None:
    bad = {"zero": lambda values, season, horizon: (np.zeros(horizon), np.ones(horizon))}
    found = backtest(walk(60, 1.0), bad)
    assert found.offered == ()
    assert not found.scores.beats_drift.any()
    assert "none: show no forecast" in repr(found)
    for name in ("zero", "naive", "drift"):
        with pytest.raises(ValueError, match="not forecast better than drift"):
            found.forecast(name, 3)
    with pytest.raises(FrozenInstanceError):
        found.season = 4


def test_a_model_that_fails_once_is_not_offered_and_doubts_are_counted() -> None:
    series = pd.Series(np.tile([1.0, 2.0], 20))

    def oracle(values: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        return np.array([3.0 - values[-1]]), np.ones(1)

    def fragile(values: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        if len(values) == 30:
            raise np.linalg.LinAlgError("singular")
        return oracle(values, season, horizon)

    def doubtful(values: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        warnings.warn("did not converge", ConvergenceWarning, stacklevel=1)
        return oracle(values, season, horizon)

    def empty(values: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        return np.array([math.nan]), np.ones(1)

    models = {"oracle": oracle, "fragile": fragile, "doubtful": doubtful, "empty": empty}
    found = backtest(series, models)
    assert found.offered == ("oracle", "doubtful")
    assert found.scores.failures[["fragile", "empty"]].tolist() == [1, 14]
    assert found.scores.doubts["doubtful"] == 14
    assert found.scores.mase["fragile"] == 0
    problems = found.forecasts[found.forecasts.model == "fragile"].set_index("origin").problem
    assert problems[30] == "singular"


def test_air_passengers_by_the_airline_model() -> None:
    frame = pd.read_csv(example("forecast_airpassengers_input.csv"))
    series = frame.value
    found = backtest(series, ("sarimax",), horizon=12, season=12, initial=120, step=12, log=True)
    assert found.scores.origins.tolist() == [2, 2, 2, 2]
    assert "sarimax" in found.offered
    assert found.scores.mase["sarimax"] < found.scores.mase["seasonal-naive"] < found.scores.mase["drift"]
    # R's manual page of AirPassengers (package datasets), example "The classic 'airline model', by full ML", fits log10
    # and prints ma1 -0.4018 (s.e. 0.0896), sma1 -0.5569 (0.0731), sigma^2 0.0002543, log likelihood 353.96; its output
    # is at rowannicholls.github.io/R/data/datasets/AirPassengers.html. Natural logarithms only scale sigma^2.
    airline = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, 12)}
    printed = SARIMAX(np.log10(series), **airline, simple_differencing=True).fit(disp=False, cov_type="approx")
    assert printed.params[:2].to_numpy() == pytest.approx([-0.4018, -0.5569], abs=1e-4)
    assert printed.bse[:2].to_numpy() == pytest.approx([0.0896, 0.0731], abs=2e-4)
    assert printed.params["sigma2"] == pytest.approx(0.0002543, rel=1e-3)
    assert printed.llf == pytest.approx(353.96, abs=0.01)
    fitted = SARIMAX(np.log(series), **airline).fit(disp=False)
    assert fitted.params.to_numpy() == pytest.approx(printed.params * [1, 1, np.log(10) ** 2], rel=0.005)
    ahead = found.forecast("sarimax", 12)
    reference = fitted.get_forecast(12).summary_frame(alpha=0.2)
    np.testing.assert_allclose(ahead["mean"], np.exp(reference["mean"]), rtol=1e-6)
    np.testing.assert_allclose(ahead.low_80, np.exp(reference.mean_ci_lower), rtol=1e-6)
    np.testing.assert_allclose(ahead.high_80, np.exp(reference.mean_ci_upper), rtol=1e-6)
    axes = found.plot()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["drift", "sarimax"]
    plt.close(axes.figure)


@pytest.mark.parametrize(
    ("series", "options", "message"),
    [
        (walk(12), {"horizon": 6}, "leave no origin"),
        (walk(30).where(lambda values: values.index != 4), {}, "1 values are missing"),
        (walk(30)[::-1], {}, "not in order"),
        (walk(30) - 200, {"log": True}, "positive values"),
        (pd.Series(5.0, index=range(30)), {}, "do not change"),
        (walk(30), {"horizon": 0}, "whole numbers from 1"),
        (walk(30), {"initial": 5}, "at least 10 observations"),
        (walk(30), {"season": 12, "initial": 20}, "at least 26 observations"),
        (walk(30), {"models": ("prophet",)}, r"no models \['prophet'\]"),
        (walk(30), {"models": {"drift": forecast_models.drift}}, "always take part"),
    ],
)
def test_what_is_no_series_is_refused(series, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        backtest(series, **{"models": (), **options})


def test_arima_with_drift_goes_straight_on() -> None:
    """In differences the constant is the drift; a linear trend there would be a parabola in levels."""
    values = 2.0 * np.arange(40) + np.random.default_rng(0).normal(0, 1, 40)
    mean, _ = forecast_models.sarimax(values, 1, 8)
    assert np.diff(mean) == pytest.approx(np.full(7, np.diff(mean)[0]))
    assert np.diff(mean)[0] == pytest.approx(2, abs=0.1)
