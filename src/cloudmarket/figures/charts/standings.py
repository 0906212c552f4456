"""Standings: indicators of very different units in one picture, each against the middle one, right being better."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from cloudmarket.figures.charts.marks import LABEL_POINTS, number, places_in_blocks, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_APART = 0.30
_SMALL = 7.5
_INSIDE = 1.05


def standings(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    low: str,
    high: str,
    category: str,
    block: str,
    series: str,
    words: str,
    limits: tuple[float, float] = (0.25, 4.0),
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a row per indicator with a mark and a range per series, on a logarithmic scale; values in words beside.

    Parameters
    ----------
    data : DataFrame
        One row per indicator and series, in order of blocks, indicators and series. What lies off the scale is drawn as
        an arrow at its end; what has no value has words alone.
    value, low, high : str
        Columns: times the middle one, and its range.
    category, block, series, words : str
        Columns: indicator, heading above it, what is told apart by colour, value as printed on the right.
    limits : (low, high)
        Ends of the scale.

    Raises
    ------
    ValueError
        If a column is missing, or the words leave no room.
    """
    require(data, value, low, high, category, block, series, words)
    axes.set_axis_off()
    chosen = theme.styles(data[series], labels)
    places, headings = places_in_blocks(data, category, block)
    gap, line = text_size(axes, "m")[0], text_size(axes, "m")[1]
    left = max(text_size(axes, str(name))[0] for name in places) + gap
    # A name in bold letters is about a sixth wider than it is measured.
    columns = [max(text_size(axes, word, _SMALL)[0] for word in (f"{style.label}mm", *data[words][data[series] == key]))
               + gap for key, style in chosen.items()]  # fmt: skip
    if left + sum(columns) > 0.8:
        raise ValueError("the words leave no room to draw: shorten names or values, or use a wider size")
    spot = axes.inset_axes((left, 2.4 * line, 1 - left - sum(columns) - gap, 1 - 4.0 * line))
    _set_up(spot, theme, places, headings, limits)
    step = _APART / max(len(chosen) - 1, 1)
    for at, (key, style) in enumerate(chosen.items()):
        rows = data[data[series] == key]
        heights = rows[category].map(places) + at * step - _APART / 2
        for height, *estimate in zip(heights, rows[value], rows[low], rows[high], strict=True):
            _mark(spot, float(height), estimate, limits, style, style.colour(theme.variant))
    ends = 1 + gap / (1 - left - sum(columns) - gap) + np.cumsum(columns) / (1 - left - sum(columns) - gap)
    for end, (key, style) in zip(ends, chosen.items(), strict=True):
        rows = data[data[series] == key]
        _say(spot, -0.9, style.label, float(end), style.colour(theme.variant), "bold")
        for name, word in zip(rows[category], rows[words], strict=True):
            _say(spot, places[name], str(word), float(end), style.colour(theme.variant), "normal")


def _set_up(
    spot: Axes, theme: Theme, places: dict[str, float], headings: dict[str, float], limits: tuple[float, float]
) -> None:
    spot.set_xscale("log")
    spot.set_xlim(limits)
    spot.set_ylim(max(places.values()) + 0.6, -0.55)
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0) if limits[0] <= tick <= limits[1]]
    spot.xaxis.set_major_locator(FixedLocator(ticks))
    spot.xaxis.set_minor_locator(NullLocator())
    spot.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: number(tick)))
    spot.set_xlabel("times the middle one, on a logarithmic scale; right is better", size=_SMALL, color=theme.muted)
    spot.set_yticks(list(places.values()), list(places), color=theme.ink, size=LABEL_POINTS)
    spot.tick_params(axis="x", labelsize=_SMALL)
    spot.grid(visible=False, axis="y")
    spot.axvline(1.0, color=theme.muted, lw=1, zorder=1)
    for heading, place in headings.items():
        spot.axhspan(place - 0.45, place + 0.45, color=theme.shade, lw=0, zorder=1.5)
        spot.annotate(heading, (0.01, place), xycoords=("axes fraction", "data"), va="center", size=LABEL_POINTS,
                      weight="bold", color=theme.ink, zorder=4)  # fmt: skip


def _mark(
    spot: Axes, height: float, estimate: list[float], limits: tuple[float, float], style: Style, colour: str
) -> None:
    value, low, high = estimate
    if np.isnan(value):
        return
    bottom, top = limits
    shown = np.clip([low, high], bottom, top)
    spot.plot(shown, [height, height], color=colour, lw=2.2, alpha=0.45, solid_capstyle="butt", zorder=2)
    side = "<" if value <= bottom else ">" if value >= top else style.marker
    # An arrow stands inside the plot: beyond it are the names of the rows.
    at = np.clip(value, bottom * _INSIDE, top / _INSIDE)
    spot.plot(at, height, side, color=colour, ms=4.5, zorder=3, clip_on=False)


def _say(spot: Axes, height: float, word: str, end: float, colour: str, weight: str) -> None:
    spot.annotate(
        word, (end, height), xycoords=("axes fraction", "data"), ha="right", va="center", size=_SMALL, color=colour,
        weight=weight, annotation_clip=False,
    )  # fmt: skip
