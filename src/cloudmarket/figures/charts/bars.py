"""Horizontal bars from zero, plain or stacked, with their values written at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from cloudmarket.figures.charts.marks import (
    LABEL_POINTS,
    Name,
    names_above,
    number,
    number_axis,
    printed,
    require,
)
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme


def bars(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    category: str,
    part: str | None = None,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a bar per category, in the order of the data, the first at the top; bars always start at zero.

    Parameters
    ----------
    data : DataFrame
        One row per category, or per category and part; a missing value gives the words "not known".
    value, category : str
        Columns: measure and bar. A category that is a seller has the seller's colour.
    part : str, optional
        Column of the parts to stack; the sum is written at the end, the parts' names stand above.

    Returns
    -------
    callable
        Writes the names of the parts; it is called once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, a category without parts repeats, or a stacked value is negative or missing.
    """
    require(data, value, category, part)
    rows = {key: place for place, key in enumerate(dict.fromkeys(data[category]))}
    axes.set_yticks(range(len(rows)), [printed(key, labels) for key in rows], color=theme.ink)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    names: list[Name] = []
    if part is None:
        ends = _plain(axes, data, theme, value, category, rows)
    else:
        ends, names = _stacked(axes, data, theme, (value, category, part), rows, labels)
    axes.margins(x=0.02)
    number_axis(axes, theme, "x", log=False, fmt=fmt)
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=theme.muted, lw=1)
    for place, end in ends.items():
        known = not pd.isna(end)
        axes.annotate(
            number(end, fmt) if known else "not known",
            (end if known else 0, place),
            (-4 if known and end < 0 else 4, 0),
            textcoords="offset points",
            ha="right" if known and end < 0 else "left",
            va="center",
            size=LABEL_POINTS,
            color=theme.ink if known else theme.muted,
        )
    # Names joined to parts of several bars would cross the bars between them.
    is_in_first = all(name.y < 0 for name in names)
    return partial(names_above if is_in_first else _key, axes, names)


def _key(axes: Axes, names: list[Name]) -> None:
    """Name the parts above the plot, each beside a patch of its colour."""
    handles = [Patch(color=name.colour, label=name.text) for name in names]
    axes.legend(
        handles=handles, labelcolor="linecolor", frameon=False, ncols=3, loc="lower left", handlelength=1,
        handleheight=1, bbox_to_anchor=(0, 1), borderpad=0.2, borderaxespad=0, fontsize=LABEL_POINTS,
    )  # fmt: skip


def _plain(
    axes: Axes, data: pd.DataFrame, theme: Theme, value: str, category: str, rows: Mapping[object, int]
) -> dict[int, float]:
    if data[category].duplicated().any():
        raise ValueError(f"column {category} repeats: name the column of the parts to stack them")
    ends = {}
    for key, length in zip(data[category], data[value].astype(float), strict=True):
        seller = SELLERS.get(str(key))
        colour = seller.colour(theme.variant) if seller else theme.muted
        axes.barh(rows[key], 0 if pd.isna(length) else length, height=0.68, color=colour)
        ends[rows[key]] = length
    return ends


def _stacked(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    columns: tuple[str, str, str],
    rows: Mapping[object, int],
    labels: Mapping[str, str] | None,
) -> tuple[dict[int, float], list[Name]]:
    value, category, part = columns
    if data[value].isna().any() or (data[value] < 0).any():
        raise ValueError(f"column {value} has missing or negative values: they cannot be stacked")
    ends = dict.fromkeys(rows.values(), 0.0)
    names: dict[object, Name] = {}
    chosen = theme.styles(data[part], labels)
    for key, style in chosen.items():
        colour = style.colour(theme.variant)
        for row in data[data[part] == key].to_dict("records"):
            place, length = rows[row[category]], float(row[value])
            axes.barh(place, length, 0.68, ends[place], color=colour, ec=theme.background, lw=0.8)
            if length > 0 and (key not in names or place - 0.34 < names[key].y):
                names[key] = Name(style.label, ends[place] + length / 2, place - 0.34, colour)
            ends[place] += length
    return ends, list(names.values())
