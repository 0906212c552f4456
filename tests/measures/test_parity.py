"""The law of one price, worked by hand."""

import math

import pandas as pd
import pytest

from cloudmarket.measures import parity

NAN = float("nan")


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
    result = parity.compare(CASE)
    items = result.items.set_index("model")
    assert items.sellers.to_dict() == {"dearer": 2, "embedding": 2, "equal": 3, "half told": 2}
    assert items.is_equal.to_dict() == {"dearer": False, "embedding": True, "equal": True, "half told": False}
    assert items.spread.to_dict() == pytest.approx({"dearer": 1.25, "embedding": 1.0, "equal": 1.0, "half told": 1.0})
    assert result.share_equal == 0.5
    assert repr(result) == "Parity: 2 of 4 models cost the same at every seller (0 contradicted)"


def test_a_contradicted_item_is_shown_and_not_counted() -> None:
    result = parity.compare(CASE.assign(is_contradicted=CASE.model == "dearer"))
    assert len(result.items) == 4
    assert result.comparable.model.tolist() == ["embedding", "equal", "half told"]
    assert result.share_equal == pytest.approx(2 / 3)


def test_contradiction_at_one_seller_is_enough() -> None:
    is_odd = (CASE.model == "equal") & (CASE.seller == "gcp")
    items = parity.compare(CASE.assign(is_contradicted=is_odd)).items.set_index("model")
    assert items.is_contradicted["equal"]


def test_two_rows_of_an_item_at_one_seller_are_refused() -> None:
    twice = pd.concat([CASE, CASE[CASE.model == "dearer"]], ignore_index=True)
    with pytest.raises(ValueError, match="'dearer' has two rows at one seller"):
        parity.compare(twice)


def test_other_things_can_be_compared_across_other_places() -> None:
    scopes = CASE.rename(columns={"seller": "scope", "model": "label"})
    result = parity.compare(scopes, by="label", across="scope")
    assert repr(result) == "Parity: 2 of 4 labels cost the same at every scope (0 contradicted)"


@pytest.mark.parametrize("rows", [prices(), prices(("alone", "aws", 1.0, 2.0))], ids=["nothing", "one seller"])
def test_nothing_to_compare_has_no_share(rows: pd.DataFrame) -> None:
    result = parity.compare(rows)
    assert len(result.items) == 0
    assert math.isnan(result.share_equal)
    assert repr(result) == "Parity: 0 of 0 models cost the same at every seller (0 contradicted)"


def test_the_order_and_the_scale_of_prices_do_not_matter() -> None:
    scaled = CASE.assign(
        input_usd_per_mtok=CASE.input_usd_per_mtok / 7, output_usd_per_mtok=CASE.output_usd_per_mtok / 7
    ).sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(parity.compare(scaled).items, parity.compare(CASE).items)
