"""Dots: categories by value, one marker per seller, so that equal prices are seen to be equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from cloudmarket.figures.charts.marks import Name, figure_of, names_above, number_axis, printed, require
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_TOUCH = 0.014
"""Markers closer than this share of the axis cover each other and are drawn one above the other."""
_POINTS = 6.5


def dots(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    category: str,
    series: str,
    log: bool = False,
    zero: bool = True,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a row per category, in the order of the data, the first at the top, with a marker per series.

    Parameters
    ----------
    data : DataFrame
        One row per category and series; a missing value has no marker.
    value, category, series : str
        Columns: measure, row, and what the markers stand for (as a rule the seller).
    log, zero : bool
        Logarithmic scale; or a linear one from zero. With ``zero=False`` the figure says that it does not.

    Returns
    -------
    callable
        Draws markers and names. It is called once the plot has its final size, because markers that would
        cover each other are drawn one above the other.

    Raises
    ------
    ValueError
        If a column is missing, or there are more series than can be told apart.
    """
    require(data, value, category, series)
    rows = {key: place for place, key in enumerate(dict.fromkeys(data[category]))}
    seen = data.dropna(subset=[value]).assign(_row=lambda frame: frame[category].map(rows))
    chosen = theme.styles(data[series], labels)
    _set_up(
        axes,
        theme,
        seen[value].astype(float),
        [printed(key, labels) for key in rows],
        log=log,
        zero=zero,
        fmt=fmt,
    )
    span = seen.groupby("_row")[value].agg(["min", "max"]).astype(float)
    axes.hlines(span.index, span["min"], span["max"], color=theme.muted, lw=1.0, alpha=0.6)
    return partial(
        _mark, axes, seen[[value, "_row", series]].set_axis(["value", "row", "series"], axis=1), theme, chosen
    )


def _mark(axes: Axes, seen: pd.DataFrame, theme: Theme, chosen: Mapping[object, Style]) -> None:
    values = seen["value"].to_numpy(dtype=float)
    heights = _apart(axes, values, seen["row"].to_numpy(dtype=float))
    names = []
    for key, style in chosen.items():
        mine = (seen["series"] == key).to_numpy()
        if not mine.any():
            continue
        colour = style.colour(theme.variant)
        axes.plot(values[mine], heights[mine], style.marker, color=colour, ms=_POINTS, mec=theme.background, mew=0.6)
        top = np.flatnonzero(mine)[np.argmin(heights[mine])]
        names.append(Name(style.label, float(values[top]), float(heights[top]), colour))
    names_above(axes, names)


def _set_up(
    axes: Axes,
    theme: Theme,
    values: pd.Series[float],
    rows: list[str],
    *,
    log: bool,
    zero: bool,
    fmt: str | None,
) -> None:
    axes.set_yticks(range(len(rows)), rows, color=theme.ink)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    if log:
        axes.set_xscale("log")
    axes.update_datalim(np.column_stack([values, np.zeros(len(values))]), updatey=False)
    axes.margins(x=0.05)
    axes.autoscale_view(scaley=False)
    number_axis(axes, theme, "x", log=log, fmt=fmt, zero=zero)


def _apart(axes: Axes, values: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return heights at which markers of (nearly) the same value in a row stand one above the other."""
    points = axes.transData.transform(np.column_stack([values, rows]))
    box = axes.get_window_extent()
    places = points[:, 0] / box.width
    row_height = box.height / abs(np.subtract(*axes.get_ylim()))
    marker = _POINTS * figure_of(axes).dpi / 72 / row_height
    heights = rows.copy()
    for row in np.unique(rows):
        members = np.flatnonzero(rows == row)
        members = members[np.argsort(places[members], kind="stable")]
        breaks = np.flatnonzero(np.diff(places[members]) > _TOUCH) + 1
        for group in np.split(members, breaks):
            offsets = np.arange(len(group)) - (len(group) - 1) / 2
            heights[group] += offsets * min(marker, 0.8 / len(group))
    return heights
