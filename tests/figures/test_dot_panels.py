"""Dots in panels, and one style per series in all panels of small multiples."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT

CAPTIONS = Captions("A finding", "USD per hour", "A note.", "Source: x.")


def chips() -> pd.DataFrame:
    rows = [
        (panel, chip, cloud, base * factor if (panel, chip) != ("per PFLOP-hour", "L4") else np.nan)
        for panel, factor in (("per hour", 1.0), ("per PFLOP-hour", 3.0))
        for chip, base in (("H100", 7.0), ("L4", 0.8), ("A100 40GB", 3.0))
        for cloud in ("aws", "gcp")
    ]
    return pd.DataFrame(rows, columns=["panel", "chip", "cloud", "usd"])


CHART = partial(charts.dot_panels, facet="panel", value="usd", category="chip", series="cloud", log=True)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_rows_are_named_once_and_every_panel_has_all(theme) -> None:  # type: ignore[no-untyped-def]
    figure = draw(partial(CHART, data=chips(), theme=theme), CAPTIONS, theme, (9.0, 3.0))
    words = [text.get_text() for text in visible_texts(figure)]
    assert [words.count(name) for name in ("H100", "L4", "A100 40GB")] == [1, 1, 1]
    assert [words.count(name) for name in ("per hour", "per PFLOP-hour")] == [1, 1]
    # The names of the clouds stand above the first panel alone.
    assert [words.count(name) for name in ("AWS", "Google Cloud")] == [1, 1]
    panels = figure.axes[0].child_axes
    assert [len(panel.get_yticks()) for panel in panels] == [3, 3]
    markers = [sum(len(line.get_xdata()) for line in panel.lines) for panel in panels]
    assert markers == [6, 4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (chips().drop(columns="usd"), "usd"),
        (chips().assign(usd=lambda rows: rows.usd.where(rows.panel == "per hour")), "has no value"),
    ],
)
def test_faults(data: pd.DataFrame, message: str) -> None:
    figure, axes = plt.subplots()
    with pytest.raises(ValueError, match=message):
        CHART(axes, data, LIGHT)
    plt.close(figure)


def test_a_series_has_one_style_in_all_panels() -> None:
    days = pd.date_range("2024-01-01", periods=3, freq="MS")
    rows = [(panel, name, day, 1.0) for panel, names in (("a", "xy"), ("b", "yz")) for name in names for day in days]
    data = pd.DataFrame(rows, columns=["panel", "name", "day", "value"])
    figure, axes = plt.subplots()
    charts.facets(axes, data, LIGHT, facet="panel", x="day", y="value", series="name")
    colour = [
        {line.get_color() for line in panel.lines if len(line.get_ydata()) and not np.isnan(line.get_ydata()).all()}
        for panel in axes.child_axes
    ]
    order = list(LIGHT.styles(data["name"], None).values())
    named = [style.colour("light") for style in order]
    assert colour == [{named[0], named[1]}, {named[1], named[2]}]
    plt.close(figure)
