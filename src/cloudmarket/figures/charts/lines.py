"""Lines over time: steps by default, because a price holds until it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.marks import (
    LABEL_POINTS,
    Name,
    day_number,
    halo,
    names_right,
    number_axis,
    require,
)
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

Gap = tuple[str, str, str]
"""First day, last day and printed reason of a period without data."""


def lines(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    x: str,
    y: str,
    series: str,
    low: str | None = None,
    high: str | None = None,
    step: bool = True,
    log: bool = False,
    zero: bool = True,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
    gaps: Sequence[Gap] = (),
    markers: bool = False,
) -> Callable[[], None]:
    """Draw one line per series over dates, its name at its end.

    Parameters
    ----------
    data : DataFrame
        One row per series and date. A missing value breaks the line: nothing is drawn between its neighbours.
    x, y, series : str
        Columns: date, measure, series.
    low, high : str, optional
        Columns with the ends of an interval, drawn as a band.
    step : bool
        True where a value holds until the next date; False for straight lines between observations.
    log, zero : bool
        Logarithmic scale; or a linear one from zero. With ``zero=False`` the figure says that it does not.
    gaps : sequence of (first day, last day, reason)
        Periods without data, shaded and named.
    markers : bool
        Whether to mark each observation.

    Returns
    -------
    callable
        Writes the names. It is called once the plot has its final size, because names are kept apart by
        their height.

    Raises
    ------
    ValueError
        If a column is missing, or there are more series than can be told apart.
    """
    require(data, x, y, series, low, high)
    frame = data.assign(**{x: pd.to_datetime(data[x])}).sort_values([series, x], kind="stable")
    chosen = theme.styles(data[series], labels)
    for key, style in chosen.items():
        rows = frame[frame[series] == key]
        _line(axes, rows, style, theme, (x, y, low, high), step=step, markers=markers)
    axes.margins(x=0.01)
    number_axis(axes, theme, "y", log=log, fmt=fmt, zero=zero)
    for first, last, reason in gaps:
        _shade(axes, theme, first, last, reason)
    axes.grid(visible=False, axis="x")
    return partial(_name, axes, frame, theme, chosen, (x, y, series))


def _line(
    axes: Axes,
    rows: pd.DataFrame,
    style: Style,
    theme: Theme,
    columns: tuple[str, str, str | None, str | None],
    *,
    step: bool,
    markers: bool,
) -> None:
    x, y, low, high = columns
    colour = style.colour(theme.variant)
    if low and high:
        axes.fill_between(
            rows[x],
            rows[low].astype(float),
            rows[high].astype(float),
            step="post" if step else None,
            color=colour,
            alpha=0.16,
            lw=0,
        )
    axes.plot(
        rows[x],
        rows[y].astype(float),
        drawstyle="steps-post" if step else "default",
        color=colour,
        linestyle=style.dash,
        marker=style.marker if markers or len(rows) == 1 else None,
        markersize=4,
    )


def _shade(axes: Axes, theme: Theme, first: str, last: str, reason: str) -> None:
    start, end = (day_number(pd.Timestamp(day)) for day in (first, last))
    axes.axvspan(start, end, color=theme.shade, zorder=0, lw=0)
    axes.text(
        (start + end) / 2, 0.99, reason, transform=axes.get_xaxis_transform(), ha="center", va="top",
        size=7.5, color=theme.muted, path_effects=halo(theme),
    )  # fmt: skip


def _name(
    axes: Axes,
    frame: pd.DataFrame,
    theme: Theme,
    chosen: Mapping[object, Style],
    columns: tuple[str, str, str],
) -> None:
    """Name each line at its end: beside the plot where it reaches the edge, else where it stops."""
    x, y, series = columns
    seen = frame.dropna(subset=[y])
    ends = seen.groupby(series, sort=False).last()
    edge = seen[x].max() - 0.04 * (seen[x].max() - seen[x].min())
    beside = []
    for key, style in chosen.items():
        if key not in ends.index:
            continue
        day = cast(pd.Timestamp, ends.at[key, x])
        place, value = day_number(day), float(cast(float, ends.at[key, y]))
        colour = style.colour(theme.variant)
        if day >= edge:
            beside.append(Name(style.label, place, value, colour))
        else:
            axes.annotate(
                style.label, (place, value), (4, 0), textcoords="offset points", va="center",
                size=LABEL_POINTS, color=colour, path_effects=halo(theme),
            )  # fmt: skip
    names_right(axes, beside)
