"""What came and what went, month by month: bars up and down from one line, a panel per group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cloudmarket.figures.charts.lines import Gap
from cloudmarket.figures.charts.marks import LABEL_POINTS, day_number, number_axis, printed, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_MONTH, _BAR = pd.Timedelta(days=31), 24


def flows(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    x: str,
    facet: str,
    parts: Mapping[str, str],
    gaps: Sequence[Gap] = (),
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw stacked bars per month, what is positive above the line and what is negative below, on shared axes.

    Parameters
    ----------
    data : DataFrame
        One row per month and facet; a month without a look has no value and no bar.
    x, facet : str
        Columns: first day of the month, and the panel, in the order of the data.
    parts : mapping of column to name
        Columns to stack, from the line outwards, and what they are called.
    gaps : sequence of (first day, last day, reason)
        Periods without data, shaded; named in the first panel.

    Raises
    ------
    ValueError
        If a column is missing, or one has values of both signs.
    """
    require(data, x, facet, *parts)
    mixed = [name for name in parts if (data[name] > 0).any() and (data[name] < 0).any()]
    if mixed:
        raise ValueError(f"column {mixed[0]} has values of both signs: it can stand neither above nor below the line")
    axes.set_axis_off()
    keys = list(dict.fromkeys(data[facet]))
    chosen = theme.styles(parts, parts)
    signs = {name: -1 if (data[name] < 0).any() else 1 for name in parts}
    top, bottom = (data[[name for name in parts if signs[name] == sign]].sum(axis=1) for sign in (1, -1))
    limits = 1.08 * min(float(bottom.min()), 0.0), 1.08 * max(float(top.max()), 1.0)
    for place, (panel, key) in enumerate(zip(_panels(axes, len(keys)), keys, strict=True)):
        _bars(panel, data[data[facet] == key], theme, x, signs, chosen)
        for first, last, reason in gaps:
            _shade(panel, theme, first, last, reason if place == 0 else "")
        panel.set_xlim(data[x].min(), data[x].max() + _MONTH)
        _set_up(panel, theme, limits, printed(key, labels))
    handles = [Patch(color=style.colour(theme.variant), label=style.label) for style in chosen.values()]
    axes.legend(
        handles=handles, labelcolor="linecolor", frameon=False, ncols=3, loc="lower left", handlelength=0.8,
        handleheight=1, bbox_to_anchor=(0, 1), borderpad=0.2, borderaxespad=0, fontsize=LABEL_POINTS,
    )  # fmt: skip


def _panels(axes: Axes, count: int) -> list[Axes]:
    line, ticks = text_size(axes, "m")[1], text_size(axes, "\N{MINUS SIGN}000 ")[0]
    height = 1 / count
    return [
        axes.inset_axes((ticks, 1 - (place + 1) * height + 1.6 * line, 1 - ticks, height - 3.6 * line))
        for place in range(count)
    ]


def _bars(
    axes: Axes, rows: pd.DataFrame, theme: Theme, x: str, signs: Mapping[str, int], chosen: Mapping[object, Style]
) -> None:
    ends = {sign: pd.Series(0.0, index=rows.index) for sign in (1, -1)}
    for name, sign in signs.items():
        values = rows[name].astype(float).fillna(0.0)
        axes.bar(rows[x] + _MONTH / 2, values, _BAR, ends[sign], color=chosen[name].colour(theme.variant), lw=0)
        ends[sign] = ends[sign] + values
    axes.axhline(0, color=theme.muted, lw=1)


def _shade(axes: Axes, theme: Theme, first: str, last: str, reason: str) -> None:
    start, end = (day_number(pd.Timestamp(day)) for day in (first, last))
    axes.axvspan(start, end, color=theme.shade, zorder=0, lw=0)
    axes.text(
        (start + end) / 2, 0.97, reason, transform=axes.get_xaxis_transform(), ha="center", va="top", size=7,
        color=theme.muted,
    )  # fmt: skip


def _set_up(axes: Axes, theme: Theme, limits: tuple[float, float], title: str) -> None:
    number_axis(axes, theme, "y", log=False, fmt="{:.0f}", zero=False)
    axes.set_ylim(limits)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_title(title, loc="left", size=9, weight="bold", pad=3)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    axes.tick_params(labelsize=7.5)
    axes.grid(visible=False, axis="x")
