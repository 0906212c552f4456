"""``load``: days however they are written, views that agree with each other, and clear refusals."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cloudmarket import CloudMarketError, load
from cloudmarket.tables import TABLES, get
from tables.vintage import valid

HISTORY = ["model_listing", "token_price"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_whole_table_has_its_columns_types_and_order(name: str) -> None:
    rows, table = load(name), TABLES[name]
    assert list(rows) == table.names
    table.schema().validate(rows)
    again = rows.sample(frac=1, random_state=1).sort_values(list(table.key), na_position="first", ignore_index=True)
    pd.testing.assert_frame_equal(rows, again)


@pytest.mark.parametrize("name", HISTORY)
def test_on_a_day_is_the_believed_rows_valid_then(name: str) -> None:
    day = date(2026, 3, 1)
    pd.testing.assert_frame_equal(load(name, on=day), valid(load(name), day))


@pytest.mark.parametrize("name", HISTORY)
def test_known_today_is_everything_believed(name: str) -> None:
    rows = load(name)
    believed = rows[rows.superseded_at.isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(load(name, known_on="2100-01-01"), believed)


def test_days_may_be_written_in_several_ways() -> None:
    expected = load("model_listing", as_of="2025-06-30")
    for day in (date(2025, 6, 30), pd.Timestamp("2025-06-30"), pd.Timestamp("2025-06-30 23:59"), "30 June 2025"):
        pd.testing.assert_frame_equal(load("model_listing", as_of=day), expected)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_before_the_first_snapshot_nothing_was_known(name: str) -> None:
    rows = load(name, as_of="2000-01-01")
    assert len(rows) == 0
    assert list(rows) == TABLES[name].names


@pytest.mark.parametrize("name", ["token_price", "model_listing", "price_change"])
def test_token_prices_begin_with_the_first_map(name: str) -> None:
    assert len(load(name, as_of="2023-10-19")) == 0
    assert len(load(name, as_of="2026-06-30")) > 0


def test_an_unknown_table_is_named_with_those_there_are() -> None:
    with pytest.raises(CloudMarketError, match=r"no table named 'token_prices'; there are: .*token_price"):
        load("token_prices")
    with pytest.raises(CloudMarketError, match="no table named"):
        get("prices")


@pytest.mark.parametrize("day", ["yesterday evening", "2025-13-01", "2025-02-30", "", "NaT"])
@pytest.mark.parametrize("name", sorted(TABLES))
def test_what_is_no_day_is_refused(name: str, day: str) -> None:
    with pytest.raises(CloudMarketError, match="is no date; write it as 2025-06-30"):
        load(name, as_of=day)


@pytest.mark.parametrize("other", ["on", "known_on"])
def test_a_vintage_comes_alone(other: str) -> None:
    with pytest.raises(CloudMarketError, match="as_of is a vintage of its own"):
        load("token_price", as_of="2025-06-30", **{other: "2025-06-30"})  # type: ignore[arg-type]


def test_events_hold_on_no_day() -> None:
    with pytest.raises(CloudMarketError, match="price_change lists what happened"):
        load("price_change", on="2025-06-30")


def test_a_table_that_was_never_built_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    with pytest.raises(CloudMarketError, match=r"token_price\.parquet is missing\. Run `cloudmarket tables build`"):
        load("token_price")
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path / "elsewhere"))
    with pytest.raises(CloudMarketError, match="holds no data folder"):
        load("token_price")
