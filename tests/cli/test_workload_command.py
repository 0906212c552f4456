"""``cloudmarket workload`` on baskets and bills, good and bad."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cloudmarket.arguments import workload

BILL = {
    "BilledCost": [1.624, 8.376, 5.0],
    "BillingCurrency": ["USD", "USD", "EUR"],
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2024-09-18T22:00:00Z",
    "ProviderName": "AWS",
    "ServiceName": ["Amazon Elastic Compute Cloud", "Amazon SageMaker", "Disks"],
    "ServiceCategory": ["Compute", "AI and Machine Learning", "Storage"],
    "SkuId": ["G5", "SM", "D"],
    "ChargeDescription": ["$1.624 per On Demand Linux g5.4xlarge Instance Hour", "an endpoint", "a disk"],
    "ConsumedQuantity": 1.0,
    "ConsumedUnit": "Hours",
    "RegionId": "us-east-1",
}

LINE = "[[line]]\nname='f'\n"


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bill.csv"
    pd.DataFrame(BILL).to_csv(path, index=False)
    return path


def test_the_example_is_priced_and_written(command, tmp_path: Path) -> None:
    target = tmp_path / "offers.csv"
    code, out, err = command("workload", str(workload.example()), "--out", str(target))
    assert (code, err) == (0, "")
    for heading in (
        "The cheapest plan",
        "Everything from one seller",
        "Not priced",
        "What each condition costs",
        "moving",
    ):
        assert heading in out
    rows = pd.read_csv(target)
    least = rows[rows.period == rows.period.max()].groupby("line").cost.min().sum()
    assert f"In all {least:,.2f}" in out


def test_a_past_day_leaves_out_what_was_not_known(command) -> None:
    code, _, err = command("workload", str(workload.example()), "--as-of", "2024-06-30")
    assert code == 1
    assert "line 1 (assistant), as_good_as: nobody rated gpt-4o-2024-05-13 by 2024-06-30" in err


def test_a_bill_says_what_is_priced_and_what_is_left_out(command, bill: Path, tmp_path: Path) -> None:
    code, out, err = command("workload", str(bill), "--unmapped", str(tmp_path / "names.csv"))
    assert (code, err) == (0, "")
    assert "USD: billed 10.00, of it AI 10.00 (100.0%)" in out
    assert "priced 1.62 (16.2% of the AI), left out 8.38 (83.8% of the AI)" in out
    assert "EUR: billed 5.00, of it AI 0.00 (0.0%)" in out
    assert "no rate of exchange is assumed" in out
    assert "where known: 1.0000" in out
    assert "At the cheapest machine or endpoint of the seller billed: 0.62 less than was billed (38.1%)" in out
    names = pd.read_csv(tmp_path / "names.csv", dtype=str)
    assert names.sku.tolist() == ["SM"]
    names.assign(buys="hours", item="nvidia-a10g", per_unit="2").to_csv(tmp_path / "names.csv", index=False)
    code, out, err = command("workload", str(bill), "--map", str(tmp_path / "names.csv"))
    assert (code, err) == (0, "")
    assert "priced 10.00 (100.0% of the AI), left out 0.00" in out


def test_a_folder_of_parquet_is_a_bill(command, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    pd.DataFrame(BILL).to_parquet(folder / "part-0.parquet")
    code, out, err = command("workload", str(folder))
    assert (code, err) == (0, "")
    assert "3 rows" in out


@pytest.mark.parametrize(
    ("column", "row", "cell", "message"),
    [
        ("BilledCost", 1, "x", "bill.csv: row 2 below the header, column BilledCost: 'x': it is no number"),
        ("BillingCurrency", 2, None, "bill.csv: row 3 below the header, column BillingCurrency: a cell is empty"),
        ("ChargePeriodStart", 0, "May", "bill.csv: row 1 below the header, column ChargePeriodStart: 'May': write"),
        ("ChargeCategory", 2, "Refund", "bill.csv: row 3 below the header, column ChargeCategory: 'Refund'"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    command, bill: Path, column: str, row: int, cell: object, message: str
) -> None:
    frame = pd.DataFrame(BILL).astype({column: object})
    frame.loc[row, column] = cell
    frame.to_csv(bill, index=False)
    code, _, err = command("workload", str(bill))
    assert code == 1
    assert message in err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.csv", "x,y\n1,2\n", "neither those of a basket"),
        ("b.csv", "BilledCost,BillingCurrency\n1,USD\n", "no column ChargeCategory"),
        ("b.toml", f"{LINE}model='gpt-4.1'\ninput_mtok=-3\noutput_mtok=1\n", "line 1 (f), input_mtok: -3 is negative"),
        ("b.toml", f"{LINE}accelerator='nvidia-gb200'\nhours=1\nregions='FR'\n", "line 1 (f), regions: no price is"),
        ("b.parquet", "nonsense", "b.parquet cannot be read"),
        ("b.docx", "nonsense", "a basket is a .toml or .csv file"),
        ("b.csv", "", "b.csv"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_priced(command, tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    code, _, err = command("workload", str(path))
    assert code == 1
    assert message in err


def test_options_of_bills_are_refused_for_baskets(command, tmp_path: Path, bill: Path) -> None:
    code, _, err = command("workload", str(workload.example()), "--anywhere")
    assert (code, "are for bills" in err) == (1, True)
    code, _, err = command("workload", str(tmp_path / "none.toml"))
    assert (code, "there is no file" in err) == (1, True)
    code, _, err = command("workload", str(bill), "--map", str(tmp_path / "none.csv"))
    assert (code, "there is no file" in err) == (1, True)
    code, _, err = command("workload", str(bill), "--out", str(tmp_path / "x.doc"))
    assert (code, "the ending must be one of" in err) == (1, True)
