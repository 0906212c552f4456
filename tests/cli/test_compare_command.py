"""``cloudmarket compare`` against a computation from the evidence alone."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket import names, store
from cloudmarket.tables.comparison import compare

Listed = set[tuple[str, str]]


@pytest.fixture(scope="module")
def evidence() -> tuple[pd.DataFrame, pd.Series]:
    """Return the folded history of the map, and the dates of its snapshots."""
    history = pd.read_parquet(store.raw("litellm") / "history.parquet")
    snapshots = pd.read_csv(store.raw("litellm") / "snapshots.csv")
    return history, pd.to_datetime(snapshots.observed_at[snapshots.role == "folded"], format="ISO8601")


def catalogue(evidence: tuple[pd.DataFrame, pd.Series], day: str) -> Listed:
    """Return (seller, model) of every label in the last snapshot of or before a day."""
    history, dates = evidence
    last = dates[dates < pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)].max()
    printed = history[(history.observed_first_at <= last) & (history.observed_last_at >= last)]
    pairs = printed[["litellm_provider", "label"]].dropna().drop_duplicates()
    offers = [names.match("litellm", provider, label) for provider, label in pairs.itertuples(index=False)]
    return {(offer.seller, offer.model) for offer in offers if offer and not offer.commitment}


@pytest.mark.parametrize(
    ("before", "after"), [("2023-11-01", "2024-12-31"), ("2025-06-30", "2025-12-31"), ("2026-09-01", "2026-11-01")]
)
def test_counts_follow_from_the_evidence(evidence, before: str, after: str) -> None:
    found = compare(before, after)
    old, new = catalogue(evidence, before), catalogue(evidence, after)
    assert set(found.listed.itertuples(index=False, name=None)) == new - old
    assert set(found.delisted.itertuples(index=False, name=None)) == old - new
    for seller in {seller for seller, _ in old | new}:
        counts = found.sellers.loc[seller]
        assert counts.models_before == sum(name == seller for name, _ in old)
        assert counts.models_after == sum(name == seller for name, _ in new)
    changes = pd.read_parquet(store.processed() / "price_change.parquet")
    days = pd.to_datetime(changes.changed_on)
    between = changes[(days > before) & (days <= after)]
    assert found.sellers.price_changes.sum() == len(found.changes) == len(between)


def test_the_command_prints_them(command) -> None:
    code, out, err = command("compare", "2025-06-30", "2025-12-31")
    assert (code, err) == (0, "")
    found = compare("2025-06-30", "2025-12-31")
    (line,) = (line for line in out.splitlines() if line.lstrip("│ ").startswith("aws"))
    assert [int(cell) for cell in line.split("│")[2:-1]] == list(found.sellers.loc["aws"])
    for name, count in found.changes.change_class.value_counts().items():
        assert any(line.split() == [name, str(count)] for line in out.splitlines())
    assert f"Newly listed on aws: {', '.join(found.listed.model[found.listed.seller == 'aws'])}" in out


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("2025-12-31", "2025-06-30"), "2025-12-31 is not before 2025-06-30"),
        (("2025-06-30", "2025-06-30"), "is not before"),
        (("yesterday", "2025-06-30"), "'yesterday' is no date; write it as 2025-06-30"),
        (("2025-06-30", "31.12.2025"), "'31.12.2025' is no date"),
    ],
)
def test_days_that_cannot_be_compared(command, days: tuple[str, str], message: str) -> None:
    code, out, err = command("compare", *days)
    assert (code, out) == (1, "")
    assert message in err
    assert "Traceback" not in err
