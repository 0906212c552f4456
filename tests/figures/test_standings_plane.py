"""Indicators against the middle one, and a map with regions: words inside and apart, arrows, what is refused."""

import itertools
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Ellipse
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "Times the middle cloud", "A note.", "Source: x.")
SELLERS = ("aws", "azure", "gcp")
COLUMNS = {"value": "times", "low": "low", "high": "high", "category": "what", "block": "group", "series": "cloud",
           "words": "words"}  # fmt: skip
PLANE = {"kind": "kind", "name": "name", "x": "x", "y": "y"}


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (group, what, cloud, times, times * 0.8, times * 1.2, "not known" if np.isnan(times) else f"{times:.2g}")
            for group, what, values in (
                ("catalogue", "models listed", (1.0, 1.3, 0.7)),
                ("catalogue", "models with open weights", (9.0, 1.0, 0.01)),
                ("price", "an H100 for an hour, in the United States, USD", (1.6, np.nan, 1.0)),
            )
            for cloud, times in zip(SELLERS, values, strict=True)
        ],
        columns=["group", "what", "cloud", "times", "low", "high", "words"],
    )  # fmt: skip


def mapped() -> pd.DataFrame:
    random = np.random.default_rng(0)
    centres = {"aws": (-1.0, -0.8), "azure": (1.2, -0.4), "gcp": (-0.2, 1.2)}
    parts = [pd.DataFrame({"kind": "unit", "name": list(centres), "x": [c[0] for c in centres.values()],
                           "y": [c[1] for c in centres.values()]})]  # fmt: skip
    for name, centre in centres.items():
        cloud = np.array(centre) + random.normal(size=(60, 2)) * 0.1
        parts.append(pd.DataFrame({"kind": "draw", "name": name, "x": cloud[:, 0], "y": cloud[:, 1]}))
    arrows = {"catalogue": (0.4, -0.8), "demand and money": (0.42, -0.78), "price": (-0.9, 0.1), "places": (0.3, 0.9)}
    parts.append(pd.DataFrame({"kind": "arrow", "name": list(arrows), "x": [a[0] for a in arrows.values()],
                               "y": [a[1] for a in arrows.values()]}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def drawn(chart, data: pd.DataFrame, theme=LIGHT, size="tall", **options: object):
    return draw(partial(chart, data=data, theme=theme, **options), CAPTIONS, theme, size)


def clashes(figure) -> list[tuple[str, str]]:
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    boxes = [(text, box) for text, box in boxes if text]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for _, box in boxes)
    return [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_standings_have_their_words_inside_and_apart(theme) -> None:
    figure = drawn(charts.standings, rows(), theme, limits=(0.2, 5.0), **COLUMNS)
    assert clashes(figure) == []
    words = [text.get_text() for text in visible_texts(figure)]
    assert {"AWS", "Azure", "Google Cloud", "catalogue", "price", "not known", "9"} <= set(words)


def test_what_is_off_the_scale_is_an_arrow_inside_it_and_what_is_not_known_has_no_mark() -> None:
    spot = drawn(charts.standings, rows(), limits=(0.2, 5.0), **COLUMNS).axes[0].child_axes[0]
    marks = [line for line in spot.lines if line.get_marker() not in ("None", "")]
    assert sorted(mark.get_marker() for mark in marks if mark.get_marker() in "<>") == ["<", ">"]
    assert len(marks) == 8
    assert all(0.2 < float(mark.get_xdata()[0]) < 5.0 for mark in marks)


def test_words_without_room_are_refused() -> None:
    wide = rows().assign(
        what=lambda own: own.what + " and much more that nobody could ever read in one line of a figure"
    )
    with pytest.raises(ValueError, match="no room"):
        drawn(charts.standings, wide, **COLUMNS)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_map_names_units_and_arrows_apart(theme) -> None:
    figure = drawn(charts.plane, mapped(), theme, **PLANE)
    assert clashes(figure) == []
    assert {"AWS", "price", "demand and money"} <= {text.get_text() for text in visible_texts(figure)}


def test_an_ellipse_holds_nine_in_ten_resamples_on_axes_of_one_scale() -> None:
    data = mapped()
    axes = drawn(charts.plane, data, **PLANE).axes[0]
    assert axes.get_aspect() == 1
    for name, patch in zip(SELLERS, [one for one in axes.patches if isinstance(one, Ellipse)], strict=True):
        own = data[(data.kind == "draw") & (data.name == name)][["x", "y"]].to_numpy()
        inside = patch.get_path().contains_points(patch.get_patch_transform().inverted().transform(own))
        assert 0.8 <= inside.mean() <= 1


def test_a_map_of_nothing_is_refused() -> None:
    data = mapped()
    with pytest.raises(ValueError, match="nothing to map"):
        drawn(charts.plane, data[data.kind != "unit"], **PLANE)
    with pytest.raises(ValueError, match="no column"):
        drawn(charts.plane, data.drop(columns="x"), **PLANE)
