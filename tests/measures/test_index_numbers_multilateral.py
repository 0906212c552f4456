"""Multilateral indices against another implementation's printed values, brute force, and their axioms."""

from __future__ import annotations

from itertools import product as pairs_of
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures.index_numbers import bilateral, multilateral

GEKS = {"geks-fisher": "fisher", "geks-tornqvist": "tornqvist", "geks-walsh": "walsh", "geks-jevons": "jevons"}
METHODS = [*GEKS, "geary-khamis", "tpd", "wtpd"]
SPLICES = ["movement", "window", "half", "mean", "wisp", "hasp", "mean_pub", "fbew", "fbmw"]


def ces() -> pd.DataFrame:
    """Return IndexNumR's example CES_sigma_2, or skip the test."""
    path = Path(__file__).resolve().parents[3] / "shared" / "examples" / "indexnumr_ces_sigma2_input.csv"
    if not path.exists():
        pytest.skip("the example is not beside this checkout")
    return pd.read_csv(path).set_axis(["period", "price", "quantity", "product"], axis=1)


def made(seed: int, periods: int = 6, products: int = 12, kept: float = 0.8) -> pd.DataFrame:
    """Return a panel with gaps in which product 0 is always sold."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(pairs_of(range(periods), range(products)), columns=["period", "product"])
    frame["price"] = np.exp(random.normal(0, 0.5, len(frame)) - 0.1 * frame.period)
    frame["quantity"] = np.exp(random.normal(0, 1, len(frame)))
    return frame[(random.random(len(frame)) < kept) | (frame["product"] == 0)].reset_index(drop=True)


# Printed in the tests of IndexNumR 0.6.0 (R), tests/testthat/test-gk.R and test-wtpd.R, for its data CES_sigma_2.
PRINTED = {
    "geary-khamis": [
        1, 0.87763982, 1.14963977, 1.20948388, 0.97735333, 1.30228207,
        1.23643987, 1.00131376, 1.20675381, 0.98419301, 1.23476104, 1.23245315,
    ],
    "wtpd": [
        1, 0.880339868502394, 1.11310561070234, 1.15879006335178, 0.944228876424154, 1.23413422819567,
        1.17381864977063, 0.96466253410287, 1.14473361053433, 0.955804858341343, 1.17418844896016, 1.17377193225844,
    ],
}  # fmt: skip
PRINTED_TWELFTH = {
    ("geary-khamis", "mean"): 1.230446268,
    ("geary-khamis", "movement"): 1.223542862,
    ("geary-khamis", "window"): 1.243101,
    ("geary-khamis", "half"): 1.23085666351138,
    ("geary-khamis", "wisp"): 1.24310097571958,
    ("geary-khamis", "hasp"): 1.23085666351138,
    ("geary-khamis", "mean_pub"): 1.23044626729226,
    ("wtpd", "mean"): 1.17283932343105,
    ("wtpd", "movement"): 1.169222231299,
    ("wtpd", "window"): 1.18221020311053,
    ("wtpd", "half"): 1.17307644429241,
    ("wtpd", "wisp"): 1.18221020311053,
    ("wtpd", "hasp"): 1.17307644429241,
    ("wtpd", "mean_pub"): 1.17283932343105,
}


@pytest.mark.parametrize("method", PRINTED)
def test_values_that_another_implementation_prints(method) -> None:
    assert multilateral(ces(), method).index.to_numpy() == pytest.approx(PRINTED[method], rel=2e-8)


@pytest.mark.parametrize(("method", "splice"), PRINTED_TWELFTH)
def test_splices_that_another_implementation_prints(method, splice) -> None:
    found = multilateral(ces(), method, window=11, splice=splice)
    assert found.index.iloc[11] == pytest.approx(PRINTED_TWELFTH[method, splice], rel=2e-8)


def bilateral_of(panel: pd.DataFrame, method: str, base: int, now: int) -> float:
    pair = panel[panel.period.isin([base, now])]
    found = bilateral(pair, method).index
    return float(found.iloc[1] if base < now else 1 / found.iloc[1])


@pytest.mark.parametrize("method", GEKS)
def test_geks_is_the_mean_over_all_links(method) -> None:
    panel = made(1)
    pairs = np.ones((6, 6))
    for base, now in pairs_of(range(6), repeat=2):
        if base != now:
            pairs[base, now] = bilateral_of(panel, GEKS[method], base, now)
    by_hand = np.exp(np.log(pairs[0][:, None] * pairs).mean(axis=0))
    assert multilateral(panel, method).index.to_numpy() == pytest.approx(by_hand, rel=1e-12)


def test_ccdi_is_another_name() -> None:
    pd.testing.assert_series_equal(multilateral(made(1), "ccdi").index, multilateral(made(1), "geks-tornqvist").index)


def test_a_pair_without_overlap_is_left_out_and_not_one() -> None:
    # Periods 0 and 2 share nothing: the only path is 0 to 1 to 2, a rises by 2, b by 3.
    panel = pd.DataFrame(
        {"period": [0, 1, 1, 2], "product": list("aabb"), "price": [1.0, 2.0, 5.0, 15.0], "quantity": 1.0}
    )
    for method in METHODS:
        assert multilateral(panel, method).index.to_list() == pytest.approx([1, 2, 6]), method


def test_geary_khamis_solves_its_own_definition() -> None:
    panel = made(2).assign(value=lambda rows: rows.price * rows.quantity)
    level = multilateral(panel, "geary-khamis").index
    deflated = panel.value / panel.period.map(level)
    reference = deflated.groupby(panel["product"]).sum() / panel.groupby("product").quantity.sum()
    at_reference = (panel["product"].map(reference) * panel.quantity).groupby(panel.period).sum()
    found = panel.groupby("period").value.sum() / at_reference
    assert (found / found.iloc[0]).to_numpy() == pytest.approx(level.to_numpy(), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_with_two_periods_it_is_bilateral(method) -> None:
    panel = made(3, periods=2, kept=1.0)
    two = {**GEKS, "geary-khamis": "geary-khamis", "tpd": "jevons", "wtpd": "tpd"}[method]
    expected = bilateral(panel, two)
    found = multilateral(panel, method)
    assert found.index.to_numpy() == pytest.approx(expected.index.to_numpy(), rel=1e-12)
    if method == "wtpd":
        assert found.standard_errors.to_numpy() == pytest.approx(expected.standard_errors.to_numpy(), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_axioms_of_many_periods(method, seed) -> None:
    panel = made(seed)
    found = multilateral(panel, method).index
    # Transitivity: with the periods backwards, each change is the inverse, whatever the base.
    backwards = multilateral(panel.assign(period=-panel.period), method).index
    assert (backwards / backwards.loc[0]).sort_index(ascending=False).to_numpy() == pytest.approx(
        found.to_numpy(), rel=1e-9
    )
    # Units of measure, and the order of rows.
    units = 10.0 ** (panel["product"] % 4)
    other = panel.assign(price=panel.price * units, quantity=panel.quantity / units).sample(frac=1, random_state=seed)
    assert multilateral(other, method).index.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-9)
    # All prices of a period times a factor: its level alone follows.
    factor = panel.period.map(lambda period: 3.0 if period == 2 else 1.0)
    raised = multilateral(panel.assign(price=panel.price * factor), method).index
    assert raised.to_numpy() == pytest.approx(found.to_numpy() * np.where(found.index == 2, 3, 1), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("splice", [None, *SPLICES])
def test_prices_that_all_change_alike_give_that_change(method, splice) -> None:
    panel = made(4, periods=9)
    level = np.exp(np.random.default_rng(8).normal(0, 0.3, 9))
    panel["price"] = (1.0 + panel["product"]) * level[panel.period]
    found = multilateral(panel, method, window=None if splice is None else 4, splice=splice)
    assert found.index.to_numpy() == pytest.approx(level / level[0], rel=1e-12)


def by_definition(panel: pd.DataFrame, method: str, window: int, splice: str) -> list[float]:
    """Extend with a fresh index for every window, each splice written out."""
    found = list(multilateral(panel[panel.period < window], method).index)
    for last in range(window, panel.period.max() + 1):
        first = last - window + 1
        base = max(at for at in range(0, last, window - 1))
        start = base if splice == "fbew" else first
        new = multilateral(panel[panel.period.between(start, last)], method).index
        old = multilateral(panel[panel.period.between(first - 1, last - 1)], method).index
        links = {
            "movement": [last - 1],
            "window": [first],
            "half": [first + (window - 1) // 2],
            "mean": list(range(first, last)),
            "fbew": [base],
            "fbmw": [base],
        }[{"wisp": "window", "hasp": "half", "mean_pub": "mean"}.get(splice, splice)]
        if splice in ("movement", "window", "half", "mean"):
            values = [found[-1] * (old[at] / old[last - 1]) * (new[last] / new[at]) for at in links]
        else:
            values = [found[at] * new[last] / new[at] for at in links]
        found.append(float(np.exp(np.mean(np.log(values)))))
    return found


@pytest.mark.parametrize("window", [2, 5])
@pytest.mark.parametrize("splice", SPLICES)
def test_splices_by_definition_with_every_window_afresh(window, splice) -> None:
    panel = made(5, periods=11)
    for method in ("geks-tornqvist", "geary-khamis", "wtpd"):
        found = multilateral(panel, method, window=window, splice=splice)
        assert found.index.to_numpy() == pytest.approx(by_definition(panel, method, window, splice), rel=1e-10), method


@pytest.mark.parametrize("splice", SPLICES)
def test_what_was_published_is_never_revised(splice) -> None:
    panel = made(6, periods=10)
    longer = multilateral(panel, "geks-tornqvist", window=4, splice=splice).index
    shorter = multilateral(panel[panel.period < 8], "geks-tornqvist", window=4, splice=splice).index
    assert longer.iloc[:8].to_numpy() == pytest.approx(shorter.to_numpy(), rel=1e-12)


def test_matched_is_within_the_window_a_value_was_published_from() -> None:
    panel = pd.DataFrame(
        [("a", period, 1.0, 1.0) for period in range(5)] + [("b", 0, 1.0, 3.0), ("b", 4, 1.0, 3.0), ("c", 2, 1.0, 1.0)],
        columns=["product", "period", "price", "quantity"],
    )
    whole = multilateral(panel, "geks-fisher").matched
    assert whole.products.to_list() == [2, 1, 1, 1, 2]
    assert whole.expenditure_share.to_list() == pytest.approx([1, 1, 0.5, 1, 1])
    rolling = multilateral(panel, "geks-fisher", window=3, splice="mean").matched
    assert rolling.products.to_list() == [1, 1, 1, 1, 1]
    assert rolling.expenditure_share.to_list() == pytest.approx([0.25, 1, 0.5, 1, 0.25])


def test_bootstrap_covers_spliced_indices_too() -> None:
    found = multilateral(made(7), "geks-tornqvist", window=3, splice="mean", bootstrap=50, seed=1)
    errors = found.standard_errors
    assert errors.iloc[0] == 0
    assert (errors.iloc[1:] > 0.01).all()
    assert multilateral(made(7), "geks-tornqvist").standard_errors.isna().all()


@pytest.mark.parametrize("method", METHODS)
def test_disconnected_periods_are_named(method) -> None:
    panel = pd.DataFrame(
        {"period": [1, 2, 3, 4], "product": list("aabb"), "price": [1.0, 2.0, 5.0, 15.0], "quantity": 1.0}
    )
    with pytest.raises(ValueError, match=r"not identified: no product links these 2 groups of periods: 1, 2 \| 3, 4"):
        multilateral(panel, method)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "geks"}, "method is 'geks'; choose one of geks-fisher"),
        ({"method": "tpd", "window": 3}, "window and splice go together"),
        ({"method": "tpd", "splice": "mean"}, "window and splice go together"),
        ({"method": "tpd", "window": 3, "splice": "middle"}, "splice is 'middle'"),
        ({"method": "tpd", "window": 1, "splice": "mean"}, "a window of 1 compares nothing"),
        ({"method": "geks-fisher", "aggregate": "observations"}, "is for tpd and wtpd"),
        ({"method": "tpd", "aggregate": "mean"}, "aggregate is 'mean'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        multilateral(made(1), **options)
