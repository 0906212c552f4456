"""Strips: one row per category, a stroke for each day on which something happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.patches import Patch

from cloudmarket.figures.charts.marks import LABEL_POINTS, printed, require
from cloudmarket.figures.theme import Theme

_HALF = 0.36
_THIN = 0.7


def strips(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    x: str,
    category: str,
    series: str,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a stroke per row of the data; categories in the order of the data, the first at the top.

    Parameters
    ----------
    data : DataFrame
        One row per stroke.
    x, category, series : str
        Columns: a date, the row it stands in, and what the colour of the stroke means. Later series are drawn over
        earlier ones.

    Returns
    -------
    callable
        Names the colours; it is called once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, or there are more series than can be told apart.
    """
    require(data, x, category, series)
    rows = {key: place for place, key in enumerate(dict.fromkeys(data[category]))}
    places = data[category].map(rows)
    days = date2num(data[x].dt.to_pydatetime())  # type: ignore[no-untyped-call]
    chosen = theme.styles(data[series], labels)
    axes.hlines(range(len(rows)), days.min(), days.max(), color=theme.grid, lw=0.8, zorder=1)
    for key, style in chosen.items():
        mine = (data[series] == key).to_numpy()
        low, high = places[mine] - _HALF, places[mine] + _HALF
        axes.vlines(days[mine], low, high, color=style.colour(theme.variant), lw=_THIN, zorder=2)
    axes.set_yticks(range(len(rows)), [printed(key, labels) for key in rows], color=theme.ink)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.01)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]

    def named() -> None:
        handles = [Patch(color=style.colour(theme.variant), label=style.label) for style in chosen.values()]
        axes.legend(
            handles=handles, labelcolor="linecolor", frameon=False, ncols=4, loc="lower left", handlelength=0.6,
            handleheight=1, bbox_to_anchor=(0, 1), borderpad=0.2, borderaxespad=0, fontsize=LABEL_POINTS,
        )  # fmt: skip

    return named
