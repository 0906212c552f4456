"""Event studies against statsmodels, brute force with whole covariance matrices, and their size in simulation."""

from __future__ import annotations

import math
import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cloudmarket.measures.event_study import holm, placebo, run

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples"


def example(name: str) -> Path:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"the example {name} is not beside this checkout")
    return path


def world(days: int = 400, firms: int = 6, seed: int = 0, common: float = 0.0) -> tuple[pd.DataFrame, pd.Series]:
    """Return returns of firms that follow a market, with a common shock besides it, and the market."""
    rng = np.random.default_rng(seed)
    dates = pd.bdate_range("2020-01-01", periods=days)
    market = 0.01 * rng.standard_normal(days)
    own = 0.02 * (
        math.sqrt(1 - common) * rng.standard_normal((days, firms)) + math.sqrt(common) * rng.standard_normal((days, 1))
    )
    values = 0.0005 + market[:, None] * rng.uniform(0.5, 1.5, firms) + own
    return pd.DataFrame(values, dates, [f"f{i}" for i in range(firms)]), pd.Series(market, dates)


WINDOWS = {"event_window": (-2, 3), "estimation_window": (-150, -11)}


@pytest.mark.parametrize("model", ["market", "mean-adjusted", "market-adjusted"])
def test_every_number_by_brute_force_over_whole_matrices(model) -> None:
    returns, market = world(firms=5)
    rng = np.random.default_rng(1)
    returns = returns.mask(pd.DataFrame(rng.random(returns.shape) < 0.05, returns.index, returns.columns))
    zero = 300
    returns.iloc[zero - 2 : zero + 4] = returns.iloc[zero - 2 : zero + 4].fillna(0.01)
    returns.iloc[zero + 1, 0] = np.nan
    found = run(returns, market, None, returns.index[zero], **WINDOWS, model=model, min_event_days=4)
    cars, variances, scars, patells, noise, residuals, bhars, columns = [], [], [], [], [], [], [], []
    for firm in returns:
        y, x = returns[firm].to_numpy(), market.to_numpy()
        inside = [day for day in range(zero - 150, zero - 10) if np.isfinite(y[day])]
        after = [day for day in range(zero - 2, zero + 4) if np.isfinite(y[day])]
        if model == "market-adjusted":
            fitted, ahead, degrees = x[inside], x[after], len(inside)
            covariance = np.eye(len(after))
        else:
            names = [0, 1] if model == "market" else [0]
            design, future = (np.column_stack([np.ones(len(on)), x[on]])[:, names] for on in (inside, after))
            result = sm.OLS(y[inside], design).fit()
            fitted, ahead, degrees = result.fittedvalues, future @ result.params, result.df_resid
            covariance = np.eye(len(after)) + future @ np.linalg.inv(design.T @ design) @ future.T
            assert found.estimates.loc[firm, "sigma"] == pytest.approx(math.sqrt(result.mse_resid))
            assert found.estimates.loc[firm, "alpha"] == pytest.approx(result.params[0])
        s2 = ((y[inside] - fitted) ** 2).sum() / degrees
        abnormal = y[after] - ahead
        cars.append(abnormal.sum())
        variances.append(s2 * covariance.sum())
        scars.append(cars[-1] / math.sqrt(variances[-1]))
        patells.append((abnormal / np.sqrt(s2 * np.diag(covariance))).sum() / math.sqrt(len(after)))
        noise.append(degrees / (degrees - 2))
        bhars.append(np.prod(1 + y[after]) - np.prod(1 + ahead))
        residuals.append(pd.Series(y[inside] - fitted, index=inside))
        columns.append(pd.concat([residuals[-1], pd.Series(abnormal, index=after)]))
    n = len(cars)
    assert found.car.car.to_numpy() == pytest.approx(cars)
    assert found.car.standard_error.to_numpy() == pytest.approx(np.sqrt(variances))
    assert found.bhar.to_numpy() == pytest.approx(bhars)
    assert found.car.event_days.tolist() == [5, 6, 6, 6, 6]
    tests = found.tests.statistic
    assert tests["cross_sectional"] == pytest.approx(stats.ttest_1samp(cars, 0).statistic)
    assert found.tests.p_value["cross_sectional"] == pytest.approx(stats.ttest_1samp(cars, 0).pvalue)
    assert tests["bhar_cross_sectional"] == pytest.approx(stats.ttest_1samp(bhars, 0).statistic)
    assert tests["j1"] == pytest.approx(np.mean(cars) / math.sqrt(sum(variances) / n**2))
    assert found.tests.p_value["j1"] == pytest.approx(2 * stats.norm.sf(abs(tests["j1"])))
    assert tests["j2"] == pytest.approx(sum(scars) / math.sqrt(sum(noise)))
    assert tests["patell"] == pytest.approx(sum(patells) / math.sqrt(sum(noise)))
    bmp = stats.ttest_1samp(scars, 0).statistic
    assert tests["boehmer_musumeci_poulsen"] == pytest.approx(bmp)
    matrix = pd.concat(residuals, axis=1).corr().to_numpy()
    r = matrix[np.triu_indices(n, 1)].mean()
    assert found.mean_correlation == pytest.approx(r)
    assert tests["kolari_pynnonen"] == pytest.approx(bmp * math.sqrt((1 - r) / (1 + (n - 1) * r)))
    assert tests["kolari_pynnonen_patell"] == pytest.approx(tests["patell"] / math.sqrt(1 + (n - 1) * r))
    ranks = pd.concat(columns, axis=1).sort_index()
    scaled = ranks.apply(lambda column: stats.rankdata(column, nan_policy="omit") / (1 + column.count()) - 0.5)
    daily = scaled.sum(axis=1) / np.sqrt(scaled.count(axis=1))
    event = daily.loc[zero - 2 :]
    assert tests["corrado_rank"] == pytest.approx(event.sum() / math.sqrt((daily**2).mean() * len(event)))


def test_textbook_form_of_the_statistics_with_equal_estimation_windows() -> None:
    # Campbell, Lo and MacKinlay, section 4.4: J2 = sqrt(N (L1 - 4) / (L1 - 2)) times the mean SCAR.
    returns, market = world()
    found = run(returns, market, None, returns.index[300], **WINDOWS)
    scar = found.car.statistic
    assert found.tests.statistic["j2"] == pytest.approx(math.sqrt(6 * (140 - 4) / (140 - 2)) * scar.mean())
    # One firm, one day: the error of an out-of-sample prediction, as statsmodels has it.
    single = run(returns, market, ["f0"], returns.index[300], (0, 0), (-150, -11))
    fitted = sm.OLS(returns.f0.iloc[150:290], sm.add_constant(market.iloc[150:290])).fit()
    ahead = fitted.get_prediction(np.array([[1.0, market.iloc[300]]]))
    assert single.car.standard_error["f0"] == pytest.approx(ahead.se_obs[0])
    assert single.tests.statistic["j1"] == pytest.approx(single.car.statistic["f0"])
    assert single.tests.statistic["patell"] == pytest.approx(single.tests.statistic["j2"])
    assert single.tests.loc[["cross_sectional", "kolari_pynnonen"], "statistic"].isna().all()


def test_several_events_are_clusters() -> None:
    returns, market = world(days=700)
    days = returns.index[[180, 350, 600]]
    found = run(returns, market, None, list(days), **WINDOWS)
    assert found.car.index.names == ["firm", "day_zero"]
    means = found.car.car.groupby("day_zero").mean()
    assert found.tests.statistic["cluster"] == pytest.approx(stats.ttest_1samp(means, 0).statistic)
    assert any("18 observations are 3 cluster(s)" in note for note in found.notes)
    # No event window lies in an estimation window: the last before 350 ends at 183, that window starts at 200.
    assert not any("other events" in note for note in found.notes)
    alone = run(returns, market, None, days[1], **WINDOWS)
    assert found.car.xs(days[1], level="day_zero").car.to_numpy() == pytest.approx(alone.car.car.to_numpy())
    # Pairs of different events count as uncorrelated: the mean over all pairs is smaller.
    blocks = [run(returns, market, None, day, **WINDOWS).mean_correlation for day in days]
    assert found.mean_correlation == pytest.approx(sum(blocks) * 6 * 5 / (18 * 17))


def test_days_of_a_firms_other_events_do_not_estimate_its_model() -> None:
    returns, market = world()
    returns.iloc[230, 0] = 0.9
    dates = {"f0": [returns.index[230], returns.index[300]], "f1": returns.index[300]}
    found = run(returns, market, None, dates, **WINDOWS)
    assert any("6 returns in windows of the firm's other events" in note for note in found.notes)
    last = ("f0", returns.index[300])
    assert found.car.estimation_days[last] == 134
    quiet = returns.copy()
    quiet.iloc[228:234, 0] = np.nan
    alone = run(quiet, market, ["f0"], returns.index[300], **WINDOWS)
    assert found.car.car[last] == pytest.approx(alone.car.car["f0"])


def test_windows_as_dates_and_events_without_trading() -> None:
    returns, market = world()
    dates = returns.index
    offsets = run(returns, market, None, dates[300], **WINDOWS)
    stated = run(returns, market, None, dates[300], (dates[298], dates[303]), (str(dates[150].date()), dates[289]))
    pd.testing.assert_frame_equal(offsets.tests, stated.tests)
    assert stated.event_window == (-2, 3)
    assert stated.estimation_window == (-150, -11)
    friday = next(day for day in dates[300:] if day.weekday() == 4)
    found = run(returns, market, None, friday + pd.Timedelta(days=1), **WINDOWS)
    assert found.events.day_zero.unique().tolist() == [friday + pd.Timedelta(days=3)]
    assert any("next trading day" in note for note in found.notes)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 2), st.permutations(range(6)))
def test_scale_and_order_do_not_matter_and_effects_add(seed, scale, order) -> None:
    returns, market = world(seed=seed)
    day = returns.index[300]
    found = run(returns, market, None, day, **WINDOWS)
    scaled = run(returns * scale, market * scale, None, day, **WINDOWS)
    names = found.tests.index.drop("bhar_cross_sectional")
    np.testing.assert_allclose(scaled.tests.statistic[names], found.tests.statistic[names], rtol=1e-7)
    turned = run(returns.iloc[:, list(order)], market, None, day, **WINDOWS)
    np.testing.assert_allclose(turned.tests.statistic, found.tests.statistic, rtol=1e-9, atol=1e-12)
    shocked = returns.copy()
    shocked.loc[day] += 0.05
    assert run(shocked, market, None, day, **WINDOWS).car.car.to_numpy() == pytest.approx(found.car.car + 0.05)
    # The market model takes out any exposure to the market, exactly.
    exposed = run(returns.add(0.7 * market, axis=0), market, None, day, **WINDOWS)
    np.testing.assert_allclose(exposed.car.car, found.car.car, atol=1e-12)


def test_size_in_simulation_without_and_with_correlated_firms() -> None:
    names = ["cross_sectional", "j1", "j2", "patell", "boehmer_musumeci_poulsen", "corrado_rank", "kolari_pynnonen"]
    independent, correlated, draws = [], [], 600
    for seed in range(draws):
        for store, common, firms in ((independent, 0.0, 20), (correlated, 0.3, 20)):
            returns, market = world(days=110, firms=firms, seed=seed, common=common)
            found = run(returns, market, None, returns.index[104], (-1, 1), (-104, -5))
            store.append(found.tests.p_value[names].to_numpy() < 0.05)
    rates = dict(zip(names, np.mean(independent, axis=0), strict=True))
    assert all(0.03 <= rate <= 0.07 for rate in rates.values()), rates
    clustered = dict(zip(names, np.mean(correlated, axis=0), strict=True))
    for name in ("corrado_rank", "kolari_pynnonen"):
        assert 0.03 <= clustered[name] <= 0.07, clustered
    # What the note warns of: without the correlation, one event looks like twenty.
    for name in ("cross_sectional", "j1", "j2", "patell", "boehmer_musumeci_poulsen"):
        assert clustered[name] > 0.2, clustered
    assert found.tests.assumes_independence[["j1", "kolari_pynnonen"]].tolist() == [True, False]


def test_single_firms_have_exact_p_values() -> None:
    rejected = []
    for seed in range(60):
        returns, market = world(days=40, firms=50, seed=seed)
        found = run(returns, market, None, returns.index[36], (-1, 1), (-30, -5), min_estimation_days=20)
        rejected.extend(found.car.p_value < 0.05)
    assert 0.04 <= np.mean(rejected) <= 0.06


def test_an_interval_of_a_car_covers_what_was_planted() -> None:
    inside = []
    for seed in range(40):
        returns, market = world(days=40, firms=50, seed=seed)
        returns.iloc[36] += 0.04
        found = run(returns, market, None, returns.index[36], (-1, 1), (-30, -5), min_estimation_days=20).car
        width = stats.t.ppf(0.975, found.degrees) * found.standard_error
        inside.extend((found.car - 0.04).abs() <= width)
    # 2,000 firms, of which fifty share a market: a standard error of half a percent or a little more.
    assert 0.93 <= np.mean(inside) <= 0.97


def test_thin_data_is_left_out_with_the_reason() -> None:
    returns, market = world()
    returns.iloc[:270, 0] = np.nan
    returns.iloc[300, 1] = np.nan
    returns["f2"] = 0.0
    found = run(returns, market, None, returns.index[300], **WINDOWS)
    assert found.left_out.set_index("firm").reason.to_dict() == {
        "f0": "20 estimation days, 30 needed",
        "f1": "5 event days, 6 needed",
        "f2": "no variance in the estimation window",
    }
    assert found.car.index.tolist() == ["f3", "f4", "f5"]
    assert "3 observation(s) left out" in repr(found)
    with pytest.raises(ValueError, match="'f0' has 20 estimation days"):
        run(returns, market, ["f0", "f2"], returns.index[300], **WINDOWS)
    with pytest.raises(FrozenInstanceError):
        found.model = "other"


def _broken(returns, market):
    double = pd.concat([returns, returns.tail(1)])
    return [
        ((double, market), {}, "returns have 2021-07-13 twice"),
        ((returns[::-1], market), {}, "not in order"),
        ((returns.reset_index(drop=True), market), {}, "need an index of dates"),
        ((returns, None), {}, "needs the returns of a market"),
        ((returns, "index"), {}, "no column of the returns"),
        ((returns * 100, market), {}, "infinite or below -1"),
        ((returns, market.shift(2000, freq="D")), {}, "on any day on which the market has one"),
        ((returns, market), {"firms": ["f0", "f0"]}, "named twice"),
        ((returns, market), {"firms": ["g"]}, r"no returns of \['g'\]"),
        ((returns, market), {"firms": []}, "no firms"),
        ((returns, market), {"model": "capm"}, "no model 'capm'"),
        ((returns, market), {"event_date": "2030-01-01"}, "outside the returns"),
        ((returns, market), {"event_date": pd.NaT}, "no date"),
        ((returns, market), {"event_date": []}, "no events"),
        ((returns, market), {"event_date": {"g": "2021-01-04"}}, "events of firms without returns"),
        ((returns, market), {"event_date": ["2021-02-01", "2021-02-04"]}, "2021-02-01 and 2021-02-04 overlap"),
        ((returns, market), {"event_date": ["2021-02-06", "2021-02-07"]}, "same trading day"),
        ((returns, market), {"event_date": returns.index[-2]}, "leaves the 400 trading days"),
        ((returns, market), {"estimation_window": (-100, -2)}, "must end before"),
        ((returns, market), {"event_window": (3, 1)}, "no trading day"),
        ((returns, market), {"min_estimation_days": 3}, "below 7"),
        ((returns, market), {"min_event_days": 9}, "the event window has 6"),
        (
            (returns, market),
            {"event_date": ["2020-09-01", "2021-02-01"], "event_window": ("2021-02-01", "2021-02-03")},
            "give day offsets",
        ),
    ]


@pytest.mark.parametrize("case", range(23))
def test_what_is_no_study_is_refused(case) -> None:
    positional, options, message = _broken(*world())[case]
    given = {"firms": None, "event_date": "2021-02-01", **WINDOWS, **options}
    with pytest.raises(ValueError, match=message):
        run(*positional, **given)


def test_placebo_dates_tell_an_effect_from_none() -> None:
    returns, market = world(days=600)
    day = returns.index[400]
    options = {"event_window": (-1, 1), "estimation_window": (-110, -11)}
    calm = placebo(returns, market, None, day, **options)
    # Windows of three days from 110 on, both sides of the event, itself excepted: 400 - 3 k >= 110, 400 + 3 k < 599.
    assert len(calm.values) == 96 + 66
    assert calm.actual == pytest.approx(run(returns, market, None, day, **options).car.car.mean())
    at = returns.index[400 + 60]
    quiet = returns.copy()
    quiet.iloc[399:402] = np.nan
    assert calm.values[at] == pytest.approx(run(quiet, market, None, at, **options).car.car.mean())
    shocked = returns.copy()
    shocked.loc[day] += 0.2
    strong = placebo(shocked, market, None, day, **options)
    assert strong.p_value == pytest.approx(1 / 163)
    np.testing.assert_allclose(strong.values, calm.values)
    assert len(placebo(returns, market, None, day, **options, known_events=[at]).values) == 161
    with pytest.raises(ValueError, match="for one event"):
        placebo(returns, market, None, [day, at], **options)
    with pytest.raises(ValueError, match="no placebo date fits"):
        placebo(returns.iloc[250:403], market.iloc[250:403], None, day, (-1, 1), (-149, -11))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_as_in_statsmodels(values) -> None:
    assert holm(pd.Series(values)).to_numpy() == pytest.approx(multipletests(values, method="holm")[1])


def test_holm_keeps_names_order_and_gaps() -> None:
    found = holm({"a": 0.04, "b": math.nan, "c": 0.01})
    assert found.index.tolist() == ["a", "b", "c"]
    assert found.tolist() == pytest.approx([0.04, math.nan, 0.02], nan_ok=True)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        holm([1.2])


def test_five_hundred_firms_and_a_thousand_days_take_less_than_a_second() -> None:
    returns, market = world(days=1000, firms=500)
    start = time.process_time()
    found = run(returns, market, None, returns.index[980], (-10, 10), (-979, -30))
    assert len(found.car) == 500
    assert time.process_time() - start < 1.5


# estudy2 0.10.0 (R), vignette "Introduction to estudy2", output of parametric_tests: the mean abnormal return, the
# cross-sectional t, Patell and Boehmer.
ESTUDY2 = {
    "2020-03-16": (0.02329740, 1.3941497, 2.5507399, 1.20471169),
    "2020-03-17": (-0.03157867, -1.2769075, -2.9495613, -1.17531339),
    "2020-03-18": (-0.01617850, -0.4023135, 0.3283654, 0.07606284),
    "2020-03-19": (0.07672027, 1.7958275, 8.4216222, 2.16657728),
    "2020-03-20": (0.05840545, 5.1233281, 6.3196352, 8.65212561),
}


@pytest.mark.parametrize("day", ESTUDY2)
def test_the_table_that_estudy2_prints(day) -> None:
    frame = pd.read_csv(example("eventstudy_estudy2_returns_input.csv"), index_col="date", parse_dates=True)
    found = run(frame, "SP500", None, day, (0, 0), ("2019-04-01", "2020-03-13"))
    mean, t, patell, boehmer = ESTUDY2[day]
    tests = found.tests.statistic
    assert found.car.car.mean() == pytest.approx(mean, abs=5.1e-9)
    assert tests["cross_sectional"] == pytest.approx(t, abs=5.1e-8)
    # They divide the residual sum of squares by T - 1, we by T - 2 with T of about 240; and for the two firms listed
    # later they take the market's mean and squares over all days, we over the firm's own. Their rank statistic weighs
    # days with missing firms otherwise and is not compared.
    assert tests["patell"] == pytest.approx(patell, rel=0.003)
    assert tests["boehmer_musumeci_poulsen"] == pytest.approx(boehmer, abs=0.003)


def test_the_crash_of_march_2020() -> None:
    frame = pd.read_csv(example("eventstudy_estudy2_returns_input.csv"), index_col="date", parse_dates=True)
    found = run(frame, "SP500", None, "2020-03-16", (0, 4), ("2019-04-01", "2020-03-13"))
    assert len(found.car) == 7
    both = frame.loc[:"2020-03-13", ["ZM", "SP500"]].dropna()
    assert found.car.estimation_days["ZM"] == len(both)
    fitted = sm.OLS(both.ZM, sm.add_constant(both.SP500)).fit()
    after = frame.loc["2020-03-16":"2020-03-20"]
    assert found.car.car["ZM"] == pytest.approx((after.ZM - fitted.predict(sm.add_constant(after.SP500))).sum())
    axes = found.plot()
    assert axes.get_ylabel() == "Cumulative abnormal return"
    assert len(axes.lines) == 7 + 2
    plt.close(axes.figure)
