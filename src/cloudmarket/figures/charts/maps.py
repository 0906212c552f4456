"""Maps: places on the boundaries of countries, areas kept true, one marker per place and seller."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from cloudmarket.figures.boundaries import Country, project
from cloudmarket.figures.charts.marks import LABEL_POINTS, figure_of, require
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

Fill = Literal["full", "left", "none"]
Window = tuple[float, float, float, float]

EUROPE: Window = (-1720.0, -1560.0, 1400.0, 1400.0)
"""West, south, east and north (km from the centre of the projection): from Portugal to the Baltic states."""
_POINTS = 7.0
_DARKER = 0.16
_APART = 1.3
"""Centres of markers are at least this many marker widths apart."""


def maps(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    longitude: str,
    latitude: str,
    series: str,
    country: str,
    state: str,
    fills: Mapping[str, Fill],
    countries: Sequence[Country],
    window: Window = EUROPE,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw a marker per row of the data on the map; members of the European Union are shaded darker.

    Markers that would cover each other are moved apart, each to the nearest free place, and joined to where it belongs.

    Parameters
    ----------
    data : DataFrame
        One row per marker.
    longitude, latitude, series, country, state : str
        Columns: place (degrees), what colour and shape stand for (as a rule the seller), code of the country, in whose
        middle a marker without a place is put, and what the fill says.
    fills : mapping
        Value of ``state`` to fill, in the order of the key: ``full``, ``left`` (half) or ``none``.
    countries : sequence of Country
        Outlines, see :func:`cloudmarket.figures.boundaries.europe`.
    window : (west, south, east, north)
        What is shown, in km from the centre of the projection.

    Returns
    -------
    callable
        Draws markers and key. It is called once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, a state has no fill, or a place lies outside the window.
    """
    require(data, longitude, latitude, series, country, state)
    strange = sorted(set(data[state]) - set(fills))
    if strange:
        raise ValueError(f"no fill for the state {strange[0]!r}: there are {', '.join(fills)}")
    middles = {one.code: one.middle for one in countries}
    where = np.array([middles.get(code, (np.nan, np.nan)) for code in data[country]], dtype=float).reshape(-1, 2)
    known = data[[longitude, latitude]].to_numpy(dtype=float)
    placed = np.where(np.isnan(known), where, known)
    x, y = project(placed[:, 0], placed[:, 1])
    west, south, east, north = window
    outside = ~((x > west) & (x < east) & (y > south) & (y < north))
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"{data[series].iloc[first]} at {placed[first][0]:.1f}, {placed[first][1]:.1f} lies outside the map"
        )
    _background(axes, theme, countries)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    places = np.column_stack([x, y])
    chosen = theme.styles(data[series], labels)
    shown = data[[series, state]].set_axis(["series", "state"], axis=1)
    return partial(_mark, axes, theme, places, shown, chosen, fills, labels)


def _background(axes: Axes, theme: Theme, countries: Sequence[Country]) -> None:
    for country in countries:
        for ring in country.rings:
            outline = np.column_stack(project(ring[:, 0], ring[:, 1]))
            colour = _members(theme) if country.is_eu else theme.shade
            axes.add_patch(Polygon(outline, facecolor=colour, edgecolor=theme.background, lw=0.6, zorder=1))


def _members(theme: Theme) -> tuple[float, ...]:
    """Return the colour of members: grey between the grid's and the small print's."""
    from_, to = (np.array(to_rgb(colour)) for colour in (theme.grid, theme.muted))
    return tuple(from_ + _DARKER * (to - from_))


def _mark(
    axes: Axes,
    theme: Theme,
    places: NDArray[np.float64],
    data: pd.DataFrame,
    chosen: Mapping[object, Style],
    fills: Mapping[str, Fill],
    labels: Mapping[str, str] | None,
) -> None:
    low, high = axes.get_xlim()
    width = _POINTS * figure_of(axes).dpi / 72 * (high - low) / axes.get_window_extent().width
    moved = apart(places, _APART * width)
    for (x, y), (to_x, to_y), key, state in zip(places, moved, data["series"], data["state"], strict=True):
        colour = chosen[key].colour(theme.variant)
        if np.hypot(to_x - x, to_y - y) > width / 2:
            axes.plot([x, to_x], [y, to_y], color=theme.muted, lw=0.5, zorder=2)
        axes.plot(to_x, to_y, **_style(chosen[key].marker, colour, fills[state], theme), zorder=3)
    _key(axes, theme, chosen, fills, labels)


def apart(places: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    """Move each place, in order, to the nearest point of a ring around it that is ``distance`` from those before.

    Parameters
    ----------
    places : array, (n, 2)
    distance : float

    Returns
    -------
    array, (n, 2)
    """
    turns = np.arange(0, 2 * np.pi, np.pi / 12)
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    tried = np.vstack([[[0.0, 0.0]], *(step * distance / 2 * circle for step in range(1, 60))])
    free: list[NDArray[np.float64]] = []
    for place in places:
        candidates = place + tried
        if free:
            gaps = np.hypot(*(candidates[:, None, :] - np.array(free)[None]).transpose(2, 0, 1)).min(axis=1)
            candidates = candidates[gaps >= distance * (1 - 1e-9)]
        free.append(candidates[0])
    return np.array(free).reshape(-1, 2)


def _style(marker: str, colour: str, fill: Fill, theme: Theme) -> dict[str, Any]:
    """Return how a marker is drawn; its edge is its colour, so that an empty one is seen."""
    return {
        "marker": marker, "ls": "none", "ms": _POINTS, "mec": colour, "mew": 1.1,
        "fillstyle": "left" if fill == "left" else "full",
        "mfc": theme.background if fill == "none" else colour, "markerfacecoloralt": theme.background,
    }  # fmt: skip


def _key(
    axes: Axes,
    theme: Theme,
    chosen: Mapping[object, Style],
    fills: Mapping[str, Fill],
    labels: Mapping[str, str] | None,
) -> None:
    sellers = [
        Line2D([], [], label=one.label, **_style(one.marker, one.colour(theme.variant), "full", theme))
        for one in chosen.values()
    ]
    states = [
        Line2D([], [], label=(labels or {}).get(key, key), **_style("o", theme.ink, fill, theme))
        for key, fill in fills.items()
    ]
    options: dict[str, Any] = {"fontsize": LABEL_POINTS, "handletextpad": 0.4, "borderaxespad": 0.3, "framealpha": 0.85,
                               "facecolor": theme.background, "edgecolor": "none"}  # fmt: skip
    first = axes.legend(handles=sellers, labelcolor="mec", loc="upper left", ncols=2, columnspacing=1, **options)
    axes.add_artist(first)
    axes.legend(handles=states, labelcolor=theme.ink, loc="lower right", **options)
