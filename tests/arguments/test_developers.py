"""What is said of developers, computed again from the files by other code."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cloudmarket import store, tables
from cloudmarket.arguments import Claim, developers, trace
from cloudmarket.arguments.developers import cadence, downloads
from cloudmarket.arguments.developers.state import established, newest_run

DAY = date(2026, 11, 20)
PAST = ("2023-11-01", "2024-06-30", "2025-06-30")
NAMES = {
    "developers-agents", "developers-cadence", "developers-fastest", "developers-growth", "developers-lead",
    "developers-requirement", "developers-shares", "developers-surface", "developers-survey",
    "developers-survey-change",
}  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> developers.View:
    return developers.view(DAY)


@pytest.fixture(scope="module")
def claims(seen: developers.View) -> dict[str, Claim]:
    return {claim.claim: claim for claim in developers.claims(DAY, seen)}


def plain(table: str) -> list[dict]:
    return pq.read_table(store.processed() / f"{table}.parquet").to_pylist()


def believed() -> dict:
    """Return downloads a day by package and month."""
    return {
        (row["package"], row["month_on"].isoformat()): row["downloads"] / (row["window_to"] - row["window_from"]).days
        for row in plain("sdk_download")
        if row["superseded_at"] is None and row["downloads"] is not None
    }


def requirements() -> list[dict]:
    path = store.root() / "src" / "cloudmarket" / "names" / "data" / "sdk_requirements.csv"
    return pd.read_csv(path).to_dict("records")


def test_all_is_claimed_today(claims: dict[str, Claim]) -> None:
    assert set(claims) == NAMES
    for claim in claims.values():
        assert len(claim.rows), claim.claim
        assert not claim.value < claim.low, claim.claim
        assert not claim.value > claim.high, claim.claim
        assert {"evidence", "source"} <= set(trace(claim).columns)


def test_the_lead_is_counted_again_with_what_others_bring(claims: dict[str, Claim]) -> None:
    perday = believed()
    one, other = "google-genai", "openai"
    brought = defaultdict(float)
    for row in requirements():
        brought[row["requires"]] += perday.get((row["package"], "2026-03-01"), 0.0)
    first, second = perday[one, "2026-03-01"], perday[other, "2026-03-01"]
    claim = claims["developers-lead"]
    assert claim.statement.startswith(f"In March 2026 {one} was downloaded")
    assert claim.value == pytest.approx(first / second)
    assert claim.low == pytest.approx((first - brought[one]) / second)
    assert claim.high == pytest.approx(first / (second - brought[other]))


def test_the_jump_is_counted_again_from_the_two_lists_around_the_release(claims: dict[str, Claim]) -> None:
    released = next(
        row["released_on"]
        for row in plain("sdk_release")
        if (row["package"], row["version"]) == ("google-cloud-aiplatform", "1.92.0")
    )
    lists = [row for row in plain("sdk_download") if row["package"] == "google-genai" and row["window"] == "rolling"]
    before = max((row for row in lists if row["window_to"] <= released), key=lambda row: row["window_to"])
    after = min((row for row in lists if row["window_from"] > released), key=lambda row: row["window_from"])
    ratio = after["downloads_per_day"] / before["downloads_per_day"]
    assert before["installers"] == after["installers"]
    assert claims["developers-requirement"].value == pytest.approx(ratio)


def test_shares_are_counted_again_and_their_bounds_by_the_corners(claims: dict[str, Claim]) -> None:
    packages = {row["package"]: row for row in plain("sdk_download") if row["is_ai"]}
    perday, months = believed(), pd.date_range("2025-06-01", "2026-03-01", freq="MS").strftime("%Y-%m-%d")
    fixed = [name for name in packages if all((name, month) in perday for month in months)]
    last = {name: perday[name, "2026-03-01"] for name in packages if (name, "2026-03-01") in perday}
    google = {"gcp", "google-ai"}
    own = sum(last[name] for name in fixed if packages[name]["owner"] in google)
    claim = claims["developers-shares"]
    assert claim.value == pytest.approx(100 * own / sum(last[name] for name in fixed))
    brought = defaultdict(float)
    for row in requirements():
        brought[row["requires"]] += last.get(row["package"], 0.0)
    least = {name: max(last[name] - brought[name], 0.0) if name in fixed else 0.0 for name in last}
    low = sum(least[name] for name in last if packages[name]["owner"] in google)
    high = sum(last[name] for name in last if packages[name]["owner"] in google)
    others_low, others_high = sum(least.values()) - low, sum(last.values()) - high
    assert claim.low == pytest.approx(100 * low / (low + others_high))
    assert claim.high == pytest.approx(100 * high / (high + others_low))


def test_releases_are_counted_again(claims: dict[str, Claim]) -> None:
    rows = [row for row in plain("sdk_release") if row["is_ai"] and row["released_on"] <= DAY]
    end = max(row["released_on"] for row in rows) + timedelta(days=1)
    recent = [row for row in rows if row["released_on"] >= end - timedelta(days=364) and not row["is_prerelease"]]
    count = sum(row["package"] == "openai" for row in recent)
    assert claims["developers-cadence"].value == pytest.approx(count * 365.25 / 364)
    assert f"openai had {count} stable releases in 364 days" in claims["developers-cadence"].statement


def test_the_survey_is_read_again_from_the_facts(claims: dict[str, Claim]) -> None:
    path = store.raw("curated") / "developer_survey.csv"
    found = {
        (str(row["year"]), row["provider"]): (row["count"], row["n"])
        for row in pd.read_csv(path).to_dict("records")
        if row["survey"] == "stack_overflow" and row["base"] == "professional developers"
    }
    share = {key: 100 * count / total for key, (count, total) in found.items()}
    assert claims["developers-survey"].value == pytest.approx(share["2024", "aws"], abs=0.005)
    moved = share["2024", "azure"] - share["2023", "azure"]
    assert claims["developers-survey-change"].value == pytest.approx(moved, abs=0.01)
    (one, n), (two, m) = found["2024", "azure"], found["2023", "azure"]
    error = 196 * np.sqrt(one / n * (1 - one / n) / n + two / m * (1 - two / m) / m)
    assert claims["developers-survey-change"].high == pytest.approx(moved + error, abs=0.01)


def test_apis_are_counted_again(claims: dict[str, Claim]) -> None:
    first: dict = {}
    for row in plain("service_api"):
        name = row["service"] or row["label"]
        key = (row["first_seen_on"], row["label"], row["api_version"])
        if name not in first or key < first[name][0]:
            first[name] = (key, row)
    new = [row for _, row in first.values() if row["first_seen_on"] > date(2024, 11, 20)]
    assert claims["developers-surface"].value == sum(row["field"] == "agents" for row in new)
    assert f"Of the {sum(row['is_ai'] for row in new)} AI APIs" in claims["developers-surface"].statement


def test_growth_can_be_computed_again_from_the_rows_of_the_claim(claims: dict[str, Claim]) -> None:
    claim = claims["developers-growth"]
    slopes = {}
    for name, rows in claim.rows.groupby("package"):
        middle = rows.window_from + (rows.window_to - rows.window_from) / 2
        years = (middle - middle.iloc[0]) / pd.Timedelta(days=365.25)
        slopes[name] = np.polyfit(years, np.log(rows.downloads_per_day.astype(float)), 1)[0]
    table = developers.view(DAY).growth.set_index("package").monthly
    assert len(table) == len(slopes) == 15
    assert all(table[name] == pytest.approx(100 * (np.exp(slope / 12) - 1)) for name, slope in slopes.items())


@pytest.mark.parametrize("day", PAST)
def test_nothing_later_is_claimed(day: str) -> None:
    end = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    found = developers.claims(date.fromisoformat(day))
    assert {claim.claim for claim in found} <= NAMES
    for claim in found:
        for column in ("observed_first_at", "observed_last_at", "superseded_at"):
            assert (claim.rows[column].dropna() < end).all(), claim.claim


def test_months_that_count_otherwise_are_never_one_run(seen: developers.View) -> None:
    assert seen.found.run.counting.unique().tolist() == ["all, calendar month"]
    short = seen.found.downloads[seen.found.downloads.month_on <= "2025-10-01"]
    assert newest_run(short).counting.unique().tolist() == ["pip, rolling"]
    assert newest_run(seen.found.downloads.iloc[:0]).empty


def test_what_is_cut_off_lies_between_nothing_and_the_last_on_the_list(seen: developers.View) -> None:
    rows = downloads.levels(seen.found.downloads, seen.found.required)
    cut = rows[rows.is_censored]
    assert len(cut) > 50
    assert (cut.low == 0).all()
    days = (cut.window_to - cut.window_from).dt.days
    np.testing.assert_allclose(cut.high, cut.downloads_at_most.astype(float) / days)
    assert cut.per_day.isna().all()
    listed = rows[~rows.is_censored]
    assert (listed.low <= listed.per_day).all()
    assert not set(established(seen.found.run)) & set(seen.found.run.package[seen.found.run.is_censored])


def test_no_line_crosses_a_month_without_a_list_or_a_new_counting(seen: developers.View) -> None:
    own = seen.leaders[seen.leaders.package == "openai"]
    holes = set(own.month_on[own.per_day.isna()].dt.strftime("%Y-%m-%d"))
    assert {"2024-07-01", "2024-10-31", "2024-12-01", "2025-05-01"} <= holes
    assert [words for _, _, words in developers.breaks(seen.leaders)] == ["all installers", "another log"]


def test_a_service_under_a_second_name_is_no_arrival(seen: developers.View) -> None:
    new = cadence.arrivals(seen.found)
    assert new.service.is_unique
    assert (new.label == "runtime.sagemaker").sum() == 1
    assert "sagemaker-runtime" not in set(new.label)


def _without(monkeypatch: pytest.MonkeyPatch, missing: str) -> list[Claim]:
    real = tables.load

    def load(name: str, **days: object) -> pd.DataFrame:
        rows = real(name, **days)
        return rows.iloc[:0] if name == missing else rows

    monkeypatch.setattr(tables, "load", load)
    return developers.claims(DAY)


@pytest.mark.parametrize(
    ("table", "gone"),
    [
        ("sdk_download", {name for name in NAMES if name.split("-")[1] in
                          {"agents", "fastest", "growth", "lead", "requirement", "shares"}}),
        ("sdk_release", {"developers-cadence", "developers-requirement"}),
        ("service_api", {"developers-surface"}),
        ("developer_survey", {"developers-survey", "developers-survey-change"}),
    ],
)  # fmt: skip
def test_of_an_empty_table_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, table: str, gone: set[str]) -> None:
    assert {claim.claim for claim in _without(monkeypatch, table)} == NAMES - gone


def test_without_one_cloud_the_rest_still_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    real = tables.load

    def load(name: str, **days: object) -> pd.DataFrame:
        rows = real(name, **days)
        return rows[rows.owner != "azure"] if "owner" in rows else rows

    monkeypatch.setattr(tables, "load", load)
    found = developers.view(DAY)
    assert "azure" not in set(found.shares.company)
    assert {claim.claim for claim in developers.claims(DAY, found)} == NAMES
