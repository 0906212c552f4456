"""Two charts side by side, each of its own part of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.marks import require, text_size
from cloudmarket.figures.theme import Theme

Chart = Callable[..., Callable[[], None] | None]
Spot = tuple[str, Chart, Mapping[str, Any], tuple[float, float]]
"""Value of the part, chart, its options, and the left and right end of its plot as fractions of the width."""


def beside(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    part: str,
    charts: Sequence[Spot],
    titles: Mapping[str, str],
) -> Callable[[], None]:
    """Draw a chart of each part of the data, next to each other.

    Parameters
    ----------
    data : DataFrame
        Rows of all parts; columns that a part has none of are missing in it.
    part : str
        Column that tells them apart.
    charts : sequence
        What is drawn of each part, and where; the ends leave room for labels.
    titles : mapping
        By part: the measure of its chart.

    Returns
    -------
    callable
        Finishes the charts, once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, or a part has no rows.
    """
    require(data, part)
    axes.set_axis_off()
    head = 2.2 * text_size(axes, "m")[1]
    finishers = []
    for name, chart, options, (left, right) in charts:
        rows = data[data[part] == name].dropna(axis="columns", how="all").reset_index(drop=True)
        if rows.empty:
            raise ValueError(f"part {name!r} has no rows to draw")
        spot = axes.inset_axes((left, 0.06, right - left, 0.94 - head))
        finishers.append(chart(spot, rows, theme, **options))
        axes.text(left, 1, titles[name], transform=axes.transAxes, size=9, weight="bold", va="top", color=theme.ink)
        spot.tick_params(labelsize=8)

    def finish() -> None:
        for one in finishers:
            if one is not None:
                one()

    return finish
