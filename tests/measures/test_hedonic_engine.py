"""Panels that stay in an engine: the same index as in memory, in blocks too, and the same refusals."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures import hedonic
from cloudmarket.measures.hedonic import _engine
from measures.hedonic_panels import FORMULA, TRAITS, churn
from shared import example

NAN = float("nan")
CASES = [
    ("pooled", {}),
    ("adjacent", {}),
    ("rolling", {"window": 3}),
    ("rolling", {"window": 3, "splice": "mean_pub"}),
    ("rolling", {"window": 4, "splice": "half"}),
    *[(method, {"base": base}) for method in ("characteristics", "imputation") for base in ("fixed", "chained")],
]


def assert_same(found, expected) -> None:
    """Sums in another order differ in last digits only."""
    assert np.log(found.index).tolist() == pytest.approx(np.log(expected.index).tolist(), abs=1e-12)
    assert found.standard_errors.tolist() == pytest.approx(expected.standard_errors.tolist(), rel=1e-11, abs=1e-15)
    assert list(found.index.index) == list(expected.index.index)
    pd.testing.assert_frame_equal(found.matched, expected.matched, check_index_type=False, rtol=1e-12)
    assert (found.n_price_changes, found.method) == (expected.n_price_changes, expected.method)
    assert found.degrees_of_freedom == expected.degrees_of_freedom


@pytest.fixture
def stored(tmp_path):
    def store(panel: pd.DataFrame) -> Path:
        path = tmp_path / "panel.parquet"
        panel.to_parquet(path)
        return path

    return store


@pytest.mark.parametrize("cluster", ["product", "make", None])
@pytest.mark.parametrize(("method", "options"), CASES)
def test_the_engine_and_memory_agree(stored, method, options, cluster) -> None:
    panel = churn(6, 90, seed=3).sample(frac=1, random_state=1)
    options = options | {"cluster": cluster, "weights": "expenditure" if method != "adjacent" else None}
    assert_same(
        hedonic.index(stored(panel), TRAITS, method, **options), hedonic.index(panel, TRAITS, method, **options)
    )


@pytest.mark.parametrize(("method", "cluster"), [("pooled", "product"), ("rolling", "make"), ("rolling", "product"),
    ("imputation", "product"), ("imputation", "make"), ("imputation", None)])  # fmt: skip
def test_blocks_add_up(stored, monkeypatch, method, cluster) -> None:
    panel, options = churn(5, 80, seed=4), {"cluster": cluster} | ({"window": 3} if method == "rolling" else {})
    expected = hedonic.index(panel, TRAITS, method, base="chained", **options)
    path = stored(panel)
    monkeypatch.setattr(_engine, "BLOCK", 200)
    assert_same(hedonic.index(path, TRAITS, method, base="chained", **options), expected)


def test_what_crosses_is_bounded_by_the_block(stored, monkeypatch) -> None:
    crossed: list[int] = []
    reading = ibis.expr.types.Table.to_pyarrow

    def watched(table, **options):
        found = reading(table, **options)
        crossed.append(found.num_rows * found.num_columns)
        return found

    monkeypatch.setattr(ibis.expr.types.Table, "to_pyarrow", watched)
    monkeypatch.setattr(_engine, "BLOCK", 400)
    panel = churn(4, 400, seed=5)
    path = stored(panel)
    hedonic.index(path, TRAITS)
    # Nothing is as large as the panel; labels of clusters and sums of cross-products are what they are.
    assert 3 * len(panel) > 2400
    assert max(crossed) <= 600
    crossed.clear()
    hedonic.index(path, TRAITS, cluster=None)
    assert max(crossed) <= 4 * 30


@pytest.mark.parametrize("kind", ["text path", "relation", "ibis"])
def test_every_kind_of_panel(stored, kind) -> None:
    panel = churn()
    path = stored(panel)
    source = {
        "text path": str(path),
        "relation": duckdb.connect().from_df(panel.assign(unused=1)),
        "ibis": ibis.duckdb.connect().read_parquet(path).mutate(unused=1),
    }[kind]
    assert_same(hedonic.index(source, TRAITS), hedonic.index(panel, TRAITS))


def test_names_types_and_truth_values(stored) -> None:
    panel = churn(seed=8).assign(
        period=lambda frame: pd.Timestamp("2024-01-01") + pd.to_timedelta(frame.period * 31, "D"),
        fast=lambda frame: frame.speed > 0,
        size=lambda frame: (frame["size"] * 100).round().astype("int64"),
    )
    panel = panel.rename(columns={"period": "month", "product": "id", "price": "p", "quantity": "q"})
    names = {"period": "month", "product": "id", "price": "p", "quantity": "q"}
    options = {"weights": "expenditure", "cluster": "id", **names}
    path = stored(panel)
    traits = ["fast", "size", "make"]
    assert_same(hedonic.index(path, traits, **options), hedonic.index(panel, traits, **options))
    as_category = panel.assign(month=panel.month.dt.strftime("%Y-%m").astype("category"))
    by_category = hedonic.index(as_category, traits, **options)
    assert by_category.index.tolist() == pytest.approx(hedonic.index(panel, traits, **options).index.tolist())


@given(st.integers(0, 10_000), st.sampled_from(CASES), st.floats(1e-3, 1e3), st.floats(-1e4, 1e4))
@settings(max_examples=10, deadline=None)
def test_units_do_not_matter(seed, case, factor, shift) -> None:
    method, options = case
    panel = churn(5, 90, seed=seed)
    other = panel.assign(price=panel.price * factor, speed=panel.speed * factor + shift)
    expected = hedonic.index(panel, TRAITS, method, **options)
    found = hedonic.index(duckdb.connect().from_df(other), TRAITS, method, **options)
    assert np.log(found.index).tolist() == pytest.approx(np.log(expected.index).tolist(), abs=1e-9)
    assert found.standard_errors.tolist() == pytest.approx(expected.standard_errors.tolist(), rel=1e-6, abs=1e-12)


def test_cancellation_costs_no_digits(stored) -> None:
    """A year of birth of a chip, and bytes: large means, small deviations."""
    panel = churn(4, 120, seed=9).assign(year=lambda frame: 2020 + (frame.speed * 2).round(), bytes=lambda frame: 1e12)
    panel["bytes"] += (panel["size"] * 1e3).round()
    traits = ["year", "bytes", "make"]
    shifted = panel.assign(year=panel.year - 2020, bytes=(panel["bytes"] - 1e12) / 1e3)
    peer = smf.ols("np.log(price) ~ C(period) + year + bytes + C(make)", shifted).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(panel["product"])[0]}
    )
    for source in (panel, stored(panel)):
        found = hedonic.index(source, traits)
        assert np.log(found.index[1:]).tolist() == pytest.approx(peer.params.iloc[1:4].tolist(), abs=1e-11)
        assert found.standard_errors[1:].tolist() == pytest.approx(peer.bse.iloc[1:4].tolist(), rel=1e-9)


def test_statsmodels_and_the_engine(stored) -> None:
    panel = churn(seed=2)
    value = panel.price * panel.quantity
    weights = value / value.groupby(panel.period).transform("sum")
    groups = {"groups": pd.factorize(panel["product"])[0]}
    peer = smf.wls(FORMULA, panel, weights=weights).fit(cov_type="cluster", cov_kwds=groups)
    found = hedonic.index(stored(panel), TRAITS, weights="expenditure")
    assert np.log(found.index[1:]).tolist() == pytest.approx(peer.params.iloc[1:4].tolist(), abs=1e-11)
    assert found.standard_errors[1:].tolist() == pytest.approx(peer.bse.iloc[1:4].tolist(), rel=1e-10)


def test_appliances_by_month(stored) -> None:
    """Products of a retail panel, several rows of which are one: at their unit value."""
    raw = pd.read_csv(example("hedonic_synthetic_gfk_input.csv.gz"))
    traits = ["char11", "char1", "char4", "char5"]
    panel = raw.groupby(["month_num", "prodid_num", *traits], as_index=False)[["value", "quantity"]].sum()
    panel["price"] = panel["value"] / panel.quantity
    names = {"period": "month_num", "product": "prodid_num"}
    formula = "np.log(price) ~ C(month_num) + char1 + C(char4) + C(char5) + C(char11)"
    amount = panel["value"] / panel.groupby("month_num")["value"].transform("sum")
    groups = {"groups": pd.factorize(panel.prodid_num)[0]}
    peer = smf.wls(formula, panel, weights=amount).fit(cov_type="cluster", cov_kwds=groups)
    terms = [name for name in peer.params.index if "month" in name]
    found = hedonic.index(stored(panel), traits, weights="expenditure", **names)
    assert np.log(found.index[1:]).tolist() == pytest.approx(peer.params[terms].tolist(), abs=1e-10)
    assert found.standard_errors[1:].tolist() == pytest.approx(peer.bse[terms].tolist(), rel=1e-8)
    for method in ("adjacent", "imputation"):
        options = {"weights": "expenditure", **names}
        assert_same(hedonic.index(stored(panel), ["char1"], method, base="chained", **options),
                    hedonic.index(panel, ["char1"], method, base="chained", **options))  # fmt: skip
    assert math.isfinite(found.interval().iloc[-1].low)


BAD = churn()


@pytest.mark.parametrize(
    ("panel", "options", "message"),
    [
        (BAD, {"characteristics": ["colour"]}, "no column 'colour'"),
        (BAD, {"method": "rolling", "window": 9}, "of 2 to 4 periods"),
        (BAD.drop(columns="quantity"), {"weights": "expenditure"}, "no column 'quantity'"),
        (BAD.assign(quantity=0.0), {"weights": "expenditure"}, "weight of 'p.*' is missing or not above zero"),
        (BAD.assign(quantity=NAN), {"weights": "expenditure"}, r"\d+ rows have no quantity, as 'p"),
        (BAD.head(0), {}, "empty"),
        (BAD.assign(price=0.0), {}, "the price of 'p.*' is 0.0"),
        (BAD.assign(price=-1.0), {}, "is -1.0, which is not above zero"),
        (BAD.assign(price=np.inf), {}, "not above zero and finite"),
        (BAD.assign(speed=NAN), {}, "rows have no speed"),
        (BAD.assign(make=None), {}, "rows have no make"),
        (BAD.assign(product=BAD["product"].where(BAD.index > 0)), {}, "1 rows have no product"),
        (BAD.assign(make=BAD.make.where(BAD.index > 1)), {"cluster": "make", "characteristics": ["speed"]},
            "2 rows have no make"),
        (BAD.assign(period=BAD.period.where(BAD.index > 2)), {}, "3 rows have no period"),
        (BAD.assign(speed=1.0), {}, "'speed' never differs"),
        (BAD.assign(make="x"), {}, "'make' never differs"),
        (BAD.assign(speed=np.where(BAD.index == 3, np.inf, BAD.speed)), {}, "'speed' is infinite"),
        (pd.concat([BAD, BAD.head(1)]), {}, "'p1' has two prices in 3"),
        (BAD[BAD.period == 0], {}, "one period only, 0"),
        (BAD.assign(period="m" + (BAD.period + 9).astype(str)), {}, "texts of several lengths"),
        (BAD.assign(firm="x"), {"cluster": "firm"}, "one cluster"),
        (BAD.assign(speed=BAD.period * 1.0), {}, "cannot be told from time"),
        (BAD.assign(size=2 * BAD.speed), {"method": "characteristics"}, "does not identify every characteristic"),
        (BAD.groupby("period").head(3), {"method": "characteristics"}, "3 prices for 5 coefficients"),
    ],
)  # fmt: skip
def test_the_engine_refuses_what_memory_refuses(stored, panel, options, message) -> None:
    for source in (panel, stored(panel)):
        with pytest.raises(ValueError, match=message):
            hedonic.index(source, **{"characteristics": TRAITS, **options})


def test_no_file_is_said_so(tmp_path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        hedonic.index(tmp_path / "none.parquet", TRAITS)
