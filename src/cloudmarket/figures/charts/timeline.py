"""Timeline: what happened between whom, to scale in time, with sums and how sure each entry is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, YearLocator
from matplotlib.lines import Line2D

from cloudmarket.figures.charts.marks import day_number, halo, require, spread, text_size
from cloudmarket.figures.palette import SELLERS
from cloudmarket.figures.theme import Theme

SHAPES = ("o", "s", "D", "^", "P")
_LABEL = 7.5
_SURE = ("A", "B")


def timeline(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    start: str,
    end: str,
    lane: str,
    kind: str,
    label: str,
    evidence: str,
    seller: str,
    labels: Mapping[str, str] | None = None,
    bars: pd.DataFrame | None = None,
    until: pd.Timestamp | None = None,
) -> Callable[[], None]:
    """Draw a mark per row at its time in its lane: shape for the kind, colour for the seller, hollow for evidence C.

    Parameters
    ----------
    data : DataFrame
        One row per event; lanes in the order of the data, the first at the top; kinds in that of ``labels``.
    start, end : str
        Columns: first and last day on which it can have been. Where they differ a stroke joins them.
    lane, kind, label, evidence, seller : str
        Columns: row of the chart, kind of event, text above the mark (may be empty), grade, seller code or other party.
    labels : mapping, optional
        Names to print for kinds.
    bars : DataFrame, optional
        Spans behind the marks: lane, start, end (missing: until the end), text, seller.
    until : Timestamp, optional
        Last day of the axis; by default that of the last mark. Marks of one lane that would cover each other are
        drawn one above the other.

    Returns
    -------
    callable
        Writes the labels and the key, once the plot has its final size.

    Raises
    ------
    ValueError
        If a column is missing, or there are more kinds than shapes.
    """
    require(data, start, end, lane, kind, label, evidence, seller)
    kinds = [key for key in dict.fromkeys([*(labels or {}), *data[kind]]) if key in set(data[kind])]
    if len(kinds) > len(SHAPES):
        raise ValueError(f"{len(kinds)} kinds of event, {len(SHAPES)} can be told apart: group the rare ones")
    shapes = dict(zip(kinds, SHAPES, strict=False))
    lanes = {key: place for place, key in enumerate(dict.fromkeys(data[lane]))}
    rows = data.assign(
        _lane=data[lane].map(lanes),
        _y=data[lane].map(lanes).astype("float64"),
        _from=data[start].map(day_number),
        _to=data[end].map(day_number),
    )
    low, high = float(rows._from.min()), float(rows._to.max())
    high = high if until is None else max(high, day_number(until))
    rows["_y"] += _apart(rows, 0.012 * (high - low))
    axes.hlines(range(len(lanes)), low, high, color=theme.grid, lw=0.8, zorder=1)
    for bar in () if bars is None else bars[bars.lane.isin(lanes)].itertuples():
        _bar(axes, theme, bar, lanes[bar.lane], high)
    for row in rows.to_dict("records"):
        colour = _colour(row[seller], theme)
        face = colour if row[evidence] in _SURE else theme.background
        axes.plot([row["_from"], row["_to"]], [row["_y"]] * 2, color=colour, lw=1.2, zorder=3)
        axes.plot((row["_from"] + row["_to"]) / 2, row["_y"], shapes[row[kind]], color=colour, mfc=face, mew=1.3,
                  ms=6.5, zorder=4)  # fmt: skip
    axes.set_yticks(range(len(lanes)), list(lanes), color=theme.ink)
    axes.set_ylim(len(lanes) - 0.5, -0.75)
    axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    locator = YearLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    axes.grid(visible=False, axis="y")
    return partial(_finish, axes, theme, rows, label, shapes, labels)


def _apart(rows: pd.DataFrame, near: float) -> pd.Series:
    """Return how far each mark is moved so that marks of a lane at nearly the same time do not cover each other."""
    middle = (rows._from + rows._to) / 2
    moved = pd.Series(0.0, index=rows.index)
    for _, lane in middle.sort_values(kind="stable").groupby(rows._lane):
        run = (lane.diff() > near).cumsum()
        for _, close in lane.groupby(run):
            for place, row in enumerate(close.index):
                moved[row] = 0.3 * (place - (len(close) - 1) / 2)
    return moved


def _colour(seller: object, theme: Theme) -> str:
    style = SELLERS.get(str(seller))
    return style.colour(theme.variant) if style else theme.muted


def _bar(axes: Axes, theme: Theme, bar: Any, place: int, last: float) -> None:
    first = day_number(bar.start)
    until = last if pd.isna(bar.end) else day_number(bar.end)
    colour = _colour(bar.seller, theme)
    axes.fill_between([first, until], place - 0.2, place + 0.2, color=colour, alpha=0.22, lw=0, zorder=2)
    axes.vlines(until, place - 0.2, place + 0.2, color=theme.background, lw=1.5, zorder=2)
    axes.annotate(
        bar.text, ((first + until) / 2, place + 0.22), ha="center", va="top", size=6.5, color=colour,
        path_effects=halo(theme), zorder=5,
    )  # fmt: skip


def _finish(
    axes: Axes,
    theme: Theme,
    rows: pd.DataFrame,
    label: str,
    shapes: Mapping[object, str],
    labels: Mapping[str, str] | None,
) -> None:
    """Write the labels of each lane, kept apart, and the key."""
    low, high = axes.get_xlim()
    for _, lane in rows[rows[label] != ""].groupby("_lane"):
        centres = ((lane._from + lane._to) / 2 - low) / (high - low)
        widths = [text_size(axes, f"{text}m", _LABEL)[0] for text in lane[label]]
        for row, at, true in zip(
            lane.to_dict("records"), spread(centres.tolist(), widths, 0, 1.0), centres, strict=True
        ):
            mark, above = row["_y"] - 0.12, row["_lane"] - 0.3
            line = {"arrowstyle": "-", "color": theme.muted, "lw": 0.6, "shrinkA": 0, "shrinkB": 1}
            axes.annotate(
                row[label], (low + true * (high - low), mark), (low + at * (high - low), above), ha="center",
                va="bottom", size=_LABEL, color=theme.ink, path_effects=halo(theme), zorder=6,
                arrowprops=line if abs(at - true) > 0.004 else None,
            )  # fmt: skip
    marks = [
        Line2D(
            [],
            [],
            ls="",
            marker=shape,
            color=theme.ink,
            mfc=theme.ink,
            ms=5.5,
            label=(labels or {}).get(str(kind), str(kind)),
        )
        for kind, shape in shapes.items()
    ]
    marks.append(
        Line2D([], [], ls="", marker="o", color=theme.ink, mfc=theme.background, ms=5.5, label="hollow: evidence C")
    )
    axes.legend(
        handles=marks, frameon=False, ncols=len(marks), loc="lower left", bbox_to_anchor=(0, 1), borderpad=0.2,
        borderaxespad=0, handletextpad=0.2, columnspacing=1.0, fontsize=7.5, labelcolor=theme.ink,
    )  # fmt: skip
