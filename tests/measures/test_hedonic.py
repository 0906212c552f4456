"""Hedonic indices against statsmodels formulas, closed forms, planted effects and the bootstrap."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures import hedonic
from measures.hedonic_panels import FORMULA, TRAITS, churn
from shared import example

NAN = float("nan")
METHODS = ("pooled", "adjacent", "rolling", "characteristics", "imputation")


def run(panel: pd.DataFrame, method: str, **options):
    window = {"window": 3} if method == "rolling" else {}
    return hedonic.index(panel, TRAITS, method, **window, **options)


def test_pooled_is_the_regression_that_statsmodels_makes() -> None:
    panel = churn()
    found = run(panel, "pooled")
    groups = pd.factorize(panel["product"])[0]
    peer = smf.ols(FORMULA, panel).fit(cov_type="cluster", cov_kwds={"groups": groups})
    names = [f"C(period)[T.{period}]" for period in (1, 2, 3)]
    assert np.log(found.index[1:]).tolist() == pytest.approx(peer.params[names].tolist(), abs=1e-10)
    assert found.standard_errors[1:].tolist() == pytest.approx(peer.bse[names].tolist(), rel=1e-9)
    assert (found.index[0], found.standard_errors[0]) == (1, 0)
    assert found.degrees_of_freedom == panel["product"].nunique() - 1


def test_weighted_by_expenditure_and_without_clusters() -> None:
    panel = churn(seed=2)
    value = panel.price * panel.quantity
    weights = value / value.groupby(panel.period).transform("sum")
    peer = smf.wls(FORMULA, panel, weights=weights).fit(cov_type="HC1")
    found = run(panel.sample(frac=1, random_state=1), "pooled", weights="expenditure", cluster=None)
    assert np.log(found.index[1:]).tolist() == pytest.approx(peer.params.iloc[1:4].tolist(), abs=1e-10)
    assert found.standard_errors[1:].tolist() == pytest.approx(peer.bse.iloc[1:4].tolist(), rel=1e-9)
    own = run(panel.assign(w=weights), "pooled", weights="w", cluster=None)
    assert own.index.tolist() == pytest.approx(found.index.tolist(), rel=1e-12)
    by_make = run(panel, "pooled", cluster="make")
    peer = smf.ols(FORMULA, panel).fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(panel.make)[0]})
    assert by_make.standard_errors[1:].tolist() == pytest.approx(peer.bse.iloc[1:4].tolist(), rel=1e-9)


def test_adjacent_and_rolling_against_one_regression_at_a_time() -> None:
    panel = churn(6, 120, seed=3)

    def last_two(first: int, last: int) -> float:
        part = panel[panel.period.between(first, last)]
        fitted = smf.ols(FORMULA, part).fit().params
        return fitted[f"C(period)[T.{last}]"] - fitted.get(f"C(period)[T.{last - 1}]", 0.0)

    adjacent = np.cumsum([last_two(period - 1, period) for period in range(1, 6)])
    assert np.log(run(panel, "adjacent").index[1:]).tolist() == pytest.approx(adjacent.tolist(), abs=1e-10)
    rolled = np.log(run(panel, "rolling").index)
    assert rolled.diff()[3:].tolist() == pytest.approx([last_two(p - 2, p) for p in (3, 4, 5)], abs=1e-10)
    again = hedonic.index(panel, TRAITS, "rolling", window=2)
    assert again.index.tolist() == pytest.approx(run(panel, "adjacent").index.tolist(), rel=1e-12)
    whole = hedonic.index(panel, TRAITS, "rolling", window=6)
    assert whole.standard_errors.tolist() == pytest.approx(run(panel, "pooled").standard_errors.tolist(), rel=1e-12)


def test_a_later_period_does_not_revise_what_rolling_has_published() -> None:
    panel = churn(6, 120, seed=3)
    early, late = (run(panel[panel.period <= last], "rolling").index for last in (4, 5))
    assert late[:5].tolist() == pytest.approx(early.tolist(), rel=1e-12)
    assert run(panel, "pooled").index[4] != pytest.approx(run(panel[panel.period <= 4], "pooled").index[4], rel=1e-6)


def test_characteristics_is_fisher_of_both_baskets_of_characteristics() -> None:
    panel = churn(3, 80, seed=4)
    parts = dict(list(panel.groupby("period")))
    fits = {period: smf.ols("np.log(price) ~ speed + size + C(make)", part).fit() for period, part in parts.items()}
    found = run(panel, "characteristics").index
    for period in (1, 2):
        logs = [(fits[period].predict(parts[at]) - fits[0].predict(parts[at])).mean() for at in (0, period)]
        assert math.log(found[period]) == pytest.approx(sum(logs) / 2, abs=1e-10)


def test_imputation_keeps_observed_prices_and_imputes_twice_the_others() -> None:
    panel = churn(2, 80, seed=5)
    parts = {period: part.set_index("product") for period, part in panel.groupby("period")}
    fits = {period: smf.ols("np.log(price) ~ speed + size + C(make)", part).fit() for period, part in parts.items()}
    ratio = np.log(parts[1].price / parts[0].price)
    logs = []
    for part in parts.values():
        value = part.price * part.quantity
        relative = ratio[part.index].fillna(fits[1].predict(part) - fits[0].predict(part))
        logs.append((value / value.sum() * relative).sum())
        assert ratio[part.index].isna().any()
    # The fits of the index are weighted too.
    unweighted = np.mean(
        [ratio[p.index].fillna(fits[1].predict(p) - fits[0].predict(p)).mean() for p in parts.values()]
    )
    assert math.log(run(panel, "imputation").index[1]) == pytest.approx(unweighted, abs=1e-10)
    wide = {
        period: smf.wls("np.log(price) ~ speed + size + C(make)", p, weights=p.price * p.quantity).fit()
        for period, p in parts.items()
    }
    weighted = []
    for part in parts.values():
        value = part.price * part.quantity
        relative = ratio[part.index].fillna(wide[1].predict(part) - wide[0].predict(part))
        weighted.append((value / value.sum() * relative).sum())
    assert math.log(run(panel, "imputation", weights="expenditure").index[1]) == pytest.approx(
        np.mean(weighted), abs=1e-10
    )


def test_imputation_of_a_matched_panel_is_tornqvist_and_jevons() -> None:
    panel = churn(2, 40, seed=6)
    panel = panel[panel.groupby("product").period.transform("size") == 2]
    first, second = (panel[panel.period == period].set_index("product") for period in (0, 1))
    ratio = np.log(second.price / first.price)
    assert math.log(run(panel, "imputation").index[1]) == pytest.approx(ratio.mean())
    shares = [(side.price * side.quantity) / (side.price * side.quantity).sum() for side in (first, second)]
    tornqvist = ((shares[0] + shares[1]) / 2 * ratio).sum()
    assert math.log(run(panel, "imputation", weights="expenditure").index[1]) == pytest.approx(tornqvist)
    error = ratio.std() / math.sqrt(len(ratio))
    assert run(panel, "imputation").standard_errors[1] == pytest.approx(error, rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_a_planted_fall_is_found_exactly_without_noise(method: str) -> None:
    levels = (0.0, -0.2, -0.5, -0.4)
    found = run(churn(noise=0.0, levels=levels), method)
    assert np.log(found.index).tolist() == pytest.approx(levels, abs=1e-10)
    assert found.standard_errors.max() < 0.2


@given(st.integers(0, 1000), st.sampled_from(METHODS), st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_what_holds_for_any_panel(seed: int, method: str, factor: float) -> None:
    panel = churn(3, 60, seed=seed)
    found = run(panel, method)
    units = panel.assign(price=panel.price * factor, speed=panel.speed * factor + 3)
    assert run(units, method).index.tolist() == pytest.approx(found.index.tolist(), rel=1e-8)
    dearer = panel.assign(price=panel.price * np.where(panel.period == 2, factor, 1.0))
    assert run(dearer, method).index[2] == pytest.approx(found.index[2] * factor, rel=1e-8)
    if method != "rolling":
        back = run(panel.assign(period=-panel.period), method, **({"base": "chained"} if method in METHODS[3:] else {}))
        forth = run(panel, method, **({"base": "chained"} if method in METHODS[3:] else {}))
        assert back.index.iloc[-1] == pytest.approx(1 / forth.index.iloc[-1], rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_standard_errors_agree_with_the_bootstrap_over_products(method: str) -> None:
    panel = churn(3, 150, noise=0.2, seed=7)
    found = run(panel, method, base="chained")
    random = np.random.default_rng(1)
    groups = dict(list(panel.groupby("product")))
    names, logs = list(groups), []
    for _ in range(100):
        drawn = random.choice(len(names), size=len(names))
        again = pd.concat([groups[names[pick]].assign(product=place) for place, pick in enumerate(drawn)])
        logs.append(np.log(run(again, method, base="chained").index.iloc[-1]))
    # The standard deviation of 100 draws has an error of 7 %.
    assert found.standard_errors.iloc[-1] == pytest.approx(np.std(logs, ddof=1), rel=0.25)


@pytest.mark.parametrize("method", ["pooled", "adjacent", "rolling"])
def test_intervals_cover(method: str) -> None:
    covered = 0
    for seed in range(500):
        found = run(churn(4, 60, 0.2, seed, (0.0, -0.1, -0.3, -0.2)), method)
        low, high = found.interval(0.95).iloc[-1]
        covered += low <= math.exp(-0.2) <= high
    assert 0.93 <= covered / 500 <= 0.97


def test_kennedys_correction_is_half_the_variance() -> None:
    panel = churn()
    plain, corrected = run(panel, "pooled"), run(panel, "pooled", kennedy=True)
    expected = plain.index * np.exp(-(plain.standard_errors**2) / 2)
    assert corrected.index.tolist() == pytest.approx(expected.tolist(), rel=1e-14)
    assert corrected.index.iloc[-1] < plain.index.iloc[-1]
    assert "Kennedy" in corrected.method
    assert "Kennedy" not in plain.method


def test_what_is_matched_and_how_often_prices_change() -> None:
    panel = pd.DataFrame({
        "period": [1, 2, 3, 1, 2, 3, 3, 1], "product": list("aaabbbcd"), "price": [5.0, 5, 6, 4, 3, 3, 7, 2],
        "quantity": [1.0] * 8, "speed": [1.0, 1, 1, 2, 2, 2, 3, 0],
    })  # fmt: skip
    found = hedonic.index(panel, ["speed"])
    assert found.n_price_changes == 2
    assert found.matched["products"].tolist() == [2, 2, 2]
    assert found.matched.expenditure_share.tolist() == pytest.approx([9 / 11, 1, 9 / 16])
    assert hedonic.index(panel.drop(columns="quantity"), ["speed"]).matched.expenditure_share.isna().all()


def test_computers_of_1993_to_1995() -> None:
    data = pd.read_csv(example("hedonic_computers_input.csv"))
    traits = ["speed", "hd", "ram", "screen", "cd", "multi", "premium"]
    found = hedonic.index(data, traits, period="trend", product="rownames")
    formula = f"np.log(price) ~ C(trend) + {' + '.join(traits)}"
    peer = smf.ols(formula, data).fit(cov_type="HC1")
    name = "C(trend)[T.35]"
    assert math.log(found.index[35]) == pytest.approx(peer.params[name], abs=1e-9)
    assert found.standard_errors[35] == pytest.approx(peer.bse[name], rel=1e-8)
    # Makers gave ever more for the money: prices alone fell far less.
    mean = data.groupby("trend").price.apply(lambda price: np.log(price).mean())
    assert found.index[35] < 0.5 < math.exp(mean[35] - mean[1])


def test_collinear_characteristics_do_no_harm_to_time() -> None:
    panel = churn().assign(double=lambda frame: 2 * frame.speed + 1)
    assert hedonic.index(panel, [*TRAITS, "double"]).index.tolist() == pytest.approx(
        run(panel, "pooled").index.tolist()
    )


def test_the_result_draws_itself() -> None:
    found = run(churn(), "pooled")
    assert len(found.plot().lines) == 1
    assert "hedonic, pooled time dummies, unweighted" in repr(found)


BAD = churn()


@pytest.mark.parametrize(
    ("panel", "options", "message"),
    [
        (BAD, {"method": "ridge"}, "no method 'ridge'"),
        (BAD, {"base": "x"}, "base is 'x'"),
        (BAD, {"window": 3}, "window is 3"),
        (BAD, {"splice": "fbew"}, "splice is 'fbew'"),
        (BAD, {"splice": "half"}, "the rolling method, and no other"),
        (BAD, {"method": "rolling", "window": 1}, "of 2 periods or more"),
        (BAD, {"method": "rolling"}, "window is None"),
        (BAD, {"method": "rolling", "window": 9}, "of 2 to 4 periods"),
        (BAD, {"characteristics": []}, "at least one column"),
        (BAD, {"characteristics": "speed"}, "list of at least one"),
        (BAD, {"characteristics": ["colour"]}, "no column 'colour'"),
        (BAD, {"weights": "w"}, "no column 'w'"),
        (BAD.drop(columns="quantity"), {"weights": "expenditure"}, "no column 'quantity'"),
        (BAD.assign(quantity=0.0), {"weights": "expenditure"}, "missing or not above zero"),
        (BAD.assign(quantity=NAN), {"weights": "expenditure"}, "rows have no quantity"),
        (BAD.head(0), {}, "empty"),
        (BAD.assign(price=0.0), {}, "not above zero"),
        (BAD.assign(price=-1.0), {}, "not above zero"),
        (BAD.assign(speed=NAN), {}, "rows have no speed"),
        (BAD.assign(speed=1.0), {}, "'speed' never differs"),
        (BAD.assign(make="x"), {}, "'make' never differs"),
        (BAD.assign(speed=np.where(BAD.index == 3, np.inf, BAD.speed)), {}, "'speed' is infinite"),
        (BAD.assign(price=np.inf), {}, "not above zero and finite"),
        (pd.concat([BAD, BAD.head(1)]), {}, "'p1' has two prices in 3"),
        (BAD[BAD.period == 0], {}, "one period only"),
        (BAD.assign(period="m" + (BAD.period + 9).astype(str)), {}, "texts of several lengths"),
        (BAD[BAD["product"] == BAD["product"].mode()[0]].assign(speed=lambda f: range(len(f))), {
            "characteristics": ["speed"]}, "one cluster"),
        (BAD.assign(speed=BAD.period * 1.0), {}, "cannot be told from time"),
        (BAD.assign(size=2 * BAD.speed), {"method": "characteristics"}, "does not identify every characteristic"),
        (BAD.groupby("period").head(3), {"method": "characteristics"}, "3 prices for 5 coefficients"),
        (3, {}, "not int"),
    ],
)  # fmt: skip
def test_what_has_no_index_is_refused(panel, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        hedonic.index(panel, **{"characteristics": TRAITS, **options})
