"""Rows of a panel in an engine as deviations from means of their period."""

from __future__ import annotations

from itertools import combinations_with_replacement

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from cloudmarket.measures.hedonic._checking import Found, log
from cloudmarket.measures.hedonic._design import Design
from cloudmarket.measures.hedonic._sums import Base, Codes, Moments, Pairs, Slots

# Deviations are of order one, so that less than this is lost in their last digits.
_NOTABLE = 1e-14


class Centred:
    """Adds to rows ``t`` (position of the period), ``log`` (price), and deviations ``dy`` and ``dz0`` and so on.

    ``weight`` adds up to 1 within each period where prices are weighted.
    """

    def __init__(self, design: Design, found: Found, *, is_weighted: bool) -> None:
        self._design, self._found, self._is_weighted = design, found, is_weighted
        # By how much the means that the engine has summed are off, after rounding; in units of the characteristics.
        self._missed = np.zeros(found.trait.shape)

    def rows(self, rows: ir.Table) -> ir.Table:
        """Return rows of the panel with what this class adds to them."""
        joined = rows.join(self._periods(), "period")
        logs = log(joined.price)
        deviations = {f"dz{at}": self._deviation(joined, at) for at in range(len(self._design.traits))}
        return joined.select(
            "product",
            *({"cluster"} & set(rows.columns)),
            "t",
            log=logs,
            dy=logs - joined["mean"],
            weight=joined.weight * joined["scale"] if self._is_weighted else joined.weight,
            **deviations,
        )

    def _periods(self) -> ir.Table:
        found = self._found
        columns = {
            "period": found.labels,
            "t": np.arange(len(found.periods), dtype="int32"),
            "mean": found.price,
            "scale": 1 / found.weight,
        }
        columns |= {f"mean{at}": found.trait[:, at].copy() for at in range(len(self._design.traits))}
        columns |= {f"missed{at}": self._missed[:, at].copy() for at in np.flatnonzero(self._missed.any(axis=0))}
        return ibis.memtable(pa.table(columns))

    def _deviation(self, rows: ir.Table, at: int) -> ir.FloatingValue:
        found = (self._design.traits[at].of(rows) - rows[f"mean{at}"]) / float(self._found.unit[at])
        return found - rows[f"missed{at}"] if self._missed[:, at].any() else found

    def moments(self, clusters: Codes) -> Moments:
        """Return sums by period, and from now on take deviations from means that are right to the last digits."""
        found, width = self._found, len(self._design.traits)
        rows = self.rows(self._design.rows)
        columns = [rows[f"dz{at}"] for at in range(width)] + [rows.dy]
        sums = {f"d{at}": (rows.weight * column).sum() for at, column in enumerate(columns)}
        both = list(combinations_with_replacement(range(width + 1), 2))
        sums |= {f"d{one}_{two}": (rows.weight * columns[one] * columns[two]).sum() for one, two in both}
        frame = rows.group_by("t").agg(**sums).to_pyarrow().to_pandas().sort_values("t")
        weight = np.ones(len(frame)) if self._is_weighted else found.rows.astype("float64")
        missed = frame[[f"d{at}" for at in range(width + 1)]].to_numpy() / weight[:, None]
        cross = np.zeros((len(frame), width + 1, width + 1))
        for one, two in both:
            cross[:, one, two] = cross[:, two, one] = frame[f"d{one}_{two}"]
        cross -= weight[:, None, None] * missed[:, :, None] * missed[:, None, :]
        trait = (found.trait - found.centre) / found.unit + missed[:, :width]
        self._missed = np.where(np.abs(missed[:, :width]).max(axis=0) > _NOTABLE, missed[:, :width], 0.0)
        return Moments(
            found.rows,
            clusters,
            weight,
            found.price + missed[:, width],
            trait,
            cross[:, :width, :width],
            cross[:, :width, width],
        )

    def keyed(self, rows: ir.Table, lookup: ir.Table, plan: Slots, base: Base | None) -> ir.Table:
        """Return rows with the keys of a plan, all periods or none, and the relatives that it uses.

        ``lookup`` has the other prices of the products.
        """
        count = len(self._found.periods)
        is_extra = int(plan.keys[0]) >= count
        if is_extra:
            keys = ibis.memtable(pa.table({"key": plan.keys, "later": plan.keys - count}))
            rows = rows.filter(rows.t == 0).cross_join(keys)
        else:
            rows = rows.mutate(key=rows.t.cast("int64"))
        if plan.observed is None or not plan.observed.uses_pairs:
            return rows
        if base == "fixed":
            joined = _with_other(rows, lookup, rows.later if is_extra else ibis.literal(0))
            step = joined.other - joined.log
            return joined.mutate(relative0=step if is_extra else -step)
        joined = _with_other(rows, lookup, rows.t - 1)
        rows = joined.mutate(relative0=joined.log - joined.other).drop("other")
        joined = _with_other(rows, lookup, rows.t + 1)
        return joined.mutate(relative1=joined.other - joined.log)

    def add_pairs(self, found: Pairs, rows: ir.Table, base: Base) -> None:
        """Add what products of these rows say that are in both periods of a comparison."""
        width = len(self._design.traits)
        traits = [f"dz{at}" for at in range(width)]
        before = rows.select(**{f"{name}_before": rows[name] for name in ("product", "t", "log", "weight", *traits)})
        if base == "fixed":
            before, later = before.filter(before.t_before == 0), rows.filter(rows.t > 0)
            both = later.join(before, later["product"] == before.product_before)
        else:
            both = rows.join(before, [rows["product"] == before.product_before, rows.t == before.t_before + 1])
        relative, sums = both.log - both.log_before, {"rows": both.count()}
        for side, end in enumerate(("_before", "")):
            weight = both[f"weight{end}"]
            sums |= {f"weight{side}": weight.sum(), f"relative{side}": (weight * relative).sum()}
            sums |= {f"{name}_{side}": (weight * both[f"{name}{end}"]).sum() for name in traits}
        frame = both.group_by("t").agg(**sums).to_pyarrow().to_pandas()
        at = frame.t.to_numpy() - 1
        for side in (0, 1):
            found.rows[at, side] += frame.rows.to_numpy()
            found.weight[at, side] += frame[f"weight{side}"].to_numpy()
            found.relative[at, side] += frame[f"relative{side}"].to_numpy()
            found.trait[at, side] += frame[[f"{name}_{side}" for name in traits]].to_numpy()


def _with_other(rows: ir.Table, lookup: ir.Table, at: ir.IntegerValue) -> ir.Table:
    """Return rows with ``other``, the logarithm of the product's price in another period, missing if it has none."""
    prices = lookup.select(other_product=lookup["product"], other_t=lookup.t, other=lookup.log)
    joined = rows.left_join(prices, [rows["product"] == prices.other_product, prices.other_t == at])
    return joined.drop("other_product", "other_t")
