"""A small matrix with its numbers written in, as the overlap of catalogues."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

from cloudmarket.figures.charts.marks import number, printed, require
from cloudmarket.figures.theme import Theme


def heat(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    value: str,
    row: str,
    column: str,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a matrix, rows and columns in the order of the data; a missing cell shows a dash on no colour.

    Parameters
    ----------
    data : DataFrame
        One row per cell.
    value, row, column : str
        Columns: measure (drawn from zero), row and column of the matrix.

    Raises
    ------
    ValueError
        If a column is missing, a cell occurs twice, or a value is negative.
    """
    require(data, value, row, column)
    if (data[value] < 0).any():
        raise ValueError(f"column {value} has negative values: the colour scale of a matrix starts at zero")
    matrix = data.pivot(index=row, columns=column, values=value)
    matrix = matrix.reindex(index=data[row].unique(), columns=data[column].unique())
    numbers = matrix.to_numpy(dtype=float)
    ramp = LinearSegmentedColormap.from_list("ramp", theme.ramp)
    scale = Normalize(0, np.nanmax(numbers) or 1)
    axes.pcolormesh(np.ma.masked_invalid(numbers), cmap=ramp, norm=scale, ec=theme.background, lw=2)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_yticks(np.arange(len(matrix.index)) + 0.5, [printed(key, labels) for key in matrix.index])
    axes.set_xticks(np.arange(len(matrix.columns)) + 0.5, [printed(key, labels) for key in matrix.columns])
    axes.tick_params(length=0, labelcolor=theme.ink, labeltop=True, labelbottom=False)
    for (down, across), cell in np.ndenumerate(numbers):
        known = not np.isnan(cell)
        colour = _ink_on(to_rgb(ramp(scale(cell)))) if known else theme.muted
        text = number(cell, fmt) if known else "–"
        axes.text(across + 0.5, down + 0.5, text, ha="center", va="center", color=colour)


def _ink_on(background: tuple[float, float, float]) -> str:
    """Return black or white, whichever reads better (WCAG relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in background]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#FFFFFF"
