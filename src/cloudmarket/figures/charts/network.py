"""Network: who is tied to whom, two columns of names and a line per tie, one panel per time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from cloudmarket.figures.charts.marks import LABEL_POINTS, printed, require, text_size
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme

STROKES: tuple[tuple[float, Any], ...] = ((4.0, "-"), (1.8, "-"), (1.8, (0, (4, 1.6))), (0.9, (0, (1, 1.4))))
"""Width and dash of a kind of tie, strongest first."""
_BETWEEN = 0.04


def network(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    panel: str,
    left: str,
    right: str,
    kind: str,
    kinds: Sequence[str],
    panels: Sequence[str],
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a panel per time: names on the left tied to names on the right, in the colour of the right one.

    Parameters
    ----------
    data : DataFrame
        One row per tie.
    panel, left, right, kind : str
        Columns: panel, the two ends, kind of tie. Names keep the order in which the data show them.
    kinds : sequence of str
        All kinds, strongest first; several between the same two names are drawn side by side.
    panels : sequence of str
        All panels in order; one without a tie shows its title alone.

    Returns
    -------
    callable
        Draws all, once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, a kind is unknown, or there are more kinds than strokes.
    """
    require(data, panel, left, right, kind)
    strange = sorted(set(data[kind]) - set(kinds))
    if strange or len(kinds) > len(STROKES):
        raise ValueError(f"kinds of tie that cannot be drawn: {strange or kinds}; at most {len(STROKES)}, all named")
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    frame = data.rename(columns={panel: "panel", left: "left", right: "right", kind: "kind"})
    return partial(_draw, axes, frame, theme, list(kinds), list(panels), labels)


def _draw(
    axes: Axes, frame: pd.DataFrame, theme: Theme, kinds: list[str], panels: list[str], labels: Mapping[str, str] | None
) -> None:
    lefts = _heights(list(dict.fromkeys(frame.left)))
    rights = _heights(list(dict.fromkeys(frame.right)))
    line = text_size(axes, "m")[1]
    top = 1 - 3.4 * line
    names = (
        [text_size(axes, printed(key, labels) + "m")[0] for key in lefts],
        [text_size(axes, printed(key, labels) + "m")[0] for key in rights],
    )
    room = 1 / len(panels)
    for place, title in enumerate(panels):
        begin, end = place * room + max(names[0]), (place + 1) * room - max(names[1]) - _BETWEEN
        axes.text(place * room, 1 - 1.9 * line, title, size=9, weight="bold", va="center")
        own = frame[frame.panel == title]
        _panel(axes, own, theme, kinds, (begin, end, top), lefts, rights, labels)
    handles = [
        Line2D([], [], color=theme.ink, lw=width, ls=dash, label=kind)
        for kind, (width, dash) in zip(kinds, STROKES, strict=False)
    ]
    axes.legend(handles=handles, frameon=False, ncols=len(kinds), loc="upper left", bbox_to_anchor=(0, 1.02),
                borderpad=0, borderaxespad=0, handlelength=2.6, fontsize=LABEL_POINTS,
                labelcolor=theme.ink)  # fmt: skip


def _panel(
    axes: Axes,
    own: pd.DataFrame,
    theme: Theme,
    kinds: list[str],
    box: tuple[float, float, float],
    lefts: Mapping[str, float],
    rights: Mapping[str, float],
    labels: Mapping[str, str] | None,
) -> None:
    begin, end, top = box
    for (one, other), rows in own.groupby(["left", "right"], sort=False):
        ordered = sorted(rows.kind, key=kinds.index)
        shifts = (np.arange(len(ordered)) - (len(ordered) - 1) / 2) * 0.013
        for shift, kind in zip(shifts, ordered, strict=True):
            width, dash = STROKES[kinds.index(kind)]
            heights = [lefts[str(one)] * top + shift, rights[str(other)] * top + shift]
            colour = _colour(other, theme)
            axes.plot([begin, end], heights, lw=width, ls=dash, color=colour, solid_capstyle="butt", zorder=2)
    for names, x, align, shift in ((lefts, begin, "right", -0.008), (rights, end, "left", 0.008)):
        column = own.left if align == "right" else own.right
        for key, height in names.items():
            tied = key in set(column)
            colour = theme.ink if align == "right" else _colour(key, theme)
            axes.text(x + shift, height * top, printed(key, labels), ha=align, va="center", size=LABEL_POINTS,
                      color=colour if tied else theme.muted, alpha=1 if tied else 0.55)  # fmt: skip


def _colour(key: object, theme: Theme) -> str:
    style = SELLERS.get(str(key))
    return style.colour(theme.variant) if style else theme.muted


def _heights(names: list[str]) -> dict[str, float]:
    """Return the height of each name, the first at the top, in fractions of the panel."""
    return {name: 1 - (place + 0.5) / len(names) for place, name in enumerate(names)}
