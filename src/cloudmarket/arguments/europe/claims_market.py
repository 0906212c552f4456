"""Electricity against prices, and who holds the market, with the rows each number rests on."""

from __future__ import annotations

from collections.abc import Iterator

from cloudmarket.arguments.claim import Claim, grades, rests_on
from cloudmarket.arguments.europe import carbon, power
from cloudmarket.arguments.europe.view import View

NOTEBOOK = "08_europe"


def market(seen: View) -> Iterator[Claim]:
    """Return the claims on electricity, shares, owners and sovereignty."""
    for part in (_carbon, _shares, _owned, _qualified):
        yield from part(seen)


def _carbon(seen: View) -> Iterator[Claim]:
    found = seen.together
    if found is None:
        return
    prices = seen.found.priced.merge(
        seen.offered.loc[seen.offered.cloud == carbon.CLOUD, ["cloud", "region", "sku", "kind", "valid_from"]]
    )
    stated = seen.found.carbon
    stated = stated[(stated.year == seen.carbon.year.max()) & stated.region.isin(seen.carbon.region)]
    rows = rests_on(accelerator_price=prices, region_carbon=stated[stated.superseded_at.isna()])
    is_clear = found.low > 0 or found.high < 0
    way = "lower" if found.value > 0 else "higher"
    finding = f"with {way} prices" if is_clear else "neither with higher nor with lower prices"
    french = seen.carbon[seen.carbon.group == carbon.GROUPS[0]]
    there = ""
    if len(french):
        row = french.to_dict("records")[0]
        dearer = 100 * (row["level"] - 1)
        place, grams = row["region_name"], row["gco2_per_kwh"]
        there = f"; {place}: {grams:.0f} g CO2 per kWh, prices {dearer:.0f}% above the least"
    yield Claim(
        claim="europe-carbon",
        statement=f"Cleaner electricity goes {finding} across Google Cloud's regions (rank correlation"
        f" {found.value:.2f}){there}",
        value=found.value,
        low=found.low,
        high=found.high,
        unit="rank correlation",
        interval=f"95% interval, {found.count} regions",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-carbon",
        sources=sorted(set(rows.source)),
        rows=rows,
        would_change_if="another cloud published its regions' electricity, or hourly figures gave another order",
    )


def _shares(seen: View) -> Iterator[Claim]:
    rows = seen.shares
    falls = rows.groupby("vintage", sort=True).agg(
        first=("percent", "first"), last=("percent", "last"), start=("day", "first"), end=("day", "last"),
        n=("day", "size"),
    )  # fmt: skip
    falls = falls[falls.n > 1]
    if falls.empty:
        return
    change = falls["last"] - falls["first"]
    newest = falls.iloc[-1]
    said = " and ".join(
        f"from {row['first']:.0f} to {row['last']:.0f}% ({row['start']:%Y} to {row['end']:%Y}) by {which}"
        for which, (_, row) in zip(("one release", "a later one", "a third one"), falls.iterrows(), strict=False)
    )
    verb = "fell" if newest["last"] < newest["first"] else "rose"
    kept = seen.found.shares.merge(rows[["vintage", "period", "providers", "geography"]].drop_duplicates())
    kept = rests_on(market_share=kept[kept.measure == "share"])
    yield Claim(
        claim="europe-shares",
        statement=f"European providers' share of the cloud in Europe {verb} {said}",
        value=float(newest["last"] - newest["first"]),
        low=float(change.min()),
        high=float(change.max()),
        unit="points",
        interval="range over releases, which are not joined",
        evidence=grades(kept),
        notebook=NOTEBOOK,
        figure="08-shares",
        sources=("curated",),
        rows=kept,
        would_change_if="a second firm or an authority measured European providers' share",
    )


def _owned(seen: View) -> Iterator[Claim]:
    table = seen.owned
    if table.empty or power.UNNAMED not in set(table.owner) or seen.shares.empty:
        return
    value, low, high = power.unnamed_share(table)
    ended = table.quarter_ended_on.iloc[0]
    rows = seen.found.owned
    rows = rows[(rows.quarter_ended_on == ended) & (rows.chip == "all") & rows.superseded_at.isna()]
    yield Claim(
        claim="europe-owned",
        statement=f"No owner of AI chips that is named is European; all that are not named together had"
        f" {value:.0f}% at the end of {ended:%B %Y}, a ceiling for Europe's own",
        value=value,
        low=low,
        high=high,
        unit="percent",
        interval="5th percentile of these and 95th of the others, and the reverse: wider than 90%",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-shares",
        sources=("epoch_compute",),
        rows=rests_on(compute_owned=rows),
        would_change_if="European owners held chips that the estimate counts with a named owner, or does not count",
    )


def _qualified(seen: View) -> Iterator[Claim]:
    times = power.to_qualification(seen.steps)
    done = times[times.ended_on.notna()]
    if done.empty or seen.shares.empty:
        return
    first = done.iloc[0]
    waiting = times[times.ended_on.isna()]
    open_ = "; none is recorded for " + " and ".join(waiting.cloud) if len(waiting) else ""
    rows = seen.steps[seen.steps.type.str.startswith("sovereign")]
    yield Claim(
        claim="europe-qualified",
        statement=f"{first.cloud} took {first.low:.1f} to {first.high:.1f} years from agreement to SecNumCloud"
        f" qualification{open_}",
        value=float(first.low + first.high) / 2,
        low=float(first.low),
        high=float(first.high),
        unit="years",
        interval="bounds of the month of the agreement",
        evidence=grades(rows),
        notebook=NOTEBOOK,
        figure="08-shares",
        sources=("curated",),
        rows=rests_on(event=rows),
        would_change_if="ANSSI's list of qualified services named another day, or another service",
    )
