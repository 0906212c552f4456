"""Estimates with their intervals side by side: one panel per group, the same rows and the same scale in each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, number, number_axis, printed, require, text_size
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme


def estimates(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    low: str,
    high: str,
    category: str,
    facet: str,
    series: str | None = None,
    log: bool = False,
    reference: float | None = None,
    limits: tuple[float, float] | None = None,
    ticks: tuple[float, ...] | None = None,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a point with a range per row of the data, the value written above it.

    Parameters
    ----------
    data : DataFrame
        One row per category and facet. Without a value but with both ends, the range alone is drawn; without either,
        the words "not known". An estimate without a range has no sampling error to show.
    value, low, high, category, facet : str
        Columns: estimate, ends of its interval, row, panel; both in the order of the data.
    series : str, optional
        Column that gives colours, to sellers their own; without it a panel that is a seller does.
    log : bool
        Logarithmic scale; else one that starts where the data do.
    reference : float, optional
        A value drawn as a line through all panels.
    limits : (low, high), optional
        Ends of the scale; a range that goes beyond them ends in an arrow.
    ticks : floats, optional
        Where the scale is marked.

    Raises
    ------
    ValueError
        If a column is missing, a category repeats within a panel, or an estimate lies outside its own interval.
    """
    require(data, value, low, high, category, facet, series)
    if data.duplicated([category, facet]).any():
        twice = data.loc[data.duplicated([category, facet]), category].iloc[0]
        raise ValueError(f"{twice!r} has two rows in one panel")
    if ((data[value] < data[low]) | (data[value] > data[high])).any():
        raise ValueError(f"an estimate in column {value} lies outside its interval [{low}, {high}]")
    axes.set_axis_off()
    rows = list(dict.fromkeys(data[category]))
    columns = ["value", "low", "high", "row", "facet", "series"]
    tidy = data[[value, low, high, category, facet, series or facet]].set_axis(columns, axis=1)
    chosen = theme.styles(tidy.series, labels) if series else {}
    ends = limits or _limits(tidy, log=log)
    panels = list(dict.fromkeys(tidy.facet))
    width = max(text_size(axes, printed(row, labels))[0] for row in rows) + text_size(axes, "mm")[0]
    each, gap, line = (1 - width) / len(panels), text_size(axes, "mm")[0], text_size(axes, "m")[1]
    if each <= 2 * gap:
        raise ValueError("the row names leave no room to draw: shorten them, or use fewer panels")
    for place, key in enumerate(panels):
        above = 1.8 * line if len(panels) > 1 else 0.0
        panel = axes.inset_axes((width + place * each, 2.6 * line, each - gap, 1 - 2.6 * line - above))
        _set_up(panel, theme, ends, [printed(row, labels) if place == 0 else "" for row in rows], log=log)
        if ticks:
            panel.xaxis.set_major_locator(FixedLocator(ticks))
            panel.xaxis.set_minor_locator(NullLocator())
        if len(panels) > 1:
            panel.set_title(printed(key, labels), loc="left", size=9, weight="bold", color=theme.ink)
        if reference is not None:
            panel.axvline(reference, color=theme.ink, lw=1, zorder=1)
        for row in tidy[tidy.facet == key].to_dict("records"):
            style = chosen.get(row["series"]) or SELLERS.get(str(key))
            colour = style.colour(theme.variant) if style else theme.muted
            estimate = (float(row["value"]), float(row["low"]), float(row["high"]))
            _row(panel, theme, rows.index(row["row"]), estimate, ends, colour, fmt)


def _limits(tidy: pd.DataFrame, *, log: bool) -> tuple[float, float]:
    values = tidy[["value", "low", "high"]].to_numpy(dtype="float64")
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if log:
        return low / 1.3, high * 1.3
    pad = 0.08 * ((high - low) or 1.0)
    return low - pad, high + pad


def _set_up(panel: Axes, theme: Theme, ends: tuple[float, float], names: list[str], *, log: bool) -> None:
    panel.set_yticks(range(len(names)), names, color=theme.ink)
    panel.set_ylim(len(names) - 0.4, -0.7)
    if log:
        panel.set_xscale("log")
    panel.set_xlim(ends)
    number_axis(panel, theme, "x", log=log, fmt=None, zero=False)
    panel.set_xlim(ends)
    panel.tick_params(labelsize=7.5, axis="x")
    panel.grid(visible=False, axis="y")


def _row(
    panel: Axes,
    theme: Theme,
    place: int,
    estimate: tuple[float, float, float],
    ends: tuple[float, float],
    colour: str,
    fmt: str | None,
) -> None:
    value, low, high = estimate
    if np.isnan(value) and np.isnan(low):
        panel.annotate(
            "not known", (0.03, place), xycoords=("axes fraction", "data"), va="center", size=LABEL_POINTS,
            color=theme.muted,
        )  # fmt: skip
        return
    if not np.isnan(low):
        shown = max(low, ends[0]), min(high, ends[1])
        panel.plot(shown, [place, place], color=colour, lw=5, alpha=0.35, solid_capstyle="butt")
        for beyond, side, arrow in ((low < ends[0], 0.0, "<"), (high > ends[1], 1.0, ">")):
            if beyond:
                panel.plot(side, place, arrow, color=colour, ms=5, transform=panel.get_yaxis_transform(), clip_on=False)
    text = f"{number(low, fmt)} to {number(high, fmt)}" if np.isnan(value) else number(value, fmt)
    at = float(np.sqrt(low * high)) if np.isnan(value) else value
    if not np.isnan(value):
        panel.plot(value, place, "o", color=colour, ms=5.5)
    panel.annotate(
        text, (at, place), (0, 5), textcoords="offset points", ha="center", size=7.5, color=theme.ink,
        path_effects=halo(theme),
    )  # fmt: skip
