"""Small prices and changes to try rules on."""

from typing import Any

import pandas as pd

from cloudmarket.tables import token_price
from cloudmarket.tables.change_evidence import Change, Evidence, State

NAN = float("nan")
OBSERVED_TO = pd.Timestamp("2026-11-01")


def state(valid_from: str, price: tuple[float, float], valid_to: str | None = None, **other: Any) -> State:
    """Return a price of Bedrock's claude-x; ``other`` says what differs."""
    start = pd.Timestamp(valid_from)
    cells: dict[str, Any] = {
        "source": "litellm", "label": "anthropic.claude-x", "tier": "standard", "context_from_tokens": 0,
        "seller": "aws", "seller_kind": "cloud", "model": "claude-x", "scope": "default",
        "input": price[0], "output": price[1], "valid_from": start, "valid_to": pd.Timestamp(valid_to),
        "observed_first_at": start.tz_localize("UTC"), "is_believed": True,
    }  # fmt: skip
    return State(**(cells | other))


def change(
    on: str, before: tuple[float, float], after: tuple[float, float], since: str = "2026-01-01", **other: Any
) -> Change:
    """Return a step of an offer on a day, from a price that had held ``since``."""
    old = other | {"observed_first_at": pd.Timestamp(since).tz_localize("UTC")}
    return Change(state(since, before, on, **old), state(on, after, **other))


def evidence(
    *moves: Change, states: tuple[State, ...] = (), earlier: Any = (), to: pd.Timestamp = OBSERVED_TO
) -> Evidence:
    """Return evidence of moves, with their own states among all states."""
    known = [side for move in moves for side in (move.before, move.after)]
    return Evidence([*known, *states], list(moves), list(earlier), to)


def priced(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return rows of ``token_price``: claude-x at aws in 2026 for 3 and 15 USD, but for what is given."""
    usual = {
        "source": "litellm", "label": "anthropic.claude-x", "tier": "standard", "context_from_tokens": 0,
        "seller": "aws", "seller_kind": "cloud", "channel": "bedrock", "model": "claude-x",
        "developer": "anthropic", "scope": "default", "is_alias": False, "mode": "chat",
        "input_usd_per_mtok": 3.0, "output_usd_per_mtok": 15.0, "is_printed_zero": False, "is_fill": False,
        "is_inherited": False, "evidence": "C",
        "valid_from": "2026-01-01", "is_printed": True,
    }  # fmt: skip
    frame = pd.DataFrame([usual | row for row in rows], columns=token_price.TABLE.names)
    for name in ("valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name])
    for name, usually in (("observed_first_at", "valid_from"), ("observed_last_at", "observed_first_at")):
        frame[name] = pd.to_datetime(frame[name], utc=True).fillna(pd.to_datetime(frame[usually], utc=True))
    return token_price.TABLE.frame(frame)
