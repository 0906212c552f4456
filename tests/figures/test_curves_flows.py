"""Curves and flows: words inside and apart, nothing drawn that is not known, wrong data refused."""

import itertools
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "Percent", "A note.", "Source: x.")
CLOUDS = ("aws", "azure", "gcp")


def risen() -> pd.DataFrame:
    rows = [
        (panel, cloud, 30.0 * step, 30.0 * step + 3 * place, 10.0 * step + place, 9.0 * step, 11.0 * step + place)
        for panel in ("came", "went") for place, cloud in enumerate(CLOUDS, 1) for step in range(1, 8)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["panel", "seller", "after", "by", "percent", "low", "high"])


def moved() -> pd.DataFrame:
    months = pd.date_range("2024-01-01", "2026-11-01", freq="MS")
    rows = [(month, cloud, float(4 * place + step % 7), -float(step % 3 == 0), -20.0 * (step == 20))
            for place, cloud in enumerate(CLOUDS) for step, month in enumerate(months)]  # fmt: skip
    return pd.DataFrame(rows, columns=["month", "seller", "added", "removed", "cleaned"])


CURVES = {"after": "after", "by": "by", "value": "percent", "series": "seller", "low": "low", "high": "high"}
FLOWS = {"x": "month", "facet": "seller", "parts": {"added": "new", "removed": "gone", "cleaned": "cleaned up"}}
CASES = {
    "curves": (charts.curves, risen()[lambda rows: rows.panel == "came"], CURVES, "wide"),
    "curves-panels": (
        charts.curves,
        risen(),
        {**CURVES, "facet": "panel", "until": {"came": 365, "went": 300}},
        "wide",
    ),
    "flows": (charts.flows, moved(), {**FLOWS, "gaps": [("2024-03-01", "2024-06-01", "no snapshots")]}, "tall"),
}


def figure_of(name, theme=LIGHT, **changes):
    chart, data, options, size = CASES[name]
    return draw(partial(chart, data=data, theme=theme, **{**options, **changes}), CAPTIONS, theme, size)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_all_words_are_inside_and_apart(name, theme):
    figure = figure_of(name, theme)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for _, box in boxes)
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)] == []


def test_a_curve_begins_at_zero_and_ends_with_its_last_row():
    axes = figure_of("curves").axes[0]
    line = axes.lines[0]
    assert (line.get_xdata()[0], line.get_ydata()[0]) == (30, 0)
    assert line.get_xdata()[-1] == 213
    assert axes.get_ylim() == (0, 100)


def test_a_curve_that_falls_is_refused():
    chart, data, options, _ = CASES["curves"]
    with pytest.raises(ValueError, match="percent falls"):
        draw(partial(chart, data=data.assign(percent=-data.percent), theme=LIGHT, **options), CAPTIONS, LIGHT, "wide")


def test_flows_stand_on_both_sides_of_one_line_on_one_scale():
    panels = figure_of("flows").axes[0].child_axes
    assert len({panel.get_ylim() for panel in panels}) == 1
    heights = [patch.get_height() for patch in panels[2].patches if patch.get_height()]
    assert min(heights) == -20
    assert max(heights) == 14


def test_a_month_without_a_look_has_no_bar():
    chart, data, options, size = CASES["flows"]
    data = data.assign(added=data.added.where(data.month != "2024-02-01"))
    figure = draw(partial(chart, data=data, theme=LIGHT, **options), CAPTIONS, LIGHT, size)
    assert np.isfinite([patch.get_height() for patch in figure.axes[0].child_axes[0].patches]).all()


def test_flows_of_both_signs_in_one_part_are_refused():
    chart, data, options, size = CASES["flows"]
    data.loc[0, "added"] = -1
    with pytest.raises(ValueError, match="both signs"):
        draw(partial(chart, data=data, theme=LIGHT, **options), CAPTIONS, LIGHT, size)
    data.loc[0, "added"] = 1
