"""Dots in panels: the same categories by several measures, each on its own scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.dots import dots
from cloudmarket.figures.charts.marks import printed, require, text_size
from cloudmarket.figures.theme import Theme


def dot_panels(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    facet: str,
    value: str,
    category: str,
    series: str,
    log: bool = False,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw one :func:`dots` chart per value of ``facet`` side by side; the names of the rows stand once, at the left.

    Parameters
    ----------
    data : DataFrame
        As for :func:`dots`, with one more column. A category without a value in a panel has an empty row there.
    facet : str
        Column that splits the data into panels, in the order of the data; each has its own scale.
    value, category, series, log, fmt, labels
        As of :func:`dots`.

    Returns
    -------
    callable
        Draws markers and names once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, a panel has no value, or there are more series than can be told apart.
    """
    require(data, facet, value, category, series)
    keys = list(dict.fromkeys(data[facet]))
    rows = list(dict.fromkeys(data[category]))
    empty = [key for key in keys if data.loc[data[facet] == key, value].isna().all()]
    if empty:
        raise ValueError(f"panel {empty[0]!r} has no value: leave it out")
    axes.set_axis_off()
    finish = []
    panels = _panels(axes, rows, len(keys), labels)
    for place, (panel, key) in enumerate(zip(panels, keys, strict=True)):
        own = data[data[facet] == key]
        blank = pd.DataFrame({category: rows, series: own[series].iloc[0], value: float("nan")})
        part = pd.concat([blank, own[[category, series, value]]], ignore_index=True)
        finish.append(
            dots(panel, part, theme, value=value, category=category, series=series, log=log, fmt=fmt, labels=labels)
        )
        if place:
            panel.set_yticklabels([])
        panel.set_title(printed(key, labels), loc="left", size=9, weight="bold", pad=26 if log else 16)
    return partial(_all, finish, panels)


def _all(finish: list[Callable[[], None]], panels: list[Axes]) -> None:
    """Draw the markers of all panels; the names of the series stand above the first alone."""
    for one in finish:
        one()
    for text in [text for panel in panels[1:] for text in panel.texts]:
        text.remove()


def _panels(axes: Axes, rows: list[object], count: int, labels: Mapping[str, str] | None) -> list[Axes]:
    """Return axes side by side, with room for the names of the rows at the left and titles above."""
    names = max(text_size(axes, printed(row, labels) + "  ", 10)[0] for row in rows)
    line = text_size(axes, "m")[1]
    gap = 0.04
    width = (1 - names - gap * (count - 1)) / count
    if width <= 0.1:
        raise ValueError(f"{count} panels leave no room beside the names: use fewer, or a larger size")
    return [
        axes.inset_axes((names + place * (width + gap), 1.6 * line, width, 1 - 5.2 * line)) for place in range(count)
    ]
