"""``cloudmarket claims`` and ``trace``, on the claims of one notebook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cloudmarket.arguments import collection
from cloudmarket.arguments.claim import COLUMNS
from commandline import Command


@pytest.fixture(autouse=True)
def one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "ROOMS", ("evidence",))


def test_claims_are_listed_and_written(command: Command, tmp_path: Path) -> None:
    code, printed, _ = command("claims", "--as-of", "2025-06-30", "--out", str(tmp_path / "claims.csv"))
    assert code == 0
    rows = pd.read_csv(tmp_path / "claims.csv")
    assert rows.columns.tolist() == COLUMNS
    assert len(rows) >= 4
    assert printed.startswith(f"{len(rows)} claims as of 2025-06-30")
    assert all(statement in printed for statement in rows.statement)
    assert all(low <= value <= high for low, value, high in rows[["low", "value", "high"]].dropna().to_numpy())


def test_a_claim_is_followed_to_its_snapshots(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    code, printed, _ = command("trace", "evidence-corrections", "--as-of", "2025-06-30", "--out", str(target))
    assert code == 0
    assert "litellm/model_prices_and_context_window_backup.json" in printed
    rows = pd.read_csv(target)
    assert f"{len(rows)} rows in " in printed
    assert rows.digest.str.fullmatch("[0-9a-f]{64}").all()
    assert (rows.observed_at < "2025-07-01").all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("trace", "nothing"), "no claim 'nothing' on .*; there are: evidence-archives"),
        (("trace", "evidence-dating", "--out", "rows.doc"), "the ending must be one of .csv, .parquet, .xlsx"),
        (("claims", "--as-of", "2025-13-01"), "is no date"),
        (("claims", "--out", "claims.doc"), "the ending must be one of"),
    ],
)
def test_what_cannot_be_answered_is_one_message(command: Command, arguments: tuple[str, ...], message: str) -> None:
    code, _, complained = command(*arguments)
    assert code == 1
    assert pd.Series([complained.replace("\n", " ")]).str.contains(message).all()
