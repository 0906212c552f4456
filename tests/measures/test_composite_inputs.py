"""Indicators not known exactly, and ranks under every choice: bounds, closed forms, the other composite module."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudmarket.measures import composite
from cloudmarket.measures import composite_inputs as inputs
from cloudmarket.measures.composite_aggregate import aggregate
from cloudmarket.measures.composite_scores import scores
from cloudmarket.measures.composite_space import ANY, AVAILABLE, COMPLETE, GROUPS, INDICATORS, OPTIONS, space
from cloudmarket.measures.composite_standing import acceptability, standing
from cloudmarket.measures.composite_structure import read

NAN = float("nan")
STRUCTURE = pd.DataFrame(
    [("a", "one", 1), ("b", "one", -1), ("c", "two", 1), ("one", "all", 1), ("two", "all", 1), ("all", None, 1)],
    columns=["name", "parent", "direction"],
)
CELLS = pd.DataFrame(
    [
        ("x", "a", 10.0, 8.0, 13.0, "bounds"), ("y", "a", 4.0, NAN, NAN, "bounds"), ("z", "a", 7.0, NAN, NAN, "bounds"),
        ("x", "b", 2.0, 1.0, 5.0, "interval"), ("y", "b", 3.0, 3.0, 3.0, "interval"),
        ("z", "b", 4.0, 2.0, 4.5, "interval"),
        ("x", "c", 1.0, NAN, NAN, "bounds"), ("y", "c", 9.0, NAN, NAN, "bounds"), ("z", "c", NAN, NAN, NAN, "bounds"),
    ],
    columns=list(inputs.COLUMNS),
)  # fmt: skip


def table(seed: int = 3, units: int = 3) -> pd.DataFrame:
    values = np.exp(np.random.default_rng(seed).normal(size=(units, 3)))
    return pd.DataFrame(values, index=list("xyzuvw")[:units], columns=list("abc"))


def test_draws_stay_within_their_ends_and_exact_cells_do_not_move() -> None:
    drawn = inputs.draw(CELLS, draws=4_000, seed=1)
    assert drawn.shape == (4_000, 3, 3)
    assert np.isnan(drawn[:, 2, 2]).all()
    assert (drawn[:, 1, 0] == 4).all()
    assert (drawn[:, 1, 1] == 3).all()
    assert drawn[:, 0, 0].min() >= 8
    assert drawn[:, 0, 0].max() <= 13
    # Uniform between bounds: mean and variance of a rectangle.
    assert drawn[:, 0, 0].mean() == pytest.approx(10.5, abs=0.1)
    assert drawn[:, 0, 0].var() == pytest.approx(25 / 12, rel=0.1)


def test_an_interval_is_a_two_piece_normal_whose_halves_have_their_own_width() -> None:
    drawn = inputs.draw(CELLS, draws=40_000, seed=2)[:, 0, 1]
    assert (drawn < 2).mean() == pytest.approx(0.5, abs=0.01)
    # A standard normal is beyond one standard deviation on one side with 0.1587.
    assert (drawn > 2 + 3 / inputs.REACH).mean() == pytest.approx(0.1587, abs=0.01)
    assert (drawn < 2 - 1 / inputs.REACH).mean() == pytest.approx(0.1587, abs=0.01)
    assert (drawn == 5).mean() == pytest.approx(0.025, abs=0.003)


def test_a_reading_changes_all_units_together() -> None:
    other = pd.DataFrame({"a": [1.0, 2.0, 3.0], "c": [5.0, 6.0, 7.0]}, index=["z", "y", "x"])
    drawn = inputs.draw(CELLS, {"count": {"other": other}}, draws=1_000)
    read_so = drawn[:, 1, 0] == 2
    assert read_so.mean() == pytest.approx(0.5, abs=0.05)
    assert (drawn[read_so][:, :, 0] == [3, 2, 1]).all()
    assert (drawn[read_so][:, :, 2] == [7, 6, 5]).all()
    assert (drawn[~read_so][:, 1, 2] == 9).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cells: cells.drop(columns="low"), "no column 'low'"),
        (lambda cells: pd.concat([cells, cells]), "there twice"),
        (lambda cells: cells.assign(low=cells.value + 1), "outside its own ends"),
        (lambda cells: cells.assign(spread="wide"), "no spread 'wide'"),
    ],
)
def test_tables_that_say_no_such_thing_are_refused(change, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        inputs.draw(change(CELLS), draws=2)


def test_a_reading_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="'d'"):
        inputs.draw(CELLS, {"count": {"other": pd.DataFrame({"d": [1.0]}, index=["x"])}}, draws=2)


@given(
    st.integers(0, 10_000), st.sampled_from(["arithmetic", "geometric", "copeland"]), st.floats(0, 0.4), st.booleans()
)
@settings(max_examples=60, deadline=None)
def test_many_tables_give_the_scores_that_each_gives_alone(seed: int, how: str, gaps: float, is_zero: bool) -> None:
    random = np.random.default_rng(seed)
    tree = read(STRUCTURE, list("abc"))
    values = np.exp(random.normal(size=(5, 4, 3)))
    values[random.random(values.shape) < gaps] = NAN
    weights = random.exponential(size=(5, len(tree.names)))
    if is_zero:
        weights[:, 1] = 0.0
    alone = [
        aggregate(one, weight[None], tree, how, missing="available", min_coverage=1e-6)[0]
        for one, weight in zip(values, weights, strict=True)
    ]
    np.testing.assert_allclose(scores(values, weights, tree, how), np.array(alone), rtol=1e-9, atol=1e-12)


def test_no_other_aggregation() -> None:
    with pytest.raises(ValueError, match="no aggregation 'median'"):
        scores(np.ones((1, 2, 3)), np.ones((1, 6)), read(STRUCTURE, list("abc")), "median")


@pytest.mark.parametrize("seed", range(4))
def test_single_choices_are_those_of_the_other_module(seed: int) -> None:
    values = table(seed, 5)
    mine = standing(space(values, STRUCTURE), draws=10).single.set_index(["choice", "option"])
    other = composite.robustness(composite.build(values, STRUCTURE), draws=10, sobol_draws=0)
    theirs = other.single.set_index(["choice", "option"])
    both = mine.index.intersection(theirs.index)
    assert {"ratio", "z", "rank", "geometric", "copeland", "a", "b", "c"} <= set(both.get_level_values(1))
    assert mine.flips_order[both].tolist() == theirs.flips_order[both].tolist()
    assert mine.flips_leader[both].tolist() == theirs.flips_leader[both].tolist()


def test_shares_are_those_of_the_other_module_where_choices_are_the_same() -> None:
    options = {"normalisation": ("minmax", "z"), "aggregation": ("arithmetic", "copeland"), "omitted": ("nothing", "a")}
    values = table(5, 5)
    ranks, share = acceptability(
        space(values, STRUCTURE, options={**options, "weights": (GROUPS, ANY), "gaps": (COMPLETE,)}), draws=40_000
    )
    other = composite.robustness(
        composite.build(values, STRUCTURE), {**options, "weights": ("equal", "random")}, draws=40_000, sobol_draws=0
    )
    gap = (share - other.acceptability.loc[share.index].to_numpy()).abs().to_numpy()
    assert gap.max() < 0.015
    assert (ranks.low.to_numpy() <= ranks.high.to_numpy()).all()


def test_two_units_that_win_one_indicator_each_are_first_in_half_of_all_weights() -> None:
    values = pd.DataFrame({"a": [2.0, 1.0], "b": [1.0, 2.0]}, index=["x", "y"])
    found = standing(
        space(
            values, {"a": 1, "b": 1},
            options={"weights": (ANY,), "aggregation": ("arithmetic",), "omitted": ("nothing",)},
        ),
        draws=20_000, sobol_draws=256,
    )  # fmt: skip
    assert found.acceptability[1]["x"] == pytest.approx(0.5, abs=0.02)
    assert found.sobol.total.xs("weights", level="choice").to_numpy() == pytest.approx([1, 1], abs=0.1)
    assert "first in" in repr(found)


def test_what_is_worse_in_everything_is_last_in_every_way() -> None:
    values = table(7).assign(a=[3.0, 2.0, 1.0], b=[1.0, 2.0, 3.0], c=[3.0, 2.0, 1.0])
    found = standing(space(values, STRUCTURE), draws=5_000)
    assert found.acceptability.to_numpy().tolist() == np.eye(3).tolist()
    assert not found.single.flips_order.any()
    assert found.beats.loc["x", "z"] == 1
    np.testing.assert_allclose(
        found.options.set_index(["choice", "option"]).to_numpy(), [[1, 0, 0]] * len(found.options)
    )


def test_weights_of_indicators_alike_are_those_of_a_structure_without_groups() -> None:
    values = table(11)
    alike = standing(space(values, STRUCTURE, options={"weights": (INDICATORS,)}), draws=10).ranks["rank"]
    flat = composite.build(values, {"a": 1, "b": -1, "c": 1}).table["rank"]
    assert alike.to_dict() == flat.to_dict()


def test_a_gap_counts_only_where_gaps_are_bridged() -> None:
    values = table(2).assign(c=[1.0, 9.0, NAN])
    strict = space(values, STRUCTURE, options={"gaps": (COMPLETE,), "omitted": ("nothing",)})
    without = space(values[["a", "b"]], {"a": 1, "b": -1}, options={"gaps": (COMPLETE,), "omitted": ("nothing",)})
    assert standing(strict, draws=10).ranks["rank"].to_dict() == standing(without, draws=10).ranks["rank"].to_dict()
    single = standing(space(values, STRUCTURE), draws=10).single
    assert "c" not in set(single.option)
    assert AVAILABLE in set(single.option)


def test_data_that_are_drawn_are_a_choice_and_readings_are_single_ones() -> None:
    values = inputs.matrix(CELLS)
    drawn = inputs.draw(CELLS, draws=200)
    found = space(values, STRUCTURE, drawn=drawn, readings={"turned": values.to_numpy()[::-1]})
    assert found.options["inputs"] == ("as measured", "turned", "drawn anew")
    made = standing(found, draws=2_000, sobol_draws=64)
    assert set(made.sobol.index.get_level_values("choice")) == {
        "inputs", "normalisation", "weights", "aggregation", "gaps", "omitted"
    }  # fmt: skip
    assert made.single[made.single.choice == "inputs"].option.tolist() == ["turned"]
    assert made.acceptability.sum(axis=1).to_numpy() + made.ranks.unranked.to_numpy() == pytest.approx([1, 1, 1])


def test_ratios_are_left_out_where_a_value_is_not_above_zero_and_what_is_alike_compares_nothing() -> None:
    values = table().assign(a=[0.0, 1.0, 2.0], b=[5.0, 5.0, 5.0])
    found = space(values, STRUCTURE)
    assert list(found.left_out) == ["ratio"]
    assert all(np.isnan(found.normal(how)[0, :, 1]).all() for how in found.options["normalisation"])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"colour": ("red",)}, "no choice 'colour'"), ({"gaps": ("some",)}, "no option"), ({"weights": ()}, "no option")],
)
def test_unknown_choices_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        space(table(), STRUCTURE, options=options)


def test_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="draws 0"):
        standing(space(table(), STRUCTURE), draws=0)


def test_every_set_of_choices_ranks_as_it_would_alone() -> None:
    # Brute force: each combination of options, one by one, through the composite of one table.
    values = table(13)
    found = space(values, STRUCTURE, options={"weights": (GROUPS,), "omitted": ("nothing",), "gaps": (COMPLETE,)})
    for at, (how, sums) in enumerate(itertools.product(OPTIONS["normalisation"], OPTIONS["aggregation"])):
        places = {name: np.zeros(1, dtype="int64") for name in ("inputs", "weights", "gaps", "omitted")}
        point = places | {"normalisation": np.array([at // 3]), "aggregation": np.array([at % 3])}
        alone = (
            composite.build(values, STRUCTURE, normalisation=how, aggregation=sums).table["rank"].reindex(values.index)
        )
        assert found.ranks(point, np.ones((1, 6)))[0].tolist() == alone.tolist()
