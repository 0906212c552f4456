"""Each rule on hand-made changes: where it applies, and where it must not."""

import pandas as pd
import pytest

from cloudmarket.tables import change_rules as rules
from cloudmarket.tables.change_evidence import Change, Verdict, same_price
from cloudmarket.tables.change_rules import classify, reconsider
from tables.offers import NAN, change, evidence, state

OPENAI = {"source": "genai_prices", "label": "openai/claude-x", "seller": "openai", "seller_kind": "developer"}
TWIN = {"source": "genai_prices", "label": "aws/claude-x"}
AZURE = {"label": "azure_ai/claude-x", "seller": "azure"}


def class_of(made: Change, *moves: Change, **other: object) -> str:
    return classify(made, evidence(made, *moves, **other)).change_class  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((0.264, 0.528), (0.2646, 0.5292), rules.ROUNDING),
        ((1.0, 2.0), (1.0101, 2.0), rules.UNRESOLVED),
        ((3.0, 15.0), (3.3, 16.5), rules.UPLIFT),
        ((3.3, 16.5), (3.0, 15.0), rules.UPLIFT),
        ((1.25, 10.0), (1.375, 11.0), rules.UPLIFT),
        ((0.36, 1.44), (0.396, 1.58), rules.UPLIFT),
        ((3.0, 15.0), (3.6, 18.0), rules.UPLIFT),
        ((3.0, 15.0), (3.3, 15.0), rules.UNRESOLVED),
        ((3.0, 15.0), (3.45, 17.25), rules.UNRESOLVED),
        ((0.2, NAN), (0.02, NAN), rules.UNIT),
        ((0.1, NAN), (1.6, NAN), rules.UNIT),
        ((1.6, NAN), (0.1, NAN), rules.UNIT),
        ((3.0, 15.0), (3000.0, 15000.0), rules.UNIT),
        ((3.0, 150.0), (3.0, 15.0), rules.UNIT),
        ((3.0, 150.0), (6.0, 15.0), rules.UNRESOLVED),
        ((3.0, 15.0), (24.0, 120.0), rules.UNRESOLVED),
        ((3.0, 15.0), (2.0, 10.0), rules.UNRESOLVED),
    ],
)
def test_a_step_is_judged_by_its_ratio(before: tuple[float, float], after: tuple[float, float], expected: str) -> None:
    assert class_of(change("2026-06-01", before, after)) == expected


def test_the_second_source_shows_the_same_step() -> None:
    seen = change(
        "2026-05-25", (3.0, 15.0), (2.0, 10.0), observed_first_at=pd.Timestamp("2026-06-09", tz="UTC"), **TWIN
    )
    made = change("2026-06-01", (3.0, 15.0), (2.0, 10.0))
    verdict = classify(made, evidence(made, seen))
    assert verdict.change_class == rules.MARKET
    assert verdict.confirmed_by == "genai_prices"
    assert verdict.effective_on == pd.Timestamp("2026-05-25")
    assert verdict.known_at == pd.Timestamp("2026-06-09", tz="UTC")


@pytest.mark.parametrize(
    "seen",
    [
        change("2026-07-17", (3.0, 15.0), (2.0, 10.0), **TWIN),
        change("2026-06-01", (3.0, 15.0), (2.5, 10.0), **TWIN),
        change("2026-06-01", (3.0, NAN), (2.0, NAN), **TWIN),
        change("2026-06-01", (3.0, 15.0), (2.0, 10.0), tier="batch", **TWIN),
        change("2026-06-01", (3.0, 15.0), (2.0, 10.0), label="anthropic.claude-x-v2"),
        change("2026-06-01", (3.0, 15.0), (2.0, 10.0), **AZURE),
    ],
    ids=["46 days apart", "another ratio", "no output", "another tier", "same source and seller", "same snapshot"],
)
def test_what_bears_nothing_out(seen: Change) -> None:
    assert class_of(change("2026-06-01", (3.0, 15.0), (2.0, 10.0)), seen) == rules.UNRESOLVED


THIRD = {"source": "models_dev", "label": "amazon-bedrock/claude-x"}
COPY = {"source": "tokencost", "label": "anthropic.claude-x-v2"}


def test_a_catalogue_without_dates_makes_the_same_step() -> None:
    made = change("2026-06-01", (3.0, 15.0), (2.0, 10.0))
    verdict = classify(made, evidence(made, change("2026-05-20", (3.0, 15.0), (2.0, 10.0), **THIRD)))
    assert (verdict.change_class, verdict.confirmed_by) == (rules.MARKET, "models_dev")
    assert verdict.effective_on == pd.Timestamp("2026-05-20")
    mended = change("2026-06-01", (3.3, 16.5), (3.0, 15.0))
    assert class_of(mended, change("2026-05-20", (3.3, 16.5), (3.0, 15.0), **THIRD)) == rules.UPLIFT


@pytest.mark.parametrize(
    "seen",
    [
        change("2026-06-20", (2.7, 13.5), (1.8, 9.0), **THIRD),
        change("2026-07-17", (3.0, 15.0), (2.0, 10.0), **THIRD),
        change("2026-06-20", (3.0, 15.0), (2.0, 10.0), **COPY),
        change("2026-06-01", (3.0, 15.0), (2.0, 10.0), **(COPY | AZURE | {"source": "tokencost"})),
    ],
    ids=["from another price", "46 days apart", "a copy", "a copy, another seller, the same day"],
)
def test_what_bears_nothing_out_without_dates(seen: Change) -> None:
    assert class_of(change("2026-06-01", (3.0, 15.0), (2.0, 10.0)), seen) == rules.UNRESOLVED


def test_a_catalogue_without_dates_speaks_against_a_change_only_by_a_step_of_its_own() -> None:
    made = change("2026-06-01", (3.0, 15.0), (2.0, 10.0))
    azure = change("2026-06-20", (3.0, 15.0), (2.0, 10.0), **AZURE)
    late = state("2026-06-10", (3.0, 15.0), **THIRD)
    assert class_of(made, azure, states=(late,)) == rules.MARKET
    against = change("2026-06-10", (2.0, 10.0), (3.0, 15.0), **THIRD)
    verdict = classify(made, evidence(made, azure, against))
    assert (verdict.change_class, verdict.confirmed_by) == (rules.UNRESOLVED, "models_dev")
    assert "prints the old price from 2026-06-10" in verdict.reason


def test_the_evidence_that_was_known_first_gives_the_verdict() -> None:
    made = change("2026-06-01", (0.99, 0.99), (0.72, 0.72))
    known = state("2026-03-01", (0.72, 0.72), **TWIN)
    later = state("2026-02-01", (0.72, 0.72), observed_first_at=pd.Timestamp("2026-08-01", tz="UTC"), **THIRD)
    verdict = classify(made, evidence(made, states=(later, known)))
    assert (verdict.confirmed_by, verdict.effective_on) == (
        "genai_prices: aws/claude-x", pd.Timestamp("2026-03-01")
    )  # fmt: skip


def test_another_seller_moves_in_the_same_ratio() -> None:
    made = change("2026-06-01", (3.3, 16.5), (2.2, 11.0))
    seen = change("2026-06-20", (3.0, 15.0), (2.0, 10.0), **AZURE)
    verdict = classify(made, evidence(made, seen))
    assert (verdict.change_class, verdict.confirmed_by) == (rules.MARKET, "litellm: azure_ai/claude-x")
    assert verdict.known_at == pd.Timestamp("2026-06-20", tz="UTC")
    assert verdict.effective_on is None


def test_a_dated_contradiction_leaves_a_change_open() -> None:
    made = change("2026-06-01", (3.0, 15.0), (2.0, 10.0))
    seen = change("2026-06-20", (3.0, 15.0), (2.0, 10.0), **AZURE)
    against = state("2026-09-01", (3.0, 15.0), observed_first_at=pd.Timestamp("2026-07-01", tz="UTC"), **OPENAI)
    verdict = classify(made, evidence(made, seen, states=(against,)))
    assert (verdict.change_class, verdict.confirmed_by) == (rules.UNRESOLVED, "genai_prices")
    assert "prints the old price from 2026-09-01" in verdict.reason
    assert verdict.known_at == pd.Timestamp("2026-09-01", tz="UTC")
    announced = evidence(made, seen, states=(against,), to=pd.Timestamp("2026-08-31"))
    assert classify(made, announced).change_class == rules.MARKET


def test_the_new_price_was_asked_elsewhere_long_before() -> None:
    made = change("2026-06-01", (0.99, 0.99), (0.72, 0.72))
    long_before = state("2026-03-01", (0.72, 0.72), **TWIN)
    verdict = classify(made, evidence(made, states=(long_before,)))
    assert verdict.change_class == rules.LATE
    assert verdict.effective_on == pd.Timestamp("2026-03-01")
    assert verdict.confirmed_by == "genai_prices: aws/claude-x"
    older = state("2025-12-01", (0.72, 0.72), **TWIN)
    assert classify(made, evidence(made, states=(older,))).effective_on is None


@pytest.mark.parametrize(
    "other",
    [
        state("2026-05-10", (0.72, 0.72), **TWIN),
        state("2026-03-01", (0.72, 0.72), "2026-04-01", **TWIN),
        state("2026-03-01", (0.72, 0.72), **AZURE),
        state("2026-03-01", (0.72, 0.72), tier="batch", **TWIN),
        state("2026-03-01", (0.72, 0.72), context_from_tokens=200_000, **TWIN),
        state("2026-03-01", (0.72, 0.72), is_believed=False, **TWIN),
        state("2026-03-01", (0.72, 0.72)),
    ],
    ids=["22 days", "gone by then", "another cloud", "tier", "band", "not believed", "the offer itself"],
)
def test_what_is_no_late_correction(other: object) -> None:
    assert class_of(change("2026-06-01", (0.99, 0.99), (0.72, 0.72)), states=(other,)) == rules.UNRESOLVED


def test_an_offer_that_goes_back_soon_is_corrected() -> None:
    left = change("2026-05-01", (5.5, 22.0), (4.4, 17.6))
    back = change("2026-05-20", (4.4, 17.6), (5.5, 22.0), since="2026-05-01")
    judged = [(left, Verdict(rules.MARKET, "seen twice"))]
    assert class_of(back, earlier=judged) == rules.LATE
    much_later = change("2026-07-20", (4.4, 17.6), (5.5, 22.0), since="2026-05-01")
    assert class_of(much_later, earlier=judged) == rules.UNRESOLVED


def test_evidence_for_a_step_is_used_up_by_the_first_one() -> None:
    first = change("2026-05-01", (5.5, 22.0), (4.4, 17.6))
    again = change("2026-06-01", (5.5, 22.0), (4.4, 17.6), since="2026-05-20")
    seen = change("2026-05-10", (5.5, 22.0), (4.4, 17.6), **TWIN)
    assert class_of(first, seen) == rules.MARKET
    assert class_of(again, seen, earlier=[(first, Verdict(rules.MARKET, "seen"))]) == rules.LATE


def test_an_open_step_that_is_undone_was_an_error() -> None:
    typo = change("2026-05-01", (3.3, 16.5), (33.0, 99.0))
    mended = change("2026-05-03", (33.0, 99.0), (3.3, 16.5), since="2026-05-01")
    open_verdict = Verdict(rules.UNRESOLVED, rules.NO_RULE)
    verdict = reconsider(typo, open_verdict, mended, Verdict(rules.LATE, "back"))
    assert (verdict.change_class, verdict.known_at) == (rules.LATE, pd.Timestamp("2026-05-03", tz="UTC"))
    late = change("2026-07-03", (33.0, 99.0), (3.3, 16.5), since="2026-05-01")
    assert reconsider(typo, open_verdict, late, Verdict(rules.LATE, "back")) is open_verdict


def test_a_step_into_a_mistaken_unit_is_judged_by_the_mended_price() -> None:
    mistaken = change("2026-05-01", (3.0, 15.0), (0.0033, 0.0165))
    mended = change("2026-06-01", (0.0033, 0.0165), (3.3, 16.5), since="2026-05-01")
    verdict = reconsider(mistaken, Verdict(rules.UNRESOLVED, rules.NO_RULE), mended, Verdict(rules.UNIT, "x 1000"))
    assert verdict.change_class == rules.UPLIFT


def test_prices_are_compared_as_far_as_both_are_stated() -> None:
    assert same_price(state("2026-01-01", (3.0, 15.0)), state("2026-01-01", (3.01, NAN)))
    assert not same_price(state("2026-01-01", (3.0, 15.0)), state("2026-01-01", (3.0, 15.1)))
    assert not same_price(state("2026-01-01", (3.0, NAN)), state("2026-01-01", (NAN, 15.0)))


def test_a_price_that_appears_or_goes_missing_is_no_change() -> None:
    assert not change("2026-06-01", (3.0, NAN), (NAN, 15.0)).is_of_price
    assert not change("2026-06-01", (3.0, NAN), (3.0, 15.0)).is_of_price
    assert change("2026-06-01", (3.0, NAN), (2.0, 15.0)).is_of_price
