"""Composite indicators against another package's printed table, closed forms and brute force."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kurtosis, rankdata, skew

from cloudmarket.measures import composite
from cloudmarket.measures.composite_aggregate import aggregate, rank
from cloudmarket.measures.composite_prepare import treat
from cloudmarket.measures.composite_sobol import design, shares
from cloudmarket.measures.composite_structure import read
from cloudmarket.measures.composite_weights import entropy, pca

NAN = float("nan")
EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples"


def example(name: str) -> Path:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"the example {name} is not beside this checkout")
    return path


def panel(units: int = 6, indicators: int = 4, seed: int = 1) -> pd.DataFrame:
    values = np.exp(np.random.default_rng(seed).normal(size=(units, indicators)))
    return pd.DataFrame(values, index=[f"u{n}" for n in range(units)], columns=[f"i{n}" for n in range(indicators)])


def flat(frame: pd.DataFrame) -> dict[str, int]:
    return dict.fromkeys(frame.columns, 1)


NESTED = pd.DataFrame(
    [
        ("i0", "a", 1, 3.0), ("i1", "a", 1, 1.0), ("i2", "b", -1, 1.0), ("i3", "b", 1, 1.0),
        ("a", "all", 1, 2.0), ("b", "all", 1, 1.0), ("all", None, 1, 1.0),
    ],
    columns=["name", "parent", "direction", "weight"],
)  # fmt: skip


def test_the_table_that_coinr_prints_for_asem() -> None:
    # COINr 1.1.14, vignette "Presenting Results": head(get_results(coin, dset = "Aggregated", tab_type = "Aggs")).
    columns = ["Index", "Conn", "Sust", "Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social"]
    printed = {
        "CHE": [68.38, 62.79, 73.98, 63.41, 32.87, 74.78, 85.94, 56.93, 77.21, 87.85],
        "NLD": [64.82, 61.94, 67.70, 64.87, 46.62, 84.55, 71.74, 41.92, 58.73, 86.58],
        "DNK": [64.80, 57.10, 72.51, 50.52, 30.43, 78.13, 75.35, 51.04, 69.83, 86.40],
        "NOR": [64.47, 57.44, 71.50, 58.18, 25.70, 80.03, 89.46, 33.80, 70.90, 87.00],
        "BEL": [63.54, 63.99, 63.09, 71.97, 48.22, 80.84, 75.60, 43.32, 53.01, 86.17],
        "SWE": [63.00, 53.87, 72.12, 51.51, 23.87, 80.98, 74.51, 38.50, 66.37, 86.43],
    }
    data = pd.read_csv(example("coinr_asem_idata.csv")).set_index("uCode")
    meta = pd.read_csv(example("coinr_asem_imeta.csv"))
    own = meta[meta.Type == "Indicator"].set_index("iCode")
    raw = data[own.index].astype("float64")
    divided = raw.div(pd.DataFrame({code: data.get(own.Denominator[code], 1.0) for code in own.index}))
    filled = divided.groupby(data.EurAsia_group).transform(lambda column: column.fillna(column.mean()))
    structure = meta[meta.Type.isin(["Indicator", "Aggregate"])].rename(
        columns={"iCode": "name", "Parent": "parent", "Direction": "direction", "Weight": "weight"}
    )
    found = composite.build(filled, structure, outliers="winsorise-log", weights="given")
    assert found.table.index[:6].tolist() == list(printed)
    # Ours run from 1 to 100, theirs from 0.
    scores = (found.groups.loc[list(printed), columns] - 1) * 100 / 99
    wrong = (scores - pd.DataFrame(printed, index=columns).T).abs().drop("SWE")
    assert wrong.to_numpy().max() <= 0.005 + 1e-9
    assert scores.loc["SWE", ["Index", "Conn", "Sust"]].tolist() == pytest.approx([63.00, 53.87, 72.12], abs=0.0051)


def test_a_hierarchy_by_hand() -> None:
    frame = pd.DataFrame({"i0": [1.0, 2, 3], "i1": [3.0, 1, 2], "i2": [10.0, 20, 30], "i3": [5.0, 6, 7]})
    found = composite.build(frame, NESTED, weights="given")
    a = [0.75 * 1 + 0.25 * 100, 0.75 * 50.5 + 0.25 * 1, 0.75 * 100 + 0.25 * 50.5]
    b = [50.5, 50.5, 50.5]
    assert found.groups["a"].tolist() == pytest.approx(a)
    assert found.groups["b"].tolist() == pytest.approx(b)
    assert found.groups["all"].tolist() == pytest.approx([(2 * x + y) / 3 for x, y in zip(a, b, strict=True)])
    assert found.weights.tolist() == pytest.approx([0.5, 1 / 6, 1 / 6, 1 / 6])
    assert found.table["rank"].to_dict() == {2: 1, 1: 2, 0: 3}
    geometric = composite.build(frame, NESTED, weights="given", aggregation="geometric").groups
    assert geometric["a"].tolist() == pytest.approx([100**0.25, 50.5**0.75, 100**0.75 * 50.5**0.25])
    assert geometric["all"].tolist() == pytest.approx((geometric.a ** (2 / 3) * geometric.b ** (1 / 3)).tolist())


def test_normalisations_by_hand() -> None:
    frame = pd.DataFrame({"more": [1.0, 2, 4], "less": [1.0, 2, 4]})
    structure = {"more": 1, "less": -1}

    def normal(how: str) -> list[list[float]]:
        return composite.build(frame, structure, normalisation=how).normalised.to_numpy().T.tolist()

    assert normal("minmax") == [pytest.approx([1, 34, 100]), pytest.approx([100, 67, 1])]
    assert normal("rank") == [[1, 2, 3], [3, 2, 1]]
    assert normal("ratio") == [pytest.approx([0.5, 1, 2]), pytest.approx([2, 1, 0.5])]
    z = [50 + 10 * (x - 7 / 3) / math.sqrt(7 / 3) for x in (1, 2, 4)]
    assert normal("z") == [pytest.approx(z), pytest.approx([100 - x for x in z])]


def test_copeland_by_brute_force() -> None:
    frame = panel(7, 5).round(1)
    found = composite.build(frame, flat(frame), aggregation="copeland").table.score
    for unit in frame.index:
        duels = [np.sign(np.sign(frame.loc[unit] - frame.loc[other]).sum()) for other in frame.index if other != unit]
        assert found[unit] == pytest.approx(sum(duels) / 6)


def test_the_winner_of_condorcet_leads_whatever_the_means_say() -> None:
    frame = pd.DataFrame({"x": [3.0, 2, 1], "y": [3.0, 2, 1], "z": [0.0, 90, 100]}, index=list("abc"))
    assert composite.build(frame, flat(frame), aggregation="copeland").table.index[0] == "a"
    assert composite.build(frame, flat(frame), aggregation="geometric").table.index[0] == "b"


def test_winsorising_and_logarithms() -> None:
    values = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000]]).T
    assert treat(values, "none").ravel().tolist() == values.ravel().tolist()
    assert treat(values, "winsorise").ravel().tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert treat(-values, "winsorise").ravel().tolist() == [-1, -2, -3, -4, -5, -6, -7, -8, -9, -9]
    logs = treat(values, "log").ravel()
    assert (logs[0], logs[-1]) == pytest.approx((1, 1000))
    expected = np.log(values.ravel() - 1 + 9.99)
    assert np.corrcoef(logs, expected)[0, 1] == pytest.approx(1)
    assert treat(-values, "log").ravel() == pytest.approx(-logs)
    even = np.arange(10.0)[:, None]
    assert treat(even, "log").tolist() == even.tolist()


def test_screening_against_scipy() -> None:
    frame = panel(12, 4)
    frame.loc["u0", "i0"] = NAN
    frame["i1"] = [0.0] * 6 + [1.0, 2, 3, 4, 5, 500]
    table = composite.build(frame, NESTED).screening
    known = [frame[name].dropna() for name in table.index]
    assert table.skewness.tolist() == pytest.approx([skew(column, bias=False) for column in known])
    assert table.excess_kurtosis.tolist() == pytest.approx([kurtosis(column, bias=False) for column in known])
    assert table.known.to_dict() == {"i0": 11, "i1": 12, "i2": 12, "i3": 12}
    assert table.missing_share["i0"] == pytest.approx(1 / 12)
    assert (table.zero_share["i1"], table.distinct["i1"], table.is_skewed["i1"]) == (0.5, 7, True)
    assert table.nearest.to_dict() == {"i0": "i1", "i1": "i0", "i2": "i3", "i3": "i2"}
    assert table.nearest_correlation["i2"] == pytest.approx(np.corrcoef(frame.i2, frame.i3)[0, 1])


def test_weights_from_factors_and_entropy() -> None:
    # Two orthogonal pairs: the correlation matrix has two blocks; each pair is a factor, and all weigh the same.
    x = np.array([1.0, 1, -1, -1]), np.array([1.0, -1, 1, -1])
    pairs = np.column_stack([x[0], x[0], x[1], x[1]])
    assert pca(pairs, list("abcd")) == pytest.approx([0.25] * 4)
    # A pair and one that is unrelated to it: eigenvalues 2, 1 and 0, of which only the pair's is above 1.
    assert pca(np.column_stack([x[0], x[0], x[0] * x[1]]), list("abc")) == pytest.approx([0.5, 0.5, 0.0], abs=1e-12)
    # Beside two pairs, one that is half of each: squared loadings of 1, and for that one of 1/2 and 1/2.
    half = np.column_stack([pairs, x[0] + x[1]])
    assert pca(half, list("abcde")) == pytest.approx(np.array([1, 1, 1, 1, 0.5]) / 4.5, abs=1e-4)
    # One unit has it all: entropy 0. Two alike: entropy ln 2 of ln 3.
    values = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    spread = [1, 1 - math.log(2) / math.log(3)]
    assert entropy(values, ["a", "b"]) == pytest.approx(np.array(spread) / sum(spread))


def test_missing_stays_missing_unless_a_rule_is_named() -> None:
    frame = panel()
    frame.loc["u0", "i0"] = NAN
    strict = composite.build(frame, flat(frame)).table
    assert math.isnan(strict.score["u0"])
    assert strict["rank"].isna().tolist() == [False] * 5 + [True]
    assert strict.coverage["u0"] == pytest.approx(0.75)
    found = composite.build(frame, flat(frame), missing="available")
    assert found.table.score["u0"] == pytest.approx(found.normalised.loc["u0", ["i1", "i2", "i3"]].mean())
    assert math.isnan(composite.build(frame, flat(frame), missing="available", min_coverage=0.8).table.score["u0"])
    duels = composite.build(frame, flat(frame), missing="strict", aggregation="copeland").table.score
    alone = composite.build(frame.drop("u0"), flat(frame), aggregation="copeland").table.score
    assert duels.dropna().sort_index().tolist() == alone.sort_index().tolist()


def test_missing_in_a_hierarchy_is_spread_within_its_group() -> None:
    frame = panel()
    frame.loc["u0", "i0"] = NAN
    found = composite.build(frame, NESTED, missing="available", min_coverage=0.25, weights="given")
    normal = found.normalised.loc["u0"]
    assert found.table.score["u0"] == pytest.approx(2 / 3 * normal.i1 + (normal.i2 + normal.i3) / 6)
    assert math.isnan(composite.build(frame, NESTED, missing="available", weights="given").groups.loc["u0", "a"])


def test_ranks_of_ties_and_of_rounding() -> None:
    scores = np.array([[3.0, 1.0, 3.0, NAN, 2.0], [0.1 + 0.2, 0.3, 0.0, 0.0, 0.0]])
    assert rank(scores).tolist() == [[1, 4, 1, 0, 3], [1, 1, 3, 3, 3]]


@given(st.integers(0, 10_000), st.sampled_from(["arithmetic", "geometric", "copeland"]))
@settings(max_examples=30, deadline=None)
def test_what_holds_for_any_data(seed: int, aggregation: str) -> None:
    frame = panel(6, 4, seed)
    built = composite.build(frame, NESTED, aggregation=aggregation).table
    units = composite.build(frame * [2.0, 1000.0, 0.1, 7.0] + [0, 5, 1, 0], NESTED, aggregation=aggregation).table
    assert units.score.to_dict() == pytest.approx(built.score.to_dict(), rel=1e-6)
    turned = composite.build(frame.sample(frac=1, axis=1, random_state=seed)[::-1], NESTED, aggregation=aggregation)
    assert turned.table.score.to_dict() == pytest.approx(built.score.to_dict())
    better = frame.copy()
    better.loc["u0", ["i0", "i1", "i3"]] = frame[["i0", "i1", "i3"]].max() * 2
    better.loc["u0", "i2"] = frame["i2"].min() / 2
    assert composite.build(better, NESTED, aggregation=aggregation).table["rank"]["u0"] == 1


def test_a_geometric_mean_is_never_above_the_arithmetic_one() -> None:
    frame = panel(8, 4)
    geometric = composite.build(frame, flat(frame), aggregation="geometric").table.score
    arithmetic = composite.build(frame, flat(frame)).table.score
    assert (geometric <= arithmetic[geometric.index] + 1e-9).all()


def test_the_monte_carlo_is_the_mean_over_all_choices_one_by_one() -> None:
    frame = panel(5, 4)
    options = {
        "normalisation": ("minmax", "z", "rank"),
        "weights": ("equal", "pca", "entropy"),
        "aggregation": ("arithmetic", "geometric", "copeland"),
        "omitted": ("nothing",),
    }
    exact = np.zeros((5, 5))
    for normalisation, weights, aggregation in itertools.product(*list(options.values())[:3]):
        built = composite.build(
            frame, flat(frame), normalisation=normalisation, weights=weights, aggregation=aggregation
        )
        ranks = built.table["rank"].reindex(frame.index).to_numpy(dtype=int)
        exact[np.arange(5), ranks - 1] += 1 / 27
    result = composite.robustness(composite.build(frame, flat(frame)), options, draws=50_000, sobol_draws=0)
    # Five standard errors of a share of 50,000 draws.
    assert result.acceptability.reindex(frame.index).to_numpy() == pytest.approx(exact, abs=5 * 0.5 / math.sqrt(50_000))


def test_two_indicators_under_random_weights_have_a_closed_form() -> None:
    # a scores 100 w + 1 (1 - w), b the same in both: a leads where 1 + 99 w > 1 + 99 v, w uniform on 0 to 1.
    frame = pd.DataFrame({"x": [1.0, 0.3, 0.0], "y": [0.0, 0.3, 1.0]}, index=list("abc"))
    built = composite.build(frame, flat(frame))
    result = composite.robustness(built, {"weights": ("random",), "omitted": ("nothing",)})
    # b beats a where 0.3 > w, and c where 0.3 > 1 - w: never first, last where 0.3 < w < 0.7.
    assert result.acceptability.loc["b"].tolist() == pytest.approx([0, 0.6, 0.4], abs=0.01)
    assert result.acceptability.loc["a"].tolist() == pytest.approx([0.5, 0.2, 0.3], abs=0.01)
    assert result.beats.loc["b", "a"] == pytest.approx(0.3, abs=0.01)
    # The weights are all that varies.
    assert result.sobol.loc[("a", "weights"), ["first_order", "total"]].tolist() == [1, 1]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_omission_is_the_composite_without_the_indicator(seed: int) -> None:
    frame = panel(8, 5, seed)
    result = composite.robustness(composite.build(frame, flat(frame)), draws=100, sobol_draws=0)
    omitted = result.single[result.single.choice == "omitted"].set_index("option")
    for name in frame.columns:
        less = frame.drop(columns=name)
        table = composite.build(less, flat(less)).table
        assert omitted.leader[name] == table.index[0]
        before = composite.build(frame, flat(frame)).table["rank"]
        assert omitted.largest_shift[name] == (table["rank"] - before).abs().max()
        assert omitted.flips_leader[name] == (table.index[0] != before.index[0])
        assert omitted.flips_order[name] == bool((table["rank"] != before[table.index]).any())


def test_a_group_that_loses_its_only_indicator_is_left_out() -> None:
    structure = pd.DataFrame(
        [("x", "g", 1), ("y", "all", 1), ("g", "all", 1), ("all", None, 1)], columns=["name", "parent", "direction"]
    )
    tree = read(structure, ["x", "y"])
    weights = np.array([[0.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 1.0]])
    values = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert aggregate(values, weights, tree, "arithmetic").tolist() == [[2, 5], [1, 3]]


def test_a_unit_that_dominates_is_always_first() -> None:
    frame = panel(6, 4)
    frame.loc["best"] = frame.max() * 1.5
    result = composite.robustness(composite.build(frame, flat(frame)), draws=2_000, sobol_draws=64)
    assert result.acceptability.loc["best", 1] == 1
    assert result.ranks.loc["best", ["low", "median", "high", "worst"]].tolist() == [1, 1, 1, 1]
    assert not result.single.flips_leader.any()
    assert result.sobol.loc["best"].isna().all(axis=None)
    assert result.beats.loc["best"].drop("best").tolist() == [1] * 6


def test_shares_add_up_and_seeds_repeat() -> None:
    frame = panel(6, 4)
    frame.loc["u0", "i0"] = NAN
    built = composite.build(frame, flat(frame))
    one, two = (composite.robustness(built, draws=3_000, sobol_draws=64, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(one.acceptability, two.acceptability)
    assert (one.acceptability.sum(axis=1) + one.ranks.unranked).tolist() == pytest.approx([1] * 6)
    # Unless the missing indicator is the one omitted, in one of five draws.
    assert one.ranks.unranked["u0"] == pytest.approx(0.8, abs=0.05)
    assert one.left_out["given"] == "no weight is given for 'i0'"
    assert (one.ranks.low <= one.ranks.high).all()
    assert repr(one).startswith("Robustness over 3,000 draws:")
    assert one.flips.flips_order.all()


def test_interval_of_ranks_against_quantiles() -> None:
    frame = panel(9, 5)
    built = composite.build(frame, flat(frame))
    result = composite.robustness(built, draws=5_000, sobol_draws=0, level=0.8)
    for unit in frame.index:
        counts = (result.acceptability.loc[unit] * 5_000).round().astype(int)
        drawn = np.repeat(counts.index.to_numpy(), counts.to_numpy())
        expected = np.quantile(drawn, [0.1, 0.5, 0.9], method="inverted_cdf").tolist()
        assert result.ranks.loc[unit, ["low", "median", "high"]].tolist() == expected
        assert result.ranks.loc[unit, ["best", "worst"]].tolist() == [drawn.min(), drawn.max()]


def test_sobol_shares_of_ishigami() -> None:
    # Closed form with a = 7, b = 0.1: Saltelli et al. (2008), Global Sensitivity Analysis, section 4.
    factors = ["x1", "x2", "x3"]
    x = np.pi * (2 * design(factors, 2**14, seed=3) - 1)
    found = shares(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]), factors, seed=0)
    assert found.first_order.tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total.tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert 0 < found.total_se.max() < 0.02


def test_sobol_shares_of_a_sum_by_hand() -> None:
    # Of 2 x + 3 (y + z): variances 4, 9 and 9 of 22; y and z belong together. Nothing interacts.
    factors = ["x", "yz", "yz"]
    found = shares(design(factors, 2**12, seed=1) @ [2.0, 3.0, 3.0], factors, seed=0)
    assert found.index.tolist() == ["x", "yz"]
    assert found.first_order.tolist() == pytest.approx([4 / 22, 18 / 22], abs=0.005)
    assert found.total.tolist() == pytest.approx([4 / 22, 18 / 22], abs=0.005)


def test_bootstrap_errors_of_shares_are_no_smaller_than_the_spread_over_seeds() -> None:
    factors = ["x", "y"]
    runs = []
    for seed in range(40):
        x = design(factors, 256, seed)
        runs.append(shares((x[:, 0] > 0.5) + x[:, 0] * x[:, 1] ** 2, factors, seed))
    spread = pd.concat(runs).groupby(level=0)[["first_order", "total"]].std()
    stated = pd.concat(runs).groupby(level=0)[["first_order_se", "total_se"]].mean()
    assert (spread.to_numpy() <= 1.2 * stated.to_numpy()).all()


def test_a_share_of_what_does_not_vary_is_missing() -> None:
    points = design(["x", "y"], 64, seed=0)
    assert shares(np.ones(len(points)), ["x", "y"], seed=0).isna().all(axis=None)
    with pytest.raises(ValueError, match="100 draws of a Sobol' sequence: use a power of 2"):
        design(["x"], 100, seed=0)


def test_sobol_of_choices_against_all_combinations() -> None:
    frame = panel(6, 4, seed=5)
    built = composite.build(frame, flat(frame))
    options = {
        "normalisation": ("minmax", "rank"),
        "aggregation": ("arithmetic", "geometric", "copeland"),
        "omitted": ("nothing",),
    }
    grid = np.zeros((2, 3, 6))
    for (n, normalisation), (g, aggregation) in itertools.product(
        enumerate(options["normalisation"]), enumerate(options["aggregation"])
    ):
        table = composite.build(frame, flat(frame), normalisation=normalisation, aggregation=aggregation).table
        grid[n, g] = table["rank"].reindex(frame.index).to_numpy(dtype=float)
    result = composite.robustness(built, options, draws=10, sobol_draws=2**13)
    varied = [unit for place, unit in enumerate(frame.index) if grid[:, :, place].var() > 0]
    assert varied
    for unit in varied:
        cells = grid[:, :, frame.index.get_loc(unit)]
        for name, axis in (("normalisation", 1), ("aggregation", 0)):
            share = result.sobol.loc[(unit, name)]
            assert share.first_order == pytest.approx(cells.mean(axis=axis).var() / cells.var(), abs=0.05)
            assert share.total == pytest.approx(cells.var(axis=1 - axis).mean() / cells.var(), abs=0.05)


def test_units_are_listed_best_first() -> None:
    frame = panel(10, 30)
    result = composite.robustness(composite.build(frame, flat(frame)), draws=5_000, sobol_draws=32)
    ranks = rankdata(result.ranks["rank"].astype(float))
    assert ranks.tolist() == sorted(ranks)
    assert result.draws == 5_000


def test_results_draw_themselves() -> None:
    frame = panel()
    built = composite.build(frame, flat(frame))
    assert len(built.plot().patches) == 6
    drawn = composite.robustness(built, draws=100, sobol_draws=0).plot()
    assert [text.get_text() for text in drawn.get_yticklabels()] == built.table.index.tolist()
    assert repr(built).startswith("Composite of 4 indicators (none, minmax, equal, arithmetic): 6 of 6 units ranked")


@pytest.mark.parametrize(
    ("frame", "structure", "options", "message"),
    [
        (panel(1), flat(panel()), {}, "1 units and 4 indicators"),
        (panel().assign(i0=1.0), flat(panel()), {}, "'i0' is the same for every unit"),
        (panel().assign(i0="x"), flat(panel()), {}, "must be numbers"),
        (panel().assign(i0=np.inf), flat(panel()), {}, "infinite"),
        (pd.concat([panel(), panel().head(1)]), flat(panel()), {}, "the unit 'u0' is there twice"),
        (panel(), {"i0": 1}, {}, "structure and data differ in 'i1'"),
        (panel(), {**flat(panel()), "i0": 0}, {}, "the direction of 'i0' is 0"),
        (panel(), pd.concat([NESTED, NESTED.head(1)]), {}, "names 'i0' twice"),
        (panel(), NESTED.replace({"parent": {"a": "z"}}), {}, "'z' is a parent and no name"),
        (panel(), NESTED.assign(weight=0.0), {}, "not above 0"),
        (panel(), NESTED.head(6).assign(parent=["a", "a", "b", "b", "b", "a"]), {}, "this one has 0"),
        (panel(), NESTED.drop(columns="direction"), {}, "no column 'direction'"),
        (panel(), flat(panel()), {"weights": "given"}, "no weight is given for 'i0'"),
        (panel(), flat(panel()), {"weights": "random"}, "no weights 'random'"),
        (panel(), flat(panel()), {"outliers": "trim"}, "no treatment of outliers 'trim'"),
        (panel(), flat(panel()), {"normalisation": "x"}, "no normalisation 'x'"),
        (panel(), flat(panel()), {"aggregation": "x"}, "no aggregation 'x'"),
        (panel() - 1, flat(panel()), {"normalisation": "ratio"}, "no ratio to a median"),
        (panel(2), flat(panel()), {"weights": "pca"}, "correlations need three"),
        (panel(), flat(panel()), {"missing": "mean"}, "missing is 'mean'"),
        (panel(), flat(panel()), {"min_coverage": 0.0}, "with coverage 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(frame, structure, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        composite.build(frame, structure, **options)


@pytest.mark.parametrize(
    ("choices", "options", "message"),
    [
        ({"scale": ("z",)}, {}, "no choice 'scale'"),
        ({"weights": ("given",)}, {}, "'given' cannot be chosen"),
        ({"aggregation": ("x",)}, {}, "'x' is no indicator to omit and no aggregation"),
        ({"omitted": ("i9",)}, {}, "'i9' is no indicator"),
        ({"weights": ()}, {}, "has no options"),
        (None, {"draws": 0}, "draws 0"),
        (None, {"level": 1.0}, "level 1.0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(choices, options, message) -> None:
    frame = panel()
    with pytest.raises(ValueError, match=message):
        composite.robustness(composite.build(frame, flat(frame)), choices, **options)
