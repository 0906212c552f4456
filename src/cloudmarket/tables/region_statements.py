"""What the sources say of regions, statement by statement, and all of it put together as it was known over time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names import places, regions
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import TIMES, day_of

CSV = "src/cloudmarket/names/data/regions.csv"
_CLOUDS = {"aws": "aws", "azure": "azure", "gcp": "gcp", "ovh": "ovhcloud", "scaleway": "scaleway"}
_OUT_OF_SCOPE = {
    "oci", "digitalocean", "linode", "vultr", "paperspace", "coreweave", "crusoe", "lambda",  # of neither the three
    "hetzner",  # nor of the European clouds that sell models or accelerators here
}  # fmt: skip
# Names in the lists that are no regions: addresses and endpoints of all or none.
_NO_REGIONS = r"^GLOBAL$|^aws(?:-[a-z]+)*-global$|^s3-external-1$"
_RANK = {"curated": 0, "aws_announcements": 1, "cloud_regions": 2}
_EVIDENCE = {"aws_announcements": "B", "cloud_regions": "C", "aws_ip_ranges": "A", "botocore": "A",
             "cyclenerd_prices": "B"}  # fmt: skip
_END = pd.Timestamp.max.tz_localize("UTC").floor("us")
_LAUNCH = ["cloud", "region", "said_by", "launched_on", "launch_precision", *TIMES]


def composed(evidence: Evidence) -> pd.DataFrame:
    """Return a row per cloud, region and time between two changes of what was said of it.

    Raises
    ------
    CheckError
        If a region or a provider is not in the reviewed tables.
    """
    said = pd.concat(
        [_curated(), _announced(evidence), _listed(evidence), *(_seen(evidence, *one) for one in _SEEN)],
        ignore_index=True,
    )
    said["ended_at"] = pd.to_datetime(said.ended_at, utc=True).astype("datetime64[us, UTC]").fillna(_END)
    rows = [row for (cloud, region), of_it in said.groupby(["cloud", "region"]) for row in _over_time(of_it)]
    known = regions().rename(columns={"seller": "cloud"})
    found = pd.DataFrame(rows).merge(known, on=["cloud", "region"], how="left", indicator=True)
    missing = found[found._merge == "left_only"]
    if len(missing):
        labels = ", ".join(sorted({f"{row.cloud} {row.region}" for row in missing.itertuples()}))
        raise CheckError(f"region: nobody has reviewed {labels}: add it to {CSV}, with its country, name and kind")
    return found


def _curated() -> pd.DataFrame:
    rows = places.region_launches()
    at = rows.published_on.dt.tz_localize("UTC")
    found = rows.assign(said_by="curated", observed_first_at=at, observed_last_at=at, ended_at=None)
    return found.reindex(columns=[*_LAUNCH, "url", "evidence"])


def _announced(evidence: Evidence) -> pd.DataFrame:
    rows: pd.DataFrame = evidence.folded["aws_announcements"].to_pandas()
    rows = rows[rows.announced_on.notna()]
    found = rows.assign(
        cloud="aws", said_by="aws_announcements", launched_on=pd.to_datetime(rows.announced_on), launch_precision="day"
    )
    return found.reindex(columns=[*_LAUNCH, "url"])


def _listed(evidence: Evidence) -> pd.DataFrame:
    """Return the volunteer's list; the first of a month or year in it stands for the month or year."""
    rows: pd.DataFrame = evidence.folded["cloud_regions"].to_pandas()
    strange = set(rows.provider) - _CLOUDS.keys() - _OUT_OF_SCOPE
    if strange:
        raise CheckError(f"cloud_regions prints the providers {', '.join(sorted(strange))}: review them in {__name__}")
    rows = rows[rows.provider.isin(_CLOUDS.keys())]
    launched = pd.to_datetime(rows.launched_on)
    is_month, is_year = launched.dt.day == 1, launched.dt.day_of_year == 1
    precision = pd.Series("day", rows.index).mask(is_month, "month").mask(is_year, "year")
    found = rows.assign(
        cloud=rows.provider.map(_CLOUDS),
        said_by="cloud_regions",
        launched_on=launched,
        launch_precision=precision.where(launched.notna()),
    )
    return found.reindex(columns=[*_LAUNCH, "latitude", "longitude"])


_SEEN = (
    ("aws_ip_ranges", "aws", "region"),
    ("botocore", "aws", "name"),
    ("cyclenerd_prices", "gcp", "region"),
)


def _seen(evidence: Evidence, source: str, cloud: str, column: str) -> pd.DataFrame:
    """Return when a source first had each region, and the day of its snapshot before."""
    rows: pd.DataFrame = evidence.folded[source].to_pandas()
    if source == "botocore":
        rows = rows[rows.kind == "region"]
    rows = rows[~rows[column].str.contains(_NO_REGIONS)]
    first = rows.groupby(column).agg(
        observed_first_at=("observed_first_at", "min"), observed_last_at=("observed_last_at", "max")
    )
    start = first.observed_first_at.min()
    observed = pd.to_datetime([moment.observed_at for moment in evidence.moments[source]], utc=True)
    place = observed.searchsorted(pd.DatetimeIndex(first.observed_first_at))
    before = observed[(place - 1).clip(min=0)].to_series(index=first.index)
    is_start = first.observed_first_at == start
    found = first.assign(
        cloud=cloud,
        region=first.index,
        said_by=source,
        seen_on=day_of(first.observed_first_at),
        seen_after_on=day_of(before).where(~is_start),
        ended_at=None,
    )
    return found.reset_index(drop=True)


def _over_time(said: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what was known of one region between each two changes."""
    changes = sorted({*said.observed_first_at, *said.ended_at} - {_END})
    found: list[dict[str, Any]] = []
    for at, until in zip(changes, [*changes[1:], _END], strict=True):
        holds = said[(said.observed_first_at <= at) & (said.ended_at > at)]
        if holds.empty:
            continue
        row, last = _together(holds)
        superseded = None if until == _END else until
        # A publication was seen on its day; a source is seen as long as it says the same.
        seen = at if row["source"] == "curated" else max(at, min(last, until - pd.Timedelta(microseconds=1)))
        if found and found[-1]["superseded_at"] == at and _same(found[-1], row):
            found[-1]["superseded_at"] = superseded
            if row["source"] != "curated":
                found[-1]["observed_last_at"] = seen
        else:
            found.append({**row, "observed_first_at": at, "observed_last_at": seen, "superseded_at": superseded})
    return found


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(value is one[name] or value == one[name] or (pd.isna(value) and pd.isna(one[name])) for name, value in
               other.items())  # fmt: skip


def _together(said: pd.DataFrame) -> tuple[dict[str, Any], pd.Timestamp]:
    """Return one row from the statements that hold, and when its main source was last seen to say so."""
    by: dict[str, Any] = {str(row.said_by): row for row in said.itertuples()}
    launches = sorted((row for row in by.values() if pd.notna(row.launched_on)), key=lambda row: _RANK[row.said_by])
    best = launches[0] if launches else None
    other = next((row for row in launches[1:] if _differs(best, row)), None)
    place, ranges = by.get("cloud_regions"), by.get("aws_ip_ranges")
    lists = [by[name] for name in ("botocore", "cyclenerd_prices") if name in by]
    main = best or min(by.values(), key=lambda row: (row.observed_first_at, row.said_by))
    row = {
        "cloud": main.cloud,
        "region": main.region,
        "latitude": place and place.latitude,
        "longitude": place and place.longitude,
        "launched_on": best and best.launched_on,
        "launch_precision": best and best.launch_precision,
        "launch_source": best and best.said_by,
        "launch_url": best and best.url,
        "launched_on_alternative": other and other.launched_on,
        "alternative_precision": other and other.launch_precision,
        "alternative_source": other and other.said_by,
        "first_seen_in_ip_ranges_on": ranges.seen_on if ranges and pd.notna(ranges.seen_after_on) else None,
        "first_listed_on": lists[0].seen_on if lists else None,
        "first_listed_after_on": lists[0].seen_after_on if lists else None,
        "source": main.said_by,
        "evidence": main.evidence if main.said_by == "curated" else _EVIDENCE[main.said_by],
    }
    return row, main.observed_last_at


def _differs(one: Any, other: Any) -> bool:
    """Whether two statements of a launch cannot both hold."""
    a, b = _period(one), _period(other)
    return bool(a[1] < b[0] or b[1] < a[0])


def _period(row: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day that a statement of a launch allows."""
    day = row.launched_on
    if row.launch_precision == "at_latest":
        return pd.Timestamp.min, day
    ends = {"month": pd.offsets.MonthEnd(0), "year": pd.offsets.YearEnd(0)}
    return day, day + ends[row.launch_precision] if row.launch_precision in ends else day
