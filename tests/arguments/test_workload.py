"""A basket of one's own: read, priced against the published files read plainly, and refused with the place named."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import workload
from cloudmarket.arguments.workload import constraints, market, offers, shown, through
from cloudmarket.arguments.workload.basket import Basket, Line
from cloudmarket.history import end_of

TODAY = tables.report_day()
PAST = datetime.date(2025, 6, 30)


@pytest.fixture(scope="module")
def prices() -> market.Market:
    return market.market(TODAY)


@pytest.fixture(scope="module")
def found(prices: market.Market) -> workload.Workload:
    return workload.price(workload.read(workload.example()), TODAY, prices)


def believed(table: str) -> pd.DataFrame:
    """Return the rows of a published file that are believed today and hold on the day, read without our loader."""
    rows = pd.read_parquet(store.processed() / f"{table}.parquet")
    starts, ends = pd.to_datetime(rows.valid_from), pd.to_datetime(rows.valid_to)
    day = pd.Timestamp(TODAY)
    return rows[rows.superseded_at.isna() & (starts <= day) & ~(ends <= day)]


def test_the_documents_cost_what_the_price_map_asks(found: workload.Workload) -> None:
    rows = believed("token_price")
    rows = rows[(rows.source == "litellm") & (rows.model == "llama-3.3-70b-instruct") & (rows.context_from_tokens == 0)]
    line = found.basket.lines[1]
    for seller in ("aws", "azure", "gcp"):
        own = rows[(rows.seller == seller) & (rows.scope != "us-gov")]
        cost = own.input_usd_per_mtok * line.input_mtok + own.output_usd_per_mtok * line.output_mtok
        firm, least = cost[own.tier == "standard"].min(), cost[own.tier.isin(["standard", "batch", "flex"])].min()
        mine = found.now[(found.now.line == "documents") & (found.now.seller == seller)].cost.item()
        assert mine == pytest.approx(0.2 * firm + 0.8 * least)


def test_the_assistant_is_bought_in_the_eu_only(found: workload.Workload) -> None:
    scores = pd.read_parquet(store.processed() / "benchmark_score.parquet")
    scores = scores[
        (scores.series == "arena_bradley_terry") & (scores.benchmark == "arena_text") & scores.variant.isna()
    ]
    newest = scores.sort_values("scored_on").drop_duplicates("model", keep="last").set_index("model").score
    good = set(newest.index[newest >= newest["gpt-4o-2024-05-13"]])
    rows = believed("token_price")
    rows = rows[(rows.source == "litellm") & rows.model.isin(good) & (rows.tier == "standard")]
    eu = rows[(rows.scope == "eu") & (rows.seller == "azure") & (rows.context_from_tokens == 0) & ~rows.is_alias]
    line = found.basket.lines[0]
    cost = (eu.input_usd_per_mtok * line.input_mtok + eu.output_usd_per_mtok * line.output_mtok).min()
    assert found.plan.split.set_index("line").cost["assistant"] == pytest.approx(cost)
    mine = found.offers[found.offers.line == "assistant"]
    assert set(mine["item"]) <= good
    assert mine.place.str.contains(r", eu").all()


def test_the_chips_cost_what_the_lists_ask_where_the_machine_is(found: workload.Workload) -> None:
    rows = believed("accelerator_price")
    rows = rows[(rows.cloud == "gcp") & (rows.accelerator == "nvidia-h100-sxm") & (rows.is_offered != False)]  # noqa: E712
    rows = rows[rows.accelerator_count >= 1]
    firm = rows.usd_per_accelerator_hour[rows.kind == "on_demand"].min()
    spot = rows.usd_per_accelerator_hour[rows.kind == "spot"].min()
    mine = found.now[(found.now.line == "training") & (found.now.seller == "gcp")].cost.item()
    assert mine == pytest.approx(800 * (0.5 * firm + 0.5 * spot))


def test_the_plan_is_the_sum_of_the_least_and_no_seller_alone_is_below_it(found: workload.Workload) -> None:
    least = found.now.groupby("line").cost.min()
    assert found.plan.cost == pytest.approx(least.sum())
    by_month = found.history.pivot(index="period", columns="plan", values="cost")
    alone = by_month.drop(columns="each line where it is cheapest").min(axis=1)
    assert (alone.dropna() >= by_month["each line where it is cheapest"] - 1e-9).all()


def test_lifting_a_condition_never_costs_and_all_cost_at_least_each(found: workload.Workload) -> None:
    rows = found.constraints
    assert len(rows)
    assert (rows.cost.dropna() >= -1e-9).all()
    saved = rows[rows.constraint == constraints.ALL].set_index("period").cost
    for period, rest in rows[rows.constraint != constraints.ONE_SELLER].groupby("period"):
        assert saved[period] >= rest.cost.max() - 1e-9


def test_what_a_place_costs_is_the_difference_of_two_prices(found: workload.Workload, prices: market.Market) -> None:
    free = replace(found.basket.lines[0], regions="any")
    rows = offers.offers(Basket("one", (free,)), prices, [pd.Timestamp(TODAY)])
    now = found.constraints[found.constraints.period == pd.Timestamp(TODAY)]
    stated = now[(now.line == "assistant") & (now.constraint == "served in the EU")].cost.item()
    assert stated == pytest.approx(found.plan.split.cost[0] - rows.cost.min())


def test_nothing_of_a_past_day_was_learnt_later() -> None:
    past = workload.price(workload.read(workload.example()), PAST)
    end = pd.Timestamp(end_of(PAST))
    assert (past.market.tokens.observed_first_at < end).all()
    assert (past.market.chips.observed_first_at < end).all()
    assert past.offers.period.max() == pd.Timestamp(PAST)
    assert (past.offers.seen_on <= pd.Timestamp(PAST)).all()
    # An error that the list printed on that day, and mended later, is not the cheapest chip of the world.
    assert past.market.doubtful == 2
    assert past.plan.split.set_index("line").cost["serving"] > 2 * 1460


def test_a_line_that_nobody_rated_or_sold_is_left_out_and_said() -> None:
    early = workload.price(workload.read(workload.example()), datetime.date(2023, 11, 1))
    assert early.plan.unmet == ("assistant", "documents")
    assert "no rating of gpt-4o-2024-05-13 is known" in set(early.unpriced.reason)
    assert early.impossible["assistant"].startswith("as_good_as: nobody rated")
    assert early.switching is None
    assert early.history.empty
    assert "without assistant and documents" in shown.answer(early)


def test_batch_and_spot_are_never_dearer_than_firm(prices: market.Market) -> None:
    line = Line(name="x", model="llama-3.3-70b-instruct", input_mtok=10, output_mtok=1)
    costs = []
    for share in (0.0, 0.5, 1.0):
        rows = offers.offers(Basket("b", (replace(line, flexible_share=share),)), prices, [pd.Timestamp(TODAY)])
        costs.append(rows.set_index("seller").cost)
    assert (costs[0] >= costs[1]).all()
    assert costs[1].to_dict() == pytest.approx(((costs[0] + costs[2]) / 2).to_dict())


def test_cost_is_proportional_to_the_amount(prices: market.Market) -> None:
    line = Line(name="x", accelerator="nvidia-h100-sxm", hours=1)
    one = offers.offers(Basket("b", (line,)), prices, [pd.Timestamp(TODAY)])
    ten = offers.offers(Basket("b", (replace(line, hours=10),)), prices, [pd.Timestamp(TODAY)])
    assert list(ten.cost) == pytest.approx(list(10 * one.cost))


def test_a_country_and_a_long_prompt_narrow_what_is_admitted(prices: market.Market) -> None:
    line = Line(name="x", accelerator="nvidia-h100-sxm", hours=1, regions="FR")
    rows = offers.offers(Basket("b", (line,), ("azure", "gcp")), prices, [pd.Timestamp(TODAY)])
    assert set(rows.place) <= {"francecentral", "francesouth", "europe-west9"}
    tokens = Line(name="x", model="claude-sonnet-4-5", input_mtok=1, output_mtok=1)
    short, long = (
        offers.offers(Basket("b", (replace(tokens, prompt_tokens=size),)), prices, [pd.Timestamp(TODAY)])
        for size in (0, 300_000)
    )
    assert set(long.seller) <= set(short.seller)
    assert (long.set_index("seller").cost >= short.set_index("seller").cost.reindex(long.seller)).all()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Line(name="x", accelerator="nvidia-h100-sxm", hours=1, regions="IS"), "regions: no price is known"),
        (Line(name="x", accelerator="nvidia-h100-sxm", hours=1, machine_accelerators=64), "machine_accelerators: no"),
        (Line(name="x", model="gpt-4.1", input_mtok=1, prompt_tokens=50_000_000), "prompt_tokens: nothing takes"),
        (Line(name="x", model="qwen3-coder-plus", input_mtok=1), "no list has a price|sellers: none of those"),
    ],
)
def test_why_a_line_cannot_be_bought(line: Line, why: str, prices: market.Market) -> None:
    priced = workload.price(Basket("b", (line,)), TODAY, prices)
    assert list(priced.impossible) == ["x"]
    assert pd.Series([priced.impossible["x"]]).str.contains(why).all(), priced.impossible


def test_csv_and_toml_say_the_same(tmp_path: Path) -> None:
    toml = workload.read(workload.example())
    path = tmp_path / "example.csv"
    frame = pd.DataFrame([vars(line) for line in toml.lines])
    for name in ("input_mtok", "output_mtok", "prompt_tokens"):
        frame[name] = frame[name].astype("object").mask(frame.accelerator != "", "")
    for name in ("hours", "commitment", "machine_accelerators"):
        frame[name] = frame[name].astype("object").mask(frame.accelerator == "", "")
    frame.to_csv(path, index=False)
    assert workload.read(path) == toml


GOOD = 'name = "a"\nmodel = "gpt-4.1"\ninput_mtok = 1\noutput_mtok = 1\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GOOD.replace("gpt-4.1", "gtp-4.1"),
            r"line 1 \(a\), model: no model is called 'gtp-4.1'; did you mean gpt-4.1",
        ),
        (GOOD.replace("input_mtok = 1", "input_mtok = -1"), r"line 1 \(a\), input_mtok: -1 is negative"),
        (GOOD.replace("input_mtok = 1\n", ""), r"line 1 \(a\), input_mtok: the amount is missing"),
        (GOOD.replace("= 1", "= 0"), r"input_mtok: nothing is bought"),
        (GOOD.replace("input_mtok = 1", 'input_mtok = "many"'), r"input_mtok: 'many' is no number"),
        (GOOD.replace("input_mtok = 1", "input_mtok = nan"), r"input_mtok: nan is no number"),
        (GOOD + "flexible_share = 80", r"flexible_share: 80 is no share"),
        (GOOD + 'regions = "Atlantis"', r"regions: 'Atlantis' is no place"),
        (GOOD + "hours = 3", r"hours: it has no meaning for tokens"),
        (GOOD + 'accelerator = "nvidia-t4"', r"model: exactly one of .* model and accelerator are"),
        (GOOD.replace('model = "gpt-4.1"\n', ""), r"model: exactly one of .* none is"),
        (GOOD + "batch_share = 0.5", r"no column is called 'batch_share'"),
        (GOOD + "model_name = 5", r"no column is called 'model_name'"),
        (
            'name = "c"\naccelerator = "nvidia-h1000"\nhours = 1',
            r"accelerator: no accelerator is called 'nvidia-h1000'",
        ),
        (
            'name = "c"\naccelerator = "nvidia-t4"\nhours = 1\ncommitment = "5y"',
            r"commitment: no commitment is called '5y'",
        ),
        (GOOD + "prompt_tokens = 1.5", r"prompt_tokens: 1.5 is no whole number"),
        (GOOD + f"[[line]]\n{GOOD}", r"line 2, name: 'a' occurs twice"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "basket.toml"
    path.write_text(f"[[line]]\n{text}\n")
    with pytest.raises(ValueError, match=message):
        workload.read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the basket has no lines"),
        (b"lines = 3", "no key is called 'lines'"),
        (b"line = 3", r"under \[\[line\]\]"),
        (b"[[line]", "this is no TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b'sellers = "aws"\n' + f"[[line]]\n{GOOD}".encode(), "write a list of codes"),
        (b'sellers = ["awz"]\n' + f"[[line]]\n{GOOD}".encode(), "'awz' is no seller; choose among"),
    ],
)
def test_files_that_are_no_basket(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "basket.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        workload.read(path)


def test_a_csv_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "basket.csv"
    path.write_text("name,model,input_mtok,output_mtok\na,gpt-4.1,1,1\nb,gpt-4.1,1\n")
    with pytest.raises(ValueError, match="row 2 has 3 cells, the header 4"):
        workload.read(path)
    path.write_text("name,model,input_mtok,output_mtok\na,gpt-4.1,1,1\nb,gpt-4.1,1,\n")
    with pytest.raises(ValueError, match=r"line 2 \(b\), output_mtok: the amount is missing"):
        workload.read(path)


def test_every_sentence_of_the_notebook_is_computed(found: workload.Workload) -> None:
    assert f"{found.plan.cost:,.0f}" in shown.plan_title(found)
    assert shown.plans(found).groupby("plan").cost.sum().min() == pytest.approx(found.plan.cost)
    saved = through.saved(found)
    last = saved[saved.policy == "perfect foresight"].saved.iloc[-1]
    totals = found.switching.totals.set_index("policy") if found.switching else None
    assert totals is not None
    assert last == pytest.approx(totals.saved["perfect foresight"])
    assert set(through.conditions(found).condition.str.split(":").str[0]) <= {"basket", *found.basket.line_names}
    assert found.plot().get_ylabel() == "USD a month"
