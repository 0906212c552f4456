"""Effects of clouds on prices against statsmodels, exact permutations and planted differences."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures.parity_effects import effects

CLOUDS = {"aws": 0.0, "azure": 0.1, "gcp": -0.05}


def market(models: int = 20, noise: float = 0.1, seed: int = 0, clouds: dict[str, float] | None = None) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for number in range(models):
        level = random.normal()
        sellers = random.permutation(list(clouds or CLOUDS))[: random.integers(1, 4)]
        rows += [
            (f"m{number}", str(cloud), math.exp(level + (clouds or CLOUDS)[str(cloud)] + noise * random.normal()))
            for cloud in sellers
        ]
    return pd.DataFrame(rows, columns=["model", "cloud", "price"])


def test_the_regression_is_that_of_statsmodels() -> None:
    frame = market()
    found = effects(frame, permutations=99)
    several = frame[frame.groupby("model").cloud.transform("size") > 1]
    peer = smf.ols("np.log(price) ~ C(cloud) + C(model)", several).fit()
    groups = pd.factorize(several.model)[0]
    names = ["C(cloud)[T.azure]", "C(cloud)[T.gcp]"]
    assert found.table.log_ratio.tolist() == pytest.approx(peer.params[names].tolist(), abs=1e-12)
    robust = smf.ols("np.log(price) ~ C(cloud) + C(model)", several).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    models, rows = several.model.nunique(), len(several)
    # Models are nested in clusters and are not counted as coefficients: constant and two clouds are.
    correction = models / (models - 1) * (rows - 1) / (rows - 3)
    assert found.table.standard_error.tolist() == pytest.approx(
        (robust.bse[names] * math.sqrt(correction)).tolist(), rel=1e-9
    )
    assert found.models == models
    assert found.table.models["gcp"] == (several.cloud == "gcp").sum()


def test_two_clouds_are_a_test_of_paired_differences() -> None:
    frame = market(clouds={"a": 0.0, "b": 0.2})
    wide = np.log(frame.pivot(index="model", columns="cloud", values="price")).dropna()
    difference = wide.b - wide.a
    found = effects(frame, permutations=99).table.loc["b"]
    assert found.log_ratio == pytest.approx(difference.mean())
    # Within models the sum of squares is that of differences; the correction counts both rows of a pair.
    pairs = len(difference)
    plain = math.sqrt(((difference - difference.mean()) ** 2).sum()) / pairs
    assert found.standard_error == pytest.approx(
        plain * math.sqrt(pairs / (pairs - 1) * (2 * pairs - 1) / (2 * pairs - 2))
    )


def test_permutation_against_all_signs() -> None:
    difference = np.array([0.3, -0.1, 0.25, 0.4, 0.05, 0.2])
    frame = pd.DataFrame(
        [
            (f"m{n}", cloud, math.exp(shift))
            for n, d in enumerate(difference)
            for cloud, shift in (("a", 0.0), ("b", d))
        ],
        columns=["model", "cloud", "price"],
    )
    signs = np.array(list(itertools.product([-1, 1], repeat=6)))
    exact = np.mean(np.abs(signs @ difference) >= abs(difference.sum()) - 1e-12)
    found = effects(frame, permutations=20_000)
    assert found.table.permutation_p["b"] == pytest.approx(exact, abs=0.01)
    assert found.joint_p == pytest.approx(exact, abs=0.01)


def test_parity_has_no_effect_and_no_significance() -> None:
    found = effects(market(noise=0.0, clouds=dict.fromkeys(CLOUDS, 0.0)), permutations=99)
    assert found.table.ratio.tolist() == pytest.approx([1, 1])
    assert found.table.permutation_p.tolist() == [1, 1]
    assert found.table.p_value.tolist() == [1, 1]
    assert (found.joint_p, found.equal_share) == (1, 1)
    assert "100% at one price everywhere" in repr(found)


def test_a_planted_difference_is_found() -> None:
    found = effects(market(60, noise=0.02), base="gcp", permutations=999)
    assert found.table.loc["azure", "ratio"] == pytest.approx(math.exp(0.15), rel=0.02)
    assert found.joint_p == 0.001
    low, high = found.interval().loc["azure"]
    assert low < math.exp(0.15) < high
    assert found.equal_share == 0


def test_the_size_of_the_permutation_test() -> None:
    same = dict.fromkeys(CLOUDS, 0.0)
    rejected = [effects(market(12, seed=seed, clouds=same), permutations=199).joint_p <= 0.05 for seed in range(600)]
    # Nominal 5 %, with a standard error of 0.9 % over 600 markets.
    assert 0.025 <= np.mean(rejected) <= 0.075


@pytest.mark.parametrize(("models", "equal"), [(15, 0.0), (40, 0.0), (40, 0.5)])
def test_intervals_cover_the_ratios_of_clouds(models, equal) -> None:
    # Where a model has one price everywhere, it has none of the clouds' effects: the mean effect is what is covered.
    truth = pd.Series(CLOUDS) * (1 - equal)
    inside = []
    for seed in range(600):
        random = np.random.default_rng(seed)
        shift = np.array(list(CLOUDS.values())) + 0.1 * random.standard_normal((models, 3))
        shift[random.random(models) < equal] = 0.0
        frame = pd.DataFrame(
            {
                "model": np.repeat(np.arange(models), 3),
                "cloud": np.tile(list(CLOUDS), models),
                "price": np.exp(random.normal(size=(models, 1)) + shift).ravel(),
            }
        )
        band = effects(frame, permutations=1).interval()
        ratio = np.exp(truth[band.index] - truth["aws"])
        inside.append((band.low <= ratio) & (ratio <= band.high))
    assert 0.93 <= np.mean(inside) <= 0.97


@given(st.integers(0, 10_000), st.floats(0.001, 1000))
@settings(max_examples=25, deadline=None)
def test_what_holds_for_any_market(seed: int, factor: float) -> None:
    frame = market(15, seed=seed)
    found = effects(frame, permutations=9).table
    units = effects(frame.assign(price=frame.price * factor).sample(frac=1, random_state=1), permutations=9).table
    assert units.log_ratio.tolist() == pytest.approx(found.log_ratio.tolist(), abs=1e-9)
    assert units.standard_error.tolist() == pytest.approx(found.standard_error.tolist(), abs=1e-9)
    turned = effects(frame, base="gcp", permutations=9).table
    assert turned.ratio["aws"] == pytest.approx(1 / found.ratio["gcp"])
    assert turned.standard_error["aws"] == pytest.approx(found.standard_error["gcp"])


def test_islands_are_named() -> None:
    rows = [(f"m{n}", cloud, 1.0 + n) for n in range(4) for cloud in (("a", "b") if n < 2 else ("c", "d"))]
    with pytest.raises(ValueError, match=r"\[\['a', 'b'\], \['c', 'd'\]\]"):
        effects(pd.DataFrame(rows, columns=["model", "cloud", "price"]))


BAD = market()


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (BAD, {"by": "label"}, "no column 'label'"),
        (BAD.assign(price=0.0), {}, "not above zero"),
        (BAD.assign(price=float("nan")), {}, "not above zero"),
        (BAD.assign(cloud=None), {}, "no model or no cloud"),
        (pd.concat([BAD, BAD]), {}, "has two rows at one cloud"),
        (BAD.drop_duplicates("model"), {}, "0 models are sold at two clouds"),
        (BAD, {"base": "ibm"}, "'ibm' shares no model"),
        (BAD, {"permutations": 0}, "permutations is 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(frame, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        effects(frame, **options)


def test_a_level_is_a_fraction() -> None:
    with pytest.raises(ValueError, match="level is 95"):
        effects(BAD, permutations=9).interval(95)
