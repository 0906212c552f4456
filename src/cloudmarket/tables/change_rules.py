"""The rules that say what a change of a printed price was. All of them are here, in the order they are asked.

1. *rounding*: input and output move by less than 1 %.
2. *market change*: a source that dates its prices shows the same step by the same seller at about the same time.
3. *regional uplift*: both move by the 10 % that sellers ask for regional endpoints (up or down), or by the
   20 % of government regions.
4. *unit fix*: a step by a power of ten, or by 16: characters taken for tokens the wrong way round (4 x 4).
5. *late correction*: the offer goes back to a price it had left shortly before, or makes a step again that it
   had made already.
6. *market change*: another seller, or the developer, changes the price of the same model in the same ratio at
   about the same time, seen in another snapshot or another source: two labels that are edited together are one
   witness, and so are a catalogue and its copy. If another source contradicts the new price (a dated one prints the
   old price from a later day, another one goes over to it later), the change is *unresolved* and both are shown.
7. *late correction*: the same seller under another label or source, or the developer itself, was already asking
   the new price a month or more before.
8. *market change*: another catalogue that dates nothing makes the same step, from the same price, at about the same
   time. It comes late, because what mends one catalogue (rules 3 to 7) may mend another one too.
9. *unresolved*: none of these. Asked again once the offer's next change is known (:func:`reconsider`): an
   unresolved step that is undone within two months was an error, and one whose result was a mistaken unit is
   judged by the mended price.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.tables.change_evidence import Change, Evidence, Verdict, contradiction, is_unit, repeats, same_price
from cloudmarket.tables.token_price import DATED

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
    for rule in (_rounding, _dated, _uplift, _unit, _excursion, _common, _late, _seen_too):
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
    moves = [move for move in evidence.moves if move.source in DATED]
    return None if repeats(change, evidence) else _same_step(change, moves)


def _seen_too(change: Change, evidence: Evidence) -> Verdict | None:
    moves = [move for move in evidence.moves if move.source not in DATED and same_price(move.before, change.before)]
    verdict = _same_step(change, moves)
    return verdict if verdict is None or contradiction(change, evidence) is None else _open(change, evidence)


def _same_step(change: Change, moves: list[Change]) -> Verdict | None:
    """Return the verdict on a change that one of the moves of other catalogues shows as well."""
    for move in moves:
        if (
            move.catalogue != change.catalogue
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
    if repeats(change, evidence):
        return Verdict(LATE, "the offer makes a step again that it had made before", known_at=None)
    for move, _ in reversed(evidence.earlier):
        if move.before.price == change.after.price and change.changed_on - move.changed_on <= EXCURSION:
            return Verdict(LATE, f"back to the price that was left on {move.changed_on.date()}")
    return None


def _common(change: Change, evidence: Evidence) -> Verdict | None:
    for move in evidence.moves:
        if (
            move.after.seller != change.after.seller
            and (move.catalogue, move.changed_on) != (change.catalogue, change.changed_on)
            and move.is_like(change)
            and abs(move.changed_on - change.changed_on) <= SAME_TIME
        ):
            if contradiction(change, evidence) is not None:
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
    # What was known by then, or first: evidence that comes later must not take back a verdict.
    news = change.after.observed_first_at
    first = min(own, key=lambda one: (max(one.observed_first_at, news), one.valid_from, one.source, one.label))
    began_before = first.valid_from <= change.before.valid_from
    return Verdict(
        LATE,
        f"{first.label} of {first.seller} prints the new price since {first.valid_from.date()}",
        f"{first.source}: {first.label}",
        None if began_before else first.valid_from,
        first.observed_first_at,
    )


def _open(change: Change, evidence: Evidence) -> Verdict:
    against = contradiction(change, evidence)
    if against is None:
        return Verdict(UNRESOLVED, NO_RULE)
    return Verdict(
        UNRESOLVED,
        f"{against.label} of {against.seller} prints the old price from {against.valid_from.date()}",
        against.source,
        # What is announced contradicts nothing before its day has come.
        known_at=max(against.observed_first_at, against.valid_from.tz_localize("UTC")),
    )
