"""What one billion dollars bought of computing at list price on each cloud, month by month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.partnerships.deals import START
from cloudmarket.tables import inputs

CLOUDS = ["aws", "azure", "gcp"]
BILLION = 1e9
# The lists that print on-demand prices of each cloud, and the longest time for which one look at them is believed.
LISTS = {"aws": ("ec2instances", "karpenter_aws"), "azure": ("karpenter_azure",), "gcp": ("cyclenerd_prices",)}
FRESH = pd.Timedelta(days=100)
# The first machine of the race: what AWS sold when the deal was announced.
V100 = "nvidia-v100-16gb"
COLUMNS = ["day", "cloud", "accelerator", "regions", "usd_per_hour", "hours", "hours_low", "hours_high", "pflop_hours",
           "low", "high"]  # fmt: skip


def prices(day: date) -> pd.DataFrame:
    """Return on-demand prices of whole machines with GPUs on the three clouds, believed on a day, and the chip's speed.

    Other chips are left out: one that only serves models cannot be set beside one that trains them. So are regions for
    governments.
    """
    rows = tables.load("accelerator_price", known_on=day)
    rows = rows[rows.cloud.isin(CLOUDS) & (rows.kind == "on_demand") & rows.usd_per_accelerator_hour.notna()]
    chips = tables.load("accelerator", known_on=day).set_index("accelerator")
    is_gpu = rows.accelerator.map(chips.kind) == "gpu"
    is_public = ~rows.region.str.contains("gov|usdod|china", regex=True)
    rows = rows[rows.superseded_at.isna() & ~rows.is_component & is_gpu & is_public]
    return rows.assign(tflops=rows.accelerator.map(chips.bf16_tflops_dense)).reset_index(drop=True)


def looks(cloud: str, day: date) -> pd.DatetimeIndex:
    """Return when a cloud's lists of on-demand prices were seen, until a day."""
    moments = [moment.observed_at for name in LISTS[cloud] for moment in inputs.moments(name)]
    return pd.DatetimeIndex(sorted({pd.Timestamp(at.date()) for at in moments if at.date() <= day}))


def months(day: date) -> pd.DatetimeIndex:
    """Return the first day of each month since the announcement, and the day itself."""
    begin = pd.Timestamp(START).replace(day=1)
    return pd.date_range(begin, day, freq="MS").union(pd.DatetimeIndex([pd.Timestamp(day)]))


def compute(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return what a billion bought, by cloud and month: the GPU that gave most dense 16-bit compute per dollar.

    Parameters
    ----------
    rows : DataFrame
        As :func:`prices` gives them.
    day : date

    Returns
    -------
    DataFrame
        ``COLUMNS``: hours of the chip (millions) and PFLOP/s-hours (millions) at the median price over its regions;
        low and high at the dearest and the cheapest region. One row per cloud and month, missing where the cloud's
        list had not been seen for ``FRESH``, or none of its chips has a known speed.
    """
    found = [row for cloud in CLOUDS for row in _cloud(rows[rows.cloud == cloud], cloud, day)]
    frame = pd.DataFrame(found, columns=COLUMNS)
    numbers = [name for name in COLUMNS if name not in ("day", "cloud", "accelerator")]
    frame[numbers] = frame[numbers].astype("float64")
    return frame


def _cloud(rows: pd.DataFrame, cloud: str, day: date) -> list[dict[str, object]]:
    seen = looks(cloud, day)
    found: list[dict[str, object]] = []
    known: dict[tuple[int, ...], dict[str, object]] = {}
    for month in months(day):
        before = seen[seen <= month]
        listed = rows[(rows.valid_from <= month) & ~(rows.valid_to <= month)].dropna(subset=["tflops"])
        if not len(before) or month - before[-1] > FRESH or listed.empty:
            found.append({"day": month, "cloud": cloud})
        else:
            same = tuple(listed.index)
            known[same] = known.get(same) or _best(listed)
            found.append({"day": month, "cloud": cloud, **known[same]})
    return found


def _best(listed: pd.DataFrame) -> dict[str, object]:
    """Return the chip with most compute per dollar in its median region; each region by its cheapest machine."""
    cheapest = listed.groupby(["accelerator", "region"]).agg(
        usd=("usd_per_accelerator_hour", "min"), tflops=("tflops", "first")
    )
    chips = cheapest.groupby("accelerator").agg(
        usd=("usd", "median"), least=("usd", "min"), most=("usd", "max"), tflops=("tflops", "first"),
        regions=("usd", "size"),
    )  # fmt: skip
    chip = str((chips.tflops / chips.usd).idxmax())
    usd, least, most, tflops, regions = (
        chips.loc[[chip], ["usd", "least", "most", "tflops", "regions"]].to_numpy(float)[0].tolist()
    )
    hours, low, high = (BILLION / 1e6 / price for price in (usd, most, least))
    speed = tflops / 1000
    return {
        "accelerator": chip, "regions": regions, "usd_per_hour": usd, "hours": hours, "hours_low": low,
        "hours_high": high, "pflop_hours": hours * speed, "low": low * speed, "high": high * speed,
    }  # fmt: skip


def around(rows: pd.DataFrame, on: date = START, chip: str = V100) -> pd.DataFrame:
    """Return the last prices of a chip printed before a day nobody looked, and the first after it, of the same offer.

    Returns
    -------
    DataFrame
        One row per offer (region, sku) seen on both sides: before, before_on, after, after_on.
    """
    own, day = rows[rows.accelerator == chip], pd.Timestamp(on)
    offer = ["cloud", "region", "sku"]
    last = own[own.valid_from <= day].sort_values("valid_from").groupby(offer).last()
    first = own[own.valid_from > day].sort_values("valid_from").groupby(offer).first()
    both = last.add_suffix("_before").join(first.add_suffix("_after"), how="inner")
    return pd.DataFrame({
        "before": both.usd_per_accelerator_hour_before, "before_on": both.observed_last_at_before.dt.date,
        "after": both.usd_per_accelerator_hour_after, "after_on": both.valid_from_after.dt.date,
    }).reset_index()  # fmt: skip


def steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the newest month of each chip on each cloud: what a reader needs as a table."""
    seen = frame.dropna(subset=["pflop_hours"])
    run = (seen.accelerator != seen.groupby("cloud").accelerator.shift()).groupby(seen.cloud).cumsum()
    ends = [seen.groupby([seen.cloud, run], sort=False).head(1), seen.groupby("cloud").tail(1)]
    together = pd.concat(ends).drop_duplicates(["cloud", "day"])
    return together.sort_values(["cloud", "day"], ignore_index=True)
