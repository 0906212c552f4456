"""Fans: series as they were, and forecasts of them with their intervals where there are any."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cloudmarket.figures.charts.marks import LABEL_POINTS, halo, number, printed, require
from cloudmarket.figures.charts.panels import date_axis, panel_axes
from cloudmarket.figures.theme import Theme

LEVELS = (95, 80)


def fan(
    axes: Axes,
    data: pd.DataFrame,
    theme: Theme,
    *,
    x: str,
    y: str,
    series: str,
    is_forecast: str,
    seller: str | None = None,
    words: Mapping[str, str] | None = None,
    columns: int = 3,
    fmt: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a panel per series, each on a scale of its own from zero: what was known, and a fan of what is forecast.

    Parameters
    ----------
    data : DataFrame
        One row per series and date; of forecasts also ``low_80``, ``high_80``, ``low_95``, ``high_95``. A missing
        value breaks the line.
    x, y, series, is_forecast : str
        Columns: date, measure (of a forecast, its median), series, and whether the row is forecast.
    seller : str, optional
        Column of seller codes that give the colour.
    words : mapping, optional
        By series: what stands in its panel, as the reason why there is no fan.

    Raises
    ------
    ValueError
        If a column is missing, a forecast lies outside its interval, or panels leave no room.
    """
    require(data, x, y, series, is_forecast, seller, *(f"{end}_{level}" for level in LEVELS for end in ("low", "high")))
    ahead = data[data[is_forecast]]
    if ((ahead[y] < ahead.low_80) | (ahead[y] > ahead.high_80)).any():
        raise ValueError(f"a forecast in column {y} lies outside its interval")
    axes.set_axis_off()
    keys = list(dict.fromkeys(data[series]))
    chosen = theme.styles(data[seller or series])
    for place, key in enumerate(keys):
        spot = panel_axes(axes, place, len(keys), columns)
        rows = data[data[series] == key].sort_values(x)
        colour = chosen[rows[seller or series].iloc[0]].colour(theme.variant)
        past, future = rows[~rows[is_forecast]], rows[rows[is_forecast]]
        spot.plot(past[x], past[y].astype(float), color=colour, lw=1.5)
        if len(future):
            _forecast(spot, theme, past, future, (x, y), colour, fmt)
        spot.set_title(printed(key, labels), loc="left", size=9, weight="bold", pad=4)
        spot.text(
            0.02, 0.98, (words or {}).get(str(key), ""), transform=spot.transAxes, size=7, va="top", color=theme.muted,
            path_effects=halo(theme),
        )  # fmt: skip
        date_axis(spot)
        spot.margins(x=0.14 if len(future) else 0.03)
        # Room above for the words.
        spot.set_ylim(0, 1.35 * float(rows[[y, "high_95"]].max().max()))
        spot.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        spot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, fmt)))


def _forecast(
    spot: Axes,
    theme: Theme,
    past: pd.DataFrame,
    future: pd.DataFrame,
    columns: tuple[str, str],
    colour: str,
    fmt: str | None,
) -> None:
    """Draw the fan from the last value on; the ends of the last interval are written."""
    x, y = columns
    start = past.dropna(subset=[y]).iloc[[-1]]
    joined = pd.concat([start.assign(**{f"{e}_{n}": start[y] for n in LEVELS for e in ("low", "high")}), future])
    for level, alpha in zip(LEVELS, (0.18, 0.32), strict=True):
        spot.fill_between(
            joined[x], joined[f"low_{level}"].astype(float), joined[f"high_{level}"].astype(float), color=colour,
            alpha=alpha, lw=0,
        )  # fmt: skip
    spot.plot(joined[x], joined[y].astype(float), color=colour, lw=1.5, linestyle=(0, (3, 1.5)))
    last = joined.iloc[-1]
    for value, rise in ((last.high_80, 2), (last.low_80, -2)):
        spot.annotate(
            number(float(value), fmt), (last[x], float(value)), (2, rise), textcoords="offset points", ha="left",
            va="center", size=LABEL_POINTS - 1, color=theme.ink, path_effects=halo(theme),
        )  # fmt: skip
