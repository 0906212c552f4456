"""Rolling hedonics spliced in every way: by definition, with errors from what each product adds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from cloudmarket.measures import hedonic
from cloudmarket.measures.hedonic import _time_dummies
from cloudmarket.measures.index_numbers import _windows
from measures.hedonic_panels import FORMULA, TRAITS, churn

SPLICES = _time_dummies.SPLICES


def fitted(panel: pd.DataFrame, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log levels of a window by statsmodels, and what each product adds to them, in units of their error."""
    part = panel[panel.period.between(start, stop - 1)]
    model = smf.ols(FORMULA, part).fit()
    terms = [model.params.index.get_loc(f"C(period)[T.{period}]") for period in range(start + 1, stop)]
    design = model.model.exog
    influence = (design * model.resid.to_numpy()[:, None]) @ model.normalized_cov_params.to_numpy()
    groups = part["product"].nunique()
    scale = groups / (groups - 1) * (len(part) - 1) / (len(part) - design.shape[1])
    sums = pd.DataFrame(influence[:, terms] * math.sqrt(scale)).groupby(part["product"].to_numpy()).sum()
    sums = sums.reindex(panel["product"].unique(), fill_value=0.0).to_numpy()
    nothing = np.zeros((len(sums), 1))
    return np.concatenate([[0.0], model.params.iloc[terms]]), np.hstack([nothing, sums])


@pytest.mark.parametrize("window", [2, 3, 4])
@pytest.mark.parametrize("splice", SPLICES)
def test_levels_and_errors_are_those_of_fresh_regressions(splice, window) -> None:
    panel = churn(7, 150, seed=3)
    fits = {(start, start + window): fitted(panel, start, start + window) for start in range(8 - window)}
    logs = _windows.extend(lambda start, stop: fits[start, stop][0], 7, window, splice)
    found = hedonic.index(panel, TRAITS, "rolling", window=window, splice=splice)
    assert np.log(found.index).tolist() == pytest.approx(logs.tolist(), abs=1e-10)
    # Extension is linear in the levels of the windows: what a product adds to them goes through it likewise.
    parts = [
        _windows.extend(lambda start, stop, at=at: fits[start, stop][1][at], 7, window, splice)
        for at in range(panel["product"].nunique())
    ]
    errors = np.sqrt((np.array(parts) ** 2).sum(axis=0))
    assert found.standard_errors.tolist() == pytest.approx(errors.tolist(), rel=1e-9)


@pytest.mark.parametrize("splice", SPLICES)
def test_errors_agree_with_the_bootstrap_over_products(splice) -> None:
    panel = churn(5, 150, noise=0.2, seed=7)
    found = hedonic.index(panel, TRAITS, "rolling", window=3, splice=splice)
    random = np.random.default_rng(1)
    groups = dict(list(panel.groupby("product")))
    names, logs = list(groups), []
    for _ in range(100):
        drawn = random.choice(len(names), size=len(names))
        again = pd.concat([groups[names[pick]].assign(product=place) for place, pick in enumerate(drawn)])
        level = hedonic.index(again, TRAITS, "rolling", window=3, splice=splice).index.iloc[-1]
        logs.append(math.log(level))
    # The standard deviation of 100 draws has an error of 7 %.
    assert found.standard_errors.iloc[-1] == pytest.approx(np.std(logs, ddof=1), rel=0.25)


@pytest.mark.parametrize("splice", SPLICES)
def test_what_was_published_is_never_revised(splice) -> None:
    panel = churn(7, 150, seed=4)
    early, late = (
        hedonic.index(panel[panel.period <= last], TRAITS, "rolling", window=3, splice=splice) for last in (5, 6)
    )
    assert late.index[:6].tolist() == pytest.approx(early.index.tolist(), rel=1e-12)
    assert late.standard_errors[:6].tolist() == pytest.approx(early.standard_errors.tolist(), rel=1e-10)


@pytest.mark.parametrize("splice", SPLICES)
def test_a_window_over_all_periods_is_pooled_and_two_are_adjacent(splice) -> None:
    panel = churn(5, 120, seed=5)
    for window, method in ((5, "pooled"), (2, "adjacent")):
        found = hedonic.index(panel, TRAITS, "rolling", window=window, splice=splice)
        peer = hedonic.index(panel, TRAITS, method)
        assert found.index.tolist() == pytest.approx(peer.index.tolist(), rel=1e-12)
        assert found.standard_errors.tolist() == pytest.approx(peer.standard_errors.tolist(), rel=1e-12)


def test_two_periods_are_one_regression() -> None:
    panel = churn(2, 60, seed=6)
    pooled, adjacent = (hedonic.index(panel, TRAITS, method) for method in ("pooled", "adjacent"))
    rolled = hedonic.index(panel, TRAITS, "rolling", window=2)
    for other in (adjacent, rolled):
        assert other.index.tolist() == pooled.index.tolist()
        assert other.standard_errors.tolist() == pooled.standard_errors.tolist()


def test_prices_that_do_not_change_give_one_and_alike_changes_themselves() -> None:
    panel = churn(5, 120, noise=0.0, levels=(0.0, 0.0, 0.0, 0.0, 0.0))
    for splice in SPLICES:
        found = hedonic.index(panel, TRAITS, "rolling", window=3, splice=splice)
        assert found.index.tolist() == pytest.approx([1.0] * 5, abs=1e-12)
        doubled = panel.assign(price=panel.price * 2.0**panel.period)
        found = hedonic.index(doubled, TRAITS, "rolling", window=3, splice=splice)
        assert found.index.tolist() == pytest.approx([1, 2, 4, 8, 16], rel=1e-12)
