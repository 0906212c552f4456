"""What staying costs, and what the European clouds list, with the rows each number rests on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.europe import sellers, staying
from cloudmarket.arguments.europe.state import EU, FRANCE, NAMES
from cloudmarket.arguments.europe.view import View
from cloudmarket.arguments.price_map import CLOUDS, SOURCE
from cloudmarket.arguments.price_map import of_clouds as of_the_map

NOTEBOOK = "08_europe"


def priced(seen: View) -> Iterator[Claim]:
    """Return the claims on prices and sellers."""
    for part in (_machines, _models, _bound, _european):
        yield from part(seen)


def _said(values: pd.Series) -> str:
    """Return premiums by cloud as words."""
    return " and ".join(f"{value:.0f}% more on {NAMES[str(cloud)]}" for cloud, value in values.items())


def _machines(seen: View) -> Iterator[Claim]:
    chips = seen.chips[seen.chips.area == EU]
    counts = chips.groupby("cloud").size()
    enough = list(counts.index[counts >= staying.FEWEST])
    chips = chips[chips.cloud.isin(enough)]
    if chips.empty:
        return
    premium = 100 * (chips.ratio - 1)
    low, value, high = np.quantile(premium, [0.1, 0.5, 0.9])
    french = seen.chips[(seen.chips.area == FRANCE) & seen.chips.cloud.isin(enough)]
    typical = french.groupby("cloud").ratio.agg(["median", "size"])
    there = 100 * (typical.loc[typical["size"] >= staying.FEWEST, "median"] - 1)
    here = premium.groupby(chips.cloud).median()
    own = seen.offered[seen.offered.cloud.isin(enough)]
    rows = seen.found.priced.merge(own[["cloud", "region", "sku", "kind", "valid_from"]].drop_duplicates())
    rows = rests_on(accelerator_price=rows)
    yield Claim(
        claim="europe-stay-machines",
        statement=f"The same machine costs {_said(here)} in the cheapest region of the EU than in the cheapest of all"
        + (f"; in France {_said(there)}" if len(there) else ""),
        value=float(value),
        low=float(low),
        high=float(high),
        unit="percent",
        interval="10th to 90th percentile of chips",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-staying",
        sources=sorted(set(rows.source)),
        rows=rows,
        would_change_if="what customers pay differed from the list by region, or capacity could be had in the dear"
        " regions alone",
    )


def _models(seen: View) -> Iterator[Claim]:
    own = seen.models[seen.models.what == staying.FREE]
    counts = own.groupby("seller").size()
    own = own[own.seller.isin(counts.index[counts >= staying.FEWEST])]
    if own.empty:
        return
    premium = 100 * (own.ratio - 1)
    low, value, high = np.quantile(premium, [0.1, 0.5, 0.9])
    typical = premium.groupby(own.seller).median()
    to_us = seen.models[(seen.models.what == staying.BOUND) & seen.models.seller.isin(typical.index)]
    to_us = to_us[to_us.groupby("seller").model.transform("size") >= staying.FEWEST]
    against = (
        f"; than at one bound to the US {_said(100 * (to_us.groupby('seller').ratio.median() - 1))}"
        if len(to_us)
        else ""
    )
    rows = of_the_map(seen.found.offers)
    rows = rests_on(token_price=rows[rows.seller.isin(set(own.seller)) & rows.model.isin(set(own.model))])
    yield Claim(
        claim="europe-stay-models",
        statement=f"The median model costs {_said(typical)} at an endpoint bound to the EU than at a free one{against}",
        value=float(value),
        low=float(low),
        high=float(high),
        unit="percent",
        interval="10th to 90th percentile of models",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-staying",
        sources=sorted(set(rows.source)),
        rows=rows,
        would_change_if="the map mistook the scope of a label: it is read from its name",
    )  # fmt: skip


def _bound(seen: View) -> Iterator[Claim]:
    own = seen.listed[seen.listed.seller.isin(CLOUDS)]
    table = own.groupby("seller").is_bound.agg(sum_="sum", size_="size")
    table = table[table.sum_ > 0]
    if table.empty:
        return
    said = " and ".join(f"{row.sum_} of {row.size_} models on {NAMES[str(row.Index)]}" for row in table.itertuples())
    offers = seen.found.offers
    rows = offers[offers.seller.isin(table.index) & (offers.source == SOURCE) & ~offers.is_alias]
    rows = rests_on(token_price=rows)
    yield Claim(
        claim="europe-models",
        statement=f"A price bound to the EU is printed for {said}",
        value=100 * float(table.sum_.sum() / table.size_.sum()),
        low=100 * float(table.sum_.sum() / table.size_.sum()),
        unit="percent",
        interval="at least: an offer that is not printed as bound may still be served from the EU",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-sellers",
        sources=(SOURCE,),
        rows=rows,
        would_change_if="the clouds' own tables of models by region were recorded by somebody",
    )


def _european(seen: View) -> Iterator[Claim]:
    own = seen.listed[seen.listed.seller_kind == sellers.EUROPEAN]
    if own.empty:
        return
    models = own.drop_duplicates("model")
    closed, unknown = (int((models.weights == kind).sum()) for kind in (sellers.CLOSED, sellers.UNKNOWN))
    rows = seen.found.offers
    rows = rests_on(
        token_price=rows[(rows.seller_kind == sellers.EUROPEAN) & ~rows.is_alias & rows.model.isin(models.model)]
    )
    count = own.seller.nunique()
    bound = seen.listed[seen.listed.seller.isin(CLOUDS) & seen.listed.is_bound]
    shut = (bound.weights == sellers.CLOSED).mean()
    there = f"; of those bound to the EU on the three clouds, {shut:.0%} are" if len(bound) else ""
    yield Claim(
        claim="europe-sellers",
        statement=f"Of {len(models)} models that {count} European {'cloud lists' if count == 1 else 'clouds list'},"
        f" {closed or 'none'} {'is' if closed < 2 else 'are'} known to have closed weights{there}",
        value=closed,
        low=closed,
        high=closed + unknown,
        unit="models",
        interval="none to all of those whose weights are not known",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-sellers",
        sources=sorted(set(rows.source)),
        rows=rows,
        would_change_if="a European cloud came to sell a model that its developer does not publish",
    )
