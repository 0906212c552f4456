"""Tables of the notebook as a reader sees them: names for codes, rounded numbers, a sentence for no rows."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket.arguments.prices import earlier, endpoints, index_frames, ratios, reasons
from cloudmarket.arguments.prices.claims_list import name
from cloudmarket.arguments.prices.indices import GROUPS
from cloudmarket.arguments.prices.panel import EUROPEANS
from cloudmarket.arguments.prices.state import Prices

FEWEST = 3


def markdown(rows: pd.DataFrame, otherwise: str) -> str:
    """Return rows as a Markdown table, or the sentence that says why there are none."""
    return rows.to_markdown(index=False, disable_numparse=True) if len(rows) else otherwise


def _name(seller: str) -> str:
    return seller if seller in GROUPS else name(seller)


def _span(low: float, high: float) -> str:
    return "" if pd.isna(low) or pd.isna(high) else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    return f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"


def _month(day: pd.Timestamp) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m}"


def differences(items: pd.DataFrame) -> pd.DataFrame:
    """Return every model whose prices differ or are contradicted, with the reason, widest first."""
    rows = items[items.reason != reasons.EQUAL]
    order = rows.assign(place=rows.reason.map(reasons.REASONS.index)).sort_values(
        ["place", "spread", "model"], ascending=[True, False, True]
    )
    return pd.DataFrame({
        "model": order.model, "weights": order.weights, "dearest to cheapest": order.spread.map("{:.2f}".format),
        "reason": order.reason, "in words": order.detail,
    })  # fmt: skip


def sellers(found: Prices) -> pd.DataFrame:
    """Return how much dearer each seller is than AWS for identical models, the European clouds beside the three."""
    parts = []
    for what, effects in (("sold by two clouds", ratios.of_clouds(found.offers)),
                          ("sold in Europe too", ratios.with_europe(found.day))):  # fmt: skip
        if effects is not None:
            parts.append(ratios.table(effects).assign(what=what))
    if not parts:
        return pd.DataFrame()
    rows = pd.concat(parts, ignore_index=True)
    return pd.DataFrame({
        "models": rows.what, "seller": rows.seller.map(_name),
        "times the price of AWS": rows.ratio.map("{:.2f}".format),
        "95 % interval": [_span(*ends) for ends in zip(rows.low, rows.high, strict=True)],
        "permutation p": rows.permutation_p.map("{:.3f}".format), "shared models": rows.models,
    })  # fmt: skip


def bound_since(day: date) -> pd.DataFrame:
    """Return when each scope of a seller was first seen, and first at ten per cent more."""
    rows = endpoints.since(day)
    return pd.DataFrame({
        "seller": rows.seller.map(_name), "endpoint": rows.scope.map(endpoints.PLACES),
        "first seen": rows["first"].map(_month),
        "first at ten per cent more": rows.first_exact.map(_month),
        "last model added at the same price": rows.newest_equal.map(_month),
    })  # fmt: skip


def tiers(found: Prices) -> pd.DataFrame:
    """Return what batch, flex and priority cost relative to the standard tier of the same offer."""
    if found.tiers.empty:
        return found.tiers
    rows = found.tiers.groupby(["tier", "seller"]).ratio.describe(percentiles=[0.1, 0.5, 0.9]).reset_index()
    rows = rows[rows["count"] >= FEWEST]
    return pd.DataFrame({
        "tier": rows.tier, "seller": rows.seller.map(_name), "offers": rows["count"].astype("int64"),
        "median": rows["50%"].map("{:.2f}".format),
        "middle 80 %": [_span(*ends) for ends in zip(rows["10%"], rows["90%"], strict=True)],
    })  # fmt: skip


def changes(found: Prices) -> pd.DataFrame:
    """Return changes of printed standard prices by class and year; their sum is all that was printed."""
    rows = found.changes
    table = pd.crosstab(rows.change_class, rows.changed_on.dt.year)
    table["all"] = table.sum(axis=1)
    table = table.sort_values("all", ascending=False)
    table.index = table.index.str.replace("_", " ").rename("class")
    return table.rename(columns=str).reset_index()


def borne_out(found: Prices) -> pd.DataFrame:
    """Return the changes that a second witness shows, newest first."""
    rows = found.changes[found.changes.change_class == "market_change"]
    rows = rows.sort_values(["changed_on", "seller", "label"], ascending=[False, True, True])
    pairs = {
        which: [f"{a:g} / {b:g}" for a, b in zip(rows[f"input_{which}_usd_per_mtok"],
                                                rows[f"output_{which}_usd_per_mtok"], strict=True)]
        for which in ("before", "after")
    }  # fmt: skip
    return pd.DataFrame({
        "seen on": rows.changed_on.dt.strftime("%Y-%m-%d"), "seller": rows.seller.map(_name), "label": rows.label,
        "before (input / output)": pairs["before"], "after": pairs["after"], "witness": rows.reason,
    })  # fmt: skip


def methods(day: date) -> pd.DataFrame:
    """Return matched indices and those at equal rating by seller and method, with what each rests on."""
    rows = index_frames.methods(day)
    if rows.empty:
        return rows
    return pd.DataFrame({
        "seller": rows.seller.map(_name), "index": rows["index"], "from": [f"{day:%Y-%m}" for day in rows["from"]],
        "last value": rows["last"].map("{:.2f}".format),
        "95 % interval": [_span(*ends) for ends in zip(rows.low, rows.high, strict=True)],
        "models": rows.models, "steps of a price": rows.changes, "of them borne out": rows["borne out"],
    })  # fmt: skip


def capability(day: date) -> pd.DataFrame:
    """Return the cheapest model at or above the rating of each anchor, at the three clouds and European ones."""
    rows = earlier.capability(day)
    rows = rows[rows.seller.isin(("aws", "azure", "gcp", *EUROPEANS))]
    offer = rows.usd_per_mtok.map("{:.2f}".format) + " (" + rows.model + ")"
    wide = rows.assign(offer=offer, seller=rows.seller.map(_name), month=rows.month.map(_month)).pivot(
        index=["month", "anchor"], columns="seller", values="offer"
    )
    return wide.fillna("none rated").reset_index().rename(columns={"anchor": "rated as high as"})


def judged(day: date) -> pd.DataFrame:
    """Return earlier claims with ours and the verdict."""
    rows = earlier.judged(earlier.falls(day), day)
    return pd.DataFrame({
        "study": rows.study, "claim": rows.claim, "set against": rows.ours,
        "times cheaper a year": ["" if pd.isna(value) else _figure(value) for value in rows["times a year"]],
        "95 % interval": [_span(*ends) for ends in zip(rows.low, rows.high, strict=True)],
        "points": ["" if not points else str(points) for points in rows.points], "verdict": rows.verdict,
        "remark": rows.remark,
    })  # fmt: skip
