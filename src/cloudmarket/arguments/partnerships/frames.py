"""What the figures of the notebook draw, and what its tables show."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.partnerships import billion, deals, effects, exclusive, sample
from cloudmarket.arguments.partnerships import tokens as bought
from cloudmarket.arguments.partnerships.deals import KINDS, NAMES, records
from cloudmarket.arguments.partnerships.state import Partnerships
from cloudmarket.measures import event_study

BLOCKS = {"A or B": "Day known, evidence A or B", "C": "Deals whose day rests on the press (evidence C)"}


def timeline(found: Partnerships) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the marks (one per deal, lab and cloud) and the bars (terms) of the timeline, earliest lane first."""
    rows = found.deals.assign(lane=found.deals.lab + " and " + found.deals.cloud.map(NAMES))
    order = {lane: place for place, lane in enumerate(dict.fromkeys(rows.lane))}
    lab = {name: place for place, name in enumerate(dict.fromkeys(rows.lab))}
    rows = rows.assign(_lab=rows.lab.map(lab), _lane=rows.lane.map(order))
    rows = rows.sort_values(["_lab", "_lane", "occurred_on"], kind="stable", ignore_index=True)
    bars = found.terms.assign(lane=found.terms.lab + " and " + found.terms.cloud.map(NAMES))
    # A row with an amount is drawn as what the amount is.
    rows["purpose"] = rows.amount_of.fillna(rows.purpose)
    columns = ["occurred_on", "occurred_by_on", "lane", "purpose", "amount", "evidence", "cloud", "headline", "url"]
    spans = bars.rename(columns={"begins_on": "start", "ends_on": "end", "kind": "text", "cloud": "seller"})
    return rows[columns], spans[["lane", "start", "end", "text", "seller"]]


def kinds() -> dict[str, str]:
    """Return the names of the kinds of event."""
    return dict(KINDS)


def forest(found: Partnerships) -> pd.DataFrame:
    """Return the abnormal returns of both samples, main sample first; percent."""
    parts = [
        part.by_event.assign(block=BLOCKS[name])
        for name, part in (("A or B", found.main_effects), ("C", found.press_effects))
        if len(part.by_event)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["name"])


def tests(found: Partnerships) -> pd.DataFrame:
    """Return the pooled tests of both samples in all windows, and Holm's correction over all of them."""
    parts = [
        effects.summary(found.returns, events).assign(sample=name)
        for name, events in (("evidence A or B", found.main), ("evidence C", found.press))
    ]
    table = pd.concat(parts, ignore_index=True)
    table["holm"] = event_study.holm(table.cluster)
    table["rejecting"] = table.reject.astype("str") + " of " + table.tests.astype("str")
    columns = [
        "sample",
        "group",
        "window",
        "events",
        "mean",
        "cluster",
        "corrado_rank",
        "kolari_pynnonen",
        "holm",
        "rejecting",
    ]
    return table[columns]


def all_tests(found: Partnerships, which: str) -> pd.DataFrame:
    """Return every test of the press sample for ``own`` or ``rivals``, with its convention; empty if none."""
    study = effects.pooled(found.returns, found.press, which)
    return study.tests.reset_index() if study is not None else pd.DataFrame(columns=["test"])


def other_news(found: Partnerships) -> pd.DataFrame:
    """Return other news near the events of both samples."""
    events = pd.concat([found.main, found.press], ignore_index=True)
    return sample.other_news(events, effects.calendar(found.returns))


def deal_windows(found: Partnerships) -> pd.DataFrame:
    """Return the abnormal returns of the deal of July 2019 in all windows, with the smallest effect to be seen."""
    own = found.press[found.press.occurred_on == pd.Timestamp(deals.START)]
    parts = []
    for window in effects.SENSITIVITY if len(own) else ():
        rows = effects.effects(found.returns, own, window).by_event
        told = {
            "group": rows.group,
            "firms": rows.firms,
            "window": f"{window[0]} to {window[1]}",
            "abnormal return (%)": rows.car.map("{:+.2f}".format),
            "95 % interval": [f"{row.low:+.2f} to {row.high:+.2f}" for row in records(rows)],
            "would mostly be missed below": rows.smallest.map("{:.2f}".format),
        }
        parts.append(pd.DataFrame(told))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def placebos(found: Partnerships) -> pd.DataFrame:
    """Return, for the deal of July 2019, how its returns stand among those of days without an event.

    Returns
    -------
    DataFrame
        group, car (percent), days (placebo dates), low and high (their 2.5th and 97.5th percentile), p_value.
    """
    own = found.press[found.press.occurred_on == pd.Timestamp(deals.START)]
    others = [*found.main.occurred_on, *found.press.occurred_on]
    rows = []
    for event in records(own):
        for group, members in ((effects.OWN, event.own), (effects.RIVALS, event.rivals)):
            result = effects.placebo(found.returns, members, event.occurred_on, others)
            low, high = 100 * result.values.quantile([0.025, 0.975])
            rows.append((group, 100 * result.actual, len(result.values), low, high, result.p_value))
    return pd.DataFrame(rows, columns=["group", "car", "days", "low", "high", "p_value"])


def machines(found: Partnerships) -> pd.DataFrame:
    """Return the first month of each chip on each cloud, and the newest: what a billion bought in hours."""
    rows = billion.steps(found.compute)
    return pd.DataFrame({
        "cloud": rows.cloud.map({"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}),
        "month": rows.day.dt.strftime("%Y-%m"),
        "chip": rows.accelerator,
        "regions": rows.regions.astype("int64") if len(rows) else rows.regions,
        "USD per hour": rows.usd_per_hour.map("{:.2f}".format),
        "million hours": [_range(row.hours, row.hours_low, row.hours_high) for row in records(rows)],
        "million PFLOP/s-hours": [_range(row.pflop_hours, row.low, row.high) for row in records(rows)],
    })  # fmt: skip


def _range(value: float, low: float, high: float) -> str:
    return f"{value:,.0f} ({low:,.0f} to {high:,.0f})"


def models(found: Partnerships) -> pd.DataFrame:
    """Return the first and newest month of each cloud's fixed and cheapest model."""
    rows = bought.ends(found.tokens)
    return pd.DataFrame({
        "cloud": rows.seller.map({"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}),
        "what": rows.what,
        "month": rows.day.dt.strftime("%Y-%m"),
        "model": rows.model,
        "USD per million tokens": rows.usd_per_mtok.map("{:.3g}".format),
        "trillion tokens": [_range(row.tokens, row.low, row.high) for row in records(rows)],
    })  # fmt: skip


def shares(found: Partnerships) -> pd.DataFrame:
    """Return the shares on one cloud only of the developers that have enough models, in the order of the panels."""
    names = exclusive.enough(found.shares)
    rows = found.shares[found.shares.developer.isin(names)]
    order = {name: place for place, name in enumerate(names)}
    rows = rows.assign(_order=rows.developer.map(order), what="on one cloud only")
    return rows.sort_values(["_order", "day"]).drop(columns="_order")


def panels() -> dict[str, str]:
    """Return the titles of the panels of shares: a cloud's own developer is told apart."""
    return {
        name: label + (" (its own cloud)" if name in exclusive.OWN else "")
        for name, label in exclusive.DEVELOPERS.items()
    }


def announced_off_azure(found: Partnerships) -> str:
    """Return what the record of deals says of OpenAI's models on another cloud, as a sentence; empty if nothing."""
    rows = found.deals[
        (found.deals.lab == "OpenAI") & (found.deals.purpose == "listing") & (found.deals.cloud != "azure")
    ]
    if rows.empty:
        return ""
    first = rows.iloc[0]
    return (
        f"The press dates a preview on {NAMES[str(first.cloud)]} to {first.occurred_on:%-d %B %Y} (evidence"
        f" {first.evidence}); the maps date an entry in a price list. "
    )


def first_listings(found: Partnerships) -> str:
    """Return from when the map covers each of the three clouds, in words."""
    begin = found.listed.spells.groupby("seller").valid_from.min().sort_values(kind="stable")
    names = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
    return ", ".join(f"of {names[str(seller)]} since {at:%B %Y}" for seller, at in begin.items())
