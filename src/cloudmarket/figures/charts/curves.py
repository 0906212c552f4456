"""Curves of a share over days since something began, where each day is known only to an interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from cloudmarket.figures.charts.marks import LABEL_POINTS, number_axis, printed, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme


def curves(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    after: str,
    by: str,
    value: str,
    series: str,
    low: str | None = None,
    high: str | None = None,
    facet: str | None = None,
    until: Mapping[str, float] | float | None = None,
    unit: str = "days",
    fmt: str = "{:.0f}%",
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw one curve per series: level where it is known, slanted where the rise lies somewhere in an interval.

    Parameters
    ----------
    data : DataFrame
        One row per series and interval (after, by]: the curve has risen to ``value`` at ``by`` and is not known
        between. It ends with the last row that has a value; a row in which nothing rises draws it out to there.
    after, by, value, series : str
        Columns: ends of the interval, in units of time since the beginning, the share, and whose it is.
    low, high : str, optional
        Columns with the ends of a pointwise band.
    facet : str, optional
        Column that splits the data into panels side by side, in the order of the data.
    until : number or mapping of facet to number, optional
        Where the axis of time ends.

    Raises
    ------
    ValueError
        If a column is missing, or a curve falls.
    """
    require(data, after, by, value, series, low, high, facet)
    falls = data.sort_values(by).groupby([data[series], *([data[facet]] if facet else [])])[value].diff() < -1e-9
    if falls.any():
        raise ValueError(f"column {value} falls: it must be the share that has come by then")
    chosen = theme.styles(data[series], labels)
    keys = list(dict.fromkeys(data[facet])) if facet else [None]
    panels = _panels(axes, len(keys)) if facet else [axes]
    for panel, key in zip(panels, keys, strict=True):
        rows = data if key is None else data[data[facet] == key]
        end = until.get(str(key)) if isinstance(until, Mapping) else until
        for name, style in chosen.items():
            own = rows[(rows[series] == name) & rows[value].notna()].sort_values(by)
            _curve(panel, own, style, theme, (after, by, value, low, high))
        _set_up(panel, theme, end, unit, fmt)
        if key is not None:
            panel.set_title(printed(key, labels), loc="left", size=9, weight="bold", pad=5)
    _key(axes, theme, chosen)


def _curve(
    axes: Axes, rows: pd.DataFrame, style: Style, theme: Theme, columns: tuple[str, str, str, str | None, str | None]
) -> None:
    """Draw a curve and its band; it is at zero before its first interval and ends with its last."""
    after, by, value, low, high = columns
    colour = style.colour(theme.variant)
    if rows.empty:
        return
    starts, ends, shares = (rows[name].to_numpy(dtype=float) for name in (after, by, value))
    x = np.column_stack([np.maximum(starts, 0), np.maximum(ends, 0)]).ravel()
    y = np.column_stack([np.concatenate([[0.0], shares[:-1]]), shares]).ravel()
    axes.plot(x, y, color=colour, linestyle=style.dash)
    if low and high:
        band = rows[rows[low].notna() & rows[high].notna()]
        at, bottom, top = (band[name].to_numpy(dtype=float) for name in (by, low, high))
        axes.fill_between(np.maximum(at, 0), bottom, top, step="post", color=colour, alpha=0.13, lw=0)


def _set_up(axes: Axes, theme: Theme, end: float | None, unit: str, fmt: str) -> None:
    axes.set_xlim(0, end)
    axes.set_ylim(0, 100)
    number_axis(axes, theme, "y", log=False, fmt=fmt)
    axes.set_xlabel(unit, size=8, color=theme.muted, loc="right")
    axes.tick_params(labelsize=8)
    axes.grid(visible=False, axis="x")


def _panels(axes: Axes, count: int) -> list[Axes]:
    axes.set_axis_off()
    ticks, line = text_size(axes, "100% ")[0], text_size(axes, "m")[1]
    width = 1 / count
    return [
        axes.inset_axes((place * width + ticks, 2.6 * line, width - 1.6 * ticks, 1 - 4.6 * line))
        for place in range(count)
    ]


def _key(axes: Axes, theme: Theme, chosen: Mapping[object, Style]) -> None:
    handles = [
        Line2D([], [], color=style.colour(theme.variant), linestyle=style.dash, label=style.label)
        for style in chosen.values()
    ]
    axes.legend(
        handles=handles, labelcolor="linecolor", frameon=False, ncols=5, loc="lower left", handlelength=3,
        bbox_to_anchor=(0, 1), borderpad=0.2, borderaxespad=0, fontsize=LABEL_POINTS,
    )  # fmt: skip
