"""Scatter: two measures of the same things, the chosen ones named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, number_axis, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_MARKER = 6.0
_NAME_POINTS = 7.5


def scatter(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    x: str,
    y: str,
    series: str,
    name: str,
    x_label: str,
    y_label: str,
    x_fmt: str | None = None,
    y_fmt: str | None = None,
    x_zero: bool = True,
    y_zero: bool = True,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a marker per row; those with a name have it beside them, where no other name is.

    Parameters
    ----------
    data : DataFrame
        One row per thing.
    x, y, series, name : str
        Columns: the two measures, what colour and marker stand for, and what to write; a missing name is not written.
    x_label, y_label : str
        Measure and unit of each axis.
    x_zero, y_zero : bool
        Whether the axis starts at zero; where it does not the figure says so.

    Returns
    -------
    callable
        Writes the names. It is called once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require(data, x, y, series, name)
    chosen = theme.styles(data[series], labels)
    for key, style in chosen.items():
        rows = data[data[series] == key]
        axes.plot(
            rows[x].astype(float), rows[y].astype(float), style.marker, color=style.colour(theme.variant), ms=_MARKER,
            mec=theme.background, mew=0.6, label=style.label,
        )  # fmt: skip
    axes.margins(x=0.05, y=0.08)
    number_axis(axes, theme, "x", log=False, fmt=x_fmt, zero=x_zero)
    number_axis(axes, theme, "y", log=False, fmt=y_fmt, zero=y_zero)
    axes.set_xlabel(x_label + ("" if x_zero else " (axis does not start at zero)"), size=8, loc="right")
    axes.set_ylabel(y_label, size=8, loc="top")
    axes.legend(
        labelcolor="linecolor", frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0,
        fontsize=LABEL_POINTS, handletextpad=0.2,
    )  # fmt: skip
    seen = data[[x, y, series, name]].set_axis(["x", "y", "series", "name"], axis=1)
    return partial(_name, axes, theme, seen, chosen)


def _name(axes: Axes, theme: Theme, data: pd.DataFrame, chosen: Mapping[object, Style]) -> None:
    """Write each name right, left, above or below its mark: where it covers least of what is there."""
    place = axes.transAxes.inverted().transform(axes.transData.transform(data[["x", "y"]].to_numpy(dtype=float)))
    gap_x, gap_y = text_size(axes, "m", _NAME_POINTS)
    taken: list[tuple[float, ...]] = [
        (px - gap_x / 2, py - gap_y / 3, px + gap_x / 2, py + gap_y / 3) for px, py in place
    ]
    for (px, py), row in zip(place, data.itertuples(index=False), strict=True):
        if not isinstance(row.name, str):
            continue
        width, height = text_size(axes, row.name, _NAME_POINTS)
        corners = [
            (px + gap_x * 0.7, py - height / 2), (px - gap_x * 0.7 - width, py - height / 2),
            (px - width / 2, py + gap_y * 0.5), (px - width / 2, py - gap_y * 0.5 - height),
            (px + gap_x * 0.5, py + gap_y * 0.3), (px + gap_x * 0.5, py - gap_y * 0.3 - height),
        ]  # fmt: skip
        boxes = [(left, bottom, left + width, bottom + height) for left, bottom in corners]
        best = int(np.argmin([_covered(box, taken) for box in boxes]))
        taken.append(boxes[best])
        axes.text(
            *corners[best], row.name, transform=axes.transAxes, size=_NAME_POINTS, va="bottom",
            color=chosen[row.series].colour(theme.variant), path_effects=halo(theme),
        )  # fmt: skip


def _covered(box: tuple[float, ...], taken: list[tuple[float, ...]]) -> float:
    """Return the area of a box that others cover, and what of it lies outside the plot."""
    covered = sum(
        max(0.0, min(box[2], one[2]) - max(box[0], one[0])) * max(0.0, min(box[3], one[3]) - max(box[1], one[1]))
        for one in taken
    )
    outside = max(0.0, -box[0]) + max(0.0, box[2] - 1) + max(0.0, -box[1]) + max(0.0, box[3] - 1)
    return covered + outside
