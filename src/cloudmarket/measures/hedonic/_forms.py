"""Scores as expressions of an engine."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cloudmarket.measures.hedonic._sums import Array, Slots

Factor = float | str


class _Factors:
    """Numbers by key: a column to join where they differ between keys, else the number that they all are."""

    def __init__(self) -> None:
        self.columns: dict[str, Array] = {}
        self._known: dict[bytes, Factor] = {}

    def of(self, values: Array) -> Factor:
        """Return the number, or the name of the column."""
        if (values == values[0]).all():
            return float(values[0])
        known = values.tobytes()
        if known not in self._known:
            name = f"factor{len(self.columns)}"
            self.columns[name], self._known[known] = values, name
        return self._known[known]


def with_scores(rows: ir.Table, plan: Slots) -> ir.Table:
    """Return rows with their scores, ``score0`` and so on: those whose ``key`` the plan has.

    ``rows`` have ``key``, ``weight``, ``dy`` and ``dz0`` and so on (deviations from means of the period), and
    ``relative0`` and so on where the plan uses pairs. Rows without a key go with each of the plan's.
    """
    factors = _Factors()
    slots = [_slot_factors(factors, plan, slot) for slot in range(plan.target.shape[1])]
    keys = ibis.memtable(pa.table({"key": plan.keys, **factors.columns}))
    joined = rows.join(keys, "key")
    found = {f"score{at}": _score(joined, at, known, plan) for at, known in enumerate(slots)}
    return joined.mutate(**found)


def _slot_factors(factors: _Factors, plan: Slots, slot: int) -> dict[str, list[Factor]]:
    def rows(values: Array) -> list[Factor]:
        return [factors.of(values[:, slot, at].copy()) for at in range(values.shape[2])]

    found = {
        "constant": [factors.of(plan.constant[:, slot].copy())],
        "slope": rows(plan.slope),
        "coefficients": rows(plan.coefficients),
    }
    if plan.observed is not None:
        how = plan.observed
        for name, values in (("share", how.share), ("offset", how.offset), ("mean", how.mean)):
            found[name] = [factors.of(values[:, slot].copy())]
        found["direct"] = rows(how.slope)
    return found


def _score(rows: ir.Table, slot: int, known: dict[str, list[Factor]], plan: Slots) -> ir.FloatingValue:
    traits = [rows[f"dz{at}"] for at in range(len(known["slope"]))]
    one = ibis.literal(1.0)
    left = _sum(rows, [*known["constant"], *known["slope"]], [one, *traits])
    score = left * (rows.dy - _sum(rows, known["coefficients"], traits))
    if plan.observed is not None:
        deviation = _sum(rows, [*known["offset"], *known["direct"]], [one, *traits])
        if plan.observed.uses_pairs:
            relative = rows[f"relative{slot}"]
            seen = relative - _sum(rows, known["mean"], [one])
            deviation = ibis.ifelse(relative.isnull(), deviation, seen)
        score = score + _sum(rows, known["share"], [one]) * deviation
    return rows.weight * score


def _sum(rows: ir.Table, factors: Sequence[Factor], values: Sequence[ir.FloatingValue]) -> ir.FloatingValue:
    """Return the sum of products, without those that are 0 everywhere."""
    terms = [
        value * (rows[factor] if isinstance(factor, str) else factor)
        for factor, value in zip(factors, values, strict=True)
        if factor != 0.0
    ]
    return sum(terms[1:], start=terms[0]) if terms else ibis.literal(0.0)
