"""The notebook on partnerships: its headlines computed again by other code, from the evidence and from their rows."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import claim, partnerships
from cloudmarket.arguments.partnerships import deals, effects, exclusive, frames, sample, terms
from cloudmarket.arguments.partnerships import tokens as bought

TODAY = tables.report_day()
# Early enough to be quick, late enough for all claims.
EARLIER = date(2025, 3, 31)
PAST = (date(2023, 11, 1), date(2024, 6, 30))
LABS = {"OpenAI", "Anthropic", "Mistral AI", "Meta", "xAI"}
CLOUDS = {"Microsoft", "Amazon", "AWS", "Google", "Oracle", "CoreWeave"}


@cache
def state(day):
    return partnerships.partnerships(day)


@cache
def claims(day):
    return partnerships.by_name(partnerships.of(state(day)))


def csv(name):
    return pd.read_csv(store.raw("curated") / f"{name}.csv")


def table(name):
    return pq.read_table(store.processed() / f"{name}.parquet").to_pandas(date_as_object=False)


def car(rows, firm, day, first=-1, last=1):
    """Return a CAR in percent and its standard error by textbook least squares."""
    wide = np.expm1(rows.pivot(index="traded_on", columns="symbol", values="log_return").sort_index())
    zero = wide.index.get_indexer([day])[0]
    past, event = wide.iloc[zero - 279 : zero - 29], wide.iloc[zero + first : zero + last + 1]
    design = np.column_stack([np.ones(len(past)), past.SPX])
    coefficients, squares, *_ = np.linalg.lstsq(design, past[firm].to_numpy(), rcond=None)
    here = np.column_stack([np.ones(len(event)), event.SPX])
    ones = np.ones(len(event))
    spread = np.eye(len(event)) + here @ np.linalg.inv(design.T @ design) @ here.T
    error = np.sqrt(squares[0] / (len(past) - 2) * ones @ spread @ ones)
    return 100 * float((event[firm] - here @ coefficients).sum()), 100 * float(error)


def test_the_return_of_the_deal_by_textbook_regression_on_the_curated_file():
    rows = csv("daily_return").assign(traded_on=lambda frame: pd.to_datetime(frame.traded_on))
    found = claims(TODAY)["deal-returns"]
    value, error = car(rows, "MSFT", pd.Timestamp("2019-07-22"))
    assert found.value == pytest.approx(value, abs=1e-9)
    # Student's quantile of 248 degrees.
    assert found.high - found.value == pytest.approx(1.9695757 * error, rel=1e-6)
    again, _ = car(found.rows[found.rows.table == "daily_return"], "MSFT", pd.Timestamp("2019-07-22"))
    assert again == pytest.approx(value, abs=1e-9)


def by_hand(events):
    """Return firm and full sums of computing that labs buy, counted row by row."""
    low = high = 0.0
    for row in events.to_dict("records"):
        actors = set(row["actors"].split("+"))
        first = row["type"].split("+")[0]
        is_purchase = first == "compute_contract" or (first == "partnership_change" and row["amount_usd"] > 0)
        if actors & LABS and actors & CLOUDS and is_purchase and row["amount_usd"] > 0:
            high += row["amount_usd"] / 1e9
            is_plain = row["amount_qualifier"] == "exact" and str(row["is_amount_reported_only"]).lower() == "false"
            low += row["amount_usd"] / 1e9 if is_plain else 0
    return low, high


def test_the_sum_of_computing_from_the_curated_file():
    found = claims(TODAY)["compute-bought"]
    assert (found.low, found.high) == pytest.approx(by_hand(csv("event")))
    assert (found.low, found.high) == pytest.approx(by_hand(found.rows))


def test_a_tranche_of_a_ceiling_counts_once():
    found = claims(TODAY)["money-into-labs"]
    amounts = found.rows.set_index(found.rows.occurred_on.dt.date).amount_usd / 1e9
    assert found.high == pytest.approx(amounts.sum() - amounts[date(2024, 3, 27)])
    assert deals.PART_OF[(date(2024, 3, 27), "Amazon+Anthropic")][0] in set(amounts.index)


def alone(rows):
    return 100 * float((rows.groupby("model").seller.nunique() == 1).mean())


def test_the_share_of_openai_from_the_published_table():
    models = pd.read_csv(store.root() / "src/cloudmarket/names/data/models.csv", dtype="str")
    column = next(name for name in models if "open" in name)
    is_closed = set(models.model[models[column].str.lower() == "false"])
    rows = table("model_listing")
    rows = rows[(rows.developer == "openai") & rows.seller.isin(["aws", "azure", "gcp"]) & rows.model.isin(is_closed)]
    rows = rows[~rows.is_alias & (rows.kind != "service") & rows.valid_to.isna() & rows.superseded_at.isna()]
    found = claims(TODAY)["openai-exclusivity"]
    assert found.value == pytest.approx(alone(rows[rows.source == "litellm"]))
    assert found.value == pytest.approx(alone(found.rows[found.rows.source == "litellm"]))
    other = alone(found.rows[found.rows.source == "models_dev"])
    assert other == pytest.approx(alone(rows[rows.source == "models_dev"]))
    assert found.low <= other <= found.high


def test_what_a_billion_buys_from_the_published_tables():
    prices, chips = table("accelerator_price"), table("accelerator").set_index("accelerator")
    month = pd.Timestamp("2026-07-01")
    rows = prices[(prices.cloud == "azure") & (prices.kind == "on_demand") & prices.superseded_at.isna()]
    rows = rows[(rows.valid_from <= month) & ~(rows.valid_to <= month) & ~rows.is_component]
    rows = rows[~rows.region.str.contains("gov|china") & (rows.accelerator.map(chips.kind) == "gpu")]
    usd = rows.groupby(["accelerator", "region"]).usd_per_accelerator_hour.min().groupby("accelerator").median()
    best = (chips.bf16_tflops_dense / usd).max()
    own = state(TODAY).compute
    found = own[(own.cloud == "azure") & (own.day == month)].iloc[0]
    assert found.pflop_hours == pytest.approx(1e9 / 1e6 * best / 1000)
    assert found.low <= found.pflop_hours <= found.high


def test_the_hours_of_2019_rest_on_the_same_price_before_and_after():
    found = claims(TODAY)["billion-hours-2019"]
    own = found.rows[(found.rows.region == "us-east-1") & found.rows.sku.str.startswith("p3.")]
    assert own.usd_per_accelerator_hour.nunique() == 1
    assert found.value == pytest.approx(1000 / own.usd_per_accelerator_hour.iloc[0])


def test_tokens_of_the_cheapest_model_from_the_published_tables():
    rows = state(TODAY).tokens
    one = rows[(rows.seller == "aws") & (rows.what == bought.AS_GOOD)].dropna(subset=["tokens"]).iloc[-1]
    prices = table("token_price")
    own = prices[(prices.model == one.model) & (prices.seller == "aws") & (prices.source == "litellm")]
    own = own[(own.tier == "standard") & (own.valid_from <= one.day) & ~(own.valid_to <= one.day)]
    blend = (3 * own.input_usd_per_mtok + own.output_usd_per_mtok) / 4
    assert one.tokens == pytest.approx(1000 / blend.min())
    scores = table("benchmark_score")
    newest = scores[(scores.series == bought.SERIES) & (scores.scored_on == state(TODAY).rated.scored_on.max())]
    score = newest[newest.benchmark == bought.BOARD].groupby("model").score.max()
    assert score[one.model] >= score[bought.REFERENCE]


def test_growth_agrees_with_the_rows_of_the_claims():
    found = claims(TODAY)["billion-compute"]
    machines, chips = (found.rows[found.rows.table == name] for name in ("accelerator_price", "accelerator"))
    speed = chips.set_index("accelerator").bf16_tflops_dense
    own = state(TODAY).compute.dropna(subset=["pflop_hours"])
    growth = {}
    for cloud, rows in own.groupby("cloud"):
        ends = []
        for end in (rows.iloc[0], rows.iloc[-1]):
            valid = machines[(machines.cloud == cloud) & (machines.accelerator == end.accelerator)]
            valid = valid[(valid.valid_from <= end.day) & ~(valid.valid_to <= end.day)]
            ends.append(speed[end.accelerator] / valid.groupby("region").usd_per_accelerator_hour.min().median())
        growth[cloud] = ends[1] / ends[0]
    assert found.value == pytest.approx(np.median(list(growth.values())))
    assert (found.low, found.high) == pytest.approx((min(growth.values()), max(growth.values())))


def test_rivals_from_the_rows_of_the_claim():
    found = claims(TODAY)["rivals-returns"]
    returns = found.rows[found.rows.table == "daily_return"]
    events = found.rows[found.rows.table == "event"]
    tickers = {"Microsoft": "MSFT", "Amazon": "AMZN", "Google": "GOOGL"}
    means = []
    for row in events.itertuples():
        others = [firm for name, firm in tickers.items() if name not in row.actors.split("+")]
        means.append(np.mean([car(returns, firm, row.occurred_on)[0] for firm in others]))
    # Days of a firm's other events are left out of its estimation there, not here.
    assert found.value == pytest.approx(np.mean(means), abs=0.15)


@pytest.mark.parametrize("day", [TODAY, *PAST], ids=str)
def test_every_claim_can_be_followed(day):
    listed = list(claims(day).values())
    assert len(listed) >= 6
    for one in listed:
        assert one.notebook == "03_partnerships"
        assert len(one.rows)
        assert one.low <= one.value <= one.high
    assert claim.markdown(listed)


@pytest.mark.parametrize("day", PAST, ids=str)
def test_past_days_know_nothing_of_later(day):
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    for one in claims(day).values():
        assert (pd.to_datetime(one.rows.observed_first_at) < end).all(), one.claim
    found = state(day)
    assert (found.returns.index < end.tz_localize(None)).all()
    assert (found.deals.observed_first_at < end).all()
    assert not found.terms.ends_on.notna().any()


def test_samples_are_never_mixed():
    found = state(TODAY)
    assert set(found.main.evidence) <= {"A", "B"}
    assert set(found.press.evidence) == {"C"}
    assert (pd.concat([found.main, found.press]).date_precision == "day").all()
    assert pd.Timestamp("2019-07-22") in set(found.press.occurred_on)


def test_of_overlapping_windows_the_first_is_kept():
    days = pd.bdate_range("2024-01-01", periods=20)
    events = pd.DataFrame({"occurred_on": [days[3], days[5], days[6]]})
    assert effects.apart(days, events, (-1, 1)).occurred_on.tolist() == [days[3], days[6]]


def test_terms_end_with_the_event_that_ended_them():
    today = terms.terms(TODAY).set_index("kind")
    assert today.ends_on["exclusive for the API"] == pd.Timestamp("2026-04-27")
    before = terms.terms(date(2026, 4, 26)).set_index("kind")
    assert pd.isna(before.ends_on["exclusive for the API"])
    assert set(terms.holding(terms.terms(date(2024, 6, 30)), pd.Timestamp("2024-06-30")).kind) == {
        "exclusive cloud", "primary cloud",
    }  # fmt: skip


def test_a_term_without_its_event_is_refused(monkeypatch):
    lost = terms.Term("OpenAI", "azure", "none", (date(2001, 1, 1), "nobody"), None)
    monkeypatch.setattr(terms, "TERMS", (lost,))
    with pytest.raises(ValueError, match="no event"):
        terms.terms(TODAY)


def test_other_news_is_of_a_firm_that_the_event_concerns():
    found = frames.other_news(state(TODAY))
    assert len(found) == len(sample.OTHER_NEWS)
    assert found.url.str.startswith("https://").all()


def test_amounts_read_as_they_are_stated():
    found = state(TODAY).deals.set_index(["occurred_on", "cloud"]).amount
    assert found[pd.Timestamp("2023-01-23"), "azure"] == "reported $10bn"
    assert found[pd.Timestamp("2023-09-25"), "aws"] == "up to $4bn"
    assert found[pd.Timestamp("2024-03-27"), "aws"] == "$2.75bn"


def without(monkeypatch, name, keep=None):
    """Let a table be empty, or keep only some rows."""
    load = tables.load

    def fewer(which, **days):
        rows = load(which, **days)
        if which != name:
            return rows
        return rows.iloc[:0] if keep is None else rows[keep(rows)]

    monkeypatch.setattr(tables, "load", fewer)


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("daily_return", {"deal-returns", "returns-after-holm", "rivals-returns"}),
        ("accelerator_price", {"billion-compute", "billion-hours-2019"}),
        ("benchmark_score", {"billion-tokens"}),
        ("token_price", {"billion-tokens"}),
    ],
)
def test_what_is_not_there_is_not_claimed(monkeypatch, name, absent):
    expected = set(claims(EARLIER))
    without(monkeypatch, name)
    found = partnerships.partnerships(EARLIER)
    assert expected - {one.claim for one in partnerships.of(found)} == absent
    for part in (frames.forest, frames.tests, frames.placebos, frames.machines, frames.models, frames.deal_windows):
        part(found)


def test_a_cloud_without_prices_is_left_out(monkeypatch):
    without(monkeypatch, "accelerator_price", lambda rows: rows.cloud != "gcp")
    named = {one.claim: one for one in partnerships.of(partnerships.partnerships(EARLIER))}
    assert "Google" not in named["billion-compute"].statement
    assert "AWS" in named["billion-compute"].statement


def test_a_list_that_nobody_looked_at_for_long_prices_nothing():
    own = state(TODAY).compute.set_index(["cloud", "day"]).pflop_hours
    assert own["azure"][pd.Timestamp("2024-09-01") : pd.Timestamp("2024-12-01")].isna().all()
    assert own["aws"][: pd.Timestamp("2022-06-01")].isna().all()


def test_few_models_have_no_share():
    rows = state(TODAY).shares
    assert rows.share[rows.models < exclusive.FEWEST].isna().all()
    assert (rows.dropna(subset=["share"]).eval("low <= share <= high")).all()
