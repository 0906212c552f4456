"""Returns around events, one column per firm and event, aligned by trading day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Window = tuple[int, int] | tuple[str | pd.Timestamp, str | pd.Timestamp]


@dataclass(frozen=True, slots=True)
class Panel:
    """Simple returns as fractions: ``values`` (days x firms), ``market`` (days,), on the market's trading days."""

    dates: pd.DatetimeIndex
    values: Array
    market: Array
    firms: pd.Index


@dataclass(frozen=True, slots=True)
class Sample:
    """Aligned returns: (estimation days x observations) and (event days x observations).

    ``pairs`` has firm, event (as stated), day_zero (the trading day taken for it) and cluster, one row per
    observation. Missing returns are NaN; the market's are 0 outside the calendar, where the firms' are missing.
    """

    pairs: pd.DataFrame
    estimation: Array
    estimation_market: Array
    event: Array
    event_market: Array
    event_offsets: npt.NDArray[np.int64]
    estimation_offsets: tuple[int, int]
    masked: int


def panel(returns: pd.DataFrame, market: pd.Series | Hashable | None, firms: Sequence[Hashable] | None) -> Panel:
    """Check and align returns; trading days are those on which the market has a return.

    Raises
    ------
    ValueError
        If dates or firms repeat or are not in order, a firm is unknown, or a return is infinite or below -1.
    """
    frame = _dated(returns, "returns")
    if market is None:
        index = pd.Series(0.0, index=frame.index)
    elif isinstance(market, pd.Series):
        index = _dated(market.to_frame("market"), "market")["market"]
    else:
        if market not in frame:
            raise ValueError(f"the market {market!r} is no column of the returns")
        index, frame = frame[market], frame.drop(columns=[market])
    names = pd.Index(list(frame.columns) if firms is None else list(firms))
    if names.empty:
        raise ValueError("there are no firms")
    if not names.is_unique or not frame.columns.is_unique:
        raise ValueError("a firm is named twice")
    unknown = [name for name in names if name not in frame]
    if unknown:
        raise ValueError(f"no returns of {unknown[:5]}")
    index = index.astype(float).dropna()
    values = frame[names].reindex(index.index).to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(values).any():
        raise ValueError("the firms have no return on any day on which the market has one")
    for numbers in (values, index.to_numpy()):
        if np.isinf(numbers).any() or (numbers < -1).any():
            raise ValueError("a return is infinite or below -1; give simple returns as fractions")
    return Panel(pd.DatetimeIndex(index.index), values, np.asarray(index, dtype=np.float64), names)


def _dated(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    no_dates = pd.api.types.is_numeric_dtype(frame.index) or isinstance(frame.index, (pd.PeriodIndex, pd.MultiIndex))
    dates = None if no_dates else pd.DatetimeIndex(pd.to_datetime(frame.index))
    if dates is None or dates.hasnans or dates.tz is not None:
        raise ValueError(f"the {what} need an index of dates without time zone")
    dates = dates.normalize()
    if not dates.is_unique:
        raise ValueError(f"the {what} have {dates[dates.duplicated()][0]:%Y-%m-%d} twice")
    if not dates.is_monotonic_increasing:
        raise ValueError(f"the dates of the {what} are not in order: sort them first")
    return frame.set_axis(dates, axis=0)


def pairs(data: Panel, event_date: Any) -> pd.DataFrame:
    """Return firm, event, day_zero (position) of each observation, in order of firm and event.

    ``event_date`` is one date, several (each hits every firm), or a mapping from firm to its date or dates.
    """
    if isinstance(event_date, Mapping):
        stray = [firm for firm in event_date if firm not in data.firms]
        if stray:
            raise ValueError(f"events of firms without returns: {stray[:5]}")
        listed = [(firm, day) for firm in data.firms if firm in event_date for day in _dates(event_date[firm])]
    else:
        listed = [(firm, day) for firm in data.firms for day in _dates(event_date)]
    if not listed:
        raise ValueError("there are no events")
    frame = pd.DataFrame(listed, columns=["firm", "event"])
    # A day without trading is followed by the first on which prices could answer.
    frame["position"] = data.dates.searchsorted(pd.DatetimeIndex(frame.event))
    late = frame[(frame.position >= len(data.dates)) | (frame.event < data.dates[0])]
    if not late.empty:
        raise ValueError(f"the event of {late.event.iloc[0]:%Y-%m-%d} is outside the returns")
    if frame.duplicated(["firm", "position"]).any():
        raise ValueError("two events of one firm have the same trading day")
    return frame


def _dates(value: Any) -> list[pd.Timestamp]:
    many = isinstance(value, (list, tuple, set, pd.Index, pd.Series, np.ndarray))
    dates = [pd.Timestamp(day) for day in (value if many else [value])]
    if any(pd.isna(day) or day.tz is not None for day in dates):
        raise ValueError("an event has no date, or one with a time zone: use only events whose day is known")
    return sorted(day.normalize() for day in dates)


def offsets(window: Window, data: Panel, frame: pd.DataFrame, what: str) -> tuple[int, int]:
    """Return a window as two day offsets from the event's trading day, both included."""
    first, last = window
    if isinstance(first, (int, np.integer)) and isinstance(last, (int, np.integer)):
        low, high = int(first), int(last)
    else:
        if frame.position.nunique() > 1:
            raise ValueError(f"the {what} window is given as dates: with several events, give day offsets")
        zero = int(frame.position.iloc[0])
        low = int(data.dates.searchsorted(pd.Timestamp(first))) - zero
        high = int(data.dates.searchsorted(pd.Timestamp(last), side="right")) - 1 - zero
    if low > high:
        raise ValueError(f"the {what} window {window} has no trading day")
    return low, high


def align(data: Panel, frame: pd.DataFrame, event: tuple[int, int], estimation: tuple[int, int]) -> Sample:
    """Cut the windows out.

    Days of a firm's other events are left out of its estimation window, and counted in ``masked``.

    Raises
    ------
    ValueError
        If event windows of different events overlap, one leaves the calendar, or the estimation window does not
        end before the event window.
    """
    if estimation[1] >= event[0]:
        raise ValueError(f"the estimation window {estimation} must end before the event window {event}")
    zeros = np.unique(frame.position)
    close = np.flatnonzero(np.diff(zeros) <= event[1] - event[0])
    if close.size:
        first, second = (data.dates[zeros[at]] for at in (close[0], close[0] + 1))
        raise ValueError(f"the event windows of {first:%Y-%m-%d} and {second:%Y-%m-%d} overlap: leave one out")
    if zeros[0] + event[0] < 0 or zeros[-1] + event[1] >= len(data.dates):
        raise ValueError(f"an event window {event} leaves the {len(data.dates)} trading days known")
    columns = data.firms.get_indexer(pd.Index(frame.firm))
    position = frame.position.to_numpy()
    clean = data.values.copy()
    days = np.arange(event[0], event[1] + 1)
    rows = position + days[:, None]
    clean[rows, columns] = np.nan
    before = np.arange(estimation[0], estimation[1] + 1)[:, None] + position
    inside = before >= 0
    known = np.maximum(before, 0)
    masked = int((np.isnan(clean[known, columns]) & np.isfinite(data.values[known, columns]) & inside).sum())
    described = frame.assign(day_zero=data.dates[position], cluster=np.unique(position, return_inverse=True)[1])
    return Sample(
        described.drop(columns="position"),
        np.where(inside, clean[known, columns], np.nan),
        np.where(inside, data.market[known], 0.0),
        data.values[rows, columns],
        data.market[rows],
        days,
        estimation,
        masked,
    )


def keep(sample: Sample, reasons: list[str]) -> Sample:
    """Return the observations without a reason against them; an error if there are none."""
    usable = np.array([not reason for reason in reasons])
    if not usable.any():
        raise ValueError(f"no observation has enough returns: {sample.pairs.firm.iloc[0]!r} has {reasons[0]}")
    return replace(
        sample,
        pairs=sample.pairs[usable].reset_index(drop=True),
        estimation=sample.estimation[:, usable],
        estimation_market=sample.estimation_market[:, usable],
        event=sample.event[:, usable],
        event_market=sample.event_market[:, usable],
    )
