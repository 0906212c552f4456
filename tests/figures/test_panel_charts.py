"""Panels, ranges, fans and charts side by side: what is known is drawn, what is not is said, nothing is joined."""

import itertools
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "USD bn", "A note.", "Source: x.")
QUARTERS = pd.date_range("2020-03-31", periods=12, freq="QE")


def accounts() -> pd.DataFrame:
    """Two panels; the first has a gap in 2020Q3 and changes its basis in 2021Q4, when it halves."""
    first = pd.DataFrame({"day": QUARTERS, "value": np.arange(12) + 10.0, "basis": ["old"] * 7 + ["new"] * 5})
    first.loc[2, "value"] = np.nan
    first.loc[7:, "value"] /= 2
    second = pd.DataFrame({"day": QUARTERS, "value": -np.arange(12) / 4, "basis": "only"})
    rows = pd.concat([first.assign(panel="one", cloud="aws"), second.assign(panel="two", cloud="gcp")])
    return rows.assign(low=rows.value - 1, high=rows.value + 1, is_press=rows.basis == "new").reset_index(drop=True)


PANELS = {
    "panel": "panel", "x": "day", "y": "value", "series": "cloud", "low": "low", "high": "high", "hollow": "is_press",
    "part": "basis", "titles": {"one": "AWS", "two": "Google Cloud", "three": "Nobody"}, "columns": 2,
    "named": {"one": {"old": "start", "new": "high"}}, "labels": {"old": "first"}, "key": False,
    "empty": {"three": "not reported"},
}  # fmt: skip


def statements() -> pd.DataFrame:
    rows = [("A, 2020", "World", 1200, 1900), ("B, 2021", "World", 1500, 2000), ("C, 2022", "France", 2300, 3100)]
    return pd.DataFrame(rows, columns=["row", "where", "low", "high"])


RANGES = {
    "low": "low", "high": "high", "category": "row", "group": "where",
    "references": [(1000, "concentrated"), (1800, "highly")], "fmt": "{:,.0f}",
}  # fmt: skip


def forecasts() -> pd.DataFrame:
    past = pd.DataFrame({"day": QUARTERS, "value": np.arange(12) + 10.0, "is_forecast": False})
    ahead = pd.DataFrame({"day": pd.date_range("2023-03-31", periods=4, freq="QE"), "value": np.arange(4) + 22.0})
    for level, width in ((80, 1.5), (95, 2.5)):
        ahead[f"low_{level}"], ahead[f"high_{level}"] = ahead.value - width, ahead.value + width
    both = pd.concat([past, ahead.assign(is_forecast=True)]).assign(label="AWS", cloud="aws")
    return pd.concat([both, past.assign(label="Google Cloud", cloud="gcp")], ignore_index=True)


FAN = {
    "x": "day", "y": "value", "series": "label", "is_forecast": "is_forecast", "seller": "cloud",
    "words": {"Google Cloud": "nothing tried is better"}, "columns": 2, "fmt": "{:.1f}",
}  # fmt: skip


def pair() -> pd.DataFrame:
    left = pd.DataFrame({"part": "left", "day": QUARTERS, "value": np.arange(12.0), "cloud": "aws"})
    right = pd.DataFrame({"part": "right", "row": ["a", "b"], "middle": [2.0, 3.0], "low": 1.0, "high": 4.0})
    return pd.concat([left, right], ignore_index=True)


BESIDE = {
    "part": "part", "titles": {"left": "Dollars", "right": "Chips"},
    "charts": [
        ("left", charts.lines, {"x": "day", "y": "value", "series": "cloud"}, (0.05, 0.4)),
        ("right", charts.intervals, {"value": "middle", "low": "low", "high": "high", "category": "row"}, (0.65, 1.0)),
    ],
}  # fmt: skip

CASES = {
    "panels": (charts.panels, accounts(), PANELS),
    "panels-key": (charts.panels, accounts(), {**PANELS, "key": True, "named": None, "is_shared": False}),
    "ranges": (charts.ranges, statements(), RANGES),
    "fan": (charts.fan, forecasts(), FAN),
    "beside": (charts.beside, pair(), BESIDE),
}


def figure_of(name, theme=LIGHT):
    chart, data, options = CASES[name]
    return draw(partial(chart, data=data, theme=theme, **options), CAPTIONS, theme, "tall")


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", CASES)
def test_all_words_are_inside_and_apart(name, theme):
    figure = figure_of(name, theme)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for _, box in boxes)
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)] == []


def test_no_line_crosses_a_gap_or_a_change_of_basis():
    spot = figure_of("panels").axes[0].child_axes[0]
    chains = [line for line in spot.lines if line.get_linestyle() != "None" and len(line.get_xdata()) > 2]
    lengths = [np.asarray(line.get_ydata(), dtype=float) for line in chains]
    assert [(len(values), int(np.isnan(values).sum())) for values in lengths] == [(7, 1), (5, 0)]


def test_weak_evidence_is_hollow_and_other_is_not():
    spot = figure_of("panels").axes[0].child_axes[0]
    marks = [line for line in spot.lines if line.get_marker() == "o" and len(line.get_xdata())]
    faces = {len(line.get_xdata()): same_color(line.get_markerfacecolor(), LIGHT.background) for line in marks}
    assert faces == {7: False, 5: True}


def test_what_is_not_known_is_said_and_parts_are_named():
    assert {"not reported", "first", "new", "AWS", "Google Cloud", "Nobody"} <= set(words(figure_of("panels")))
    assert "only" not in words(figure_of("panels"))


def test_scales_start_at_zero_or_below_and_are_shared_when_told():
    one, two = figure_of("panels").axes[0].child_axes[:2]
    assert one.get_ylim() == two.get_ylim()
    assert one.get_ylim()[0] < -2.75 < 0 < one.get_ylim()[1]
    one, two = figure_of("panels-key").axes[0].child_axes[:2]
    assert one.get_ylim()[0] == 0
    assert two.get_ylim()[1] == 0


def test_ranges_are_drawn_from_end_to_end_and_groups_named_once():
    figure = figure_of("ranges")
    axes = figure.axes[0]
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches] == [
        (1200, 1900), (1500, 2000), (2300, 3100),
    ]  # fmt: skip
    assert axes.get_xlim()[0] == 0
    assert sorted(text for text in words(figure) if text in {"World", "France"}) == ["France", "World"]


def test_a_fan_only_where_there_is_a_forecast():
    first, second = figure_of("fan").axes[0].child_axes
    assert len(first.collections) == 2
    assert len(second.collections) == 0
    assert {"23.5", "26.5", "nothing tried is better"} <= set(words(figure_of("fan")))
    assert first.get_ylim()[0] == second.get_ylim()[0] == 0


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("panels", {"y": "none"}, "no column none"),
        ("panels", {"titles": {"one": "AWS"}}, "panel 'two' of the data has no title"),
        ("panels", {"columns": 40, "titles": {str(n): "x" for n in range(40)} | PANELS["titles"]}, "leave no room"),
        ("ranges", {"low": "high", "high": "low"}, "are no ranges"),
        ("fan", {"y": "low_95"}, "outside its interval"),
        ("beside", {"charts": [("middle", charts.lines, {}, (0.0, 1.0))]}, "'middle' has no rows"),
    ],
)
def test_a_wrong_option_is_explained(name, change, message):
    chart, data, options = CASES[name]
    with pytest.raises(ValueError, match=message):
        draw(partial(chart, data=data, theme=LIGHT, **{**options, **change}), CAPTIONS, LIGHT, "tall")
