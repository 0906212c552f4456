"""Claims on share prices: the day of the deal, all events together, and the clouds that had no part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket import tables
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.partnerships import effects, sample
from cloudmarket.arguments.partnerships.deals import START
from cloudmarket.arguments.partnerships.state import Partnerships

NOTEBOOK, FIGURE, SOURCES = "03_partnerships", "03-returns", ("curated",)


def claims(found: Partnerships) -> Iterator[Claim]:
    """Yield the claims on share prices."""
    yield from _deal(found)
    yield from _all_events(found)
    yield from _rivals(found)


def the_deal(found: Partnerships) -> pd.DataFrame:
    """Return the rows of the deal of July 2019 in the press sample: its party and the clouds that had no part."""
    rows = found.press_effects.by_event
    return rows[rows.occurred_on == pd.Timestamp(START)] if len(rows) else rows


def _deal(found: Partnerships) -> Iterator[Claim]:
    rows = the_deal(found)
    if rows.empty:
        return
    own = rows[rows.group == effects.OWN].iloc[0]
    chance = "more than" if own.low > 0 or own.high < 0 else "no more than"
    yield Claim(
        claim="deal-returns",
        statement=f"Around {START:%-d %B %Y} Microsoft's share gained {own.car:.1f}% on the market,"
        f" {chance} chance brings about; an effect below {own.smallest:.1f}% would mostly have been missed",
        value=float(own.car), low=float(own.low), high=float(own.high), unit="percent",
        interval="95 % interval, market model, three trading days; the day rests on evidence C",
        rows=_rows(found, found.press[found.press.occurred_on == pd.Timestamp(START)], ["MSFT", sample.MARKET]),
        would_change_if="a primary source gave another day, or returns within the day were at hand",
        **_where(found.press[found.press.occurred_on == pd.Timestamp(START)]),
    )  # fmt: skip


def _all_events(found: Partnerships) -> Iterator[Claim]:
    tested = [part.by_firm for part in (found.main_effects, found.press_effects) if len(part.by_firm)]
    if not tested:
        return
    everything = pd.concat(tested, ignore_index=True)
    after, before = int((everything.holm < effects.LEVEL).sum()), int((everything.p_value < effects.LEVEL).sum())
    events = everything.drop_duplicates(["name"])
    surviving = "None" if after == 0 else str(after)
    used = pd.concat([found.main, found.press])
    yield Claim(
        claim="returns-after-holm",
        statement=f"{surviving} of {len(everything)} abnormal returns ({len(events)} events, five firms) differs from"
        " zero once all are tested together; the median test would mostly miss an effect below"
        f" {everything.smallest.median():.1f}%",
        value=after, low=after, high=max(before, after), unit="returns",
        interval="from Holm's correction within each sample to none, at 5 %;"
        f" {effects.LEVEL * len(everything):.1f} would reject by chance without it",
        rows=_rows(found, used, [*sample.FIRMS, sample.MARKET]),
        would_change_if="deals that rest on the press were dated by their parties, or later returns were at hand",
        **_where(used),
    )  # fmt: skip


def _rivals(found: Partnerships) -> Iterator[Claim]:
    study = effects.pooled(found.returns, found.press, "rivals")
    if study is None:
        return
    mean, low, high, count = cluster_interval(study)
    hit = sample.other_news(found.press, effects.calendar(found.returns), days=1).event
    clean = effects.pooled(found.returns, found.press[~found.press.name.isin(hit)], "rivals")
    without = ""
    if clean is not None and len(hit):
        mean_without = _signed(cluster_interval(clean)[0])
        without = f"; without the {hit.nunique()} in whose window a firm had other news, {mean_without}"
    yield Claim(
        claim="rivals-returns",
        statement=f"Around the {count} deals dated by the press, the clouds that had no part moved by {_signed(mean)}"
        f" against the market{without}",
        value=mean, low=low, high=high, unit="percent",
        interval="95 % interval, one cluster per event; not corrected for testing several samples and windows",
        rows=_rows(found, found.press, [*sample.FIRMS, sample.MARKET]),
        would_change_if="other news in the windows were taken out by hand for every event, by a rule fixed before",
        **_where(found.press),
    )  # fmt: skip


def cluster_interval(study: Any) -> tuple[float, float, float, int]:
    """Return the mean CAR over events (percent), its 95 % interval with one cluster per event, and their number."""
    means = study.car.car.groupby(study.events.cluster.to_numpy()).mean().to_numpy()
    error = float(np.std(means, ddof=1) / np.sqrt(len(means)))
    reach = float(stats.t.ppf(0.975, len(means) - 1)) * error
    mean = float(means.mean())
    return 100 * mean, 100 * (mean - reach), 100 * (mean + reach), len(means)


def _signed(percent: float) -> str:
    return f"{percent:+.1f}%".replace("-", "\N{MINUS SIGN}")


def _where(events: pd.DataFrame) -> dict[str, Any]:
    return {"notebook": NOTEBOOK, "figure": FIGURE, "sources": SOURCES,
            "evidence": f"days: {grades(events)}; returns: C 100%"}  # fmt: skip


def _rows(found: Partnerships, events: pd.DataFrame, symbols: list[str]) -> pd.DataFrame:
    """Return the events and the returns a study rests on: from the first estimation day to the last event's window."""
    known = tables.load("daily_return", known_on=found.day)
    days = found.returns.index
    first = max(int(days.searchsorted(events.occurred_on.min())) - 279, 0)
    last = int(days.searchsorted(events.occurred_on.max())) + 5
    inside = known.traded_on.between(days[first], days[last]) & known.symbol.isin(symbols)
    columns = [name for name in tables.load("event").columns if name in events]
    return rests_on(event=events[columns], daily_return=known[inside])
