"""Intervals side by side: words inside and apart, ends that go further, values without ends, what is refused."""

import itertools
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding that is said in one sentence", "Price after a year", "A note.", "Source: x.")
COLUMNS = {"value": "value", "low": "low", "high": "high", "category": "variant", "facet": "seller"}
LOG = {"log": True, "reference": 1.0, "limits": (0.1, 2.0), "ticks": (0.1, 0.5, 1.0, 2.0), "fmt": "{:.2f}"}


def estimates() -> pd.DataFrame:
    rows = [
        (seller, variant, value, low, high)
        for seller in ("aws", "azure", "gcp")
        for variant, value, low, high in (
            ("matched", 0.95, 0.9, 1.0),
            ("at equal rating", 0.3, 0.05, 4.0),
            ("a range alone", np.nan, 0.2, 0.8),
            ("a value alone", 0.5, np.nan, np.nan),
            ("nothing", np.nan, np.nan, np.nan),
        )
    ]
    return pd.DataFrame(rows, columns=["seller", "variant", "value", "low", "high"])


def drawn(data: pd.DataFrame, theme=LIGHT, **options: object):
    chart = partial(charts.estimates, data=data, theme=theme, **{**COLUMNS, **options})
    return draw(chart, CAPTIONS, theme, "wide")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "options", [LOG, {"fmt": "{:.2f}"}, {**LOG, "series": "seller"}], ids=["log", "linear", "series"]
)
def test_all_words_are_inside_and_apart(options: dict[str, object], theme) -> None:
    figure = drawn(estimates(), theme, **options)
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in visible_texts(figure)]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for _, box in boxes)
    clashes = [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]
    assert clashes == []


def test_panels_share_one_scale_and_rows_are_named_once() -> None:
    figure = drawn(estimates(), **LOG)
    panels = figure.axes[0].child_axes
    assert [panel.get_xlim() for panel in panels] == [(0.1, 2.0)] * 3
    words = [text.get_text() for text in visible_texts(figure)]
    assert words.count("matched") == 1
    assert {"AWS", "Azure", "Google Cloud"} <= set(words)


def test_what_goes_further_ends_in_an_arrow_and_what_is_unknown_in_words() -> None:
    figure = drawn(estimates(), **LOG)
    marks = [line.get_marker() for line in figure.axes[0].child_axes[0].lines]
    assert (marks.count("<"), marks.count(">")) == (1, 1)
    words = [text.get_text() for text in visible_texts(figure)]
    assert words.count("not known") == 3
    assert words.count("0.20 to 0.80") == 3


def test_one_panel_has_no_title() -> None:
    one = estimates().query("seller == 'aws'").assign(seller="everything")
    assert "everything" not in [text.get_text() for text in visible_texts(drawn(one, **LOG))]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="low"), "no column low"),
        (lambda frame: pd.concat([frame, frame]), "two rows in one panel"),
        (lambda frame: frame.assign(value=9.0), "outside its interval"),
        (lambda frame: pd.concat([frame[:5].assign(seller=f"s{place}") for place in range(60)]), "leave no room"),
    ],
)  # fmt: skip
def test_unsound_data_are_refused(change, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(change(estimates()), **LOG)
