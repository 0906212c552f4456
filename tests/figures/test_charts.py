"""Every chart, drawn with data like the report's: all words inside the canvas, none over another."""

import itertools
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "USD per million tokens", "A note.", "Source: x.")
CLOUDS = ("aws", "azure", "gcp")
MODELS = ("claude-sonnet-4-5", "gpt-5", "llama-3-3-70b-instruct", "gpt-oss-120b", "deepseek-v3-2")


def prices():
    days = pd.date_range("2023-10-01", "2026-11-01", freq="MS")
    rows = [
        (day, cloud, 100 * 0.97 ** (step + 4 * place) if not 3 <= step < 12 else np.nan)
        for place, cloud in enumerate(CLOUDS)
        for step, day in enumerate(days)
    ]
    frame = pd.DataFrame(rows, columns=["day", "seller", "index"])
    return frame.assign(low=frame["index"] * 0.9, high=frame["index"] * 1.1)


def parity():
    rows = [
        (model, cloud, 0.15 * 2.2**row * (1.1 if place == row % 4 else 1))
        for row, model in enumerate(MODELS)
        for place, cloud in enumerate(CLOUDS)
    ]
    return pd.DataFrame(rows, columns=["model", "seller", "usd"])


def counts():
    rows = [(c, k, n) for c, numbers in zip(CLOUDS, ((41, 2, 60), (62, 8, 35), (22, 6, 41)), strict=True)
            for k, n in zip(("only here", "on two clouds", "on three"), numbers, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["seller", "kind", "models"])


def estimates():
    rows = [("aws", -12.1, -15.0, -9.0), ("azure", -8.2, -14.0, -3.0), ("ovhcloud", np.nan, np.nan, np.nan)]
    return pd.DataFrame(rows, columns=["seller", "value", "low", "high"])


def overlap():
    rows = [(a, b, np.nan if a == b else 20.0 + len(a) + len(b)) for a in CLOUDS for b in CLOUDS]
    return pd.DataFrame(rows, columns=["one", "other", "models"])


def snapshots():
    days = [pd.date_range(f"20{15 + place}-01-01", "2026-11-01", freq=f"{7 * place + 3}D") for place in range(5)]
    rows = [(day, model, "read" if place % 9 else "cannot be read") for model, own in zip(MODELS, days, strict=True)
            for place, day in enumerate(own, 1)]  # fmt: skip
    return pd.DataFrame(rows, columns=["day", "model", "kind"])


TIME = {"x": "day", "y": "index", "series": "seller"}
GAP = [("2024-01-01", "2024-10-01", "no releases")]
DOTS = {"value": "usd", "category": "model", "series": "seller"}
BARS = {"value": "models", "category": "seller"}
RANGES = {
    "value": "value",
    "low": "low",
    "high": "high",
    "category": "seller",
    "reference": (-5, "developer"),
}
CELLS = {"value": "models", "row": "one", "column": "other"}
TOTALS = counts().groupby("seller", as_index=False)["models"].sum()
PANELS = pd.concat([prices().assign(model=model) for model in MODELS])
CASES = {
    "lines": (charts.lines, prices(), {**TIME, "low": "low", "high": "high", "gaps": GAP}, "wide"),
    "lines-log": (charts.lines, prices(), {**TIME, "log": True}, "wide"),
    "lines-cut": (charts.lines, prices(), {**TIME, "zero": False}, "wide"),
    "dots": (charts.dots, parity(), DOTS, "wide"),
    "dots-log": (charts.dots, parity(), {**DOTS, "log": True}, "tall"),
    "bars": (charts.bars, TOTALS, BARS, "small"),
    "stacked": (charts.bars, counts(), {**BARS, "part": "kind"}, "wide"),
    "intervals": (charts.intervals, estimates(), RANGES, "wide"),
    "heat": (charts.heat, overlap(), CELLS, "small"),
    "strips": (charts.strips, snapshots(), {"x": "day", "category": "model", "series": "kind"}, "wide"),
    "facets": (charts.facets, PANELS, {**TIME, "facet": "model"}, "tall"),
}


@cache
def figure_of(name, theme=LIGHT):
    chart, data, options, size = CASES[name]
    return draw(partial(chart, data=data, theme=theme, **options), CAPTIONS, theme, size)


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


@pytest.mark.parametrize("name", CASES)
def test_all_words_are_inside_and_apart(name):
    figure = figure_of(name)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0, text
        assert box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0, text
        assert box.y1 <= figure.bbox.y1, text
    clashes = [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]
    assert clashes == []


def test_the_dark_variant_differs_in_nothing_but_colour():
    light, dark = (
        [(text.get_text(), text.get_position()) for text in visible_texts(figure_of("stacked", theme))]
        for theme in (LIGHT, DARK)
    )
    assert light == dark


@pytest.mark.parametrize("name", ["lines", "lines-log", "dots", "facets"])
def test_every_seller_is_named(name):
    assert {"AWS", "Azure", "Google Cloud"} <= set(words(figure_of(name)))


def test_the_scale_is_told_where_it_could_mislead():
    assert "logarithmic scale" in words(figure_of("lines-log"))
    assert "logarithmic scale" in words(figure_of("dots-log"))
    assert "axis does not start at zero" in words(figure_of("lines-cut"))
    assert figure_of("lines").axes[0].get_ylim()[0] == 0


@pytest.mark.parametrize("name", ["bars", "stacked"])
def test_bars_start_at_zero(name):
    axes = figure_of(name).axes[0]
    assert axes.get_xlim()[0] == 0
    assert min(patch.get_x() for patch in axes.patches) == 0


def test_stacked_bars_end_at_their_sum():
    assert {"103", "105", "69"} <= set(words(figure_of("stacked")))


def test_strips_have_a_stroke_per_row_of_the_data():
    strokes = figure_of("strips").axes[0].collections[1:]
    assert sum(len(series.get_segments()) for series in strokes) == len(snapshots())
    assert {"read", "cannot be read", *MODELS} <= {text.get_text() for text in figure_of("strips").findobj(Text)}


def test_missing_values_break_the_line():
    line = figure_of("lines").axes[0].lines[0]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).sum() == 9


def test_a_line_that_stops_is_named_where_it_stops():
    data = prices()
    data.loc[(data["seller"] == "gcp") & (data["day"] >= "2025-12-01"), "index"] = np.nan
    figure = draw(partial(charts.lines, data=data, theme=LIGHT, **TIME), CAPTIONS, LIGHT, "wide")
    place = {text.get_text(): text.get_window_extent().x0 for text in visible_texts(figure)}
    assert place["Google Cloud"] < figure.axes[0].get_window_extent().x1 - 50 < place["AWS"]


def test_equal_prices_are_both_seen():
    data = pd.DataFrame({"model": "one", "seller": ["aws", "azure"], "usd": 3.0})
    figure = draw(partial(charts.dots, data=data, theme=LIGHT, **DOTS), CAPTIONS, LIGHT, "small")
    aws, azure = (line for line in figure.axes[0].lines if line.get_marker() in {"o", "s"})
    assert aws.get_xdata() == azure.get_xdata()
    assert aws.get_ydata() != azure.get_ydata()


@pytest.mark.parametrize("name", ["intervals", "bars"])
def test_what_is_not_known_is_said(name):
    chart, data, options, size = CASES[name]
    data = data.assign(**{options["value"]: data[options["value"]].astype(float).where(data.index != 2)})
    figure = draw(partial(chart, data=data, theme=LIGHT, **options), CAPTIONS, LIGHT, size)
    assert words(figure).count("not known") == 1


def test_missing_cells_show_a_dash():
    assert words(figure_of("heat")).count("–") == 3


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("lines", {"y": "price"}, "no column price"),
        ("bars", {"category": "none"}, "no column none"),
        ("facets", {"columns": 40}, "leave no room|does not fit"),
    ],
)
def test_a_wrong_option_is_explained(name, change, message):
    chart, data, options, size = CASES[name]
    if name == "facets":
        data = pd.concat([data.assign(model=data["model"] + str(copy)) for copy in range(6)])
    with pytest.raises(ValueError, match=message):
        draw(partial(chart, data=data, theme=LIGHT, **{**options, **change}), CAPTIONS, LIGHT, size)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("bars", lambda data: pd.concat([data, data]), "repeats"),
        ("stacked", lambda data: data.assign(models=-1), "cannot be stacked"),
        ("intervals", lambda data: data.assign(low=0.0), "outside its interval"),
        ("heat", lambda data: data.assign(models=-1.0), "negative values"),
    ],
)
def test_data_that_a_chart_cannot_show_are_refused(name, spoil, message):
    chart, data, options, size = CASES[name]
    with pytest.raises(ValueError, match=message):
        draw(partial(chart, data=spoil(data), theme=LIGHT, **options), CAPTIONS, LIGHT, size)
