"""The law of one price, worked by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from cloudmarket.measures import parity
from cloudmarket.measures.parity_effects import effects

NAN = float("nan")
PAIR = ["input_usd_per_mtok", "output_usd_per_mtok"]
SELLERS = {"across": "seller", "price": PAIR}


def prices(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["model", "seller", "input_usd_per_mtok", "output_usd_per_mtok"])


CASE = prices(
    ("equal", "aws", 3.0, 15.0), ("equal", "azure", 3.0, 15.0), ("equal", "gcp", 3.0, 15.0),
    ("dearer", "aws", 1.0, 4.0), ("dearer", "gcp", 1.1, 5.0),
    ("alone", "aws", 9.0, 9.0),
    ("embedding", "aws", 0.1, NAN), ("embedding", "gcp", 0.1, NAN),
    ("half told", "aws", 2.0, 8.0), ("half told", "gcp", 2.0, NAN),
)  # fmt: skip


def test_a_worked_example() -> None:
    result = parity.compare(CASE, **SELLERS)
    items = result.items.set_index("model")
    assert items.sellers.to_dict() == {"dearer": 2, "embedding": 2, "equal": 3, "half told": 2}
    assert items.is_equal.to_dict() == {"dearer": False, "embedding": True, "equal": True, "half told": False}
    assert items.spread.to_dict() == pytest.approx({"dearer": 1.25, "embedding": 1.0, "equal": 1.0, "half told": 1.0})
    assert result.share_equal == 0.5
    assert repr(result) == "Parity: 2 of 4 models cost the same at every seller (0 contradicted)"


def test_a_contradicted_item_is_shown_and_not_counted() -> None:
    result = parity.compare(CASE.assign(is_contradicted=CASE.model == "dearer"), **SELLERS)
    assert len(result.items) == 4
    assert result.comparable.model.tolist() == ["embedding", "equal", "half told"]
    assert result.share_equal == pytest.approx(2 / 3)


def test_contradiction_at_one_seller_is_enough() -> None:
    is_odd = (CASE.model == "equal") & (CASE.seller == "gcp")
    items = parity.compare(CASE.assign(is_contradicted=is_odd), **SELLERS).items.set_index("model")
    assert items.is_contradicted["equal"]


def test_two_rows_of_an_item_at_one_seller_are_refused() -> None:
    twice = pd.concat([CASE, CASE[CASE.model == "dearer"]], ignore_index=True)
    with pytest.raises(ValueError, match="'dearer' has two rows at one seller"):
        parity.compare(twice, **SELLERS)


def test_other_things_can_be_compared_across_other_places() -> None:
    scopes = CASE.rename(columns={"seller": "scope", "model": "label"})
    result = parity.compare(scopes, by="label", across="scope", price=PAIR)
    assert repr(result) == "Parity: 2 of 4 labels cost the same at every scope (0 contradicted)"


@pytest.mark.parametrize(
    "rows",
    [prices(), prices(("alone", "aws", 1.0, 2.0), ("other", "gcp", 1.0, 2.0))],
    ids=["nothing", "no model twice"],
)
def test_nothing_to_compare_has_no_share(rows: pd.DataFrame) -> None:
    result = parity.compare(rows, **SELLERS)
    assert len(result.items) == 0
    assert math.isnan(result.share_equal)
    assert repr(result) == "Parity: 0 of 0 models cost the same at every seller (0 contradicted)"


def test_one_price_per_model_and_cloud_is_the_plain_case() -> None:
    frame = pd.DataFrame({"model": list("aabbb"), "cloud": list("xyxyz"), "price": [1.0, 1, 2, 2, 3]})
    result = parity.compare(frame, by="model", across="cloud")
    assert result.share_equal == 0.5
    assert result.items.spread.tolist() == [1, 1.5]
    pd.testing.assert_frame_equal(result.items, parity.compare(frame, price=["price", "price"]).items)


def test_prices_that_are_printed_otherwise_are_equal() -> None:
    frame = pd.DataFrame({"model": ["m", "m"], "cloud": ["x", "y"], "price": [0.1 + 0.2, 0.3]})
    assert parity.compare(frame).share_equal == 1
    assert parity.compare(frame.assign(price=[0.3, 0.3001])).share_equal == 0


def test_effects_are_those_of_the_regression_over_comparable_items() -> None:
    random = np.random.default_rng(0)
    rows = [(f"m{n}", cloud, *np.exp(random.normal(size=2))) for n in range(9) for cloud in ("aws", "gcp", "azure")]
    frame = prices(*rows).assign(is_contradicted=lambda rows: rows.model == "m3")
    frame.loc[frame.model == "m5", PAIR[1]] = NAN
    result = parity.compare(frame, **SELLERS)
    for price, left_out in ((PAIR[0], ["m3"]), (PAIR[1], ["m3", "m5"])):
        found = result.effects(price, base="gcp", permutations=99, seed=1)
        kept = frame[~frame.model.isin(left_out)]
        expected = effects(kept, across="seller", price=price, base="gcp", permutations=99, seed=1)
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert found.models == 9 - len(left_out)
    with pytest.raises(ValueError, match="say which of input_usd_per_mtok, output_usd_per_mtok"):
        result.effects()
    with pytest.raises(ValueError, match="no price 'price' was compared"):
        result.effects("price")
    alone = parity.compare(frame[frame.model == "m1"], across="seller", price=PAIR[0])
    with pytest.raises(ValueError, match="1 models are sold at two sellers"):
        alone.effects()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"price": []}, "no price is named"),
        ({}, {"price": "usd"}, "no column 'usd'; their columns are model, seller, input_usd_per_mtok"),
        ({}, {"across": "cloud"}, "no column 'cloud'"),
        ({"seller": None}, {}, "no model or no seller"),
        ({PAIR[0]: 0.0}, {}, "the input_usd_per_mtok of 'equal' is 0.0, which is not above zero"),
        ({PAIR[1]: -1.0}, {}, "not above zero"),
        ({PAIR[0]: float("inf")}, {}, "not above zero"),
        ({PAIR[0]: NAN, PAIR[1]: NAN}, {}, "'equal' has no price at aws: leave the row out"),
        ({"seller": "aws", "model": list("abcdefghij")}, {}, "one seller only, 'aws'"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        parity.compare(CASE.assign(**change), **{**SELLERS, **options})


def test_results_draw_themselves() -> None:
    result = parity.compare(CASE, **SELLERS)
    axes = result.plot()
    assert [text.get_text() for text in axes.get_yticklabels()] == ["half told", "dearer"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0, 0.25])
    assert "2 of 4 models are at one price everywhere" in axes.get_xlabel()
    drawn = result.effects(PAIR[0], permutations=9).plot()
    assert [text.get_text() for text in drawn.get_yticklabels()] == ["azure", "gcp"]
    plt.close("all")


def test_the_order_and_the_scale_of_prices_do_not_matter() -> None:
    scaled = CASE.assign(
        input_usd_per_mtok=CASE.input_usd_per_mtok / 7, output_usd_per_mtok=CASE.output_usd_per_mtok / 7
    ).sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(parity.compare(scaled, **SELLERS).items, parity.compare(CASE, **SELLERS).items)
