"""One price per model and seller, chosen by hand and by the code."""

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.measures import offers
from tables.offers import NAN, priced


def test_three_input_tokens_and_one_output_token_by_default() -> None:
    rows = pd.DataFrame({"input_usd_per_mtok": [3.0, 3.0, NAN], "output_usd_per_mtok": [15.0, NAN, 15.0]})
    assert offers.blended(rows).tolist()[:1] == [6.0]
    assert offers.blended(rows).isna().tolist() == [False, True, True]
    assert offers.blended(rows, 0).tolist()[0] == 15.0
    assert offers.blended(rows, 1).tolist()[0] == 9.0


def test_the_least_bound_scope_is_taken() -> None:
    rows = priced(
        {"label": "us.x", "scope": "us", "input_usd_per_mtok": 3.3},
        {"label": "global.x", "scope": "global"},
        {"label": "x", "scope": "default", "input_usd_per_mtok": 3.1},
        {"label": "azure/x", "scope": "default", "seller": "azure"},
    )
    result = offers.baseline(rows).set_index("seller")
    assert result[["scope", "labels", "input_usd_per_mtok"]].to_dict("index") == {
        "aws": {"scope": "global", "labels": "global.x", "input_usd_per_mtok": 3.0},
        "azure": {"scope": "default", "labels": "azure/x", "input_usd_per_mtok": 3.0},
    }
    assert not result.is_contradicted.any()


@pytest.mark.parametrize(
    "other",
    [{"tier": "batch"}, {"context_from_tokens": 200_000}, {"scope": "eu"}, {"region": "eu-west-3"},
     {"is_alias": True}, {"mode": "image_generation"}, {"input_usd_per_mtok": NAN}],
)  # fmt: skip
def test_what_is_no_baseline_price_is_left_out(other: dict[str, object]) -> None:
    assert len(offers.baseline(priced(other))) == 0
    assert len(offers.baseline(priced({}, other | {"label": "other"}))) == 1


def test_labels_that_contradict_each_other_are_shown_with_both_prices() -> None:
    rows = priced(
        {"label": "b", "input_usd_per_mtok": 2.0, "output_usd_per_mtok": 20.0}, {"label": "a"}, {"label": "c"}
    )
    [row] = offers.baseline(rows).itertuples()
    assert row.is_contradicted
    assert (row.input_usd_per_mtok, row.output_usd_per_mtok) == (2.0, 20.0)
    assert (row.input_high_usd_per_mtok, row.output_high_usd_per_mtok) == (3.0, 20.0)
    assert row.labels == "b, a, c"


def test_a_missing_output_does_not_contradict_a_price() -> None:
    [row] = offers.baseline(priced({"label": "a", "output_usd_per_mtok": NAN}, {"label": "b"})).itertuples()
    assert not row.is_contradicted
    assert (row.input_usd_per_mtok, row.output_usd_per_mtok) == (3.0, 15.0)


def test_nothing_gives_nothing() -> None:
    assert len(offers.baseline(priced({}).iloc[:0])) == 0


def test_the_shipped_prices_give_one_row_per_model_and_seller() -> None:
    prices = load("token_price", on="2026-11-01")
    result = offers.baseline(prices[prices.source == "litellm"])
    assert not result.duplicated(["model", "seller"]).any()
    assert (result.input_usd_per_mtok <= result.input_high_usd_per_mtok).all()
    assert set(result.scope) <= set(offers.BASELINE_SCOPES)
