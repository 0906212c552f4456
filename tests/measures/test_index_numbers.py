"""Bilateral index numbers against hand-computed tables, definitions and the axioms."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures.index_numbers import bilateral

WEIGHTED = [
    "laspeyres", "paasche", "fisher", "tornqvist", "walsh", "geometric-laspeyres", "geometric-paasche", "palgrave",
    "drobisch", "marshall-edgeworth", "sato-vartia", "geary-khamis", "stuvel", "tpd", "lloyd-moulton",
]  # fmt: skip
UNWEIGHTED = ["jevons", "dutot", "carli", "harmonic", "cswd"]
METHODS = WEIGHTED + UNWEIGHTED
TIME_REVERSIBLE = [
    "fisher", "tornqvist", "walsh", "marshall-edgeworth", "sato-vartia", "geary-khamis", "stuvel", "tpd", "jevons",
    "dutot", "cswd",
]  # fmt: skip


def example(name: str) -> pd.DataFrame:
    """Return a public example, or skip the test."""
    path = Path(__file__).resolve().parents[3] / "shared" / "examples" / name
    if not path.exists():
        pytest.skip(f"the example {name} is not beside this checkout")
    return pd.read_csv(path)


def sigma(method: str) -> float | None:
    return 0.7 if method == "lloyd-moulton" else None


def two_periods(p0, p1, q0, q1) -> pd.DataFrame:
    count = len(p0)
    return pd.DataFrame(
        {
            "period": [0] * count + [1] * count,
            "product": [*range(count)] * 2,
            "price": [*p0, *p1],
            "quantity": [*q0, *q1],
        }
    )


# Four decimals, as chapter 19 of the CPI Manual (2004) has them for its artificial data set; quoted from memory, to be
# looked up. What does not rest on memory are the tables by hand and the definitions below.
MANUAL = {
    "laspeyres": [1, 1.4200, 1.3450, 1.3550, 1.4400],
    "paasche": [1, 1.3824, 1.2031, 1.0209, 0.7968],
    "fisher": [1, 1.4011, 1.2721, 1.1762, 1.0712],
}


@pytest.mark.parametrize("method", MANUAL)
def test_the_artificial_data_set_of_the_cpi_manual(method) -> None:
    found = bilateral(example("cpi_manual_ch19_input.csv"), method)
    assert found.index.to_numpy() == pytest.approx(MANUAL[method], abs=0.6e-4)


# Two products by hand: prices 2, 4 -> 3, 4; quantities 3, 1 -> 2, 3. Costs: p0q0 10, p1q0 13, p0q1 16, p1q1 18.
# Shares 0.6, 0.4 -> 1/3, 2/3.
HAND = {
    "laspeyres": 13 / 10,
    "paasche": 18 / 16,
    "fisher": math.sqrt(1.3 * 1.125),
    "drobisch": (1.3 + 1.125) / 2,
    "marshall-edgeworth": 31 / 26,
    "walsh": (3 * math.sqrt(6) + 4 * math.sqrt(3)) / (2 * math.sqrt(6) + 4 * math.sqrt(3)),
    "geary-khamis": (3 * 6 / 5 + 4 * 3 / 4) / (2 * 6 / 5 + 4 * 3 / 4),
    "geometric-laspeyres": 1.5**0.6,
    "geometric-paasche": 1.5 ** (1 / 3),
    "tornqvist": 1.5 ** ((0.6 + 1 / 3) / 2),
    "palgrave": 1.5 / 3 + 2 / 3,
    "tpd": 1.5 ** ((0.2 / (14 / 15)) / (0.2 / (14 / 15) + (4 / 15) / (16 / 15))),
    "stuvel": (1.3 - 1.6) / 2 + math.sqrt(((1.3 - 1.6) / 2) ** 2 + 1.8),
    "lloyd-moulton": (0.6 * 1.5**0.3 + 0.4) ** (1 / 0.3),
    "jevons": math.sqrt(1.5),
    "dutot": 7 / 6,
    "carli": 1.25,
    "harmonic": 2 / (2 / 3 + 1),
    "cswd": math.sqrt(1.25 * 1.2),
}
GAP_A, GAP_B = (1 / 3 - 0.6) / math.log(1 / 1.8), (2 / 3 - 0.4) / math.log(5 / 3)
HAND["sato-vartia"] = 1.5 ** (GAP_A / (GAP_A + GAP_B))


@pytest.mark.parametrize("method", METHODS)
def test_two_products_by_hand(method) -> None:
    found = bilateral(two_periods([2, 4], [3, 4], [3, 1], [2, 3]), method, sigma=sigma(method))
    assert found.index.to_list() == pytest.approx([1, HAND[method]], rel=1e-14)


POSITIVE = st.floats(0.05, 50)


@st.composite
def baskets(draw):
    count = draw(st.integers(1, 6))
    return [np.array(draw(st.lists(POSITIVE, min_size=count, max_size=count))) for _ in range(4)]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25)
@given(basket=baskets(), factor=POSITIVE)
def test_axioms_of_two_periods(method, basket, factor) -> None:
    p0, p1, q0, q1 = basket
    value = lambda *data: bilateral(two_periods(*data), method, sigma=sigma(method)).index.iloc[1]  # noqa: E731
    found = value(p0, p1, q0, q1)
    # Prices that all change alike; and for all but Stuvel, homogeneity and a value within the relatives.
    assert value(p0, factor * p0, q0, q1) == pytest.approx(factor, rel=1e-9)
    if method != "stuvel":
        assert value(p0, factor * p1, q0, q1) == pytest.approx(factor * found, rel=1e-9)
        relatives = p1 / p0
        assert relatives.min() * (1 - 1e-9) <= found <= relatives.max() * (1 + 1e-9)
    if method in TIME_REVERSIBLE:
        assert value(p1, p0, q1, q0) == pytest.approx(1 / found, rel=1e-9)
    # Another order of products, other units of each: 1000 tokens for one, a million for another.
    assert value(p0[::-1], p1[::-1], q0[::-1], q1[::-1]) == pytest.approx(found, rel=1e-9)
    if method != "dutot":
        units = 10.0 ** np.arange(len(p0))
        assert value(p0 * units, p1 * units, q0 / units, q1 / units) == pytest.approx(found, rel=1e-9)


@given(baskets())
def test_antitheses_and_the_order_of_means(basket) -> None:
    p0, p1, q0, q1 = basket
    forth, back = two_periods(p0, p1, q0, q1), two_periods(p1, p0, q1, q0)

    def of(panel: pd.DataFrame, method: str) -> float:
        return bilateral(panel, method).index.iloc[1]

    for one, other in (("laspeyres", "paasche"), ("geometric-laspeyres", "geometric-paasche"), ("carli", "harmonic")):
        assert of(back, one) * of(forth, other) == pytest.approx(1)
    assert of(forth, "harmonic") <= of(forth, "jevons") * (1 + 1e-9) <= of(forth, "carli") * (1 + 1e-8)
    assert of(forth, "geometric-paasche") <= of(forth, "palgrave") * (1 + 1e-9)


@given(baskets())
def test_stuvel_and_fisher_times_their_quantity_index_is_value(basket) -> None:
    p0, p1, q0, q1 = basket
    for method in ("stuvel", "fisher", "sato-vartia"):
        price = bilateral(two_periods(p0, p1, q0, q1), method).index.iloc[1]
        quantity = bilateral(two_periods(q0, q1, p0, p1), method).index.iloc[1]
        assert price * quantity == pytest.approx((p1 @ q1) / (p0 @ q0), rel=1e-9)


@given(baskets())
def test_lloyd_moulton_at_known_elasticities(basket) -> None:
    panel = two_periods(*basket)
    for elasticity, method in ((0.0, "laspeyres"), (1.0, "geometric-laspeyres")):
        found = bilateral(panel, "lloyd-moulton", sigma=elasticity).index.iloc[1]
        assert found == pytest.approx(bilateral(panel, method).index.iloc[1])
    near = bilateral(panel, "lloyd-moulton", sigma=1 + 1e-7).index.iloc[1]
    assert near == pytest.approx(bilateral(panel, "geometric-laspeyres").index.iloc[1], rel=1e-5)


def churning() -> pd.DataFrame:
    """Return products that come and go: a in all periods, b leaves after 2, c enters in 2."""
    rows = [
        ("a", 1, 1.0, 1.0), ("a", 2, 2.0, 1.0), ("a", 3, 2.0, 2.0),
        ("b", 1, 1.0, 3.0), ("b", 2, 3.0, 1.0),
        ("c", 2, 5.0, 1.0), ("c", 3, 2.5, 4.0),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["product", "period", "price", "quantity"])


def test_bases_compare_what_they_say_and_only_matched_products() -> None:
    panel = churning().sample(frac=1, random_state=1)
    fixed = bilateral(panel, "laspeyres")
    assert fixed.index.to_dict() == pytest.approx({1: 1.0, 2: 11 / 4, 3: 2.0})
    assert fixed.matched.products.to_list() == [2, 2, 1]
    assert fixed.matched.expenditure_share.to_list() == pytest.approx([1, 5 / 10, 4 / 14])
    links = bilateral(panel, "laspeyres", "period")
    assert links.index.to_list() == pytest.approx([1, 11 / 4, 4.5 / 7])
    assert links.matched.products.to_list() == [2, 2, 2]
    assert links.matched.expenditure_share.to_list() == pytest.approx([1, 5 / 10, 1])
    chained = bilateral(panel, "laspeyres", "chained")
    assert chained.index.to_list() == pytest.approx([1, 11 / 4, 11 / 4 * 4.5 / 7])
    # a rises once and stays, b rises, c falls.
    assert fixed.n_price_changes == 3


def test_price_changes_are_counted_across_gaps() -> None:
    panel = pd.DataFrame(
        {"period": [1, 3, 1, 2, 3], "product": list("aabbb"), "price": [1, 2, 3, 3, 3], "quantity": 1.0}
    )
    assert bilateral(panel, "jevons").n_price_changes == 1


def test_bootstrap_errors_of_jevons_have_a_closed_form() -> None:
    random = np.random.default_rng(3)
    logs = random.normal(0.1, 0.3, 200)
    panel = two_periods(np.ones(200), np.exp(logs), np.ones(200), np.ones(200))
    found = bilateral(panel, "jevons", bootstrap=2000, seed=5)
    assert found.standard_errors.to_list() == pytest.approx([0, logs.std() / math.sqrt(200)], rel=0.06)
    again = bilateral(panel, "jevons", bootstrap=2000, seed=5)
    pd.testing.assert_series_equal(found.standard_errors, again.standard_errors)
    band = found.interval(0.9).iloc[1]
    width = 1.6448536 * found.standard_errors.iloc[1]
    assert [band.low, band.high] == pytest.approx(found.index.iloc[1] * np.exp([-width, width]))
    assert bilateral(panel, "jevons").standard_errors.isna().all()


def test_no_overlap_is_refused_naming_the_periods() -> None:
    panel = churning()
    late = pd.DataFrame({"product": ["d"], "period": [4], "price": [1.0], "quantity": [1.0]})
    with pytest.raises(ValueError, match="no product is sold in both 1 and 4"):
        bilateral(pd.concat([panel, late]), "fisher")
    with pytest.raises(ValueError, match="no product is sold in both 3 and 4"):
        bilateral(pd.concat([panel, late]), "fisher", "chained")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "median"}, "method is 'median'; choose one of laspeyres"),
        ({"method": "fisher", "base": "last"}, "base is 'last'"),
        ({"method": "fisher", "sigma": 2.0}, "fisher has no elasticity"),
        ({"method": "lloyd-moulton"}, "needs sigma"),
        ({"method": "fisher", "bootstrap": 3}, "at least 20"),
        ({"method": "fisher", "aggregate": "observations"}, "aggregate is 'observations'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        bilateral(churning(), **options)


def test_a_bootstrap_of_too_few_products_is_refused() -> None:
    with pytest.raises(ValueError, match="resamples have periods that share no product"):
        bilateral(churning(), "fisher", bootstrap=100)
    one = two_periods([1], [2], [1], [1])
    assert bilateral(one, "fisher").index.iloc[1] == pytest.approx(2)
    with pytest.raises(ValueError, match="one product"):
        bilateral(one, "fisher", bootstrap=100)


def test_interval_repr_and_plot() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    found = bilateral(churning(), "laspeyres", "chained")
    text = "laspeyres, chained: 1.7679 in 3 (no standard error), 1 in 1; 3 periods, 2 products matched in the last, 3"
    assert text in repr(found)
    with pytest.raises(ValueError, match=r"level is 95"):
        found.interval(95)
    with pytest.raises(AttributeError):
        found.method = "other"
    axes = found.plot()
    assert axes.get_lines()[0].get_ydata() == pytest.approx(found.index.to_numpy())
    mpl.pyplot.close(axes.figure)


def test_quantities_are_not_needed_where_they_have_no_say() -> None:
    panel = churning().drop(columns="quantity")
    found = bilateral(panel, "jevons")
    assert found.index.to_list() == pytest.approx([1, math.sqrt(6), 2])
    assert found.matched.expenditure_share.isna().all()
    with pytest.raises(ValueError, match="no column 'quantity'"):
        bilateral(panel, "fisher")


@pytest.mark.parametrize("method", METHODS)
def test_one_product_is_its_own_index(method) -> None:
    found = bilateral(two_periods([2.0], [3.0], [1.0], [5.0]), method, sigma=sigma(method))
    assert found.index.iloc[1] == pytest.approx(1.5, rel=1e-14)
    assert not np.isfinite(found.standard_errors.iloc[1])
