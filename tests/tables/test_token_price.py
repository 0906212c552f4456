"""From printed costs to prices: units, zeros, suspicion, intervals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.history import Moment
from cloudmarket.sources import litellm, models_dev
from cloudmarket.tables import inputs, printed_prices
from tables.vintage import told

LABEL = "us.anthropic.claude-fable-5"


def instant(hours: float) -> datetime:
    return datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(hours=hours)


def printed(*prints: tuple[float, dict[str, Any]], suffix: str = "") -> pd.DataFrame:
    """Return the rows of snapshots of one label, each at some hour with some cells."""

    def row(cells: dict[str, Any]) -> tuple[Any, ...]:
        usual = {"label": LABEL, "suffix": suffix, "litellm_provider": "bedrock_converse", "mode": "chat"}
        return tuple((dict.fromkeys(litellm.COLUMNS.names) | usual | cells).values())

    moments = [(Moment(f"1.{place}", instant(hours)), [row(cells)]) for place, (hours, cells) in enumerate(prints)]
    return printed_prices.printed(told(litellm=moments))


def cost(per_token_in: float | None, per_token_out: float | None = None, **other: Any) -> dict[str, Any]:
    return {"input_cost_per_token": per_token_in, "output_cost_per_token": per_token_out, **other}


@pytest.mark.parametrize(
    ("per_token", "per_million"),
    [
        (3e-06, 3.0),
        (1.1e-06, 1.1),
        (2.5e-07, 0.25),
        (7.2e-07, 0.72),
        (5.9e-08, 0.059),
        (6e-04, 600.0),
    ],
)
def test_prices_are_the_printed_decimals_times_a_million(per_token: float, per_million: float) -> None:
    [row] = printed((0, cost(per_token, 2 * per_token))).itertuples()
    assert row.input_usd_per_mtok == per_million


def test_shipped_prices_are_the_printed_ones() -> None:
    """Each price of the newest snapshot in the table, against the history by exact decimals."""
    history = inputs.folded("litellm").to_pandas()
    history = history[history.ended_at.isna() & (history.suffix == "")]
    costs = history.set_index("label")
    prices = load("token_price")
    now = prices[prices.is_printed & prices.valid_to.isna() & (prices.source == "litellm")]
    now = now[(now.tier == "standard") & (now.context_from_tokens == 0)]
    columns = (("input_usd_per_mtok", "input_cost_per_token"), ("output_usd_per_mtok", "output_cost_per_token"))
    for price, cost_of in columns:
        exact = [Decimal(repr(float(costs[cost_of][label]))) * 1_000_000 for label in now.label]
        expected = [None if not value or value.is_nan() else float(value) for value in exact]
        assert [None if pd.isna(cell) else cell for cell in now[price]] == expected


def test_a_printed_zero_is_missing_and_marked() -> None:
    [row] = printed((0, cost(0.0, 0.0))).itertuples()
    assert pd.isna(row.input_usd_per_mtok)
    assert row.is_printed_zero
    [row] = printed((0, cost(1e-06, 0.0, mode="embedding"))).itertuples()
    assert (row.input_usd_per_mtok, row.is_printed_zero) == (1.0, False)


@pytest.mark.parametrize(
    ("cells", "suspicion"),
    [
        (cost(3e-06, 15e-06), None),
        (cost(1.1e-06, 0.37e-06), "output below input"),
        (cost(3e-06, 3e-06), None),
        (cost(3e-06, 0.0), None),
        (cost(150e-06, 600e-06), None),
        (cost(3.2e-03, 9.71e-03), "above 700 USD per million tokens"),
    ],
)
def test_a_suspicious_price_says_why(cells: dict[str, Any], suspicion: str | None) -> None:
    [row] = printed((0, cells)).itertuples()
    assert (None if pd.isna(row.suspicion) else row.suspicion) == suspicion


@pytest.mark.parametrize(
    ("suffix", "tier", "context"),
    [("", "standard", 0), ("_batches", "batch", 0), ("_above_200k_tokens", "standard", 200_000),
     ("_priority", "priority", 0), ("_flex", "flex", 0)],
)  # fmt: skip
def test_a_suffix_is_a_tier_and_a_band(suffix: str, tier: str, context: int) -> None:
    [row] = printed((0, cost(3e-06, 15e-06)), suffix=suffix).itertuples()
    assert (row.tier, row.context_from_tokens) == (tier, context)


def test_rows_that_differ_in_nothing_kept_are_one() -> None:
    rows = printed((0, cost(3e-06, max_tokens=1)), (30, cost(3e-06, max_tokens=2)), (60, cost(2e-06)))
    assert rows.input_usd_per_mtok.tolist() == [3.0, 2.0]
    assert rows.valid_from.dt.day.tolist() == [1, 3]
    assert rows.observed_last_at.tolist() == [instant(30), instant(60)]


def test_the_last_price_of_a_day_is_that_of_the_day() -> None:
    rows = printed((0, cost(3e-06)), (30, cost(9e-06)), (31, cost(2e-06)))
    assert rows[["input_usd_per_mtok", "valid_from"]].to_numpy().tolist() == [
        [3.0, pd.Timestamp("2026-01-01")], [2.0, pd.Timestamp("2026-01-02")]
    ]  # fmt: skip


def test_the_evidence_grade_says_whether_a_page_is_named() -> None:
    rows = [printed((0, cost(3e-06, source=page))) for page in (None, "the vendor", "https://example.org/prices")]
    assert [row.evidence[0] for row in rows] == ["C", "C", "B"]


def of_models_dev(label: str, *prints: dict[str, Any]) -> pd.DataFrame:
    """Return the rows of snapshots of one file of models.dev, a day apart each."""
    moments = []
    for place, cells in enumerate(prints):
        usual = {"label": label, "context_from_tokens": 0, "provider": label.split("/")[0]}
        row = tuple((dict.fromkeys(models_dev.COLUMNS.names) | usual | cells).values())
        moments.append((Moment(f"c{place}", instant(24 * place)), [row]))
    return printed_prices.printed(told(models_dev=moments))


def test_a_file_of_models_dev_is_an_offer() -> None:
    rows = of_models_dev(
        "stackit/openai/gpt-oss-120b", {"input": 0.53, "output": 0.77, "release_date": "2025-08-05"},
        {"input": 0.53, "output": 0.77}, {"input": 0.49, "output": 0.71, "context_tokens": 131_000},
    )  # fmt: skip
    told_ = rows[["source", "seller", "seller_kind", "channel", "model", "tier", "mode", "evidence"]]
    assert set(told_.itertuples(index=False, name=None)) == {
        ("models_dev", "stackit", "european_cloud", "ai-model-serving", "gpt-oss-120b", "standard", "chat", "C")
    }
    assert rows.input_usd_per_mtok.tolist() == [0.53, 0.49]
    assert rows.valid_from.dt.day.tolist() == [1, 3]
    assert not rows[["is_fill", "is_inherited"]].any(axis=None)


def test_a_price_taken_over_is_marked() -> None:
    cells = {"input": 3.0, "output": 15.0, "inherited_from": "anthropic/claude-sonnet-4-5"}
    [row] = of_models_dev("amazon-bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0", cells).itertuples()
    assert (row.is_inherited, row.scope) == (True, "global")


def test_an_embedding_of_models_dev_has_no_output_price() -> None:
    [row] = of_models_dev("scaleway/qwen3-embedding-8b", {"input": 0.1, "output": 0.0}).itertuples()
    assert (row.mode, row.is_printed_zero, pd.isna(row.output_usd_per_mtok)) == ("embedding", False, True)
    [row] = of_models_dev("scaleway/gpt-oss-120b", {"input": 0.1, "output": 0.0}).itertuples()
    assert row.is_printed_zero


# Read from the files of the last snapshot.
@pytest.mark.parametrize(
    ("label", "price"),
    [
        ("stackit/openai/gpt-oss-120b", (0.49, 0.71)),
        ("ovhcloud/gpt-oss-120b", (0.09, 0.47)),
        ("azure/claude-sonnet-5", (2.0, 10.0)),
        ("google-vertex/gemini-2.5-pro", (1.25, 10.0)),
    ],
)
def test_shipped_prices_of_models_dev(label: str, price: tuple[float, float]) -> None:
    rows = load("token_price", as_of="2026-07-01")
    rows = rows[(rows.source == "models_dev") & (rows.label == label) & (rows.context_from_tokens == 0)]
    [row] = rows.itertuples()
    assert (row.input_usd_per_mtok, row.output_usd_per_mtok) == price


def test_prices_taken_over_end_with_the_way_to_do_so() -> None:
    rows = load("token_price")
    taken = rows[rows.is_inherited]
    assert len(taken) > 100
    assert set(taken.source) == {"models_dev"}
    assert taken.valid_from.min() >= pd.Timestamp("2026-04-01")
    assert taken.valid_to.max() <= pd.Timestamp("2026-06-30")
    assert taken.valid_to.notna().all()
