"""Forest: one row per study, an estimate with its interval per series, rows in named blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from cloudmarket.figures.charts.marks import LABEL_POINTS, number_axis, places_in_blocks, require
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_APART = 0.34


def forest(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    low: str,
    high: str,
    category: str,
    series: str,
    block: str,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
    reference: float = 0.0,
) -> Callable[[], None]:
    """Draw estimates with intervals: a row per category within its block, series one below the other.

    Parameters
    ----------
    data : DataFrame
        One row per category and series; blocks, categories and series in the order of the data.
    value, low, high, category, series, block : str
        Columns: estimate, ends of its interval, name of the row, what is told apart by colour, heading above the rows.
    reference : float
        Value to compare with, drawn as a line.

    Returns
    -------
    callable
        Names the series, once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, an estimate is outside its interval, or a category is in two blocks.
    """
    require(data, value, low, high, category, series, block)
    if ((data[value] < data[low]) | (data[value] > data[high])).any():
        raise ValueError(f"an estimate in column {value} lies outside its interval [{low}, {high}]")
    if (data.groupby(category)[block].nunique() > 1).any():
        raise ValueError(f"a row of column {category} stands in two blocks of column {block}")
    chosen = theme.styles(data[series], labels)
    places, headings = places_in_blocks(data, category, block)
    step = _APART / max(len(chosen) - 1, 1)
    for at, (key, style) in enumerate(chosen.items()):
        mine = data[data[series] == key]
        heights = mine[category].map(places) + (at * step - (_APART / 2 if len(chosen) > 1 else 0))
        _marks(axes, mine, heights, style, theme, (value, low, high))
    axes.axvline(reference, color=theme.ink, lw=1, zorder=1)
    axes.set_yticks(list(places.values()), list(places), color=theme.ink, size=8)
    for heading, place in headings.items():
        axes.annotate(heading, (0, place), xycoords=("axes fraction", "data"), va="center", size=LABEL_POINTS,
                      weight="bold", color=theme.ink)  # fmt: skip
        axes.axhspan(place - 0.5, place + 0.5, color=theme.shade, lw=0, zorder=0)
    axes.set_ylim(max(places.values()) + 0.7, -0.6)
    axes.margins(x=0.03)
    axes.grid(visible=False, axis="y")
    number_axis(axes, theme, "x", log=False, fmt=fmt, zero=False)

    def named() -> None:
        handles = [Line2D([], [], color=one.colour(theme.variant), marker=one.marker, ms=5, label=one.label)
                   for one in chosen.values()]  # fmt: skip
        axes.legend(handles=handles, labelcolor="linecolor", frameon=False, ncols=3, loc="lower left",
                    bbox_to_anchor=(0, 1), borderpad=0.2, borderaxespad=0, fontsize=LABEL_POINTS)  # fmt: skip

    return named


def _marks(
    axes: Axes, rows: pd.DataFrame, heights: pd.Series, style: Style, theme: Theme, columns: tuple[str, str, str]
) -> None:
    value, low, high = columns
    colour = style.colour(theme.variant)
    axes.hlines(heights, rows[low].astype(float), rows[high].astype(float), color=colour, lw=1.4, alpha=0.7, zorder=2)
    axes.plot(rows[value].astype(float), heights, style.marker, color=colour, ms=5, zorder=3)
