"""What the notebook on prices states, computed again from the folded history, by hand, and by statsmodels."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import statsmodels.formula.api as smf

from cloudmarket import store, tables
from cloudmarket.arguments import claim, prices
from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.prices import (
    channels,
    earlier,
    endpoints,
    index_frames,
    indices,
    panel,
    quality,
    ratios,
    reasons,
    shown,
)  # fmt: skip
from cloudmarket.tables import inputs

TODAY = tables.report_day(inputs.last_observed_on(("litellm",)))
DAYS = (date(2023, 11, 1), date(2024, 6, 30), date(2025, 6, 30), TODAY)
CLOUDS = ["aws", "azure", "gcp"]


@cache
def claims(day: date) -> dict[str, Claim]:
    return {one.claim: one for one in prices.claims(day)}


def raw() -> pd.DataFrame:
    """Return the published table as it lies in its file."""
    return pq.read_table(store.processed() / "token_price.parquet").to_pandas(date_as_object=False)


def printed_on(day: date) -> pd.DataFrame:
    """Return the map's printed rows valid and seen on a day, chosen without the package."""
    rows, moment = raw(), pd.Timestamp(day)
    seen = rows.observed_first_at < pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    valid = (rows.valid_from <= moment) & ~(rows.valid_to <= moment)
    return rows[rows.is_printed & seen & valid & rows.source.isin(["litellm", "tokencost"]) & rows.seller.isin(CLOUDS)]


def baseline_prices(rows: pd.DataFrame) -> pd.DataFrame:
    """Return per model and seller all pairs of standard prices in its least bound scope."""
    modes = ["chat", "responses", "completion", "embedding"]
    rows = rows[(rows.tier == "standard") & (rows.context_from_tokens == 0) & rows.region.isna() & ~rows.is_alias]
    rows = rows[rows["mode"].isin(modes) & rows.scope.isin(["global", "default"]) & rows.input_usd_per_mtok.notna()]
    has_global = rows.scope.eq("global").groupby([rows.model, rows.seller]).transform("any")
    return rows[~has_global | (rows.scope == "global")]


# 1. Headlines from the raw evidence.


@pytest.mark.parametrize("day", [date(2025, 6, 30), TODAY], ids=str)
def test_parity_counted_by_hand(day: date) -> None:
    pairs: dict[str, dict[str, set[tuple[float, float]]]] = {}
    for row in baseline_prices(printed_on(day)).itertuples():
        price = (round(row.input_usd_per_mtok, 9), round(np.nan_to_num(row.output_usd_per_mtok, nan=-1.0), 9))
        pairs.setdefault(row.model, {}).setdefault(row.seller, set()).add(price)
    shared = [sellers for sellers in pairs.values() if len(sellers) >= 2]
    judged = [sellers for sellers in shared if all(len(own) == 1 for own in sellers.values())]
    equal = [sellers for sellers in judged if len({next(iter(own)) for own in sellers.values()}) == 1]
    found = claims(day)["price-parity"]
    assert found.statement.startswith(f"{len(equal)} of {len(judged)} identical models")
    assert found.value == pytest.approx(100 * len(equal) / len(judged))
    assert (found.low, found.high) == pytest.approx(
        (100 * len(equal) / len(shared), 100 * (len(equal) + len(shared) - len(judged)) / len(shared))
    )


@pytest.mark.parametrize("seller", ["aws", "azure"])
def test_the_price_of_an_endpoint_in_the_eu_by_hand(seller: str) -> None:
    rows = printed_on(TODAY)
    rows = rows[(rows.tier == "standard") & (rows.context_from_tokens == 0) & rows.region.isna() & ~rows.is_alias]
    rows = rows[rows.seller == seller]
    lowest = rows.groupby(["channel", "model", "scope"])[["input_usd_per_mtok", "output_usd_per_mtok"]].min()
    found = []
    for (channel, model, scope), (in_eu, out_eu) in lowest.iterrows():
        base = next((lowest.loc[(channel, model, name)] for name in ("global", "default")
                     if (channel, model, name) in lowest.index), None)  # fmt: skip
        if scope == "eu" and base is not None and not np.isnan(in_eu / base.iloc[0]):
            found.append((in_eu / base.iloc[0], np.nan_to_num(out_eu / base.iloc[1], nan=in_eu / base.iloc[0])))
    ratio = np.array(found)
    exact = int((np.abs(ratio / 1.1 - 1) <= 0.01).all(axis=1).sum())
    stated = claims(TODAY)[f"price-eu-{seller}"]
    assert f"Of {len(ratio)} models" in stated.statement
    assert f"{exact} cost exactly ten per cent more" in stated.statement
    assert stated.value == pytest.approx(100 * (np.median(ratio[:, 0]) - 1))


def test_changes_counted_in_the_file() -> None:
    rows = pq.read_table(store.processed() / "price_change.parquet").to_pandas()
    own = rows[rows.seller.isin(CLOUDS) & (rows.tier == "standard") & (rows.context_from_tokens == 0)]
    found = claims(TODAY)["price-changes"]
    assert found.value == (own.change_class == "market_change").sum()
    assert found.high - found.low == (own.change_class == "unresolved").sum()


def test_batch_is_half_by_the_folded_history_itself() -> None:
    """The map's own history as folded, before any table: cost with the suffix _batches over cost without."""
    rows = pq.read_table(store.root() / "data" / "raw" / "litellm" / "history.parquet").to_pandas()
    rows = rows[rows.ended_at.isna()]
    plain = rows[rows.suffix == ""].set_index("label").input_cost_per_token
    batch = rows[rows.suffix.str.contains("batch")].set_index("label").input_cost_per_token
    ratio = (batch / plain.reindex(batch.index)).dropna()
    assert len(ratio) > 100
    assert 100 * ratio.median() == pytest.approx(claims(TODAY)["price-batch"].value)


# 2. Every claim holds to its own rows.


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_claims_lie_in_their_intervals_and_rest_on_rows(day: date) -> None:
    found = list(claims(day).values())
    assert len(claim.table(found)) == len(found)
    for one in found:
        assert not one.value < one.low, one
        assert not one.value > one.high, one
        assert len(one.rows), one
        assert "nan" not in f"{one.statement} {one.interval}", one


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nothing_in_a_claim_was_learnt_later(day: date) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    for one in claims(day).values():
        for column in ("observed_first_at", "observed_at", "classified_at"):
            if column in one.rows:
                assert not (pd.to_datetime(one.rows[column], utc=True) >= end).any(), (one, column)


def test_a_claim_names_no_source_that_did_not_exist() -> None:
    named = {source for one in claims(date(2024, 6, 30)).values() for source in one.sources}
    assert named == {"litellm", "tokencost"}


def test_the_beginning_claims_nothing_and_later_days_more() -> None:
    assert claims(DAYS[0]) == {}
    assert len(claims(DAYS[1])) < len(claims(DAYS[2])) < len(claims(DAYS[3]))


def priced(one: Claim) -> pd.DataFrame:
    rows = one.rows[one.rows.table == "token_price"].copy()
    rows["log_price"] = np.log((3 * rows.input_usd_per_mtok + rows.output_usd_per_mtok) / 4)
    rows["month"] = rows.day.dt.strftime("%Y-%m-%d")
    return rows


@pytest.mark.parametrize("seller", CLOUDS)
def test_matched_indices_from_their_rows_by_statsmodels(seller: str) -> None:
    one = claims(date(2025, 6, 30))[f"price-matched-{seller}"]
    rows = priced(one)
    fit = smf.ols("log_price ~ C(month) + C(model)", rows).fit()
    last = fit.params[f"C(month)[T.{rows.month.max()}]"]
    assert 100 * (np.exp(last) - 1) == pytest.approx(one.value, abs=1e-6)


@pytest.mark.parametrize("day", [date(2025, 6, 30), TODAY], ids=str)
def test_prices_at_equal_rating_from_their_rows_by_statsmodels(day: date) -> None:
    for name in ("first", "second"):
        one = claims(day).get(f"price-same-rating-{name}")
        if one is None:
            assert (day, name) == (date(2025, 6, 30), "second")
            continue
        scores = one.rows[one.rows.table == "benchmark_score"].set_index("model").score
        rows = priced(one).assign(score=lambda frame, known=scores: frame.model.map(known).astype("float64"))
        fit = smf.ols("log_price ~ C(month) + score + C(seller)", rows).fit(
            cov_type="cluster", cov_kwds={"groups": pd.factorize(rows.model)[0]}, use_t=True
        )
        last = f"C(month)[T.{rows.month.max()}]"
        assert 100 * (1 - np.exp(fit.params[last])) == pytest.approx(one.value, abs=1e-6)
        low, high = fit.conf_int().loc[last]
        assert (one.low, one.high) == pytest.approx((100 * (1 - np.exp(high)), 100 * (1 - np.exp(low))), abs=1e-4)


def test_the_channel_is_within_its_interval_and_parts_multiply_to_the_whole() -> None:
    table = channels.frame(channels.splits(TODAY))
    for _, own in table.groupby(["seller", "span"]):
        parts = own.set_index("channel").value
        assert parts.drop("all together").prod() == pytest.approx(parts["all together"])
    for name in ("first", "second"):
        one, whole = claims(TODAY)[f"price-channel-{name}"], claims(TODAY)[f"price-same-rating-{name}"]
        assert one.low < one.value < one.high
        # That new models carry the fall is the finding: they alone must make up most of it.
        assert one.value > whole.value / 2


@pytest.mark.parametrize("anchor", ["gpt-3.5-turbo-0613", "gpt-4-0314"])
def test_trends_of_the_cheapest_from_their_rows_by_statsmodels(anchor: str) -> None:
    one = claims(TODAY)[f"price-frontier-{anchor.replace('.', '-')}"]
    rows = priced(one)
    years = (rows.day - rows.day.min()).dt.days / 365.25
    fit = smf.ols("log_price ~ years", rows.assign(years=years)).fit()
    low, high = fit.conf_int().loc["years"]
    assert (one.value, one.low, one.high) == pytest.approx(tuple(np.exp([-fit.params["years"], -high, -low])))
    scores = one.rows[one.rows.table == "benchmark_score"].set_index("model").score
    assert (rows.model.map(scores) >= scores[anchor]).all()


def test_ratios_from_their_rows_by_statsmodels() -> None:
    one = claims(TODAY)["price-ratio-azure"]
    rows = baseline_prices(one.rows[one.rows.table == "token_price"])
    rows = rows.assign(price=(3 * rows.input_usd_per_mtok + rows.output_usd_per_mtok) / 4)
    pairs = ["input_usd_per_mtok", "output_usd_per_mtok"]
    wrong = rows.groupby(["model", "seller"])[pairs].nunique().gt(1).any(axis=1)
    rows = rows.set_index(["model", "seller"])
    rows = rows[~rows.index.isin(wrong[wrong].index)].dropna(subset=["price"])
    rows = rows.groupby(level=[0, 1]).price.min().rename("price").reset_index()
    rows = rows[rows.groupby("model").seller.transform("size") >= 2]
    fit = smf.ols("np.log(price) ~ C(model) + C(seller)", rows).fit()
    assert np.exp(fit.params["C(seller)[T.azure]"]) == pytest.approx(one.value)


# 3. Panels, reasons and verdicts.


@cache
def corrected() -> panel.Panel:
    return index_frames.panels(TODAY)[panel.CORRECTED]


def test_a_panel_has_one_label_per_model_and_no_month_that_nobody_saw() -> None:
    rows = corrected().rows
    assert not rows.duplicated(["seller", "model", "day"]).any()
    assert rows.groupby(["seller", "model"]).label.nunique().max() == 1
    assert not rows.day.between("2023-12-15", "2024-03-25").any()


def test_steps_that_are_not_borne_out_are_gone_where_only_those_count() -> None:
    rows = index_frames.panels(TODAY)[panel.BORNE_OUT].rows
    moved = rows.groupby(["seller", "model"]).input_usd_per_mtok.transform(
        lambda price: (price / price.shift() - 1).abs() > 1e-9
    )
    assert set(rows.step[moved]) == {"market_change"}
    # Levels before the first step taken out are as printed; ratios of borne-out steps are kept.
    haiku = rows[(rows.seller == "aws") & (rows.model == "claude-3-5-haiku")]
    assert haiku.input_usd_per_mtok.unique().tolist() == pytest.approx([1.0, 0.8])


def test_a_mistaken_unit_that_nobody_mended_does_not_move_an_index() -> None:
    """Three previews fall by 64 times in one release, characters for tokens: no borne-out cut is a tenth of it."""
    printed = index_frames.panels(TODAY)[panel.PRINTED].rows
    odd = printed[(printed.model == "gemini-1.5-pro-preview-0514") & (printed.step == panel.IMPLAUSIBLE)]
    assert len(odd) == 1
    mended = corrected().rows
    mended = mended[mended.model == "gemini-1.5-pro-preview-0514"].input_usd_per_mtok
    assert mended.nunique() == 1
    borne_out = tables.load("price_change")
    borne_out = borne_out[borne_out.change_class == "market_change"]
    ratio = borne_out.input_before_usd_per_mtok / borne_out.input_after_usd_per_mtok
    assert ratio.max() < panel.LARGEST


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of as printed"):
        panel.panel(TODAY, "guessed")


def test_scales_of_ratings_are_never_mixed() -> None:
    for span in index_frames.spans(TODAY):
        assert span.ratings.series.nunique() == 1
        assert not span.ratings.model.duplicated().any()
        assert span.rows.day.max() <= span.ratings.scored_on.max() + quality.AFTER
    first, second = index_frames.spans(TODAY)
    assert first.last < second.first


def test_reasons_of_known_cases() -> None:
    """Two catalogues print the cut of Claude 3.5 Haiku on Google Cloud; AWS cut Mistral Large, and Azure did not."""
    found = reasons.explained(prices.prices(TODAY)).set_index("model").reason
    assert found["claude-3-5-haiku"] == reasons.DOUBTED
    assert found["mistral-large-2402"] == reasons.FORMER
    assert found["glm-5.2"] == reasons.UPLIFT
    assert found["llama-4-maverick-17b-128e-instruct"] == reasons.UNEXPLAINED


def test_reasons_cover_every_shared_model_once() -> None:
    found = prices.prices(TODAY)
    items = reasons.explained(found)
    assert sorted(items.model) == sorted(found.parity.items.model)
    assert reasons.counts(items).models.sum() == len(items)
    equal = items[items.reason == reasons.EQUAL]
    assert len(equal) == found.parity.comparable.is_equal.sum()


@pytest.mark.parametrize(
    ("ratio", "output", "part"),
    [
        (1.0, 1.0, endpoints.SAME_PRICE),
        (1.1, 1.1, endpoints.EXACT),
        (1.104, 1.096, endpoints.EXACT),
        (1.1, np.nan, endpoints.EXACT),
        (1.1, 1.0, endpoints.BETWEEN),
        (1.2, 1.2, endpoints.MORE),
        (1.1, 1.3, endpoints.MORE),
        (0.9, 0.9, endpoints.LESS),
    ],
)
def test_parts_of_endpoints(ratio: float, output: float, part: str) -> None:
    rows = pd.DataFrame({"ratio": [ratio], "output_ratio": [output]})
    assert endpoints.classed(rows).part.tolist() == [part]


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        ((7.0, 5.5, 9.0), earlier.REPRODUCED),
        ((3.0, 2.0, 4.9), earlier.NOT),
        ((50.0, 10.1, 90.0), earlier.NOT),
        ((6.0, 0.9, 12.0), earlier.OPEN),
        ((9.0, 2.0, 41.0), earlier.OPEN),
        ((np.nan, np.nan, np.nan), earlier.UNTESTED),
    ],
)
def test_verdicts_on_a_claim_of_five_to_ten(ours: tuple[float, float, float], verdict: str) -> None:
    fall = earlier.Fall("ours", "", *ours, 5, pd.DataFrame(), pd.DataFrame())
    assert earlier.verdict(5, 10, fall) == verdict
    assert earlier.verdict(np.nan, np.nan, fall) == earlier.UNTESTED


def test_a_study_is_not_known_before_it_came_out() -> None:
    assert {study.name for study in earlier.published(date(2024, 12, 31))} == {
        "a16z 2024", "Byrne, Corrado and Sichel 2018"}  # fmt: skip
    assert len(earlier.published(TODAY)) == len(earlier.STUDIES)


# 4. Empty, stale and missing inputs.


def test_without_rows_nothing_is_claimed_and_tables_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    index_frames.panels.cache_clear()
    index_frames.spans.cache_clear()
    load = tables.load
    monkeypatch.setattr("cloudmarket.tables.load", lambda name, **days: load(name, **days).iloc[:0])
    day = date(2025, 6, 30)
    try:
        assert prices.claims(day) == []
        found = prices.prices(day)
        for table in (shown.sellers(found), shown.tiers(found), shown.methods(day), shown.capability(day)):
            assert shown.markdown(table, "nothing seen") == "nothing seen"
        assert index_frames.lines(day) == {}
        assert channels.splits(day) == []
    finally:
        index_frames.panels.cache_clear()
        index_frames.spans.cache_clear()


def test_without_a_cloud_it_is_absent_and_the_others_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    index_frames.panels.cache_clear()
    index_frames.spans.cache_clear()
    load = tables.load

    def without_azure(name: str, **days: date) -> pd.DataFrame:
        rows = load(name, **days)
        return rows[rows.seller != "azure"] if "seller" in rows else rows

    monkeypatch.setattr("cloudmarket.tables.load", without_azure)
    try:
        found = {one.claim for one in prices.claims(date(2025, 6, 30))}
    finally:
        index_frames.panels.cache_clear()
        index_frames.spans.cache_clear()
    assert not {"price-ratio-azure", "price-eu-azure", "price-matched-azure"} & found
    assert {"price-parity", "price-ratio-gcp", "price-matched-aws"} <= found


def test_europe_is_compared_over_the_models_it_sells() -> None:
    rows = ratios.european_rows(TODAY)
    european = set(rows.model[rows.seller.isin(panel.EUROPEANS)])
    assert set(rows.model) == european
    effects = ratios.with_europe(TODAY)
    assert effects is not None
    assert set(effects.table.index) >= {"nebius", "ovhcloud"}


def test_too_few_models_give_no_line() -> None:
    one = panel.Panel(TODAY, panel.CORRECTED, corrected().rows.query("model == 'gpt-4o-mini'"), corrected().months, 0,
                      corrected().removed)  # fmt: skip
    assert indices.tpd(one, "azure") is None
