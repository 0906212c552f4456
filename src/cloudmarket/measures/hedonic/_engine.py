"""A panel that stays where it is: sums by Ibis expressions, which DuckDB and Spark both run.

What crosses: sums by period; then, by cluster and period, as many scores as there are levels to have errors. With a
row for each product and period, and errors clustered by product, that is some numbers for each row: so clusters are
taken in blocks, and memory depends on the size of a block, not on that of the panel.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._centred import Centred
from cloudmarket.measures.hedonic._checking import block, check, repeats
from cloudmarket.measures.hedonic._crossing import add_products, add_sums, common_slots
from cloudmarket.measures.hedonic._design import design
from cloudmarket.measures.hedonic._forms import with_scores
from cloudmarket.measures.hedonic._scoring import Gatherer
from cloudmarket.measures.hedonic._sums import Base, Codes, Columns, Pairs, Scores, Slots

# Numbers that a block may hold: 128 MiB of them.
BLOCK = 2**24
# Numbers that a row takes in a window or join of the engine, by rough count of what was seen of memory.
_IN_JOIN = 8


class Engine:
    """A panel as an Ibis table, found sound; see :class:`~cloudmarket.measures.hedonic._sums.Sums`."""

    def __init__(self, table: ir.Table, columns: Columns) -> None:
        self._columns, self._design = columns, design(table, columns)
        found = check(self._design, columns)
        self.periods, self._rows = found.periods, int(found.rows.sum())
        self._labels = self._distinct_clusters()
        self.clusters = self._rows if self._labels is None else len(self._labels)
        _refusals.require_clusters(self.clusters)
        self.price_changes, self.matched = repeats(self._design, found, ceil(_IN_JOIN * self._rows / BLOCK))
        self._centred = Centred(self._design, found, is_weighted=columns.weights is not None)
        self.moments = self._centred.moments(self._clusters_by_period(found.rows))

    @property
    def _is_by_product(self) -> bool:
        return self._columns.grouped_by in (None, self._columns.product)

    def _distinct_clusters(self) -> pa.ChunkedArray | None:
        """Return the clusters in order, which the engine's answers need not have; None if each row is one."""
        if self._columns.grouped_by is None:
            return None
        found = self._design.rows.select("cluster").distinct().to_pyarrow().column("cluster")
        return found.take(pc.sort_indices(found))

    def _clusters_by_period(self, rows: Codes) -> Codes:
        if self._is_by_product:
            return rows
        pairs = self._design.rows.select("period", "cluster").distinct()
        found = pairs.group_by("period").agg(number=pairs.count()).to_pyarrow().to_pandas()
        return np.asarray(found.sort_values("period").number, dtype="int64")

    def scores(self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None) -> Scores:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        plans = [part for plan in plans for part in _split(plan, len(self.periods))]
        if self._labels is None:
            return self._scores_of_rows(plans, sums, spans, base)
        count = len(self.periods)
        gram, clusters = np.zeros((sums, sums)), np.zeros(len(spans), dtype="int64")
        for number, rows, lookup in self._blocks(max(self._crossing(plans), self.clusters * (sums + count))):
            gatherer, seen = Gatherer(number, sums), np.zeros((number, count), dtype=bool)
            for plan in plans:
                scored = with_scores(self._centred.keyed(rows, lookup, plan, base), plan)
                add_sums(gatherer, seen, scored, plan, is_summed=self._is_by_product)
            gram += gatherer.gram()
            clusters += np.array([seen[:, slice(*span)].any(axis=1).sum() for span in spans], dtype="int64")
        return Scores(gram, clusters)

    def pairs(self, base: Base) -> Pairs:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        width = len(self._design.traits)
        found = Pairs.none(len(self.periods) - 1, width)
        for rows in self._blocks_of_products(self._rows * (width + _IN_JOIN)):
            self._centred.add_pairs(found, rows, base)
        return found

    def _crossing(self, plans: list[Slots]) -> int:
        """Return how many numbers cross, or are kept for a join, at once."""
        count, numbers = len(self.periods), [0]
        for plan in plans:
            rows = int(self.moments.rows[np.where(plan.keys < count, plan.keys, 0)].sum())
            is_joined = plan.observed is not None and plan.observed.uses_pairs
            numbers.append(rows * (2 + int((~common_slots(plan)).sum()) + _IN_JOIN * is_joined))
        return max(numbers)

    def _blocks(self, size: int) -> Iterator[tuple[int, ir.Table, ir.Table]]:
        """Give the number of clusters of a block, its rows, and rows with the other prices of their products.

        ``cluster``, and with it ``product`` if they are the same, become positions in the block.
        """
        assert self._labels is not None, "without clusters there is nothing to divide"
        everything, rows = self._centred.rows(self._design.rows), self._design.rows
        step = ceil(self.clusters / ceil(size / BLOCK))
        for start in range(0, self.clusters, step):
            labels = self._labels.slice(start, step)
            known = ibis.memtable(pa.table({"label": labels, "code": np.arange(len(labels), dtype="int32")}))
            joined = rows.join(known, rows.cluster == known.label)
            names = {"cluster": joined.code} | ({"product": joined.code} if self._is_by_product else {})
            chosen = self._centred.rows(joined.mutate(**names).drop("label", "code"))
            yield len(labels), chosen, chosen if self._is_by_product else everything

    def _blocks_of_products(self, size: int) -> Iterator[ir.Table]:
        blocks = ceil(size / BLOCK)
        for number in range(blocks):
            yield self._centred.rows(block(self._design.rows, "product", number, blocks))

    def _scores_of_rows(self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None) -> Scores:
        """Return sums of products of scores where each row has an error of its own: only these sums cross."""
        gatherer = Gatherer(0, sums)
        for rows in self._blocks_of_products(self._crossing(plans) if base is not None else 1):
            for plan in plans:
                add_products(gatherer, with_scores(self._centred.keyed(rows, rows, plan, base), plan), plan)
        return Scores(gatherer.gram(), np.array([self.moments.rows[slice(*span)].sum() for span in spans], int))


def _split(plan: Slots, count: int) -> list[Slots]:
    """Return a plan's keys that are periods, and those that are not, each by themselves."""
    return [plan.of(is_here) for is_here in (plan.keys < count, plan.keys >= count) if is_here.any()]
