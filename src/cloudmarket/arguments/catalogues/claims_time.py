"""What ``05_model_catalogues`` states about time: arrival, stay, removal, retirement and the first long contexts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from cloudmarket.arguments.catalogues import arrival, churn, contents, retirement, speed
from cloudmarket.arguments.catalogues.state import NAMES
from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.price_map import COPY, SOURCE

if TYPE_CHECKING:
    from cloudmarket.arguments.catalogues.view import View

NOTEBOOK = "05_model_catalogues"
YEAR = 365
"""Days after which stays are compared."""
_THRESHOLDS = (5, 20)


def timed(seen: View) -> Iterator[Claim]:
    """Yield the claims about time; those for which there are no data on the day are absent."""
    if seen.found.is_whole and seen.arrival.is_enough:
        yield _arrival(seen)
    if (stay := _stay(seen)) is not None:
        yield stay
    if len(seen.removed) >= churn.FEWEST:
        yield from _removal(seen)
    if seen.found.is_whole and retirement.past(seen.found.listed, seen.dates, seen.found.day).any():
        yield _past(seen)
    yield from _context(seen)


def _arrival(seen: View) -> Claim:
    due, curves = seen.arrival.due, seen.arrival.curves
    share = speed.share_by(curves)
    order = share.percent.sort_values(ascending=False, kind="stable")
    leader = str(order.index[0])
    resampled = speed.clustered(due).to_dict("index")
    ends, last = resampled[leader], resampled[str(order.index[-1])]
    may = share.percent_may.to_dict()[leader]
    # Models of one developer are no independent draws, so the test that takes them as such is no judge.
    is_apart = ends["low"] > last["high"]
    verdict = "more than chance would part them" if is_apart else "a difference that could be chance"
    rows = seen.resting(model_release=seen.arrival.statements)
    return Claim(
        claim="catalogue-time-to-listing",
        statement=f"Within {arrival.HORIZON} days of release {NAMES[leader]} lists {order.iloc[0]:.0f}% of its"
        " suppliers' new models, "
        + ", ".join(f"{NAMES[str(name)]} {value:.0f}%" for name, value in order.iloc[1:].items())
        + f": {verdict}",
        value=float(order.iloc[0]),
        low=min(ends["low"], order.iloc[0]),
        high=max(ends["high"], may),
        unit="percent",
        interval="95 % interval, developers resampled",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="05-arrival",
        sources=(SOURCE, COPY, "models_dev"),
        rows=rows,
        would_change_if="days of release were taken from the developers' pages, or listings from the clouds' own",
    )


def _stay(seen: View) -> Claim | None:
    curves = {reading: churn.curves(seen.stays, reading) for reading in (churn.BY_DATE, churn.BY_LIST)}
    known = {reading: speed.share_by(one, YEAR) for reading, one in curves.items() if one is not None}
    rows = seen.stays[seen.stays.reading == churn.BY_DATE]
    if any(churn.followed_until(part) < YEAR for _, part in rows.groupby("seller")):
        return None
    if churn.BY_DATE not in known or churn.BY_LIST not in known:
        return None
    main, other = known[churn.BY_DATE], known[churn.BY_LIST]
    order = main.percent.sort_values(ascending=False, kind="stable")
    first = str(order.index[0])
    ends = [main.low[first], main.high[first], other.low[first], other.high[first], order.iloc[0]]
    rows = seen.resting(**{retirement.HISTORY: seen.dated})
    printed = seen.dated_share
    return Claim(
        claim="catalogue-stay",
        statement=f"Within a year {order.iloc[0]:.0f}% of the listings on {NAMES[first]} reach their printed retirement"
        " date or are removed, "
        + ", ".join(f"{value:.0f}% on {NAMES[str(name)]}" for name, value in order.iloc[1:].items())
        + f"; a date is printed for {printed.min():.0%} of those on {NAMES[str(printed.idxmin())]}",
        value=float(order.iloc[0]),
        low=float(pd.Series(ends).min()),
        high=float(pd.Series(ends).max()),
        unit="percent",
        interval="95 % bands of both readings of the end of a stay",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="05-arrival",
        sources=(SOURCE, COPY),
        rows=rows,
        would_change_if="the clouds printed retirement dates for the entries that have none, which are most on AWS",
    )


def _removal(seen: View) -> Iterator[Claim]:
    removed = seen.removed
    days = churn.clean_ups(removed)
    rows = seen.resting(**{retirement.HISTORY: seen.dated})
    shared: dict[str, Any] = {
        "notebook": NOTEBOOK, "figure": "05-churn", "rows": rows, "evidence": grades(rows), "unit": "percent",
    }  # fmt: skip
    total = len(removed)
    if len(days):
        parts = [float(churn.clean_ups(removed, n).models.sum()) for n in _THRESHOLDS]
        share = float(days.models.sum())
        yield Claim(
            claim="catalogue-clean-ups",
            statement=f"{100 * share / total:.0f}% of {total} removals fall on {len(days)} days: they date clean-ups of"
            " the list, not retirements",
            value=100 * share / total,
            low=100 * min(*parts, share) / total,
            high=100 * max(*parts, share) / total,
            interval=f"a clean-up drops at least {_THRESHOLDS[1]}, {retirement.CLEAN_UP} or {_THRESHOLDS[0]} models",
            sources=(SOURCE, COPY),
            would_change_if="the map were shown to drop models on the days on which the clouds do",
            **shared,
        )
    past = float((removed.notice == retirement.PAST).sum())
    undated = float((removed.notice == retirement.NONE).sum())
    agreed = int((removed.second == retirement.AGREED).sum())
    late = (removed.valid_to - removed.retires_on)[removed.notice == retirement.PAST].dt.days
    if past:
        yield Claim(
            claim="catalogue-retired-with-notice",
            statement=f"Of {total} removals {past / total:.0%} came after a printed retirement date,"
            f" {late.median():.0f} days late in the median; a second catalogue confirms {agreed}",
            value=100 * past / total,
            low=100 * past / total,
            high=100 * (past + undated) / total,
            interval="none to all of those without a date",
            sources=(SOURCE, COPY, "models_dev"),
            would_change_if="the clouds' own lists of retired models were recorded day by day",
            **shared,
        )


def _past(seen: View) -> Claim:
    listed = seen.found.listed
    is_past = retirement.past(listed, seen.dates, seen.found.day)
    on = listed[["seller", "model"]].merge(seen.dates, on=["seller", "model"], how="left")
    undated = int(on.retires_on.isna().sum())
    count, total = int(is_past.sum()), len(listed)
    by_cloud = is_past.groupby(listed.seller).sum()
    rows = seen.resting(**{retirement.HISTORY: seen.dated})
    return Claim(
        claim="catalogue-past-retirement",
        statement=f"{count} of {total} listings stand although the retirement date that the map prints is past: "
        + ", ".join(f"{value} on {NAMES[str(name)]}" for name, value in by_cloud.items()),
        value=100 * count / total,
        low=100 * count / total,
        high=100 * (count + undated) / total,
        unit="percent",
        interval="none to all of those without a date",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="05-churn",
        sources=(SOURCE, COPY),
        rows=rows,
        would_change_if="the printed dates were put off by the clouds and the volunteers did not follow",
    )


def _context(seen: View) -> Iterator[Claim]:
    first = contents.first_million(seen.contexts, seen.found)
    if len(first) < 2:
        return
    one, two = first.iloc[0], first.iloc[1]
    lead = (two.valid_from - one.valid_from).days
    wide = seen.contexts[seen.contexts.context_tokens >= contents.MILLION]
    rows = rests_on(token_price=wide[wide.valid_from <= two.valid_from])
    yield Claim(
        claim="catalogue-first-million",
        statement=f"{NAMES[one.seller]} listed a context of a million tokens {lead} days before {NAMES[two.seller]}",
        value=float(lead),
        low=float((two.after_on - one.valid_from).days),
        high=float((two.valid_from - one.after_on).days) if pd.notna(one.after_on) else float("nan"),
        unit="days",
        interval="bounds of the snapshots",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="05-breadth",
        sources=(SOURCE, COPY),
        rows=rows,
        would_change_if="the windows were printed wrong at first, or earlier by the vendor than by the map",
    )
