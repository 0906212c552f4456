"""Bilateral index numbers against hand-computed tables, definitions and the axioms."""

from __future__ import annotations

import math
from itertools import product as pairs_of
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.index_numbers import bilateral

WEIGHTED = [
    "laspeyres", "paasche", "fisher", "tornqvist", "walsh", "geometric-laspeyres", "geometric-paasche", "palgrave",
    "drobisch", "marshall-edgeworth", "sato-vartia", "geary-khamis", "stuvel", "tpd", "lloyd-moulton",
]  # fmt: skip
UNWEIGHTED = ["jevons", "dutot", "carli", "harmonic", "cswd"]
METHODS = WEIGHTED + UNWEIGHTED


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


# Prices and quantities of six products in five periods: Balk (2008), Price and Quantity Index Numbers, tables 3.1 and
# 3.2, after tables 19.1 and 19.2 of the CPI Manual (2004). The indices are those of Balk's tables 3.4, 3.6 and 3.12 as
# the R package gpindex (Martin) holds itself to them, in tests/test_indices.R at commit 00b67b62 and, as they come out
# there, in its manual page price_data; it notes that the book has 1.3823 for Paasche's 1.3824, a slip of rounding.
PRICES = [[1, 1, 1, 1, 1, 1], [1.2, 3, 1.3, 0.7, 1.4, 0.8], [1, 1, 1.5, 0.5, 1.7, 0.6], [0.8, 0.5, 1.6, 0.3, 1.9, 0.4],
          [1, 1, 1.6, 0.1, 2, 0.2]]  # fmt: skip
QUANTITIES = [[1, 1, 2, 1, 4.5, 0.5], [0.8, 0.9, 1.9, 1.3, 4.7, 0.6], [1, 1.1, 1.8, 3, 5, 0.8],
              [1.2, 1.2, 1.9, 6, 5.6, 1.3], [0.9, 1.2, 2, 12, 6.5, 2.5]]  # fmt: skip
PRINTED = {
    "laspeyres": [1, 1.4200, 1.3450, 1.3550, 1.4400],
    "paasche": [1, 1.3824, 1.2031, 1.0209, 0.7968],
    "geometric-laspeyres": [1, 1.3300, 1.2523, 1.1331, 1.0999],
    "geometric-paasche": [1, 1.4846, 1.3268, 1.3282, 1.4153],
    "palgrave": [1, 1.6096, 1.4161, 1.5317, 1.6720],
    "fisher": [1, 1.4011, 1.2721, 1.1762, 1.0712],
    "tornqvist": [1, 1.4052, 1.2890, 1.2268, 1.2477],
    "marshall-edgeworth": [1, 1.4010, 1.2656, 1.1438, 0.9801],
    "walsh": [1, 1.4017, 1.2850, 1.2193, 1.1850],
    "sato-vartia": [1, 1.4018, 1.2897, 1.2335, 1.2540],
    "stuvel": [1, 1.4042, 1.2742, 1.1551, 0.9770],
}


def artificial() -> pd.DataFrame:
    panel = pd.DataFrame(pairs_of(range(5), range(6)), columns=["period", "product"])
    return panel.assign(price=np.ravel(PRICES), quantity=np.ravel(QUANTITIES))


@pytest.mark.parametrize("method", PRINTED)
def test_the_artificial_data_set_as_balk_prints_it(method) -> None:
    assert bilateral(artificial(), method).index.to_numpy() == pytest.approx(PRINTED[method], abs=0.5e-4 + 1e-9)


def test_the_artificial_data_set_is_that_of_the_cpi_manual() -> None:
    manual = example("cpi_manual_ch19_input.csv").sort_values(["period", "product"])
    assert manual[["price", "quantity"]].to_numpy() == pytest.approx(artificial()[["price", "quantity"]].to_numpy())


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


def test_intervals_of_the_bootstrap_cover_the_truth_as_often_as_they_say() -> None:
    random, truth, inside, times = np.random.default_rng(12), 0.1, 0, 400
    for _ in range(times):
        logs = random.normal(truth, 0.2, 60)
        panel = two_periods(np.ones(60), np.exp(logs), np.ones(60), np.exp(random.normal(0, 0.5, 60) - logs))
        band = bilateral(panel, "tornqvist", bootstrap=100, seed=int(random.integers(2**31))).interval(0.95).iloc[1]
        inside += band.low <= math.exp(truth) <= band.high
    assert 0.93 <= inside / times <= 0.97


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
