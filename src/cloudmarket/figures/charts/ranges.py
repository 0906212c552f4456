"""Ranges: what a figure may be, from its least to its largest value, one row per statement; no point in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, number, number_axis, require
from cloudmarket.figures.theme import Theme


def ranges(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    low: str,
    high: str,
    category: str,
    group: str,
    references: Sequence[tuple[float, str]] = (),
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a bar from the least to the largest value per row, the first at the top, with both ends written.

    Parameters
    ----------
    data : DataFrame
        One row per statement.
    low, high, category, group : str
        Columns: ends of the range, words beside it, and what the colour means, named in the plot at its first row.
    references : sequence of (value, name)
        Values to compare with, drawn through all rows.

    Raises
    ------
    ValueError
        If a column is missing, an end is, or a range is upside down.
    """
    require(data, low, high, category, group)
    if data[[low, high]].isna().any(axis=None) or (data[low] > data[high]).any():
        raise ValueError(f"columns {low} and {high} are no ranges: an end is missing, or they are upside down")
    chosen = theme.styles(data[group], labels)
    axes.set_yticks(range(len(data)), list(data[category]), color=theme.ink)
    axes.set_ylim(len(data) - 0.4, -0.6)
    for place, row in enumerate(data.to_dict("records")):
        colour = chosen[row[group]].colour(theme.variant)
        axes.barh(place, row[high] - row[low], 0.5, row[low], color=colour, alpha=0.75)
        for end, side, align in ((row[low], -3, "right"), (row[high], 3, "left")):
            axes.annotate(
                number(end, fmt), (end, place), (side, 0), textcoords="offset points", ha=align, va="center",
                size=LABEL_POINTS - 1, color=theme.ink, path_effects=halo(theme),
            )  # fmt: skip
    begin = {name: place for place, name in reversed(list(enumerate(data[group])))}
    for name, place in begin.items():
        style = chosen[name]
        if place:
            axes.axhline(place - 0.5, color=theme.muted, lw=0.6)
        axes.text(
            0.995, place, style.label, transform=axes.get_yaxis_transform(), ha="right", va="center", weight="bold",
            size=LABEL_POINTS, color=style.colour(theme.variant), path_effects=halo(theme),
        )  # fmt: skip
    for count, (value, name) in enumerate(references):
        axes.axvline(value, color=theme.ink, lw=1, linestyle=(0, (3, 2)), zorder=1)
        # Names of neighbours lean away from each other.
        axes.annotate(
            name, (value, 1), (-3 if count == 0 < len(references) - 1 else 3, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right" if count == 0 < len(references) - 1 else "left",
            size=LABEL_POINTS, color=theme.ink, annotation_clip=False,
        )  # fmt: skip
    axes.grid(visible=False, axis="y")
    number_axis(axes, theme, "x", log=False, fmt=fmt)
    # Room for the number at the longest bar and for the name of the group.
    axes.set_xlim(axes.get_xlim()[0], 1.2 * float(data[high].max()))
