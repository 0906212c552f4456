"""A map of few units: exact distances, what three units can show, regions by resampling."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist, squareform

from cloudmarket.measures.configuration import configuration, scaled

UNITS = pd.Index(["x", "y", "z"])


def tables(seed: int = 0, units: int = 3, indicators: int = 6, count: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, units, indicators))


def made(values: np.ndarray, **options):
    groups = ["one"] * 4 + ["two"] * (values.shape[2] - 4)
    units = pd.Index([f"u{place}" for place in range(values.shape[1])])
    return configuration(values, units, np.ones(values.shape[2]), groups, resamples=50, **options)


def test_points_in_a_plane_are_found_again() -> None:
    points = np.random.default_rng(4).normal(size=(7, 2))
    found, explained = scaled(squareform(pdist(points)) ** 2)
    assert explained == pytest.approx(1)
    assert squareform(pdist(found)) == pytest.approx(squareform(pdist(points)))
    assert procrustes(points, found)[2] == pytest.approx(0, abs=1e-12)


def test_three_units_lie_in_a_plane_and_four_need_not() -> None:
    assert made(tables()).explained == pytest.approx(1)
    assert made(tables(units=5)).explained < 1


def test_distances_are_root_mean_squares_over_groups() -> None:
    values = tables(3)
    found = made(values)
    scores = (values[0] - values[0].mean(axis=0)) / values[0].std(axis=0, ddof=1)
    gaps = (scores[0] - scores[1]) ** 2
    assert found.distances.distance[("u0", "u1")] == pytest.approx(np.sqrt((gaps[:4].mean() + gaps[4:].mean()) / 2))
    assert pdist(found.points.to_numpy()) == pytest.approx(found.distances.distance.to_numpy())


@pytest.mark.parametrize("seed", range(3))
def test_squared_distances_of_three_units_always_add_up_to_the_same(seed: int) -> None:
    # Of each indicator, squared differences over pairs are n times the sum of squares: n (n - 1).
    assert (made(tables(seed)).distances.distance ** 2).sum() == pytest.approx(6)


def test_nothing_varies_where_nothing_can_be_resampled() -> None:
    values = tables(indicators=2)
    found = configuration(values, UNITS, np.array([1.0, -1.0]), ["one", "two"], resamples=20)
    assert found.draws == pytest.approx(np.broadcast_to(found.points.to_numpy(), (20, 3, 2)))
    assert found.distances.low.to_numpy() == pytest.approx(found.distances.high.to_numpy())
    assert found.distances.closest.max() == 1
    assert "closest pair in 100%" in repr(found)


def test_resamples_take_their_data_from_the_tables_drawn() -> None:
    values = tables(5, count=3)
    assert not np.allclose(made(values).draws, made(values[:1]).draws)
    assert np.array_equal(made(values).draws, made(values).draws)


def test_arrows_point_to_where_a_group_is_better() -> None:
    values = np.array([[[3.0, 9.0], [1.0, 5.0], [2.0, 1.0]]])
    found = configuration(values, UNITS, np.array([1.0, -1.0]), ["more", "less"], resamples=5)
    along = found.points.to_numpy() @ found.arrows.to_numpy().T
    assert along[:, 0].argmax() == 0
    assert along[:, 1].argmax() == 2


def test_gaps_and_pairs_are_refused() -> None:
    values = tables()
    values[0, 0, 0] = np.nan
    for wrong in (values, tables(units=2)):
        with pytest.raises(ValueError, match="three units and every value"):
            made(wrong)
