"""Plane: few units on a map without meaningful axes, each with the region that resampling gives it, and arrows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from scipy import stats

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, printed, require, spread, text_size
from cloudmarket.figures.theme import Theme

UNIT, DRAW, ARROW = "unit", "draw", "arrow"
LEVEL = 0.9
"""Share of the resamples that an ellipse holds, were they normal."""


def plane(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    kind: str,
    name: str,
    x: str,
    y: str,
    labels: Mapping[str, str] | None = None,
) -> Callable[[], None]:
    """Draw points with the ellipse of their resamples, and arrows from the centre.

    Parameters
    ----------
    data : DataFrame
        One row per point (``kind`` is ``unit``), resample of a point (``draw``) and arrow (``arrow``).
    kind, name, x, y : str
        Columns; both axes have one scale.

    Returns
    -------
    callable
        Names the arrows, once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing or there is no point.
    """
    require(data, kind, name, x, y)
    points = data[data[kind] == UNIT]
    if points.empty:
        raise ValueError(f"no row has the kind {UNIT!r}: there is nothing to map")
    chosen = theme.styles(points[name], labels)
    for key, style in chosen.items():
        own = data[(data[name] == key) & (data[kind] == DRAW)]
        colour = style.colour(theme.variant)
        if len(own) > 2:
            _region(axes, own[[x, y]].to_numpy(dtype="float64"), colour)
        at = points[points[name] == key]
        axes.plot(at[x], at[y], style.marker, color=colour, ms=9, zorder=4)
        axes.annotate(
            style.label, (float(at[x].iloc[0]), float(at[y].iloc[0])), (9, 7), textcoords="offset points", size=10,
            weight="bold", color=colour, path_effects=halo(theme), zorder=5,
        )  # fmt: skip
    arrows = data[data[kind] == ARROW].rename(columns={name: "name", x: "x", y: "y"})
    for across, up in zip(arrows.x.astype(float), arrows.y.astype(float), strict=True):
        axes.annotate(
            "", (across, up), (0, 0), arrowprops={"arrowstyle": "->", "color": theme.muted, "lw": 1.2}, zorder=3
        )
        # A text outside the data does not widen the axes; its arrow's end does.
        axes.plot(across, up, alpha=0)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.12)
    axes.axhline(0, color=theme.grid, lw=0.8, zorder=0)
    axes.axvline(0, color=theme.grid, lw=0.8, zorder=0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    return partial(_name, axes, arrows, theme, labels)


def _region(axes: Axes, draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]], colour: str) -> None:
    values, vectors = np.linalg.eigh(np.cov(draws.T))
    width, height = 2 * np.sqrt(np.clip(values[::-1], 0, None) * stats.chi2.ppf(LEVEL, 2))
    angle = float(np.degrees(np.arctan2(vectors[1, -1], vectors[0, -1])))
    centre = draws.mean(axis=0)
    axes.add_patch(
        Ellipse((float(centre[0]), float(centre[1])), width, height, angle=angle, color=colour, alpha=0.18, lw=0)
    )
    axes.plot(*draws[:150].T, ".", color=colour, ms=1.5, alpha=0.35, zorder=2)


def _name(axes: Axes, arrows: pd.DataFrame, theme: Theme, labels: Mapping[str, str] | None) -> None:
    """Write the names of arrows beyond their ends, those of each side kept apart."""
    to_axes = axes.transData + axes.transAxes.inverted()
    ends = to_axes.transform(arrows[["x", "y"]].to_numpy(dtype="float64"))
    line, gap = 1.1 * text_size(axes, "m")[1], 0.6 * text_size(axes, "m")[0]
    for is_right in (True, False):
        own = np.flatnonzero((arrows.x.to_numpy(dtype="float64") >= 0) == is_right)
        beyond = ends[own, 1] + np.where(arrows.y.to_numpy(dtype="float64")[own] >= 0, line / 2, -line / 2)
        if not len(own):
            continue
        heights = spread(list(beyond), [line] * len(own), 0.0, 1.0)
        for place, height in zip(own, heights, strict=True):
            # Of arrows that end side by side, no name stands on the other's tip.
            beside = ends[own[np.abs(ends[own, 1] - ends[place, 1]) < 2 * line], 0]
            at = beside.max() + gap if is_right else beside.min() - gap
            axes.annotate(
                printed(arrows["name"].iloc[place], labels), (at, height),
                xycoords="axes fraction", ha="left" if is_right else "right", va="center", size=LABEL_POINTS,
                color=theme.muted, path_effects=halo(theme), zorder=5, annotation_clip=False,
            )  # fmt: skip
