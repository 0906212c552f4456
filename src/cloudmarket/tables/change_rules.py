"""The rules that say what a change of a printed price was. All of them are here, in the order they are asked.

1. *rounding*: input and output move by less than 1 %.
2. *market change*: the second, dated source shows the same step by the same seller at about the same time.
3. *regional uplift*: both move by the 10 % that sellers ask for regional endpoints (up or down), or by the
   20 % of government regions.
4. *unit fix*: a step by a power of ten, or by 16: characters taken for tokens the wrong way round (4 x 4).
5. *late correction*: the offer goes back to a price it had left shortly before, or makes a step again that it
   had made already.
6. *market change*: another seller, or the developer, changes the price of the same model in the same ratio at
   about the same time, seen in another snapshot or another source: two labels that are edited together are one
   witness. If a dated source contradicts the new price, the change is *unresolved* and both are shown.
7. *late correction*: the same seller under another label or source, or the developer itself, was already asking
   the new price a month or more before.
8. *unresolved*: none of these. Asked again once the offer's next change is known (:func:`reconsider`): an
   unresolved step that is undone within two months was an error, and one whose result was a mistaken unit is
   judged by the mended price.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.tables.change_evidence import Change, Evidence, State, Verdict, is_unit, same_price

MARKET, UPLIFT, UNIT, ROUNDING, LATE, UNRESOLVED = CLASSES = (
    "market_change",
    "regional_uplift",
    "unit_fix",
    "rounding",
    "late_correction",
    "unresolved",
)
CORRECTIONS = (UPLIFT, UNIT, ROUNDING, LATE)
"""Classes in which the old price was an error of the catalogue, not a price."""

ROUNDING_TOLERANCE = 0.01
UPLIFTS = (1.1, 1.2)
# Catalogues follow a seller's announcement within days to weeks; the slowest followed case took 23 days.
SAME_TIME = pd.Timedelta(days=45)
LONG_BEFORE = pd.Timedelta(days=30)
EXCURSION = pd.Timedelta(days=60)
NO_RULE = "no rule applies and no second source shows it"


def classify(change: Change, evidence: Evidence) -> Verdict:
    """Return what a change was: the first rule that applies."""
    for rule in (_rounding, _dated, _uplift, _unit, _excursion, _common, _late):
        verdict = rule(change, evidence)
        if verdict is not None:
            return verdict
    return _open(change, evidence)


def reconsider(change: Change, verdict: Verdict, following: Change, next_verdict: Verdict) -> Verdict:
    """Judge an unresolved change again, knowing what the offer's next change was."""
    known = max(following.after.observed_first_at, next_verdict.known_at or following.after.observed_first_at)
    is_soon = following.changed_on - change.changed_on <= EXCURSION
    if is_soon and following.after.price == change.before.price:
        return Verdict(LATE, f"undone on {following.changed_on.date()}", known_at=known)
    if next_verdict.change_class == UNIT:
        mended = Change(change.before, following.after)
        again = _uplift(mended, None) or _unit(mended, None)
        if again is not None:
            reason = f"{again.reason}, after the unit was mended on {following.changed_on.date()}"
            return Verdict(again.change_class, reason, known_at=known)
    return verdict


def _rounding(change: Change, evidence: Evidence) -> Verdict | None:
    if change.moves_by(1, ROUNDING_TOLERANCE):
        return Verdict(ROUNDING, "both prices move by less than one per cent")
    return None


def _dated(change: Change, evidence: Evidence) -> Verdict | None:
    if _repeats(change, evidence):
        return None
    for move in evidence.moves:
        if (
            move.source != change.source
            and move.after.seller == change.after.seller
            and move.is_like(change)
            and abs(move.changed_on - change.changed_on) <= SAME_TIME
        ):
            return Verdict(
                MARKET,
                f"{move.after.label} shows the same step from {move.changed_on.date()}",
                move.source,
                min(move.changed_on, change.changed_on),
                move.after.observed_first_at,
            )
    return None


def _uplift(change: Change, evidence: Evidence | None) -> Verdict | None:
    for uplift in UPLIFTS:
        for factor, verb in ((uplift, "added"), (1 / uplift, "taken off")):
            # Three printed figures of a price such as 1.375 or 0.396 blur the ratio by up to one per cent.
            if change.moves_by(factor, ROUNDING_TOLERANCE):
                return Verdict(UPLIFT, f"an uplift of {uplift - 1:.0%} is {verb}, as for regional endpoints")
    return None


def _unit(change: Change, evidence: Evidence | None) -> Verdict | None:
    ratios = [ratio for ratio in change.ratio if ratio is not None]
    scale = [ratio for ratio in ratios if is_unit(ratio)]
    rest = [ratio for ratio in ratios if not is_unit(ratio)]
    if scale and all(abs(ratio - 1) <= 1.1 * (UPLIFTS[0] - 1) for ratio in rest):
        return Verdict(UNIT, f"the price is scaled by {scale[0]:.4g}, a mistaken unit")
    return None


def _excursion(change: Change, evidence: Evidence) -> Verdict | None:
    """Catch what a release cut from an older branch does: it takes a step back, and a later one makes it again."""
    if _repeats(change, evidence):
        return Verdict(LATE, "the offer makes a step again that it had made before", known_at=None)
    for move, _ in reversed(evidence.earlier):
        if move.before.price == change.after.price and change.changed_on - move.changed_on <= EXCURSION:
            return Verdict(LATE, f"back to the price that was left on {move.changed_on.date()}")
    return None


def _common(change: Change, evidence: Evidence) -> Verdict | None:
    for move in evidence.moves:
        if (
            move.after.seller != change.after.seller
            and (move.source, move.changed_on) != (change.source, change.changed_on)
            and move.is_like(change)
            and abs(move.changed_on - change.changed_on) <= SAME_TIME
        ):
            if _contradiction(change, evidence) is not None:
                return _open(change, evidence)
            return Verdict(
                MARKET,
                f"{move.after.label} of {move.after.seller} moves in the same ratio on {move.changed_on.date()}",
                f"{move.source}: {move.after.label}",
                known_at=move.after.observed_first_at,
            )
    return None


def _late(change: Change, evidence: Evidence) -> Verdict | None:
    earlier = [
        state
        for state in evidence.states
        if state.is_believed
        and state.offer != change.offer
        and (state.seller == change.after.seller or state.seller_kind == "developer")
        and state.tier == change.after.tier
        and state.context_from_tokens == change.after.context_from_tokens
        and same_price(state, change.after)
        and state.valid_from <= change.changed_on - LONG_BEFORE
        and not state.valid_to < change.changed_on - SAME_TIME
    ]
    if not earlier:
        return None
    own = [state for state in earlier if state.seller == change.after.seller] or earlier
    first = min(own, key=lambda state: (state.valid_from, state.source, state.label))
    began_before = first.valid_from <= change.before.valid_from
    return Verdict(
        LATE,
        f"{first.label} of {first.seller} prints the new price since {first.valid_from.date()}",
        f"{first.source}: {first.label}",
        None if began_before else first.valid_from,
        first.observed_first_at,
    )


def _open(change: Change, evidence: Evidence) -> Verdict:
    against = _contradiction(change, evidence)
    if against is None:
        return Verdict(UNRESOLVED, NO_RULE)
    return Verdict(
        UNRESOLVED,
        f"{against.label} of {against.seller} prints the old price from {against.valid_from.date()}",
        against.source,
        # What is announced contradicts nothing before its day has come.
        known_at=max(against.observed_first_at, against.valid_from.tz_localize("UTC")),
    )


def _repeats(change: Change, evidence: Evidence) -> bool:
    """Whether the offer has made this very step already, so that evidence for it is used up."""
    return any(
        move.before.price == change.before.price and move.after.price == change.after.price
        for move, _ in evidence.earlier
    )


def _contradiction(change: Change, evidence: Evidence) -> State | None:
    """Return a dated price of another source that is valid after the change and equals the old price."""
    for state in evidence.states:
        if (
            state.source != change.source
            and state.tier == change.after.tier
            and change.changed_on < state.valid_from <= evidence.observed_to
            and same_price(state, change.before)
        ):
            return state
    return None
