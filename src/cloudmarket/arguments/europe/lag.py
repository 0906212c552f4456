"""How long after its first region anywhere something reaches an area; every day known to an interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cloudmarket.arguments.europe.state import AREAS, CHIPS, State, inside, located
from cloudmarket.measures import availability
from cloudmarket.tables import inputs

SERVICES, GOOGLE, AZURE = "AI services of AWS", "Chips of Google Cloud", "Chips of Azure"
PANELS = (SERVICES, GOOGLE, AZURE)
SOURCES = {SERVICES: "botocore", GOOGLE: "cyclenerd_accelerators", AZURE: "karpenter_azure"}
HORIZON = 365.0
FEWEST = 5
"""With fewer items no curve is drawn."""
_LATE_YEARS = 2
# Two interfaces to one product, and two machines with one chip, are one item.
_PART_OF = {
    "lex-models": "lex-runtime", "lexv2-models": "lexv2-runtime", "forecastquery": "forecast",
    "sagemaker-runtime": "sagemaker", "transcribe-streaming": "transcribe", "nvidia-h100-mega-80gb": "nvidia-h100-80gb",
}  # fmt: skip
_ROWS = ["panel", "item", "name", "area", "first_on", "reached_on", "low", "high"]
_FIRST = ["panel", "item", "name", "region", "country", "is_eu", "after_on", "on", "last_on"]


@dataclass(frozen=True, eq=False)
class Lag:
    """Lags behind the first region.

    ``rows``: panel, item, name, area, ``first_on``, ``reached_on`` (missing where it was not there by the last look),
    low and high (days: the lag is more than ``low`` and not more than ``high``; missing: not come). ``seen`` has the
    first look at each item in each region, ``evidence`` the rows of published tables behind it by panel.
    """

    rows: pd.DataFrame
    seen: pd.DataFrame
    evidence: dict[str, pd.DataFrame]

    def of(self, panel: str, area: str) -> pd.DataFrame:
        """Return the lags of one panel and area."""
        return self.rows[(self.rows.panel == panel) & (self.rows.area == area)]

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Share that has come by days since the first region: panel, area, after, by, percent."""
        parts = []
        for panel in PANELS:
            own = self.rows[self.rows.panel == panel]
            if own["item"].nunique() < FEWEST:
                continue
            parts += [_curve(rows).assign(panel=panel, area=area) for area, rows in own.groupby("area")]
        if not parts:
            return pd.DataFrame(columns=["panel", "area", "after", "by", "percent"])
        order = {area: place for place, area in enumerate(AREAS)}
        return pd.concat(parts, ignore_index=True).sort_values(
            ["panel", "area", "by"], key=lambda one: one.map(order) if one.name == "area" else one, kind="stable"
        )

    def share(self, panel: str, area: str, days: float = HORIZON) -> tuple[float, float, float]:
        """Return the percent that has come by so many days: Turnbull's estimate, at least and at most.

        At least those whose interval ends by then, at most those whose interval begins before: no more is assumed.
        """
        own = self.of(panel, area)
        least, most = (100 * float(mask.mean()) for mask in (own.high <= days, own.low < days))
        curve = self.curves[(self.curves.panel == panel) & (self.curves.area == area)]
        come = curve[curve.by <= days]
        value = float(come.percent.max()) if len(come) else 0.0
        return min(max(value, least), most), least, most

    def come(self, panels: tuple[str, ...], area: str) -> tuple[int, int]:
        """Return how many items have come to an area by the last look, and of how many."""
        own = self.rows[self.rows.panel.isin(panels) & (self.rows.area == area)]
        return int(own.reached_on.notna().sum()), len(own)


def lags(found: State) -> Lag:
    """Return how long after their first region services and chips reached each area, by what was known on the day."""
    evidence = {SERVICES: _services(found), GOOGLE: _google(found), AZURE: _azure(found)}
    parts = [_first(rows, panel) for panel, rows in evidence.items() if len(rows)]
    if not parts:
        return Lag(pd.DataFrame(columns=_ROWS), pd.DataFrame(columns=_FIRST), evidence)
    looked = {panel: _looked(source, found) for panel, source in SOURCES.items()}
    seen = _placed(pd.concat(parts, ignore_index=True), found)
    groups = seen.groupby(["panel", "item"], sort=False)
    rows = [row for (panel, _), item in groups for row in _lags(item, min(item.last_on.max(), looked[str(panel)]))]
    kept = {panel: evidence[panel][evidence[panel]["item"].isin(seen["item"])] for panel in PANELS}
    return Lag(pd.DataFrame(rows, columns=_ROWS), seen, kept)


def _services(found: State) -> pd.DataFrame:
    rows = found.services[(found.services.source == SOURCES[SERVICES]) & ~found.services.service.isin(_PART_OF)]
    # What names four of five regions at once is a rule; what stands in the first list began before it.
    odd = rows[rows.is_listed_everywhere | rows.is_first_seen_at_start].service
    rows = rows[~rows.service.isin(odd)]
    published = found.apis[found.apis.is_ai].sort_values("first_seen_on").drop_duplicates("service")
    began = published.set_index("service").first_seen_after_on
    rows = rows.assign(item=rows.service, after_on=rows.first_seen_after_on, on=rows.first_seen_on)
    # The list of endpoints may name a service long after its interface was published: it was somewhere since then.
    first = rows.groupby("item").on.transform("min")
    since = rows["item"].map(began.to_dict()).astype("datetime64[s]")
    earliest = rows.after_on.where(~(since < rows.after_on), since)
    services: pd.DataFrame = rows.assign(after_on=rows.after_on.where(rows.on > first, earliest))
    return services


def _google(found: State) -> pd.DataFrame:
    rows = found.services[(found.services.source == SOURCES[GOOGLE]) & ~found.services.service.isin(_PART_OF)]
    rows = rows[~rows.service.isin(rows[rows.is_first_seen_at_start].service)]
    rows = rows.assign(item=rows.service, after_on=rows.first_seen_after_on, on=rows.first_seen_on)
    latest = pd.to_datetime(found.chips.released_in.astype("str") + "-12-31")
    released = dict(zip(found.chips.accelerator, found.chips.released_on.fillna(latest), strict=True))
    since = rows.service.replace(CHIPS).map(released).astype("datetime64[s]")
    first = rows.groupby("item").on.transform("min")
    # A chip that the list names years after its release was there before: the list began late, not the offer.
    chips: pd.DataFrame = rows[~(first > since + pd.DateOffset(years=_LATE_YEARS))]
    return chips


def _azure(found: State) -> pd.DataFrame:
    rows = found.machines[(found.machines.source == SOURCES[AZURE]) & found.machines.is_printed]
    rows = rows.assign(observed_last_at=rows.groupby("accelerator").observed_last_at.transform("max"))
    rows = rows.sort_values(["observed_first_at", "sku"]).drop_duplicates(["accelerator", "region"])
    looks = pd.Series([moment.observed_at for moment in inputs.moments(SOURCES[AZURE])], dtype="datetime64[us, UTC]")
    looks = looks.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    on = rows.observed_first_at.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    after = on.map({look: looks[looks < look].max() for look in set(on)})
    names = rows.accelerator.map(found.chips.set_index("accelerator")["name"]).fillna(rows.accelerator)
    rows = rows.assign(item=rows.accelerator, name=names, on=on, after_on=after)
    return rows[~rows["item"].isin(rows[rows.after_on.isna()]["item"])]


def _first(rows: pd.DataFrame, panel: str) -> pd.DataFrame:
    """Return the first look at each item in each region."""
    last = rows.groupby("item").observed_last_at.transform("max").dt.tz_localize(None).dt.normalize()
    rows = rows.assign(panel=panel, last_on=last.astype("datetime64[s]"))
    first = rows.sort_values(["on", "item", "region"]).drop_duplicates(["item", "region"])
    return first[["panel", "item", "name", "cloud", "region", "after_on", "on", "last_on"]]


def _looked(source: str, found: State) -> pd.Timestamp:
    """Return the day of the last look at a source, or the day itself where there was none."""
    days = [moment.observed_at.date() for moment in inputs.moments(source) if moment.observed_at.date() <= found.day]
    return pd.Timestamp(max(days, default=found.day))


def _lags(item: pd.DataFrame, looked: pd.Timestamp) -> list[dict[str, object]]:
    """Return the lag of one item to every area."""
    first_on = item.on.min()
    first_after = item[item.on == first_on].after_on.min()
    rows = []
    for area in AREAS:
        there = item[inside(item, area)]
        row = {"panel": item.panel.iloc[0], "item": item["item"].iloc[0], "name": item.name.iloc[0], "area": area}
        if there.empty:
            low, high, reached = (looked - first_on).days, np.nan, pd.NaT
        else:
            reached = there.on.min()
            after = there[there.on == reached].after_on.min()
            low, high = max(-1, (after - first_on).days), (reached - first_after).days
        rows.append({**row, "first_on": first_on, "reached_on": reached, "low": float(low), "high": float(high)})
    return rows


def _curve(rows: pd.DataFrame) -> pd.DataFrame:
    """Return Turnbull's estimate of the share that has come; level at zero where nothing has."""
    end = float(rows.low.max())
    if rows.high.isna().all():
        return pd.DataFrame([{"after": 0.0, "by": end, "percent": 0.0}])
    found = availability.curves(rows, low="low", high="high", start=-1, band="midpoint").turnbull
    found = found[np.isfinite(found.by)]
    risen = pd.DataFrame({"after": found.after, "by": found.by, "percent": 100 * (1 - found.survival)})
    last = risen.tail(1).assign(after=max(end, risen.by.max()), by=max(end, risen.by.max()))
    return pd.concat([risen, last], ignore_index=True)


def _placed(rows: pd.DataFrame, found: State) -> pd.DataFrame:
    """Return first looks with where their regions lie, without those for governments, of China or secret."""
    there = located(rows, found.places)
    return there[there.region_kind.isin(["commercial", "sovereign"])]
