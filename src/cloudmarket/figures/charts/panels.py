"""Panels: a grid of small line charts with marks, each with its own name; lines break where nothing is known."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, number, require, text_size
from cloudmarket.figures.palette import Style
from cloudmarket.figures.theme import Theme

_SMALL = 7.5
_MARK = 3.6


def panels(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    panel: str,
    x: str,
    y: str,
    series: str,
    titles: Mapping[str, str],
    columns: int,
    low: str | None = None,
    high: str | None = None,
    hollow: str | None = None,
    part: str | None = None,
    named: Mapping[str, Mapping[str, str]] | None = None,
    empty: Mapping[str, str] | None = None,
    fmt: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    key: bool = True,
    is_shared: bool = True,
) -> None:
    """Draw a panel per title; observations are marked, and joined only where they follow each other.

    Parameters
    ----------
    data : DataFrame
        One row per panel, series, part and date. A missing value breaks the line, and so does a change of part.
    panel, x, y, series : str
        Columns: panel, date, measure, what the colour means.
    titles : mapping
        Panels in order, with the words above them; one without data says why, as ``empty`` has it.
    columns : int
        Panels in a row.
    low, high : str, optional
        Columns with the ends of a range, drawn as a bar where they differ.
    hollow : str, optional
        Column of booleans: marks drawn hollow, for evidence that is weaker.
    part : str, optional
        Column of parts that are never joined.
    named : mapping, optional
        By panel in which parts are named: by part ``above`` its end, ``high`` above or ``low`` below it, or at its
        ``start``.
    empty, fmt : mapping, optional
        By panel: words in place of data, and format of the numbers.
    key : bool
        Whether the series are named above all panels; else each panel is about one.
    is_shared : bool
        Whether all panels of a row have one scale of the measure.

    Raises
    ------
    ValueError
        If a column is missing, a panel of the data has no title, or there is no room.
    """
    require(data, panel, x, y, series, low, high, hollow, part)
    unnamed = sorted(set(data[panel]) - set(titles))
    if unnamed:
        raise ValueError(f"panel {unnamed[0]!r} of the data has no title")
    axes.set_axis_off()
    chosen = theme.styles(data[series], labels)
    frame = data.assign(**{x: pd.to_datetime(data[x])}).sort_values([panel, series, x], kind="stable")
    drawn: dict[int, Axes] = {}
    for place, (name, title) in enumerate(titles.items()):
        spot = panel_axes(axes, place, len(titles), columns)
        spot.set_title(title, loc="left", size=8.5, weight="bold", pad=4)
        rows = frame[frame[panel] == name]
        if rows[y].notna().any():
            for chain in _chains(rows, series, part):
                style = chosen[chain[series].iloc[0]]
                _chain(spot, chain, theme, style, (x, y, low, high, hollow))
                where = (named or {}).get(name, {}).get(str(chain[part].iloc[0])) if part else None
                if where and part:
                    words = str(chain[part].iloc[0])
                    _name(spot, chain.dropna(subset=[y]), theme, style, (x, y), (labels or {}).get(words, words), where)
            _set_scale(spot, theme, (fmt or {}).get(name))
            drawn[place] = spot
        else:
            _say(spot, theme, (empty or {}).get(name, "not known"))
    ends = frame.groupby(panel)[y].agg(["min", "max"])
    limits = {
        place: (float(ends["min"][name]), float(ends["max"][name]))
        for place, name in enumerate(titles)
        if place in drawn
    }
    _limit(drawn, limits, min(columns, len(titles)) if is_shared else None)
    if key:
        _key(axes, theme, list(chosen.values()))


def panel_axes(axes: Axes, place: int, count: int, columns: int, room: str = "0000") -> Axes:
    """Return the axes of a place in a grid, with room for ticks, title and dates.

    Raises
    ------
    ValueError
        If so many leave no room.
    """
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    ticks, line = text_size(axes, room)[0], text_size(axes, "m")[1]
    width, height = 1 / columns - ticks, 1 / rows - 3.4 * line
    if width <= 0 or height <= 0:
        raise ValueError(f"{count} panels in {columns} columns leave no room to draw: use fewer, or a larger size")
    down, across = divmod(place, columns)
    return axes.inset_axes((across / columns + ticks, 1 - (down + 1) / rows + 1.5 * line, width, height))


def date_axis(spot: Axes) -> None:
    """Give a small panel few and short dates."""
    locator = AutoDateLocator(minticks=2, maxticks=5)  # type: ignore[no-untyped-call]
    spot.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    spot.xaxis.set_major_formatter(formatter)
    spot.tick_params(labelsize=_SMALL)
    spot.grid(visible=False, axis="x")


def _chains(rows: pd.DataFrame, series: str, part: str | None) -> list[pd.DataFrame]:
    by = [series] if part is None else [series, part]
    return [chain for _, chain in rows.groupby(by, sort=False) if len(chain)]


def _chain(
    spot: Axes,
    rows: pd.DataFrame,
    theme: Theme,
    style: Style,
    columns: tuple[str, str, str | None, str | None, str | None],
) -> None:
    x, y, low, high, hollow = columns
    colour = style.colour(theme.variant)
    spot.plot(rows[x], rows[y].astype(float), color=colour, lw=1.3, linestyle=style.dash)
    if low and high:
        spot.vlines(rows[x], rows[low].astype(float), rows[high].astype(float), color=colour, lw=3.5, alpha=0.35)
    weak = rows[hollow].fillna(False).astype("bool") if hollow else pd.Series(False, index=rows.index)
    for chosen, face in ((rows[~weak], colour), (rows[weak], theme.background)):
        spot.plot(
            chosen[x], chosen[y].astype(float), style.marker, color=colour, mfc=face, ms=_MARK, mew=0.9, linestyle=""
        )


def _name(
    spot: Axes,
    seen: pd.DataFrame,
    theme: Theme,
    style: Style,
    columns: tuple[str, str],
    words: str,
    where: str,
) -> None:
    """Write the name of a part near its last mark, or above its first."""
    x, y = columns
    mark = seen.iloc[0 if where == "start" else -1]
    shift, across, up = {
        "above": ((0, 4), "right", "bottom"), "high": ((0, 16), "right", "bottom"),
        "low": ((0, -22), "right", "top"), "start": ((4, 3), "left", "bottom"),
    }[where]  # fmt: skip
    spot.annotate(
        words, (mark[x], float(mark[y])), shift, textcoords="offset points", ha=across, va=up, size=7,
        color=style.colour(theme.variant), path_effects=halo(theme),
    )  # fmt: skip


def _set_scale(spot: Axes, theme: Theme, fmt: str | None) -> None:
    date_axis(spot)
    spot.margins(x=0.04)
    spot.axhline(0, color=theme.muted, lw=0.8, zorder=1)
    spot.yaxis.set_major_locator(MaxNLocator(nbins=4))
    spot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, fmt)))


def _say(spot: Axes, theme: Theme, words: str) -> None:
    spot.set_xticks([])
    spot.set_yticks([])
    spot.spines["bottom"].set_visible(False)
    spot.text(0.02, 0.9, words, transform=spot.transAxes, size=_SMALL, color=theme.muted, ha="left", va="top")


def _limit(drawn: Mapping[int, Axes], limits: Mapping[int, tuple[float, float]], columns: int | None) -> None:
    """Start each scale at zero or below, one for each row of panels if they are shared; one of time for all."""
    spans = [spot.get_xlim() for spot in drawn.values()]
    for place, spot in drawn.items():
        spot.set_xlim(min(low for low, _ in spans), max(high for _, high in spans))
        mates = [limits[other] for other in drawn if not columns or other // columns == place // columns]
        mates = mates if columns else [limits[place]]
        low, high = min(0.0, *(low for low, _ in mates)), max(0.0, *(high for _, high in mates))
        spot.set_ylim(low * 1.1, high * 1.15)


def _key(axes: Axes, theme: Theme, styles: list[Style]) -> None:
    handles = [
        Line2D(
            [], [], color=style.colour(theme.variant), linestyle=style.dash, marker=style.marker, ms=_MARK,
            label=style.label,
        )
        for style in styles
    ]  # fmt: skip
    axes.legend(
        handles=handles, labelcolor="linecolor", frameon=False, ncols=4, loc="lower left", handlelength=3,
        bbox_to_anchor=(0, 1 + text_size(axes, "m")[1] / 2), borderpad=0, borderaxespad=0, fontsize=LABEL_POINTS,
    )  # fmt: skip
