"""Bills in the FOCUS format: what is summed, named, priced and left out, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from cloudmarket import engine, store, tables
from cloudmarket.arguments.workload import focus_bill, focus_columns, focus_names, focus_priced, market
from cloudmarket.arguments.workload.focus_names import HOURS, INPUT, OUTPUT, Meaning

TODAY = tables.report_day()
ROW = {
    "BilledCost": 1.624,
    "EffectiveCost": 1.624,
    "ListCost": 1.624,
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2024-09-18T22:00:00Z",
    "ProviderName": "AWS",
    "ServiceName": "Amazon Elastic Compute Cloud",
    "ServiceCategory": "Compute",
    "SkuId": "G5",
    "ChargeDescription": "$1.624 per On Demand Linux g5.4xlarge Instance Hour",
    "ConsumedQuantity": 1.0,
    "ConsumedUnit": "Hours",
    "RegionId": "us-east-1",
    "PricingCategory": "Standard",
}
STORAGE = {
    "SkuId": "S",
    "ChargeDescription": "a disk",
    "ServiceName": "Disks",
    "ServiceCategory": "Storage",
    "BilledCost": 8.376,
}
LLAMA = {"ServiceName": "Amazon Bedrock", "ServiceCategory": "AI and Machine Learning", "ConsumedUnit": "1K tokens",
         "ChargePeriodStart": "2025-03-02T00:00:00Z"}  # fmt: skip
NAME = "Llama 3.3 70B Instruct"
TOKENS = [
    LLAMA | {"SkuId": "in", "ChargeDescription": f"{NAME} input tokens", "ConsumedQuantity": 2e6, "BilledCost": 1440.0},
    LLAMA
    | {"SkuId": "out", "ChargeDescription": f"{NAME} output tokens", "ConsumedQuantity": 5e5, "BilledCost": 360.0},
]


@pytest.fixture(scope="module")
def prices() -> market.Market:
    return market.market(TODAY)


def bill(path: Path, *changes: dict[str, object], drop: tuple[str, ...] = ()) -> focus_bill.Bill:
    """Write a bill as CSV and sum it; each row is the first one with changes."""
    frame = pd.DataFrame([ROW | change for change in changes]).drop(columns=list(drop))
    frame.to_csv(path / "bill.csv", index=False, na_rep="NULL")
    return focus_bill.bill(engine.read_texts(path / "bill.csv"))


def test_a_machine_costs_on_the_bill_what_our_list_says(tmp_path: Path, prices: market.Market) -> None:
    found = focus_priced.priced(
        bill(tmp_path, {}, {"ConsumedQuantity": 0.5, "BilledCost": 0.812}, STORAGE), TODAY, prices=prices
    )
    line = found.lines.iloc[0]
    assert (line["item"], line.machine, line.hours) == ("nvidia-a10g", "g5.4xlarge", 1.5)
    assert line.machine_list == pytest.approx(line.billed) == pytest.approx(2.436)
    # g5.xlarge has the same chip, and fewer processors: 1.006 an hour.
    assert line.own_list == pytest.approx(1.5 * 1.006)
    ai = found.ai.iloc[0]
    assert (ai.billed, ai.ai, ai.priced) == (pytest.approx(10.812), pytest.approx(2.436), pytest.approx(2.436))
    assert found.left_out.empty
    assert "2.44 of it AI" in repr(found)


def test_tokens_are_priced_at_every_seller_of_the_model(tmp_path: Path, prices: market.Market) -> None:
    found = focus_priced.priced(bill(tmp_path, *TOKENS), TODAY, prices=prices)
    line = found.lines.iloc[0]
    assert (line["item"], line.input_mtok, line.output_mtok) == ("llama-3.3-70b-instruct", 2000, 500)
    rows = pd.read_parquet(store.processed() / "token_price.parquet")
    rows = rows[
        (rows.source == "litellm")
        & (rows.model == line["item"])
        & (rows.tier == "standard")
        & rows.superseded_at.isna()
    ]
    starts, ends = pd.to_datetime(rows.valid_from), pd.to_datetime(rows.valid_to)
    rows = rows[(starts <= "2025-03-01") & ~(ends <= "2025-03-01")]
    cost = (rows.input_usd_per_mtok * 2000 + rows.output_usd_per_mtok * 500).groupby(rows.seller).min()
    assert line.own_list == pytest.approx(cost["aws"]) == pytest.approx(1800)
    assert (line.best_seller, line.best_list) == ("azure", pytest.approx(cost["azure"]))
    assert line.best_by_last_month == pytest.approx(cost["azure"])
    shares = found.by_seller.set_index("seller")
    assert shares.share["aws"] == 1


def test_parquet_with_types_and_csv_say_the_same(tmp_path: Path) -> None:
    rows = [ROW, ROW | STORAGE, ROW | {"ConsumedQuantity": None, "ChargeCategory": "Tax", "BilledCost": 0.25}]
    texts = bill(tmp_path, *[{}, STORAGE, rows[2]]).groups
    frame = pd.DataFrame(rows)
    frame["ChargePeriodStart"] = pd.to_datetime(frame.ChargePeriodStart)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    place = table.schema.get_field_index("BilledCost")
    table = table.set_column(place, "BilledCost", table["BilledCost"].cast(pa.decimal128(20, 10)))
    folder = tmp_path / "parts"
    folder.mkdir()
    pa.parquet.write_table(table.slice(0, 2), folder / "a.parquet")
    pa.parquet.write_table(table.slice(2), folder / "b.parquet")
    typed = focus_bill.bill(engine.scan(folder)).groups
    pd.testing.assert_frame_equal(texts, typed, check_dtype=False)


@pytest.mark.parametrize(("cost", "said"), [(float("nan"), "a cell is empty"), (float("inf"), "it is no number")])
def test_numbers_of_parquet_that_are_none(cost: float, said: str, tmp_path: Path) -> None:
    frame = pd.DataFrame([ROW, ROW | {"BilledCost": cost}])
    table = pa.table({name: pa.array(list(frame[name]), from_pandas=False) for name in frame})
    pa.parquet.write_table(table, tmp_path / "bill.parquet")
    with pytest.raises(focus_bill.CellError, match=said) as refused:
        focus_bill.bill(engine.scan(tmp_path / "bill.parquet"))
    rows = engine.scan(tmp_path / "bill.parquet")
    assert rows.filter(focus_bill.bad_rows(rows, refused.value)).count().to_pyarrow().as_py() == 1


def test_what_cannot_be_priced_is_left_out_with_its_reason_and_its_spend(tmp_path: Path, prices: market.Market) -> None:
    changes = [
        {"ChargeCategory": "Purchase", "SkuId": "1", "BilledCost": 100.0},
        {"ConsumedQuantity": None, "SkuId": "2", "BilledCost": 10.0},
        {"ConsumedQuantity": -1.0, "SkuId": "3", "BilledCost": -1.0},
        {"ConsumedUnit": "GB", "SkuId": "4", "BilledCost": 2.0},
        {"BillingCurrency": "EUR", "SkuId": "5", "BilledCost": 3.0},
        LLAMA | {"SkuId": "6", "ChargeDescription": "Claude 9 Haiku input tokens", "BilledCost": 4.0},
        LLAMA | {"SkuId": "7", "ChargeDescription": "Llama 3.3 70B Instruct cached input tokens", "BilledCost": 5.0},
        LLAMA | {"SkuId": "8", "ChargeDescription": "Llama 3.3 70B Instruct", "BilledCost": 6.0},
        {"SkuId": "9", "ProviderName": "Oracle", "ServiceCategory": "AI and Machine Learning", "BilledCost": 7.0},
        {"SkuId": "10", "ChargeDescription": "g5.xlarge or g5.2xlarge hours", "ServiceName": "Amazon SageMaker",
         "ServiceCategory": "AI and Machine Learning", "BilledCost": 8.0},
        {"SkuId": "11", "ChargeDescription": "g5.xlarge hours"},
        {"SkuId": "11", "ChargeDescription": "g5.48xlarge hours", "BilledCost": 9.0},
    ]  # fmt: skip
    found = focus_priced.priced(bill(tmp_path, *changes), TODAY, prices=prices)
    assert found.lines.empty
    reasons = found.left_out.set_index("sku").reason.to_dict()
    assert reasons["1"] == "purchase, not usage"
    assert reasons["2"] == "some of its rows have no quantity"
    assert reasons["3"].startswith("its quantity is not above zero")
    assert reasons["4"] == "a machine, but its unit is GB, not hours"
    assert reasons["5"].startswith("billed in EUR; the lists are in USD")
    assert reasons["6"] == "names no machine or model that our tables have"
    assert reasons["7"].startswith("a model, but cached")
    assert reasons["8"] == "a model, but not said whether of input or of output"
    assert reasons["9"] == "our lists have no prices of Oracle"
    assert reasons["10"].startswith("names several machines")
    assert reasons["11"] == "one product id stands for several descriptions"
    spend = found.ai.set_index("currency")
    left = found.left_out.groupby("currency").billed.sum()
    assert (spend.ai - spend.priced).to_dict() == pytest.approx(left.to_dict())
    assert spend.ai["EUR"] == 3.0


def test_the_readers_own_table_names_the_rest(tmp_path: Path, prices: market.Market) -> None:
    summed = bill(tmp_path, LLAMA | {"SkuId": "6", "ChargeDescription": "L33", "ConsumedQuantity": 7.0})
    path = tmp_path / "map.csv"
    path.write_text("provider,sku,buys,item,per_unit,note\nAWS,6,input,llama-3.3-70b-instruct,1000000,x\nAWS,7,,,,\n")
    own = focus_names.own_table(path)
    assert own == {("AWS", "6"): Meaning(INPUT, "llama-3.3-70b-instruct", 1e6)}
    assert focus_priced.priced(summed, TODAY, own_table=own, prices=prices).lines.input_mtok.tolist() == [7.0]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("AWS,6,inputs,gpt-4.1,1", "row 1, buys: 'inputs'; write input, output, hours"),
        ("AWS,6,input,gtp,1", "row 1, item: 'gtp' is no model we know"),
        ("AWS,6,hours,gpt-4.1,1", "row 1, item: 'gpt-4.1' is no accelerator we know"),
        ("AWS,6,input,gpt-4.1,0", "row 1, per_unit: '0' is no number above zero"),
        ("AWS,6,input,gpt-4.1,", "row 1, per_unit: '' is no number above zero"),
    ],
)
def test_a_table_of_names_is_refused_with_its_row(row: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text(f"provider,sku,buys,item,per_unit\n{row}\n")
    with pytest.raises(ValueError, match=message):
        focus_names.own_table(path)
    path.write_text("provider,sku,item\n")
    with pytest.raises(ValueError, match="no column 'buys'"):
        focus_names.own_table(path)


def test_what_is_bought_in_the_eu_stays_there_unless_released(tmp_path: Path, prices: market.Market) -> None:
    rows = [change | {"RegionId": "eu-central-1"} for change in TOKENS]
    summed = bill(tmp_path, *rows)
    held = focus_priced.priced(summed, TODAY, prices=prices).lines.iloc[0]
    free = focus_priced.priced(summed, TODAY, prices=prices, keep_in_eu=False).lines.iloc[0]
    assert held.regions == "eu"
    assert pd.isna(held.best_list)
    assert held.reason == "no list has a price of it in that month and place"
    assert free.best_list > 0


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("$6.88 per On Demand p5.4xlarge Hour", "Hours", Meaning(HOURS, "nvidia-h100-sxm", 1.0, machine="p5.4xlarge")),
        ("Box p5.48xlarge:1", "Hrs", Meaning(HOURS, "nvidia-h100-sxm", 8.0, machine="p5.48xlarge")),
        ("Meta Llama 3.3 70B Instruct | Output tokens", "1M tokens", Meaning(OUTPUT, "llama-3.3-70b-instruct", 1e6)),
        ("llama-3.3-70b-instruct-input-tokens", "Tokens", Meaning(INPUT, "llama-3.3-70b-instruct", 1.0)),
    ],
)  # fmt: skip
def test_names_in_texts(text: str, unit: str, expected: Meaning) -> None:
    assert focus_names.meaning("aws", text, unit) == expected


@pytest.mark.parametrize(
    "text",
    [
        "gpt 4o 0806 Inp glbl Tokens",
        "gpt 4o mini2 Input",
        "gpt-4o realtime input tokens",
        "a p5.48xlargest hour",
        "xp5.4xlarge",
    ],
)
def test_what_might_be_another_model_or_machine_is_not_guessed(text: str) -> None:
    found = focus_names.meaning("aws", text, "1K tokens")
    assert found.buys == ""
    assert found.item != "gpt-4o"


def test_azure_writes_machines_without_standard() -> None:
    found = focus_names.meaning("azure", "Virtual Machines NCads A100 v4 Series - NC24ads A100 v4 - US East", "Hours")
    assert found == Meaning(HOURS, "nvidia-a100-80gb", 1.0, machine="Standard_NC24ads_A100_v4")


@pytest.mark.parametrize(
    ("unit", "tokens"),
    [("Tokens", 1.0), ("1K tokens", 1e3), ("1000 Tokens", 1e3), ("1M tokens", 1e6), ("1,000 tokens", 1e3),
     ("Million tokens", 1e6), ("GB", None), (None, None), ("Images", None)],
)  # fmt: skip
def test_units_of_tokens(unit: str | None, tokens: float | None) -> None:
    assert focus_names.tokens_in(unit) == tokens


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"BilledCost": "1,624.00"}, "column BilledCost: '1,624.00': it is no number"),
        ({"BilledCost": None}, "column BilledCost: a cell is empty"),
        ({"BilledCost": " "}, "column BilledCost: a cell is empty"),
        ({"BilledCost": "inf"}, "column BilledCost: 'inf': it is no number"),
        ({"BillingCurrency": None}, "column BillingCurrency: a cell is empty"),
        ({"ChargePeriodStart": "18.09.2024"}, "column ChargePeriodStart: '18.09.2024': write the time as"),
        ({"ChargePeriodStart": "2024-13-18"}, "column ChargePeriodStart: '2024-13-18'"),
        ({"ChargeCategory": "usage"}, "column ChargeCategory: 'usage': the format has Usage, Purchase"),
        ({"ConsumedQuantity": "many"}, "column ConsumedQuantity: 'many': it is no number"),
        ({"ProviderName": ""}, "column ProviderName: a cell is empty"),
    ],
)
def test_cells_that_the_format_does_not_allow(change: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(focus_bill.CellError, match=message):
        bill(tmp_path, {}, change)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([name for name in ROW if name != "BilledCost"], "no column BilledCost: the format asks for them"),
        ([name for name in ROW if name != "ProviderName"], "no column ProviderName"),
        (
            ["ChargeType", *[name for name in ROW if name != "ChargeCategory"]],
            "it seems to be FOCUS 0.5; export it anew",
        ),
        (["UsageQuantity", *[name for name in ROW if name != "ServiceName"]], "FOCUS 1.0-preview"),
        (["a", "b"], "it does not seem to be in the FOCUS format"),
    ],
)
def test_columns_that_are_missing(columns: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        focus_columns.require(columns)


def test_versions_are_told_by_their_columns() -> None:
    assert focus_columns.version(ROW) == "1.0"
    assert focus_columns.version([*ROW, "SkuMeter"]) == "1.1"
    assert focus_columns.version([*ROW, "SkuMeter", "InvoiceId"]) == "1.2"
    newer = [name for name in ROW if name != "ProviderName"] + ["ServiceProviderName", "HostProviderName"]
    focus_columns.require(newer)
    assert (focus_columns.version(newer), focus_columns.provider(newer)) == ("1.3", "ServiceProviderName")


def test_currencies_are_never_added_up(tmp_path: Path) -> None:
    summed = bill(tmp_path, {}, {"BillingCurrency": "EUR", "BilledCost": 5.0})
    assert summed.totals.set_index("currency").billed.to_dict() == {"USD": 1.624, "EUR": 5.0}
    assert "5.00 EUR and 1.62 USD" in repr(summed)


def test_a_bill_without_optional_columns_or_rows(tmp_path: Path, prices: market.Market) -> None:
    few = bill(tmp_path, {}, drop=("EffectiveCost", "ListCost", "RegionId", "SkuId", "PricingCategory"))
    found = focus_priced.priced(few, TODAY, prices=prices)
    assert found.lines.hours.tolist() == [1.0]
    assert found.lines.effective.isna().all()
    assert found.lines.machine_list.isna().all()
    pd.DataFrame([ROW]).iloc[:0].to_csv(tmp_path / "empty.csv", index=False)
    empty = engine.read_texts(tmp_path / "empty.csv")
    with pytest.raises(ValueError, match="no rows"):
        focus_bill.bill(empty)
