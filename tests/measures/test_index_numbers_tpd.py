"""Time-product dummy: coefficients and clustered errors against statsmodels, and coverage in simulation."""

from __future__ import annotations

from itertools import product as pairs_of

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from cloudmarket.measures.index_numbers import bilateral, multilateral


def made(seed: int, periods: int = 5, products: int = 30, rows: int = 1) -> pd.DataFrame:
    """Return a panel with gaps, several rows per cell where asked, and errors that last within products."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(pairs_of(range(periods), range(products), range(rows)), columns=["period", "product", "row"])
    lasting = random.normal(0, 0.1, products)[frame["product"]] * frame.period
    frame["price"] = np.exp(0.3 * frame["product"] % 2 + lasting + random.normal(0, 0.2, len(frame)))
    frame["quantity"] = np.exp(random.normal(0, 1, len(frame)))
    return frame[random.random(len(frame)) < 0.7].reset_index(drop=True)


def regression(panel: pd.DataFrame, weight: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients of periods and product-clustered errors by statsmodels, with all product dummies.

    statsmodels counts the product effects as parameters; being nested in the clusters they are none, so its
    correction (n - 1) / (n - K) is replaced by that of T parameters.
    """
    again = panel.groupby("product").period.transform("nunique") > 1
    panel, weight = panel[again], weight[again]
    fit = smf.wls("np.log(price) ~ C(period) + C(product)", panel, weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(panel["product"])[0]}
    )
    ours = [name for name in fit.params.index if name.startswith("C(period)")]
    periods, count = panel.period.nunique(), len(panel)
    errors = fit.bse[ours] * np.sqrt((count - len(fit.params)) / (count - periods))
    return fit.params[ours].to_numpy(), errors.to_numpy()


def shares(panel: pd.DataFrame) -> pd.Series:
    value = panel.price * panel.quantity
    return value / value.groupby(panel.period).transform("sum")


@pytest.mark.parametrize("method", ["tpd", "wtpd"])
@pytest.mark.parametrize("rows", [1, 3])
def test_coefficients_and_clustered_errors_are_those_of_statsmodels(method, rows) -> None:
    panel = made(1, rows=rows)
    weight = shares(panel) if method == "wtpd" else pd.Series(1.0, index=panel.index)
    coefficients, errors = regression(panel, weight)
    found = multilateral(panel, method, aggregate="observations" if rows > 1 else None)
    assert np.log(found.index.to_numpy()[1:]) == pytest.approx(coefficients, rel=1e-10)
    assert found.standard_errors.to_numpy()[1:] == pytest.approx(errors, rel=1e-10)
    assert found.standard_errors.iloc[0] == 0
    assert found.degrees_of_freedom == panel.groupby("product").period.nunique().gt(1).sum() - 1


def test_a_product_seen_once_has_no_say_in_the_regression() -> None:
    panel = made(2)
    once = pd.DataFrame({"period": [3], "product": [99], "price": [1000.0], "quantity": [1.0]})
    more = multilateral(pd.concat([panel, once]), "tpd")
    less = multilateral(panel, "tpd")
    assert more.index.to_numpy() == pytest.approx(less.index.to_numpy(), rel=1e-12)
    assert more.standard_errors.to_numpy() == pytest.approx(less.standard_errors.to_numpy(), rel=1e-12)


def test_bilateral_dummy_errors_are_those_of_each_pair() -> None:
    panel = made(3)
    found = bilateral(panel, "tpd")
    for now in range(1, 5):
        pair = panel[panel.period.isin([0, now])]
        pair = pair[pair.groupby("product").period.transform("nunique") == 2]
        coefficients, errors = regression(pair, shares(pair))
        assert np.log(found.index[now]) == pytest.approx(coefficients[0], rel=1e-10)
        assert found.standard_errors[now] == pytest.approx(errors[0], rel=1e-10)
    assert bilateral(panel, "tpd", "chained").standard_errors.isna().all()


def test_only_the_first_window_has_errors_of_its_regression() -> None:
    panel = made(4, periods=8)
    found = multilateral(panel, "tpd", window=5, splice="mean")
    first = multilateral(panel[panel.period < 5], "tpd")
    assert found.standard_errors[:5].to_numpy() == pytest.approx(first.standard_errors.to_numpy(), rel=1e-12)
    assert found.standard_errors[5:].isna().all()


def test_one_product_has_an_index_and_no_error() -> None:
    panel = pd.DataFrame({"period": [1, 2], "product": "a", "price": [1.0, 2.0], "quantity": 1.0})
    found = multilateral(panel, "tpd")
    assert found.index.to_list() == pytest.approx([1, 2])
    assert found.standard_errors.isna().all()
    assert "no standard error" in repr(found)


@pytest.mark.parametrize("method", ["tpd", "wtpd"])
def test_intervals_cover_the_truth_as_often_as_they_say(method) -> None:
    # Errors that last within a product: intervals that do not cluster cover far less.
    random = np.random.default_rng(11)
    periods, products, inside, times = 4, 60, 0, 1000
    frame = pd.DataFrame(pairs_of(range(periods), range(products)), columns=["period", "product"])
    for _ in range(times):
        drift = random.normal(0, 0.1, products)
        noise = drift[frame["product"]] * frame.period + random.normal(0, 0.05, len(frame))
        # A product's share has to do with the product and not with its error, or the index would be another.
        size = np.exp(random.normal(0, 0.5, products))[frame["product"]]
        panel = frame.assign(price=np.exp(0.2 * frame.period + noise))
        band = multilateral(panel.assign(quantity=size / panel.price), method).interval(0.95).iloc[3]
        inside += band.low <= np.exp(0.6) <= band.high
    assert 0.93 <= inside / times <= 0.97
