"""The difference in differences against other implementations and its own symmetry."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from cloudmarket.measures import difference_in_differences as did


def panel(changes: list[float], treated: int, periods: int = 4) -> pd.DataFrame:
    """Each unit is its own cluster and rises by its change at period 2; the first ones are treated."""
    rows = [
        {
            "unit": f"u{i}",
            "cluster": f"u{i}",
            "treated": i < treated,
            "period": t,
            "outcome": i + (change if t >= 2 else 0.0),
        }
        for i, change in enumerate(changes)
        for t in range(periods)
    ]
    return pd.DataFrame(rows)


CHANGES = [-3.0, -2.0, 0.0, 0.5, 0.1, -0.2, 0.3]


def test_effect_is_that_of_two_way_fixed_effects() -> None:
    rows = panel(CHANGES, 2).assign(did=lambda frame: (frame.treated & (frame.period >= 2)).astype(float))
    fitted = smf.ols("outcome ~ did + C(unit) + C(period)", rows).fit()
    assert did.estimate(rows, since=2).effect == pytest.approx(fitted.params["did"])


def test_p_value_is_scipys() -> None:
    found = did.estimate(panel(CHANGES, 2), since=2)
    other = permutation_test(
        (CHANGES[:2], CHANGES[2:]), lambda x, y: np.mean(x) - np.mean(y), n_resamples=np.inf, alternative="two-sided"
    )
    # SciPy doubles the smaller tail; the larger difference on either side is counted here.
    assert found.is_exact
    assert found.assignments == 21
    assert found.p_value == pytest.approx(np.mean(np.abs(other.null_distribution) >= abs(other.statistic) - 1e-12))


def test_interval_is_where_the_test_does_not_reject() -> None:
    rows = panel(CHANGES, 2)
    found = did.estimate(rows, since=2, level=0.8)

    def p(effect: float) -> float:
        moved = rows.outcome - effect * (rows.treated & (rows.period >= 2))
        return did.estimate(rows.assign(outcome=moved), since=2).p_value

    assert p(found.low + 1e-6) > 0.2 >= p(found.low - 1e-6)
    assert p(found.high - 1e-6) > 0.2 >= p(found.high + 1e-6)


def test_too_few_clusters_reject_nothing() -> None:
    found = did.estimate(panel([-9.0, 0.0, 0.1], 1), since=2)
    assert found.p_value == pytest.approx(1 / 3)
    assert (found.low, found.high) == (-np.inf, np.inf)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=6, max_size=8), st.floats(-3, 3))
def test_a_shift_of_the_treated_shifts_effect_and_interval(changes: list[float], shift: float) -> None:
    rows = panel(changes, 2)
    moved = rows.assign(outcome=rows.outcome + shift * (rows.treated & (rows.period >= 2)))
    one, other = did.estimate(rows, since=2, level=0.7), did.estimate(moved, since=2, level=0.7)
    assert other.effect == pytest.approx(one.effect + shift, abs=1e-9)
    assert other.low == pytest.approx(one.low + shift, abs=1e-6)
    assert other.high == pytest.approx(one.high + shift, abs=1e-6)


def test_size_under_no_effect() -> None:
    rng = np.random.default_rng(1)
    rejected = [did.estimate(panel(list(rng.normal(size=9)), 3), since=2).p_value <= 0.05 for _ in range(200)]
    assert np.mean(rejected) <= 0.09


def test_drawn_assignments_agree_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = panel(CHANGES, 2)
    exact = did.estimate(rows, since=2)
    monkeypatch.setattr(did, "MOST_EXACT", 1)
    drawn = did.estimate(rows, since=2, draws=4_000)
    assert not drawn.is_exact
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.02)


def test_periods_in_which_it_may_have_happened_are_left_out() -> None:
    rows = panel(CHANGES, 2)
    rows.loc[rows.period == 2, "outcome"] = 1_000.0
    assert did.estimate(rows, since=2, settled=3).effect == pytest.approx(
        did.estimate(panel(CHANGES, 2), since=2).effect
    )


def test_units_not_seen_on_both_sides_are_dropped_and_counted() -> None:
    rows = panel(CHANGES, 2)
    found = did.estimate(rows[~((rows.unit == "u6") & (rows.period < 2))], since=2)
    assert found.dropped == 1
    assert "u6" not in set(found.changes.cluster)
    assert "assignments" in repr(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="outcome"), "no columns"),
        (lambda rows: pd.concat([rows, rows.head(1)]), "two rows"),
        (lambda rows: rows.assign(cluster="one"), "treated in part"),
        (lambda rows: rows.assign(treated=False), "no treated cluster"),
        (lambda rows: rows.assign(treated=True), "no other cluster"),
        (lambda rows: rows.assign(outcome=np.nan), "not a number"),
    ],
)
def test_faults(change, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        did.estimate(change(panel(CHANGES, 2)), since=2)


def test_level_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="level"):
        did.estimate(panel(CHANGES, 2), since=2, level=95)
