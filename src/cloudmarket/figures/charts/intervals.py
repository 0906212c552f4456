"""Estimates with their intervals: a point with a range, one row per category."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.marks import LABEL_POINTS, number, number_axis, printed, require
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme


def intervals(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    low: str,
    high: str,
    category: str,
    seller: str | None = None,
    log: bool = False,
    zero: bool = False,
    reference: tuple[float, str] | None = None,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a point with a range per row of the data, the first at the top, the point's value above it.

    Parameters
    ----------
    data : DataFrame
        One row per estimate; rows of the same category share a line name only if they differ in ``seller``.
    value, low, high, category : str
        Columns: estimate, ends of its interval, name of the row.
    seller : str, optional
        Column of seller codes that give colour and marker; without it a category that is a seller does.
    reference : (value, name), optional
        A value to compare with, drawn as a line through all rows.

    Raises
    ------
    ValueError
        If a column is missing, or an estimate lies outside its own interval.
    """
    require(data, value, low, high, category, seller)
    known = data.dropna(subset=[value])
    if ((known[value] < known[low]) | (known[value] > known[high])).any():
        raise ValueError(f"an estimate in column {value} lies outside its interval [{low}, {high}]")
    axes.set_yticks(range(len(data)), [printed(key, labels) for key in data[category]], color=theme.ink)
    axes.set_ylim(len(data) - 0.4, -0.7)
    if log:
        axes.set_xscale("log")
    keys = data[seller] if seller else data[category]
    for place, (key, row) in enumerate(zip(keys, data.to_dict("records"), strict=True)):
        _row(axes, theme, place, key, tuple(float(row[column]) for column in (value, low, high)), fmt)
    if reference:
        axes.axvline(reference[0], color=theme.ink, lw=1, zorder=1)
        axes.annotate(
            reference[1], (reference[0], 1), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", size=LABEL_POINTS, color=theme.ink,
            annotation_clip=False,
        )  # fmt: skip
    axes.margins(x=0.06)
    number_axis(axes, theme, "x", log=log, fmt=fmt, zero=zero)


def _row(axes: Axes, theme: Theme, place: int, key: object, estimate: tuple[float, ...], fmt: str | None) -> None:
    value, low, high = estimate
    if np.isnan(value):
        axes.annotate(
            "not known",
            (0.01, place),
            xycoords=("axes fraction", "data"),
            va="center",
            size=LABEL_POINTS,
            color=theme.muted,
        )
        return
    style = SELLERS.get(str(key))
    colour = style.colour(theme.variant) if style else theme.muted
    axes.plot([low, high], [place, place], color=colour, lw=5, alpha=0.35, solid_capstyle="butt")
    axes.plot(value, place, style.marker if style else "o", color=colour, ms=7)
    axes.annotate(
        number(value, fmt), (value, place), (0, 6), textcoords="offset points", ha="center", size=LABEL_POINTS
    )
