"""How often prices change, by how much, and what the same machines and the same quality cost through time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from cloudmarket.arguments.accelerators.levels import cheapest
from cloudmarket.arguments.accelerators.state import OFFER, State
from cloudmarket.measures import hedonic
from cloudmarket.measures.index_numbers import bilateral, multilateral

ROUNDING = 0.0005
"""Smaller changes, as a share, are the lists' rounding of monthly prices to hours."""
LEAST_YEARS = 0.25
"""Least time for which a kind of price was followed before a rate of change is stated."""
_DAYS = 365.25
MATCHED, DUMMY, ADJUSTED = "same offers", "same offers, all months at once", "adjusted for quality"


def steps(prices: pd.DataFrame) -> pd.DataFrame:
    """Return prices in the order of time with ``before`` (the offer's price before), ``ratio`` and ``is_change``."""
    rows = prices.sort_values([*OFFER, "valid_from"], ignore_index=True)
    before = rows.groupby(OFFER).price_per_instance_hour.shift()
    ratio = rows.price_per_instance_hour / before
    return rows.assign(before=before, ratio=ratio, is_change=(ratio - 1).abs() > ROUNDING)


def rates(prices: pd.DataFrame) -> pd.DataFrame:
    """Return how often prices of each cloud and kind change.

    A rate is the number of changes over the years for which offers were followed, a ratio of two sums; its error is
    over samples of families of machines, which are priced together (linearised: Cochran 1977, section 2.13; Student's t
    with families less one degrees of freedom).

    Returns
    -------
    DataFrame
        source, cloud, kind; offers, families, changes, years (of all offers), dates (days on which any changed),
        changed (offers that ever changed), per_year (changes per offer and year), low and high (95 %), median_percent
        and largest_percent (of the changes, without sign).
    """
    rows = steps(prices)
    until = rows.valid_to.fillna(rows.observed_last_at.dt.tz_localize(None).dt.normalize())
    rows["years"] = (until - rows.valid_from).dt.days.clip(lower=0) / _DAYS
    parts = []
    for (source, cloud, kind), part in rows.groupby(["source", "cloud", "kind"]):
        own = part.groupby("family").agg(changes=("is_change", "sum"), years=("years", "sum"))
        if part.groupby(OFFER).years.sum().max() < LEAST_YEARS:
            continue
        size = 100 * (part.ratio[part.is_change] - 1).abs()
        value, low, high = _ratio(own.changes.to_numpy(dtype=float), own.years.to_numpy(dtype=float))
        parts.append({
            "source": source, "cloud": cloud, "kind": kind, "offers": part.groupby(OFFER).ngroups, "families": len(own),
            "changes": int(own.changes.sum()), "years": float(own.years.sum()),
            "dates": part.valid_from[part.is_change].nunique(), "changed": part[part.is_change].groupby(OFFER).ngroups,
            "per_year": value, "low": low, "high": high,
            "median_percent": float(size.median()), "largest_percent": float(size.max()),
        })  # fmt: skip
    return pd.DataFrame(parts)


def _ratio(counts: np.ndarray, years: np.ndarray) -> tuple[float, float, float]:
    """Return the ratio of two sums over clusters with its 95 % interval; none where there is one cluster."""
    value, clusters = counts.sum() / years.sum(), len(counts)
    if clusters < 2:
        return float(value), np.nan, np.nan
    error = np.sqrt(clusters / (clusters - 1) * np.sum((counts - value * years) ** 2)) / years.sum()
    half = stats.t.ppf(0.975, clusters - 1) * error
    return float(value), float(max(value - half, 0.0)), float(value + half)


def shares(found: State) -> pd.DataFrame:
    """Return what spot and commitments cost of the list price of the same machine, region and month.

    Returns
    -------
    DataFrame
        kind, accelerator, month, ratio (median), low and high (middle 80 % of machines and regions), offers.
    """
    keys = ["cloud", "region", "sku", "month", "definition"]
    rows = found.panel
    full = rows[rows.kind == "on_demand"].set_index(keys).usd_per_instance_hour.rename("full")
    cheap = rows[rows.kind != "on_demand"].join(full, on=keys, how="inner")
    cheap["ratio"] = cheap.usd_per_instance_hour / cheap.full
    groups = cheap.groupby(["kind", "accelerator", "month"]).ratio
    table = groups.agg(ratio="median", offers="size")
    table["low"], table["high"] = groups.quantile(0.1), groups.quantile(0.9)
    return table.reset_index()


def compared(found: State) -> pd.DataFrame:
    """Return the cheapest machine per chip, region and month, of chips whose BF16 speed and memory are known."""
    chips = found.chips[["vendor", "bf16_tflops_dense", "memory_gb"]].dropna()
    pairs = pd.Series(list(zip(found.panel.cloud, found.panel.region, strict=True)), dtype="object")
    rows = found.panel[pairs.isin(found.commercial).astype("bool")].merge(chips.reset_index(), on="accelerator")
    table = cheapest(rows, "kind", "month").reset_index(drop=True)
    return table.assign(
        product=table.region + " " + table.accelerator + " " + table.definition,
        log_bf16=np.log(table.bf16_tflops_dense), log_memory=np.log(table.memory_gb),
    )  # fmt: skip


def indices(rows: pd.DataFrame) -> pd.DataFrame:
    """Return price indices by cloud and kind of price but spot, first month 100.

    ``same offers`` is the chained Jevons index: each month with the one before, over what a chip costs in a region, so
    that a new chip does not move it. The time-product dummy index compares all months at once; where offers come dear
    and are cut soon after, it spreads the cut over the time before. ``adjusted for quality`` (list prices) is the
    pooled time-dummy hedonic index on log speed, log memory, vendor and region: a new chip that gives more for its
    price lowers it. Interval clustered by chip.

    Parameters
    ----------
    rows : DataFrame
        As :func:`compared` gives them.

    Returns
    -------
    DataFrame
        cloud, kind, method, month, index, low, high (missing where there are two chips or fewer), chips.
    """
    parts = []
    for (cloud, kind), part in rows.groupby(["cloud", "kind"]):
        part = linked(part)
        if kind == "spot" or part.month.nunique() < 2:
            continue
        parts.append(
            _index(
                bilateral(
                    part, "jevons", "chained", period="month", product="product", price="usd_per_accelerator_hour"
                ).index,
                None,
                cloud,
                kind,
                MATCHED,
                part,
            )
        )
        if kind == "on_demand":
            parts.append(
                _index(
                    multilateral(
                        part, "tpd", period="month", product="product", price="usd_per_accelerator_hour"
                    ).index,
                    None,
                    cloud,
                    kind,
                    DUMMY,
                    part,
                )
            )
            varied = [name for name in ("log_bf16", "log_memory", "vendor", "region") if part[name].nunique() > 1]
            adjusted = hedonic.index(
                part, varied, cluster="accelerator", period="month", product="product", price="usd_per_accelerator_hour"
            )
            chips = part.accelerator.nunique()
            half = stats.t.ppf(0.975, chips - 1) * adjusted.standard_errors if chips > 2 else None
            parts.append(_index(adjusted.index, half, cloud, kind, ADJUSTED, part))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def linked(part: pd.DataFrame) -> pd.DataFrame:
    """Keep offers seen more than once, and of the months those after the last that shares none with the one before."""
    part = part[part.groupby("product").month.transform("nunique") > 1]
    sold = part.groupby("month")["product"].agg(set)
    months = sorted(sold.index)
    breaks = [now for before, now in pairwise(months) if not sold[before] & sold[now]]
    return part[part.month >= breaks[-1]] if breaks else part


def spot(rows: pd.DataFrame) -> pd.DataFrame:
    """Return chained Jevons indices of spot prices by chip, over the same regions; columns as of :func:`indices`.

    That the list left local disks out until May 2024, less than one per cent of the price, is let pass here.
    """
    parts = []
    for (cloud, chip), found in rows[rows.kind == "spot"].groupby(["cloud", "accelerator"]):
        part = linked(found.assign(product=found.region))
        if part.month.nunique() > 1:
            index = bilateral(
                part, "jevons", "chained", period="month", product="product", price="usd_per_accelerator_hour"
            ).index
            parts.append(_index(index, None, cloud, "spot", MATCHED, part).assign(accelerator=str(chip)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _index(
    levels: pd.Series, half: pd.Series | None, cloud: object, kind: object, method: str, part: pd.DataFrame
) -> pd.DataFrame:
    level = 100 * levels
    spread = pd.Series(np.nan, index=levels.index) if half is None else half
    return pd.DataFrame({
        "cloud": cloud, "kind": kind, "method": method, "month": levels.index, "index": level.to_numpy(),
        "low": (level * np.exp(-spread)).to_numpy(), "high": (level * np.exp(spread)).to_numpy(),
        "chips": part.accelerator.nunique(),
    })  # fmt: skip
