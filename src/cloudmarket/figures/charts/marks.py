"""What several charts share: printed numbers, names beside their marks, remarks on the scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from cloudmarket.figures.measure import text_width
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme

LABEL_POINTS = 8.5


@dataclass(frozen=True, slots=True)
class Name:
    """A name to write beside the mark it belongs to, at ``x`` and ``y`` of the data."""

    text: str
    x: float
    y: float
    colour: str


def number(value: float, fmt: str | None = None) -> str:
    """Print a number: by ``fmt`` (as ``"{:,.2f}"``), or with three significant digits and no exponent."""
    if fmt is not None:
        text = fmt.format(value)
    elif value == 0:
        text = "0"
    else:
        decimals = max(0, 2 - int(np.floor(np.log10(abs(value)))))
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\N{MINUS SIGN}")


def require(data: pd.DataFrame, *columns: str | None) -> None:
    """Refuse a frame that lacks a column the chart was told to draw. Raises ValueError."""
    missing = [column for column in columns if column is not None and column not in data.columns]
    if missing:
        raise ValueError(f"the data has no column {', '.join(missing)}; it has {', '.join(map(str, data.columns))}")


def printed(key: object, labels: Mapping[str, str] | None) -> str:
    """Return the name to print for a category: as told, the seller's name, or the key itself."""
    seller = SELLERS.get(str(key))
    return (labels or {}).get(str(key), seller.label if seller else str(key))


def spread(centres: Sequence[float], extents: Sequence[float], low: float, high: float) -> NDArray[np.float64]:
    """Move centres as little as possible (least squares) so that labels of these extents do not overlap.

    The labels keep their order and stay between ``low`` and ``high`` where they fit. With the needed
    distances taken off, this is an isotonic regression, clipped to its bounds.
    """
    order = np.argsort(np.asarray(centres, dtype=float), kind="stable")
    values = np.asarray(centres, dtype=float)[order]
    sizes = np.asarray(extents, dtype=float)[order]
    needed = np.concatenate([[0.0], np.cumsum((sizes[1:] + sizes[:-1]) / 2)])
    fitted = isotonic_regression(values - needed).x
    last = high - sizes[-1] / 2 - needed[-1]
    placed: NDArray[np.float64] = np.clip(fitted, min(low + sizes[0] / 2, last), last) + needed
    result = np.empty_like(placed)
    result[order] = placed
    return result


def text_size(axes: Axes, text: str, points: float = LABEL_POINTS) -> tuple[float, float]:
    """Return width and height of a text as fractions of the axes."""
    figure, box = figure_of(axes), axes.get_window_extent()
    return text_width(figure, text, points) / box.width, 1.25 * points * figure.dpi / 72 / box.height


def figure_of(axes: Axes) -> Figure:
    """Return the figure that holds the axes."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    return figure


def day_number(day: pd.Timestamp) -> float:
    """Return the place of a day on a date axis."""
    return float(date2num(day.to_pydatetime()))  # type: ignore[no-untyped-call]


def names_right(axes: Axes, names: Sequence[Name]) -> None:
    """Write names to the right of the plot at the height of their marks, kept apart."""
    if not names:
        return
    heights = [_fraction(axes, name.x, name.y)[1] for name in names]
    placed = spread(heights, [text_size(axes, name.text)[1] for name in names], -0.02, 1.04)
    for name, height, place in zip(names, heights, placed, strict=True):
        axes.annotate(
            name.text,
            xy=(1, height),
            xytext=(1 + text_size(axes, "mm")[0], place),
            xycoords="axes fraction",
            va="center",
            size=LABEL_POINTS,
            color=name.colour,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": name.colour, "lw": 0.8, "shrinkA": 1, "shrinkB": 0},
        )


def names_above(axes: Axes, names: Sequence[Name]) -> None:
    """Write names above the plot, each joined to its mark, kept apart."""
    if not names:
        return
    places = [_fraction(axes, name.x, name.y)[0] for name in names]
    widths = [text_size(axes, name.text + "mmm")[0] for name in names]
    centres = spread(places, widths, -0.05, 1.0)
    for name, centre in zip(names, centres, strict=True):
        axes.annotate(
            name.text,
            xy=(name.x, name.y),
            xycoords="data",
            xytext=(centre, 1 + text_size(axes, "m")[1] * 0.6),
            textcoords="axes fraction",
            ha="center",
            va="bottom",
            size=LABEL_POINTS,
            color=name.colour,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": name.colour, "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
        )


def halo(theme: Theme) -> list[Any]:
    """Return the outline that keeps a text readable over lines."""
    return [withStroke(linewidth=2.5, foreground=theme.background)]


def number_axis(
    axes: Axes, theme: Theme, which: Literal["x", "y"], *, log: bool, fmt: str | None, zero: bool = True
) -> None:
    """Set up the axis of the measure; say so where it is logarithmic or does not start at zero."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = (axes.get_xlim, axes.set_xlim) if which == "x" else (axes.get_ylim, axes.set_ylim)
    remark = None
    if log:
        _log_axis(axes, which, limits[0], limits[1])
        remark = "logarithmic scale"
    elif zero:
        low, high = limits[0]()
        limits[1](min(low, 0) if low < 0 else 0, max(high, 0))
    elif min(limits[0]()) > 0 or max(limits[0]()) < 0:
        remark = "axis does not start at zero"
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, fmt)))
    if remark:
        _say(axes, theme, which, remark)


def _log_axis(
    axes: Axes, which: str, limits: Callable[[], tuple[float, float]], set_limits: Callable[..., object]
) -> None:
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = limits()
    subs = (1.0, 2.0, 5.0) if np.log10(high / low) < 3 else (1.0,)
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_minor_formatter(NullFormatter())
    axis.set_tick_params(which="minor", length=0)
    set_limits(low, high)


def _say(axes: Axes, theme: Theme, which: str, remark: str) -> None:
    if which == "x":
        axes.set_xlabel(remark, size=7.5, color=theme.muted, loc="left")
    else:
        axes.annotate(
            remark,
            (0, 1),
            (0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            size=7.5,
            color=theme.muted,
        )


def _fraction(axes: Axes, x: float, y: float) -> tuple[float, float]:
    place = axes.transAxes.inverted().transform(axes.transData.transform((x, y)))
    return float(place[0]), float(place[1])


def places_in_blocks(data: pd.DataFrame, category: str, block: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the height of each row and of each block's heading, from the top, in rows."""
    places: dict[str, float] = {}
    headings: dict[str, float] = {}
    height = 0.0
    for name, rows in data.groupby(block, sort=False):
        headings[str(name)] = height
        for key in dict.fromkeys(rows[category]):
            height += 1
            places[str(key)] = height
        height += 1
    return places, headings
