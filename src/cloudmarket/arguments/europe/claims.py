"""What ``08_europe`` states: what stands in Europe, and how late it came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.europe import lag, presence
from cloudmarket.arguments.europe.claims_market import market
from cloudmarket.arguments.europe.claims_price import priced
from cloudmarket.arguments.europe.state import EU, FRANCE, inside
from cloudmarket.arguments.europe.view import View, view
from cloudmarket.arguments.price_map import CLOUDS

NOTEBOOK = "08_europe"
_H100 = "nvidia-h100-80gb"


def claims(day: date, seen: View | None = None) -> list[Claim]:
    """Return the claims of the notebook on Europe; ``seen`` spares reading the tables again."""
    shown = seen or view(day)
    parts = (_regions, _services, _chips, priced, market)
    return [claim for part in parts for claim in part(shown)]


def _regions(seen: View) -> Iterator[Claim]:
    if seen.sites.empty:
        return
    own = seen.sites[seen.sites.cloud.isin(CLOUDS) & seen.sites.is_eu]
    french = own[own.country == "FR"]
    fast, unknown = int((own.state == presence.FAST).sum()), int((own.state == presence.UNKNOWN).sum())
    fast_there, known_there = int((french.state == presence.FAST).sum()), int((french.state != presence.UNKNOWN).sum())
    rows = _rows_of_sites(seen, own)
    yield Claim(
        claim="europe-regions",
        statement=f"France has {len(french)} of the {len(own)} regions of the three clouds in the EU; a chip as fast as"
        f" an H100 is listed in {fast} of the {len(own) - unknown} whose chips are known, in France in {fast_there} of"
        f" {known_there}",
        value=fast,
        low=fast,
        high=fast + unknown,
        unit="regions",
        interval="none to all of the regions whose chips no dated list tells",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-map",
        sources=sorted(set(rows.source)),
        rows=rows,
        would_change_if="a dated list of the machines in Amazon's European regions were found, or chips were listed"
        " where none can be had",
    )


def _rows_of_sites(seen: View, own: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of published tables that say which regions there are and which chips are listed in them."""
    found, keys = seen.found, set(zip(own.cloud, own.region, strict=True))
    google = found.services[(found.services.source == "cyclenerd_accelerators") & found.services.superseded_at.isna()]
    prices = found.priced[(found.priced.kind == "on_demand") & (found.priced.source != "cyclenerd_prices")]
    kept = [
        rows[np.array([key in keys for key in zip(rows.cloud, rows.region, strict=True)], dtype=bool)]
        for rows in (found.regions, google, prices)
    ]
    return rests_on(region=kept[0], service_region=kept[1], accelerator_price=kept[2])


def _services(seen: View) -> Iterator[Claim]:
    own = seen.lags.of(lag.SERVICES, FRANCE)
    if len(own) < lag.FEWEST:
        return
    shares = {area: seen.lags.share(lag.SERVICES, area) for area in (EU, FRANCE)}
    value, low, high = shares[FRANCE]
    come, total = seen.lags.come((lag.SERVICES,), FRANCE)
    listed = seen.lags.evidence[lag.SERVICES]
    services = seen.found.services[seen.found.services.source == lag.SOURCES[lag.SERVICES]]
    rows = rests_on(
        service_region=services[services.service.isin(listed["item"])],
        service_api=seen.found.apis[seen.found.apis.service.isin(listed["item"])],
    )
    yield Claim(
        claim="europe-lag-services",
        statement=f"A year after its first region, at least {shares[EU][1]:.0f}% of AWS's AI services had come to the"
        f" EU and at most {high:.0f}% to France; {come} of {total} have come to France by now",
        value=value,
        low=low,
        high=high,
        unit="percent",
        interval="bounds of the snapshots",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-lag",
        sources=(lag.SOURCES[lag.SERVICES],),
        rows=rows,
        would_change_if="Amazon's own dates of launch by region showed its list of endpoints to be late for France",
    )


def _chips(seen: View) -> Iterator[Claim]:
    panels = tuple(panel for panel in (lag.GOOGLE, lag.AZURE) if len(seen.lags.of(panel, EU)) >= lag.FEWEST)
    if not panels:
        return
    (here, total), (there, _) = seen.lags.come(panels, FRANCE), seen.lags.come(panels, EU)
    found = seen.found
    google = found.services[found.services.source == lag.SOURCES[lag.GOOGLE]]
    azure = found.machines[(found.machines.source == lag.SOURCES[lag.AZURE]) & found.machines.is_printed]
    items = {panel: set(seen.lags.rows[seen.lags.rows.panel == panel]["item"]) for panel in panels}
    rows = rests_on(
        service_region=google[google.service.isin(items.get(lag.GOOGLE, set()))],
        accelerator_price=azure[azure.accelerator.isin(items.get(lag.AZURE, set()))],
    )
    names = " and ".join(panel.removeprefix("Chips of ") for panel in panels)
    yield Claim(
        claim="europe-lag-chips",
        statement=f"Of {total} new chips on {names}, counted by cloud, {there} have come to the EU and {here} to"
        f" France{_h100(seen)}",
        value=here,
        unit="chips",
        interval="a count by the last look",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-lag",
        sources=tuple(lag.SOURCES[panel] for panel in panels),
        rows=rows,
        would_change_if="chips stood in French regions that the clouds' lists leave out, or Amazon's list were known",
    )


def _h100(seen: View) -> str:
    """Say how late Google Cloud's H100 came to France, if it has."""
    rows = seen.lags.of(lag.GOOGLE, FRANCE)
    row = rows[(rows["item"] == _H100) & rows.reached_on.notna()]
    if row.empty:
        return ""
    return f", Google Cloud's H100 {row.low.iloc[0] + 1:.0f} to {row.high.iloc[0]:.0f} days after its first region"


def by_country(seen: View) -> pd.DataFrame:
    """Return how many of the items of each panel have come to each country of the EU: country, one column per panel.

    Most first; countries without any are not in it.
    """
    there = seen.lags.seen[inside(seen.lags.seen, EU)]
    counts = there.groupby(["country", "panel"])["item"].nunique().unstack(fill_value=0)
    counts = counts.reindex(columns=[panel for panel in lag.PANELS if panel in counts], fill_value=0)
    return counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index].reset_index()
