"""Small multiples: the same line chart once per facet, on shared axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D

from cloudmarket.figures.charts.lines import lines
from cloudmarket.figures.charts.marks import printed, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme


def facets(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    facet: str,
    columns: int = 3,
    labels: Mapping[str, str] | None = None,
    **options: Any,
) -> None:
    """Draw one :func:`lines` chart per value of ``facet``, in the order of the data, all on the same scales.

    Parameters
    ----------
    data : DataFrame
        As for :func:`lines`, with one more column.
    facet : str
        Column that splits the data.
    columns : int
        Panels in a row.
    **options
        Options of :func:`lines`.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require(data, facet, options["x"], options["y"], options["series"])
    axes.set_axis_off()
    keys = list(dict.fromkeys(data[facet]))
    scaled = bool(options.get("log")) or not options.get("zero", True)
    panels = _panels(axes, len(keys), columns)
    for panel, key in zip(panels, keys, strict=True):
        own = _with_all(data[data[facet] == key], data[options["series"]], options["series"], options["y"])
        lines(panel, own, theme, labels=labels, **options)
        panel.tick_params(labelsize=7.5)
        locator = AutoDateLocator(minticks=2, maxticks=5)  # type: ignore[no-untyped-call]
        panel.xaxis.set_major_locator(locator)
        formatter = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
        panel.xaxis.set_major_formatter(formatter)
        panel.set_title(printed(key, labels), loc="left", size=9, weight="bold", pad=15 if scaled else 5)
    _share(panels)
    lift = text_size(axes, "m")[1] if scaled else 0.0
    _key(axes, theme, theme.styles(data[options["series"]], labels).values(), lift)


def _with_all(own: pd.DataFrame, series: pd.Series, name: str, measure: str) -> pd.DataFrame:
    """Add a row without a value for each series that a panel lacks, so that all panels give a series one style."""
    keys = list(dict.fromkeys(series))
    if set(keys) == set(own[name]):
        return own
    blank = pd.concat([own.head(1)] * len(keys), ignore_index=True)
    blank[name], blank[measure] = keys, float("nan")
    return pd.concat([blank, own], ignore_index=True)


def _key(axes: Axes, theme: Theme, styles: Iterable[Style], lift: float) -> None:
    """Name the lines once for all panels, each name in the colour of its line."""
    handles = [
        Line2D([], [], color=style.colour(theme.variant), linestyle=style.dash, label=style.label) for style in styles
    ]
    axes.legend(
        handles=handles, labelcolor="linecolor", frameon=False, ncols=5, loc="lower left", handlelength=3,
        bbox_to_anchor=(0, 1 + lift), borderpad=0, borderaxespad=0,
    )  # fmt: skip


def _panels(axes: Axes, count: int, columns: int) -> list[Axes]:
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    ticks, line = text_size(axes, "00.000")[0], text_size(axes, "m")[1]
    width, height = 1 / columns - ticks, 1 / rows - 4.2 * line
    if width <= 0 or height <= 0:
        raise ValueError(f"{count} facets in {columns} columns leave no room to draw: use fewer, or a larger size")
    panels = []
    for place in range(count):
        down, across = divmod(place, columns)
        left = across / columns + ticks
        panels.append(axes.inset_axes((left, 1 - (down + 1) / rows + 1.6 * line, width, height)))
    return panels


def _share(panels: list[Axes]) -> None:
    """Give all panels the widest limits, so that they can be compared."""
    for get, put in (("get_xlim", "set_xlim"), ("get_ylim", "set_ylim")):
        limits = [getattr(panel, get)() for panel in panels]
        for panel in panels:
            getattr(panel, put)(min(low for low, _ in limits), max(high for _, high in limits))
