"""Whether a panel in an engine is sound, and what is seen again in it: counts by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._design import Design
from cloudmarket.measures.hedonic._scoring import unit
from cloudmarket.measures.hedonic._sums import Array, Codes, Columns


@dataclass(frozen=True, slots=True)
class Found:
    """What a first pass over a sound panel says of its periods (T) in order of time, and of K characteristics.

    ``labels`` are the periods as the engine knows them; ``price`` (T) and ``trait`` (T, K) are means; ``unit`` (K) is
    what characteristics are measured in, and ``centre`` (K) from where.
    """

    periods: pd.Index[Any]
    labels: pa.ChunkedArray
    rows: Codes
    weight: Array
    price: Array
    trait: Array
    unit: Array
    centre: Array


def check(design: Design, columns: Columns) -> Found:
    """Return sums by period.

    Raises
    ------
    ValueError
        As :func:`cloudmarket.measures.hedonic.index` says of panels.
    """
    table = _by_period(design).to_pyarrow()
    frame = table.drop(["period"]).to_pandas()
    if frame.empty:
        raise ValueError(_refusals.EMPTY)
    _require_values(design, frame, columns)
    periods = pd.Index(table.column("period").to_pandas())
    periods.name = None
    if len(periods) < 2:
        raise ValueError(_refusals.one_period(periods[0]))
    order = periods.argsort()
    periods = periods[order]
    _refusals.require_in_time(periods)
    names = range(len(design.traits))
    low, high = (frame[[f"{end}{at}" for at in names]] for end in ("low", "high"))
    low, high = low.min().to_numpy(), high.max().to_numpy()
    for trait, least, most in zip(design.traits, low, high, strict=True):
        if not np.isfinite([least, most]).all():
            raise ValueError(_refusals.infinite(trait.name))
        if least == most:
            raise ValueError(_refusals.constant(trait.name))
    frame = frame.iloc[order]
    weight = frame.weight.to_numpy()
    return Found(
        periods,
        table.column("period").take(pa.array(order)),
        frame.rows.to_numpy(),
        weight,
        frame.price.to_numpy() / weight,
        frame[[f"sum{at}" for at in names]].to_numpy() / weight[:, None],
        np.array([unit(*ends) for ends in zip(low, high, strict=True)]),
        low / 2 + high / 2,
    )


def _by_period(design: Design) -> ir.Table:
    rows, sums = design.rows, {}
    for name in design.stated.values():
        sums[f"no_{name}"] = rows[name].isnull().sum()
    for number, trait in enumerate(design.traits):
        values = trait.of(rows)
        sums |= {f"low{number}": values.min(), f"high{number}": values.max()}
        sums[f"sum{number}"] = (rows.weight * values).sum()
    return rows.group_by("period").agg(
        rows=rows.count(),
        bad_price=(~is_positive(rows.price)).sum(),
        bad_weight=(~is_positive(rows.weight)).sum(),
        weight=rows.weight.sum(),
        price=(rows.weight * log(rows.price)).sum(),
        **sums,
    )


def is_positive(column: ir.FloatingValue) -> ir.BooleanValue:
    """Return whether numbers are above zero and finite; NaN compares above every number, so the bound leaves it out."""
    return ((column > 0) & (column < float("inf"))).fill_null(False)


def log(price: ir.FloatingValue) -> ir.FloatingValue:
    """Return logarithms; of what is no price 0, which must not stop the count of what is not sound."""
    return ibis.ifelse(is_positive(price), price, 1.0).ln()


def _require_values(design: Design, frame: pd.DataFrame, columns: Columns) -> None:
    rows = design.rows
    for name in columns.needed:
        count = int(frame[f"no_{design.stated[name]}"].sum())
        if count:
            where = _first(rows.filter(rows[design.stated[name]].isnull()))
            raise ValueError(_refusals.missing(count, name, where["product"]))
    if frame.bad_price.sum():
        where = _first(rows.filter(~is_positive(rows.price)))
        raise ValueError(_refusals.not_positive(where["product"], where["price"]))
    if frame.bad_weight.sum():
        raise ValueError(_refusals.bad_weight(_first(rows.filter(~is_positive(rows.weight)))["product"]))


def _first(rows: ir.Table) -> dict[str, Any]:
    """Return the first row in order of period and product."""
    wanted = rows.select("period", "product", "price").order_by("period", "product").limit(1)
    found: dict[str, Any] = wanted.to_pyarrow().to_pylist()[0]
    return found


def block(rows: ir.Table, column: str, number: int, blocks: int) -> ir.Table:
    """Return the rows of one of several blocks, each with all rows of what it has."""
    if blocks == 1:
        return rows
    # The remainder of a negative number is negative.
    return rows.filter(((rows[column].hash() % blocks) + blocks) % blocks == number)


def repeats(design: Design, found: Found, blocks: int) -> tuple[int, pd.DataFrame]:
    """Return how often prices change, and by period what is seen in another one too.

    Raises
    ------
    ValueError
        If a product has several rows in a period.
    """
    table = pd.concat(
        [_repeats(block(design.rows, "product", at, blocks)).to_pyarrow().to_pandas() for at in range(blocks)]
    )
    if table.twice.sum():
        rows = design.rows
        cells = rows.group_by(["period", "product"]).agg(price=rows.count())
        where = _first(cells.filter(cells.price > 1))
        raise ValueError(_refusals.twice(where["product"], where["period"]))
    changes = int(table.changes.sum())
    sums = table.drop(columns=["twice", "changes"]).groupby("period").sum(skipna=False)
    sums = sums.set_axis(pd.Index(sums.index)).sort_index()
    share = sums.value_again.to_numpy() / sums.value.to_numpy()
    matched = pd.DataFrame(
        {"products": sums.again.to_numpy().astype("int64"), "expenditure_share": share}, index=found.periods
    )
    return changes, matched


def _repeats(rows: ir.Table) -> ir.Table:
    rows = rows.select("period", "product", "value", log=log(rows.price))
    of_product = ibis.window(group_by="product", order_by="period")
    before = rows.period.lag().over(of_product)
    change = (rows.log - rows.log.lag().over(of_product)).abs()
    seen = rows.select(
        "period",
        "value",
        twice=(before == rows.period).fill_null(False),
        changes=(change > _refusals.SAME_PRICE).fill_null(False),
        again=before.notnull() | rows.period.lead().over(of_product).notnull(),
    )
    return seen.group_by("period").agg(
        twice=seen.twice.sum(),
        changes=seen.changes.sum(),
        again=seen.again.sum(),
        value=seen.value.sum(),
        value_again=(seen.value * seen.again.cast("float64")).sum(),
    )
