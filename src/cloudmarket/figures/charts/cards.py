"""Cards: findings one below the other, each a sentence with its number and range on a scale of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cloudmarket.figures.canvas import wrap
from cloudmarket.figures.charts.marks import LABEL_POINTS, require
from cloudmarket.figures.theme import Theme

_POINTS = 9.5
_LEADING = 1.3
# Of the height of a card, from its top: where the scale lies, where its ends are written.
_SCALE, _ENDS = 0.6, 0.82
_LEFT, _RIGHT = 0.03, 0.97
_MARGIN_INCHES = 0.5
_PERCENT = "percent"
# Numbers closer than this would touch; the value is written first.
_APART = 0.11


def cards(
    axes: Axes, data: pd.DataFrame, theme: Theme, *, statement: str, value: str, low: str, high: str, unit: str
) -> None:
    """Draw a card per row of the data, the first at the top.

    Parameters
    ----------
    data : DataFrame
        One row per finding. An end that is missing is open: the range fades out there; without both there is a point.
    statement, value, low, high, unit : str
        Columns: the sentence, its number, the ends of its interval, what they are counted in (printed as told).

    Raises
    ------
    ValueError
        If a column is missing, or a value lies outside its own interval.
    """
    require(data, statement, value, low, high, unit)
    if ((data[value] < data[low]) | (data[value] > data[high])).any():
        raise ValueError("a value lies outside its own interval")
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(data), 0)
    width = axes.figure.get_figure(root=True).get_size_inches()[0] - _MARGIN_INCHES
    for place, row in enumerate(data.to_dict("records")):
        lines = wrap(row[statement], width, _POINTS, bold=True)
        axes.text(
            0, place + 0.05, "\n".join(lines), va="top", size=_POINTS, weight="bold", color=theme.ink,
            linespacing=_LEADING,
        )  # fmt: skip
        _scale(axes, theme, place, float(row[value]), float(row[low]), float(row[high]), row[unit])


def _scale(axes: Axes, theme: Theme, place: int, value: float, low: float, high: float, unit: str) -> None:
    """Draw the number and its range on a line that contains zero, with both ends written below it."""
    least, most = np.nanmin([0.0, low, value]), np.nanmax([0.0, high, value])
    if unit == _PERCENT and least == 0:
        most = max(most, 100.0)
    span = most - least or 1.0
    height = place + _SCALE

    def at(number: float) -> float:
        return float(_LEFT + (_RIGHT - _LEFT) * (number - least) / span)

    axes.plot([_LEFT, _RIGHT], [height, height], color=theme.muted, lw=0.8, zorder=1)
    axes.plot([at(0)], [height], marker="|", color=theme.muted, ms=7, zorder=1)
    begin, end = (at(value if np.isnan(edge) else edge) for edge in (low, high))
    axes.plot([begin, end], [height, height], color=theme.ramp[1], lw=6, alpha=0.35, solid_capstyle="butt", zorder=2)
    axes.plot([at(value)], [height], marker="o", color=theme.ramp[1], ms=6, zorder=3)
    texts = {0.0: "0", value: f"{_printed(value)} {unit}"}
    texts |= {edge: _printed(edge) for edge in (low, high) if not np.isnan(edge) and edge not in texts}
    taken: list[float] = []
    for number in sorted(texts, key=lambda each: each != value):
        if all(abs(at(number) - other) > _APART for other in taken):
            taken.append(at(number))
            side = "left" if at(number) < 0.1 else "right" if at(number) > 0.9 else "center"
            axes.text(
                at(number), place + _ENDS, texts[number], ha=side, va="center", size=LABEL_POINTS,
                color=theme.ink if number == value else theme.muted,
            )  # fmt: skip


def _printed(value: float) -> str:
    digits = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
