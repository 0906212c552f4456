"""Corrections stand beside what they correct: nothing is lost, nothing is silent."""

from typing import Any

import pandas as pd
import pytest

from cloudmarket import load
from cloudmarket.errors import CheckError
from cloudmarket.tables import corrections, price_change
from cloudmarket.tables.base import TIME_COLUMNS
from cloudmarket.tables.revision import revise
from cloudmarket.tables.token_price import TABLE
from tables.offers import priced
from tables.vintage import rows_of

NONE = pd.DataFrame(columns=list(corrections.SCHEMA.columns))


def step(on: str, change_class: str, known: str, effective: str | None = None) -> dict[str, Any]:
    """Return a change of claude-x at aws."""
    return {
        "source": "litellm", "label": "anthropic.claude-x", "tier": "standard", "context_from_tokens": 0,
        "seller": "aws", "model": "claude-x", "scope": "default", "changed_on": on, "change_class": change_class,
        "reason": "made by hand", "effective_on": effective, "observed_at": on, "classified_at": known,
    }  # fmt: skip


def classed(*steps: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(steps), columns=price_change.TABLE.names)
    for name in ("changed_on", "effective_on"):
        frame[name] = pd.to_datetime(frame[name])
    for name in ("observed_at", "classified_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return price_change.TABLE.frame(frame)


def entry(**other: Any) -> dict[str, Any]:
    return {
        "source": "litellm", "label": "anthropic.claude-x", "tier": "standard", "context_from_tokens": 0,
        "column": "input_usd_per_mtok", "printed": 3000.0, "corrected": 3.0, "decided_on": "2026-06-01",
        "reason": "a price per thousand tokens is printed as one per token",
        "reference": "the seller's own price page",
    } | other  # fmt: skip


def decided(*entries: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(entries)
    frame["decided_on"] = pd.to_datetime(frame.decided_on).astype("datetime64[s]")
    return frame


def days(rows: pd.DataFrame) -> list[tuple[str, str | None, float]]:
    """Return believed rows as (first day, day of the end, input price)."""
    rows = rows[rows.superseded_at.isna()]
    return [
        (
            str(row.valid_from.date()),
            None if pd.isna(row.valid_to) else str(row.valid_to.date()),
            row.input_usd_per_mtok,
        )
        for row in rows.itertuples()
    ]


TWO = priced(
    {"valid_to": "2026-03-01", "input_usd_per_mtok": 33.0}, {"valid_from": "2026-03-01", "input_usd_per_mtok": 3.3}
)


def test_an_error_is_replaced_since_it_was_known_and_kept() -> None:
    rows = revise(TWO, classed(step("2026-03-01", "unit_fix", "2026-03-04")), NONE)
    assert days(rows) == [("2026-01-01", "2026-03-01", 3.3), ("2026-03-01", None, 3.3)]
    [old] = rows[rows.superseded_at.notna()].itertuples()
    assert (old.input_usd_per_mtok, old.is_printed) == (33.0, True)
    [new] = rows[~rows.is_printed].itertuples()
    assert old.superseded_at == new.observed_first_at == pd.Timestamp("2026-03-04", tz="UTC")


@pytest.mark.parametrize("change_class", ["market_change", "unresolved"])
def test_a_change_that_is_no_error_changes_nothing(change_class: str) -> None:
    rows = revise(TWO, classed(step("2026-03-01", change_class, "2026-03-04")), NONE)
    pd.testing.assert_frame_equal(rows, TWO)


@pytest.mark.parametrize("change_class", ["market_change", "late_correction"])
def test_news_that_comes_late_counts_from_its_day(change_class: str) -> None:
    rows = revise(TWO, classed(step("2026-03-01", change_class, "2026-03-04", effective="2026-02-20")), NONE)
    assert days(rows) == [
        ("2026-01-01", "2026-02-20", 33.0), ("2026-02-20", "2026-03-01", 3.3), ("2026-03-01", None, 3.3)
    ]  # fmt: skip
    assert rows.is_printed.tolist().count(True) == 2


def test_an_error_mended_in_two_steps_gets_the_last_price() -> None:
    printed = priced(
        {"valid_to": "2026-02-01", "input_usd_per_mtok": 0.003},
        {"valid_from": "2026-02-01", "valid_to": "2026-03-01", "input_usd_per_mtok": 3.0},
        {"valid_from": "2026-03-01", "input_usd_per_mtok": 3.3},
    )
    steps = classed(step("2026-02-01", "unit_fix", "2026-02-01"), step("2026-03-01", "regional_uplift", "2026-03-05"))
    rows = revise(printed, steps, NONE)
    assert days(rows) == [
        ("2026-01-01", "2026-02-01", 3.3), ("2026-02-01", "2026-03-01", 3.3), ("2026-03-01", None, 3.3)
    ]  # fmt: skip
    # The first row's correction rests on the second one, so it was not known before it.
    assert set(rows.superseded_at.dropna()) == {pd.Timestamp("2026-03-05", tz="UTC")}


def test_a_true_change_stops_a_correction() -> None:
    printed = priced(
        {"valid_to": "2026-02-01", "input_usd_per_mtok": 33.0},
        {"valid_from": "2026-02-01", "valid_to": "2026-03-01", "input_usd_per_mtok": 3.3},
        {"valid_from": "2026-03-01", "input_usd_per_mtok": 2.0},
    )
    steps = classed(step("2026-02-01", "unit_fix", "2026-02-01"), step("2026-03-01", "market_change", "2026-03-01"))
    assert [price for _, _, price in days(revise(printed, steps, NONE))] == [3.3, 3.3, 2.0]


def test_the_corrections_file_mends_what_is_still_printed() -> None:
    printed = priced({"input_usd_per_mtok": 3000.0})
    rows = revise(printed, classed(), decided(entry()))
    assert days(rows) == [("2026-01-01", None, 3.0)]
    [new] = rows[~rows.is_printed].itertuples()
    assert new.observed_first_at == pd.Timestamp("2026-06-01", tz="UTC")
    assert new.output_usd_per_mtok == 15.0


@pytest.mark.parametrize(
    "rows",
    [
        priced({"input_usd_per_mtok": 3.0}),
        priced({"input_usd_per_mtok": 3000.0, "valid_to": "2026-03-01"}),
        priced({"input_usd_per_mtok": 3000.0, "label": "anthropic.claude-y"}),
        priced(
            {"input_usd_per_mtok": 3000.0, "valid_to": "2026-03-01"},
            {"input_usd_per_mtok": 3.0, "valid_from": "2026-03-01"},
        ),
    ],
    ids=["another price", "gone", "another label", "mended"],
)
def test_the_guard_fails_once_the_source_has_mended_itself(rows: pd.DataFrame) -> None:
    with pytest.raises(CheckError, match=r"anthropic\.claude-x to print .*3000.*mended itself: remove the entry"):
        revise(rows, classed(), decided(entry()))


@pytest.mark.parametrize(
    ("column", "cell"), [("reason", "typo"), ("reference", ""), ("column", "seller"), ("corrected", "0")]
)
def test_an_entry_without_a_reason_or_a_price_is_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, column: str, cell: str
) -> None:
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    path = folder / "corrections.csv"
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    pd.DataFrame([entry()]).to_csv(path, index=False)
    assert corrections.read().corrected.tolist() == [3.0]
    pd.DataFrame([entry(**{column: cell})]).to_csv(path, index=False)
    with pytest.raises(Exception, match=column):
        corrections.read()


def test_nothing_that_was_printed_is_lost() -> None:
    rows = load("token_price")
    content = [name for name in TABLE.names if name not in {column.name for column in TIME_COLUMNS}]
    printed = rows[rows.is_printed]
    put_in = rows[~rows.is_printed]
    assert len(put_in)
    assert (put_in.observed_first_at >= put_in.valid_from.dt.tz_localize("UTC")).all()
    # Whatever a correction put in takes the place of a printed row of the same offer, which is kept.
    offer = ["source", "label", "tier", "context_from_tokens"]
    given_up = printed[printed.superseded_at.notna()]
    assert rows_of(put_in[[*offer, "observed_first_at"]]) <= rows_of(given_up[[*offer, "superseded_at"]])
    assert len(printed.drop_duplicates([*content, "valid_from", "observed_first_at"])) == len(printed)
