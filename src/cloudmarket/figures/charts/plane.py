"""Plane: few units on a map without meaningful axes, each with the region that resampling gives it, and arrows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from scipy import stats

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, printed, require
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
) -> None:
    """Draw points with the ellipse of their resamples, and arrows from the centre.

    Parameters
    ----------
    data : DataFrame
        One row per point (``kind`` is ``unit``), resample of a point (``draw``) and arrow (``arrow``).
    kind, name, x, y : str
        Columns; both axes have one scale.

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
    _arrows(axes, data[data[kind] == ARROW], theme, (name, x, y), labels)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.12)
    axes.axhline(0, color=theme.grid, lw=0.8, zorder=0)
    axes.axvline(0, color=theme.grid, lw=0.8, zorder=0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _region(axes: Axes, draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]], colour: str) -> None:
    values, vectors = np.linalg.eigh(np.cov(draws.T))
    width, height = 2 * np.sqrt(np.clip(values[::-1], 0, None) * stats.chi2.ppf(LEVEL, 2))
    angle = float(np.degrees(np.arctan2(vectors[1, -1], vectors[0, -1])))
    centre = draws.mean(axis=0)
    axes.add_patch(
        Ellipse((float(centre[0]), float(centre[1])), width, height, angle=angle, color=colour, alpha=0.18, lw=0)
    )
    axes.plot(*draws[:150].T, ".", color=colour, ms=1.5, alpha=0.35, zorder=2)


def _arrows(
    axes: Axes,
    rows: pd.DataFrame,
    theme: Theme,
    columns: tuple[str, str, str],
    labels: Mapping[str, str] | None,
) -> None:
    name, x, y = columns
    for key, across, up in zip(rows[name], rows[x].astype(float), rows[y].astype(float), strict=True):
        axes.annotate("", (across, up), (0, 0), arrowprops={"arrowstyle": "->", "color": theme.muted, "lw": 1.2}, zorder=3)
        axes.annotate(
            printed(key, labels), (across, up), (4 if across >= 0 else -4, 0), textcoords="offset points",
            ha="left" if across >= 0 else "right", va="bottom" if up >= 0 else "top", size=LABEL_POINTS,
            color=theme.muted, path_effects=halo(theme), zorder=4,
        )  # fmt: skip
        # A text outside the data does not widen the axes; its arrow's end does.
        axes.plot(across, up, alpha=0)
