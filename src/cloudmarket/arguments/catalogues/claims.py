"""What ``05_model_catalogues`` states: breadth, overlap, exclusivity and supply, with the rows each number rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.catalogues import breadth, supply
from cloudmarket.arguments.catalogues.claims_time import timed
from cloudmarket.arguments.catalogues.state import NAMES, exclusivity
from cloudmarket.arguments.catalogues.view import View, view
from cloudmarket.arguments.claim import Claim, rests_on
from cloudmarket.arguments.price_map import CLOUDS, COPY, SOURCE, of_clouds

NOTEBOOK = "05_model_catalogues"
MAP = (SOURCE, COPY)
LISTED = "C 100%"
"""That a model is listed is what a volunteer printed; no page is named for it."""


def claims(day: date) -> list[Claim]:
    """Return what the notebook states on a day; what was not known then is absent."""
    return list(stated(view(day)))


def stated(seen: View) -> Iterator[Claim]:
    """Yield the claims of a view of the catalogues."""
    if seen.found.is_whole:
        yield from _breadth(seen)
        yield from _overlap(seen)
        yield from _supply(seen)
    yield from _exclusivity(seen)
    yield from timed(seen)


def listed_rows(seen: View) -> pd.DataFrame:
    """Return the rows of ``model_listing`` that stand open in the map on the day."""
    rows = of_clouds(seen.found.rows)
    return rest(rows[rows.valid_to.isna()])


def rest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of ``model_listing`` as a claim keeps them."""
    return rests_on(model_listing=rows.assign(evidence="C"))


def _breadth(seen: View) -> Iterator[Claim]:
    table = seen.readings
    own = seen.found.listed.groupby("seller").model.nunique().sort_values(ascending=False, kind="stable")
    leader = str(own.index[0])
    same = (table[CLOUDS].astype(float).idxmax(axis=1) == leader).sum()
    how = "by every way of counting" if same == len(table) else f"by {same} of {len(table)} ways of counting"
    comparable = table.drop(index=breadth.SECOND, errors="ignore")[leader]
    yield Claim(
        claim="catalogue-breadth",
        statement=f"{NAMES[leader]} lists the most models {how}: {own.iloc[0]} as printed, against "
        + " and ".join(f"{count} on {NAMES[str(name)]}" for name, count in own.iloc[1:].items()),
        value=float(own.iloc[0]),
        low=float(comparable.min()),
        high=float(comparable.max()),
        unit="models",
        interval="range over ways of counting in the same catalogue",
        evidence=LISTED,
        notebook=NOTEBOOK,
        figure="05-breadth",
        sources=MAP,
        rows=listed_rows(seen),
        would_change_if="the clouds published their own lists, or volunteers treated the three clouds unlike",
    )


def _overlap(seen: View) -> Iterator[Claim]:
    found, table = seen.found, seen.readings
    single = table.single_percent
    two, three = found.on_at_least(2), found.on_at_least(3)
    shared: dict[str, Any] = {
        "notebook": NOTEBOOK, "figure": "05-overlap", "sources": (*MAP, "models_dev"), "evidence": LISTED,
        "rows": rest(found.rows[found.rows.valid_to.isna()]), "unit": "percent",
        "interval": "range over ways of counting and two catalogues",
    }  # fmt: skip
    yield Claim(
        claim="catalogue-overlap",
        statement=f"{single.iloc[0]:.0f}% of the {found.models} models are on one cloud only: {two} are on two or more,"
        f" {three} on all three",
        value=float(single.iloc[0]),
        low=float(single.min()),
        high=float(single.max()),
        would_change_if="names that are one model to a buyer were kept apart here, or names that are two were joined",
        **shared,
    )
    own = table.own_percent.dropna()
    yield Claim(
        claim="catalogue-own-models",
        statement=f"Of the models on one cloud only, {own.iloc[0]:.0f}% are that cloud's own; the others are other"
        " developers' models",
        value=float(own.iloc[0]),
        low=float(own.min()),
        high=float(own.max()),
        would_change_if="a developer counted as the cloud's own by ownership of shares, as OpenAI might for Microsoft",
        **shared,
    )


def _supply(seen: View) -> Iterator[Claim]:
    found = seen.found
    reach = {way: supply.reach(rows) for way, rows in seen.ways.items()}
    here = reach[breadth.AS_LISTED]
    on_all = {way: int((clouds == 3).sum()) for way, clouds in reach.items()}
    shared: dict[str, Any] = {"notebook": NOTEBOOK, "figure": "05-suppliers", "evidence": LISTED}
    yield Claim(
        claim="catalogue-suppliers",
        statement=f"{on_all[breadth.AS_LISTED]} of {len(here)} developers are listed on all three clouds,"
        f" {int((here == 1).sum())} on one only",
        value=float(on_all[breadth.AS_LISTED]),
        low=float(min(on_all.values())),
        high=float(max(on_all.values())),
        unit="developers",
        interval="range over ways of counting and two catalogues",
        sources=(*MAP, "models_dev"),
        rows=rest(found.rows[found.rows.valid_to.isna()]),
        would_change_if="a developer's models were sold on a cloud through a channel that the map does not list",
        **shared,
    )
    table = supply.concentrations(found.listed)
    ends = supply.concentration_range({way: rows for way, rows in seen.ways.items() if way != breadth.SECOND})
    narrow = str(table.effective.idxmin())
    makers = names.developers().set_index("code")["name"]
    row = table.loc[narrow]
    yield Claim(
        claim="catalogue-concentration",
        statement=f"{NAMES[narrow]}'s list is the most concentrated: {row.largest_percent:.0f}% of its models are"
        f" {makers[row.largest]}'s, as many as if {row.effective:.1f} developers had equal parts; "
        + ", ".join(f"{table.effective[name]:.1f} on {NAMES[str(name)]}" for name in table.index if name != narrow),
        value=table.effective.to_dict()[narrow],
        low=ends.low.to_dict()[narrow],
        high=ends.high.to_dict()[narrow],
        unit="equal developers",
        interval="range over ways of counting",
        sources=MAP,
        rows=listed_rows(seen),
        would_change_if="models were weighted by use: a list counts a model nobody calls as much as the most used one",
        **shared,
    )


def _exclusivity(seen: View) -> Iterator[Claim]:
    elsewhere = exclusivity(seen.found, "openai").elsewhere("azure")
    if elsewhere.empty:
        return
    first = elsewhere.iloc[0]
    rows = seen.found.rows
    rows = rows[(rows.developer == "openai") & (rows.valid_from <= first.valid_from)]
    value, after = (int(f"{day:%Y%m%d}") for day in (first.valid_from, first.first_listed_after_on))
    yield Claim(
        claim="catalogue-openai-off-azure",
        statement=f"OpenAI's models with closed weights are first listed off Azure on {first.valid_from:%-d %B %Y}, on"
        f" {NAMES[first.seller]}",
        value=float(value),
        low=float(after),
        high=float(value),
        unit="date",
        interval="bounds of the snapshots",
        evidence=LISTED,
        notebook=NOTEBOOK,
        figure="05-openai",
        sources=(*MAP, "models_dev"),
        rows=rest(rows),
        would_change_if="a vendor's page showed general sale before the catalogues did",
    )
