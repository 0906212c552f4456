"""How far the evidence can be trusted: where sources meet and differ, what was corrected, how well dates are known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from cloudmarket.arguments.price_map import CLOUDS, COPY
from cloudmarket.measures.offers import BASELINE_SCOPES, PAIR, least_bound, standard
from cloudmarket.measures.parity import SAME

Known = Mapping[str, pd.DataFrame]
_MET = ["what", "sources", "item", "first", "second", "is_equal"]
# Shares are published as whole percent: what differs by no more may be one figure, rounded twice.
_POINT = 1.0


def agreement(known: Known, day: pd.Timestamp) -> pd.DataFrame:
    """Return every figure that two independent sources state for the day, and whether they say the same.

    Token prices: the standard input and output price of a model at a seller, as printed by then; copies and inherited
    prices are no second source. Machine prices: those that a second list confirms or contradicts. Shares: of a
    provider, market and period by two releases, which agree within a percentage point whatever they call the market.
    Reported money: of one basis and period, exact figures only.

    Returns
    -------
    DataFrame
        what, sources, item, first, second, is_equal; one row per meeting.
    """
    parts = [
        *_token_prices(known["token_price"], day),
        _machine_prices(known["accelerator_price"], day),
        _market_shares(known["market_share"]),
        _reported_money(known["financial"]),
    ]
    met = [part for part in parts if len(part)]
    return pd.concat(met, ignore_index=True)[_MET] if met else pd.DataFrame(columns=_MET)


def _valid(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the printed rows that hold on a day: what a source says now, its errors included."""
    return rows[rows.is_printed & (rows.valid_from <= day) & ~(rows.valid_to <= day)]


def _token_prices(rows: pd.DataFrame, day: pd.Timestamp) -> list[pd.DataFrame]:
    own = standard(_valid(rows, day))
    own = own[own.scope.isin(BASELINE_SCOPES) & ~own.is_inherited & (own.source != COPY)]
    own = own[own.seller.isin(CLOUDS)].dropna(subset=PAIR)
    key = ["source", "seller", "model"]
    lowest = least_bound(own, key).sort_values([*key, *PAIR]).drop_duplicates(key)
    met = []
    for one, other in combinations(sorted(lowest["source"].unique()), 2):
        both = lowest[lowest["source"] == one].merge(
            lowest[lowest["source"] == other], on=["seller", "model"], suffixes=("_one", "_other")
        )
        equal = pd.concat([(both[f"{name}_one"] / both[f"{name}_other"] - 1).abs() <= SAME for name in PAIR], axis=1)
        met.append(
            pd.DataFrame(
                {
                    "what": "token prices",
                    "sources": f"{one}, {other}",
                    "item": both.seller + " " + both.model,
                    "first": both[f"{PAIR[0]}_one"],
                    "second": both[f"{PAIR[0]}_other"],
                    "is_equal": equal.all(axis=1),
                }
            )
        )
    return met


def _machine_prices(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    own = _valid(rows, day)
    own = own[own.confirmed_by.notna() | own.contradicted_by.notna()]
    if own.empty:
        return pd.DataFrame(columns=_MET)
    printed = own.contradicted_by.str.extract(r":\s*([\d.]+)")[0].astype("float64")
    return pd.DataFrame({
        "what": "machine prices",
        "sources": own["source"] + ", " + own.confirmed_by.fillna(own.contradicted_by.str.partition(":")[0]),
        "item": own.cloud + " " + own.region + " " + own.sku + " " + own.kind,
        "first": own.usd_per_instance_hour,
        "second": printed.fillna(own.usd_per_instance_hour),
        "is_equal": own.contradicted_by.isna(),
    })  # fmt: skip


def _market_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that several releases state, whatever their definitions: that is how readers meet them."""
    own = rows[(rows.measure == "share") & (rows.period_kind != "trailing_year")]
    groups = own.dropna(subset=["value_low", "value_high"]).groupby(["geography", "period", "providers"])
    found = groups.agg(first=("value_low", "min"), second=("value_high", "max"), documents=("unit", "size"))
    found = found[found.documents > 1].reset_index()
    return pd.DataFrame({
        "what": "market shares",
        "sources": "releases of research firms and regulators",
        "item": found.geography + " " + found.period + " " + found.providers,
        "first": found["first"],
        "second": found["second"],
        "is_equal": found["second"] - found["first"] <= _POINT,
    })  # fmt: skip


def _reported_money(rows: pd.DataFrame) -> pd.DataFrame:
    key = ["company", "metric", "basis", "period_kind", "period_end_on"]
    groups = rows[~rows.is_rounded].groupby(key).value
    found = groups.agg(first="min", second="max", documents="size").reset_index()
    found = found[found.documents > 1]
    return pd.DataFrame({
        "what": "reported money",
        "sources": "filings and transcriptions",
        "item": [" ".join(map(str, row)) for row in found[key].itertuples(index=False)],
        "first": found["first"],
        "second": found["second"],
        "is_equal": (found["second"] - found["first"]).abs() <= SAME,
    })  # fmt: skip


def corrections(known: Known) -> pd.DataFrame:
    """Return the changes of printed token prices by what they were: change_class, changes, share.

    What is ``unresolved`` may be either; the rest but ``market_change`` are corrections of the catalogue.
    """
    counted = known["price_change"].change_class.value_counts().rename_axis("change_class").rename("changes")
    table = counted.reset_index()
    return table.assign(share=table.changes / max(int(table.changes.sum()), 1))


def dating(known: Known) -> pd.DataFrame:
    """Return how well the day of each first listing of a model on a cloud is known.

    A model was first listed after one look at the catalogue and by the next. Of several sources, the one that saw it
    first counts. Models in the first snapshot of a source are left out: nothing bounds them from below.

    Returns
    -------
    DataFrame
        seller, model, quarter, first_listed_after_on, valid_from, days: the width of the interval.
    """
    rows = known["model_listing"]
    rows = rows[rows.seller.isin(CLOUDS) & ~rows.is_alias & (rows.kind != "service") & ~rows.is_continued]
    first = rows.sort_values(["valid_from", "first_listed_after_on", "source"]).drop_duplicates(["seller", "model"])
    first = first[~first.is_left_censored & first.first_listed_after_on.notna()]
    days = (first.valid_from - first.first_listed_after_on).dt.days
    quarter = first.valid_from.dt.to_period("Q").dt.start_time.astype("datetime64[s]")
    columns = ["seller", "model", "quarter", "first_listed_after_on", "valid_from", "days"]
    return first.assign(days=days, quarter=quarter)[columns].reset_index(drop=True)
