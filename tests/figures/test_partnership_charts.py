"""Timeline, forest and network: every row is drawn, words stay apart, and what cannot be drawn is refused."""

import itertools
from functools import partial

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "A measure", "A note.", "Source: x.")
EVENTS = pd.DataFrame(
    [
        ("2019-07-22", "2019-07-22", "A and B", "money", "$1bn", "C", "azure"),
        ("2023-02-01", "2023-02-28", "C and D", "money", "about $0.4bn", "B", "gcp"),
        ("2026-02-01", "2026-02-28", "C and D", "money", "up to $50bn", "C", "aws"),
        ("2026-02-01", "2026-02-28", "C and D", "computing", "$100bn", "A", "aws"),
        ("2025-01-01", "2025-01-31", "E and F", "terms", "", "A", "oracle"),
    ],
    columns=["start", "end", "lane", "kind", "label", "evidence", "seller"],
)
EVENTS[["start", "end"]] = EVENTS[["start", "end"]].apply(pd.to_datetime)
BARS = pd.DataFrame(
    [("A and B", pd.Timestamp("2019-07-22"), pd.NaT, "exclusive", "azure")],
    columns=["lane", "start", "end", "text", "seller"],
)
TIMELINE = {name: name for name in ("start", "end", "lane", "kind", "label", "evidence", "seller")}
STUDIES = pd.DataFrame(
    [
        ("first", "own", "sure", 1.0, -1.0, 3.0), ("first", "rivals", "sure", -1.0, -2.0, 0.5),
        ("second", "own", "press", 2.0, 0.5, 3.5), ("third", "rivals", "press", 0.0, -4.0, 4.0),
    ],
    columns=["name", "group", "block", "car", "low", "high"],
)  # fmt: skip
FOREST = {"value": "car", "low": "low", "high": "high", "category": "name", "series": "group", "block": "block"}
TIES = pd.DataFrame(
    [
        ("then", "OpenAI", "azure", "strong"), ("now", "OpenAI", "azure", "weak"), ("now", "OpenAI", "aws", "strong"),
        ("now", "OpenAI", "aws", "weak"), ("now", "Anthropic", "oracle", "weak"),
    ],
    columns=["panel", "lab", "cloud", "kind"],
)  # fmt: skip
NETWORK = {"panel": "panel", "left": "lab", "right": "cloud", "kind": "kind", "kinds": ["strong", "weak"],
           "panels": ["then", "now"], "labels": {"oracle": "Oracle"}}  # fmt: skip
CASES = {
    "timeline": (charts.timeline, EVENTS, {**TIMELINE, "bars": BARS, "until": pd.Timestamp("2026-11-01")}),
    "forest": (charts.forest, STUDIES, FOREST),
    "network": (charts.network, TIES, NETWORK),
}


def figure_of(name, theme=LIGHT, **change):
    chart, data, options = CASES[name]
    options = {**options, **change}
    return draw(partial(chart, theme=theme, **{"data": data, **options}), CAPTIONS, theme, (9.6, 3.7))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", CASES)
def test_all_words_are_inside_and_apart(name, theme):
    figure = figure_of(name, theme)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0, text
        assert box.x1 <= figure.bbox.x1, text
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)] == []


def marks(figure):
    return [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "", None)]


def test_a_timeline_has_a_mark_per_event_hollow_where_evidence_is_c():
    drawn = marks(figure_of("timeline"))
    assert len(drawn) == len(EVENTS)
    hollow = [to_hex(line.get_markerfacecolor()).upper() == LIGHT.background for line in drawn]
    assert hollow == (EVENTS.evidence == "C").tolist()
    assert to_hex(drawn[1].get_color()).upper() == SELLERS["gcp"].light


def test_a_timeline_is_to_scale():
    places = [float(line.get_xdata()[0]) for line in marks(figure_of("timeline"))]
    middle = EVENTS.start + (EVENTS.end - EVENTS.start) / 2
    days = (middle - middle[0]) / pd.Timedelta(days=1)
    assert [place - places[0] for place in places] == pytest.approx(days.tolist())


def test_marks_of_one_lane_and_time_are_both_seen():
    one, other = (line.get_ydata()[0] for line in marks(figure_of("timeline"))[2:4])
    assert abs(one - other) == pytest.approx(0.3)


def test_a_forest_draws_each_estimate_once_within_its_block():
    figure = figure_of("forest")
    drawn = sorted(value for line in marks(figure) for value in line.get_xdata())
    assert drawn == sorted(STUDIES.car)
    heights = {text.get_text(): text.get_position()[1] for text in figure.axes[0].get_yticklabels()}
    assert heights["first"] < heights["second"] < heights["third"]
    assert {"sure", "press", "own", "rivals"} <= {text.get_text() for text in figure.findobj(Text)}


def test_a_network_draws_each_tie_once():
    figure = figure_of("network")
    assert len(figure.axes[0].lines) == len(TIES)
    assert [text.get_text() for text in visible_texts(figure)].count("Oracle") == 2


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("timeline", {"kind": "label"}, "A|no column|can be told apart"),
        ("timeline", {"lane": "none"}, "no column none"),
        ("forest", {"data": STUDIES.assign(low=2.0)}, "outside its interval"),
        ("forest", {"data": STUDIES.assign(block=range(4))}, "two blocks"),
        ("network", {"kinds": ["strong"]}, "cannot be drawn"),
        ("network", {"left": "none"}, "no column none"),
    ],
)
def test_what_cannot_be_drawn_is_refused(name, change, message):
    if name == "timeline" and "kind" in change:
        more = pd.concat([EVENTS.assign(label=f"{place}") for place in range(6)], ignore_index=True)
        change = {"data": more, **change}
    with pytest.raises(ValueError, match=message):
        figure_of(name, **change)
