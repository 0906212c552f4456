"""Maps and scatters: areas true, every marker seen, words inside and apart, wrong data refused."""

import itertools
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from cloudmarket.figures import boundaries, charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.charts.maps import apart
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "Regions", "A note.", "Source: x.")
MAP = {
    "longitude": "longitude", "latitude": "latitude", "series": "cloud", "country": "country", "state": "state",
    "fills": {"known": "full", "half known": "left", "not known": "none"}, "labels": {"leafcloud": "Leafcloud"},
}  # fmt: skip
SCATTER = {"x": "grams", "y": "level", "series": "group", "name": "name", "x_label": "g CO2", "y_label": "level"}
# Square kilometres, total area as the statistical offices state it; of France without its overseas regions.
AREAS = {"DE": 357_588, "PL": 311_928, "IT": 302_073, "AT": 83_879, "CZ": 78_871, "FR": 549_087}


@pytest.fixture
def countries(monkeypatch):
    monkeypatch.delenv("CLOUDMARKET_ROOT")
    boundaries.europe.cache_clear()
    return boundaries.europe()


def regions():
    rows = [("aws", 8.7, 50.1, "DE", "not known"), ("azure", 8.7, 50.1, "DE", "known"),
            ("gcp", 8.7, 50.1, "DE", "half known"), ("gcp", 2.35, 48.86, "FR", "known"),
            ("leafcloud", np.nan, np.nan, "NL", "known"), ("ovhcloud", 2.13, 50.99, "FR", "not known")]  # fmt: skip
    return pd.DataFrame(rows, columns=["cloud", "longitude", "latitude", "country", "state"])


def measured():
    rng = np.random.default_rng(0)
    names = ["Paris", "Milan", "Frankfurt", "Berlin", "Belgium", "Finland", "Netherlands"] + [None] * 23
    groups = ["France"] + ["rest of the EU"] * 6 + ["elsewhere"] * 23
    return pd.DataFrame(
        {"grams": rng.uniform(0, 600, 30), "level": rng.uniform(1, 1.6, 30), "name": names, "group": groups}
    )


def area(rings):
    total = 0.0
    for ring in rings:
        x, y = boundaries.project(ring[:, 0], ring[:, 1])
        total += abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    return total


def test_countries_have_their_areas(countries):
    """The projection keeps areas, and thinning the lines changed them by little."""
    known = {one.code: area(one.rings) for one in countries if one.code in AREAS}
    assert known == pytest.approx(AREAS, rel=0.025)


def test_the_union_has_its_members_and_borders_meet(countries):
    assert sum(one.is_eu for one in countries) == 27
    france, germany = (next(one for one in countries if one.code == code) for code in ("FR", "DE"))
    shared = {tuple(point) for point in france.rings[0]} & {tuple(point) for point in germany.rings[0]}
    assert len(shared) > 5


@given(st.floats(-25, 45), st.floats(34, 72))
def test_a_degree_square_keeps_its_area_on_the_sphere(longitude, latitude):
    """On the sphere a cell has R^2 (sin b - sin a) times its width; the projected one must have the same."""
    step = 0.01
    corners = np.array([(0, 0), (step, 0), (step, step), (0, step)]) + np.array([longitude, latitude])
    low, high = np.radians([latitude, latitude + step])
    truth = 6371.0**2 * (np.sin(high) - np.sin(low)) * np.radians(step)
    assert area([corners]) == pytest.approx(truth, rel=1e-4)


def test_the_middle_of_a_square_is_its_middle():
    square = boundaries.Country(
        "XX", "Square", False, (np.array([(0, 0), (2, 0), (2, 4), (0, 4), (0, 0)], dtype=float),)
    )
    assert square.middle == pytest.approx((1, 2))


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), max_size=25), st.floats(0.1, 2))
def test_markers_are_moved_apart_and_stay_near(places, distance):
    given_places = np.array(places, dtype=float).reshape(-1, 2)
    moved = apart(given_places, distance)
    gaps = [np.hypot(*(one - other)) for one, other in itertools.combinations(moved, 2)]
    assert all(gap >= distance * (1 - 1e-6) for gap in gaps)
    if len(moved):
        assert (moved[0] == given_places[0]).all()


def drawn(name, countries, theme=LIGHT):
    if name == "maps":
        return draw(
            partial(charts.maps, data=regions(), theme=theme, countries=countries, **MAP), CAPTIONS, theme, "tall"
        )
    return draw(partial(charts.scatter, data=measured(), theme=theme, y_zero=False, **SCATTER), CAPTIONS, theme, "wide")


@pytest.mark.parametrize("name", ["maps", "scatter"])
def test_all_words_are_inside_and_apart(name, countries):
    figure = drawn(name, countries)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)] == []
    light, dark = (
        [(text.get_text(), text.get_position()) for text in visible_texts(drawn(name, countries, theme))]
        for theme in (LIGHT, DARK)
    )
    assert light == dark


def test_every_region_has_a_marker_and_every_state_its_fill(countries):
    axes = drawn("maps", countries).axes[0]
    marks = [line for line in axes.lines if line.get_marker() not in ("None", None)]
    assert len(marks) == len(regions())
    assert axes.get_aspect() == 1
    empty = [line for line in marks if line.get_markerfacecolor() == LIGHT.background]
    assert len(empty) == (regions().state == "not known").sum()


def test_named_things_are_named_and_others_not(countries):
    words = [text.get_text() for text in visible_texts(drawn("scatter", countries))]
    assert {"Paris", "Milan", "Frankfurt", "axis does not start at zero"} <= set(words)
    assert "None" not in words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state": "unheard of"}, "no fill"),
        ({"longitude": -70.0}, "outside the map"),
        ({"country": "US", "longitude": np.nan, "latitude": np.nan}, "outside the map"),
    ],
)
def test_places_that_cannot_be_drawn_are_refused(change, message, countries):
    with pytest.raises(ValueError, match=message):
        draw(
            partial(charts.maps, data=regions().assign(**change), theme=LIGHT, countries=countries, **MAP),
            CAPTIONS, LIGHT, "tall",
        )  # fmt: skip


def test_missing_boundaries_are_told():
    boundaries.europe.cache_clear()
    with pytest.raises(Exception, match=r"europe\.json is missing"):
        boundaries.europe()
