"""Abnormal returns of those who made a deal and of the clouds that did not, with what could not have been seen.

References
----------
MacKinlay (1997), Event Studies in Economics and Finance, section 6, for power. Jaffe (1974), Special Information and
Insider Trading, Journal of Business 47(3), 410-428, for portfolios of firms that one day hits together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy import stats

from cloudmarket.arguments.partnerships.deals import records
from cloudmarket.arguments.partnerships.sample import FIRMS, MARKET
from cloudmarket.measures import event_study

WINDOW = (-1, 1)
SENSITIVITY = ((0, 0), (-1, 1), (0, 5))
LEVEL, POWER = 0.05, 0.8
OWN, RIVALS = "who acted", "the clouds that did not"


@dataclass(frozen=True, slots=True)
class Effects:
    """Abnormal returns around the events of one sample.

    ``by_event``: one row per event and group (who acted, the clouds that did not), each group a portfolio of
    equal weights: car, low and high (95 %), smallest (the effect that would have been found with a power of 80 %), all
    in percent, p_value. ``by_firm``: one row per event and firm, with ``holm`` over all of them.
    """

    by_event: pd.DataFrame
    by_firm: pd.DataFrame
    window: tuple[int, int]

    @property
    def found(self) -> pd.DataFrame:
        """Firms and events that differ from zero at 5 % after Holm's correction."""
        return self.by_firm[self.by_firm.holm < LEVEL]


def effects(returns: pd.DataFrame, events: pd.DataFrame, window: tuple[int, int] = WINDOW) -> Effects:
    """Return the abnormal returns of a sample of events (see :func:`sample.events`) over a window of trading days."""
    groups: list[dict[str, Any]] = []
    firms: list[dict[str, Any]] = []
    for event in records(events):
        told = {"name": event.name, "occurred_on": event.occurred_on}
        more = {"actors": event.actors, "headline": event.headline, "evidence": event.evidence}
        for group, members in ((OWN, event.own), (RIVALS, event.rivals)):
            if members:
                found = _one(returns, members, event.occurred_on, window)
                groups.append({**told, **more, "group": group, "firms": "+".join(members), **found})
        study = event_study.run(returns[[*FIRMS, MARKET]], MARKET, FIRMS, event.occurred_on, window)
        for firm, car in study.car.iterrows():
            firms.append({**told, "firm": firm, "is_party": firm in event.own, **_percent(car)})
    by_firm = pd.DataFrame(firms)
    if len(by_firm):
        by_firm["holm"] = event_study.holm(by_firm.p_value)
    return Effects(pd.DataFrame(groups), by_firm, window)


def _one(
    returns: pd.DataFrame, members: tuple[str, ...], day: pd.Timestamp, window: tuple[int, int]
) -> dict[str, float]:
    """Return the CAR of a portfolio around a day, in percent."""
    frame = pd.DataFrame({"portfolio": returns[list(members)].mean(axis=1, skipna=False), MARKET: returns[MARKET]})
    return _percent(event_study.run(frame, MARKET, ["portfolio"], day, window).car.iloc[0])


def _percent(car: pd.Series) -> dict[str, float]:
    """Return a CAR with its 95 % interval, the effect that would have been found, in percent, and its p-value."""
    quantile = stats.t.ppf(1 - LEVEL / 2, car.degrees)
    reach = quantile * car.standard_error
    smallest = (quantile + stats.t.ppf(POWER, car.degrees)) * car.standard_error
    percent = {"car": car.car, "low": car.car - reach, "high": car.car + reach, "smallest": smallest}
    return {**{name: 100 * float(value) for name, value in percent.items()}, "p_value": float(car.p_value)}


def pooled(
    returns: pd.DataFrame, events: pd.DataFrame, which: str, window: tuple[int, int] = WINDOW
) -> event_study.EventStudy | None:
    """Return the study of all events of a sample together: ``own`` or ``rivals``, one cluster per event.

    Of events whose windows overlap the first is kept. None without two events.
    """
    kept = apart(calendar(returns), events[events[which].map(len) > 0], window)
    if len(kept) < 2:
        return None
    dates: dict[str, list[pd.Timestamp]] = {}
    for event in records(kept):
        for firm in getattr(event, which):
            dates.setdefault(firm, []).append(event.occurred_on)
    return event_study.run(returns, MARKET, list(dates), dates, window)


def calendar(returns: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the trading days of returns."""
    return pd.DatetimeIndex(returns.index)


def apart(trading: pd.DatetimeIndex, events: pd.DataFrame, window: tuple[int, int]) -> pd.DataFrame:
    """Return the events less those whose window overlaps that of one before."""
    kept: list[int] = []
    end = -1
    for place, day in zip(events.index, events.occurred_on, strict=True):
        zero = int(trading.searchsorted(day))
        if zero + window[0] > end:
            kept.append(place)
            end = zero + window[1]
    return events.loc[kept]


def summary(returns: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return mean abnormal returns of both groups in all windows with robust tests and the cross-sectional interval.

    Returns
    -------
    DataFrame
        group, window, events, mean (percent), then p-values: cluster, corrado_rank, kolari_pynnonen, and how many of
        all tests reject at 5 %.
    """
    rows = []
    for which, group in (("own", OWN), ("rivals", RIVALS)):
        for window in SENSITIVITY:
            study = pooled(returns, events, which, window)
            if study is None:
                continue
            p_values = study.tests.p_value
            rows.append(
                {"group": group, "window": f"{window[0]} to {window[1]}", "events": study.events.cluster.nunique(),
                 "mean": 100 * float(study.car.car.mean()), "cluster": p_values["cluster"],
                 "corrado_rank": p_values["corrado_rank"], "kolari_pynnonen": p_values["kolari_pynnonen"],
                 "reject": int((p_values < LEVEL).sum()), "tests": int(p_values.notna().sum())}
            )  # fmt: skip
    columns = ["group", "window", "events", "mean", "cluster", "corrado_rank", "kolari_pynnonen", "reject", "tests"]
    return pd.DataFrame(rows, columns=columns)


def placebo(
    returns: pd.DataFrame, members: tuple[str, ...], day: pd.Timestamp, others: list[pd.Timestamp]
) -> event_study.Placebo:
    """Return the CAR of a portfolio around a day against days without an event; ``others`` are those of events."""
    frame = pd.DataFrame({"portfolio": returns[list(members)].mean(axis=1, skipna=False), MARKET: returns[MARKET]})
    inside = [at for at in others if frame.index[0] <= at <= frame.index[-1]]
    return event_study.placebo(frame, MARKET, ["portfolio"], day, WINDOW, known_events=inside)
