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
from numpy.typing import NDArray

from cloudmarket.measures.hedonic import _refusals
from cloudmarket.measures.hedonic._centred import Centred
from cloudmarket.measures.hedonic._checking import block, check, repeats
from cloudmarket.measures.hedonic._design import design
from cloudmarket.measures.hedonic._forms import with_scores
from cloudmarket.measures.hedonic._scoring import Gatherer
from cloudmarket.measures.hedonic._sums import Base, Codes, Columns, Pairs, Scores, Slots

Seen = NDArray[np.bool_]

# Numbers that a block may hold: 64 MiB of them.
BLOCK = 2**23


class Engine:
    """A panel as an Ibis table, found sound; see :class:`~cloudmarket.measures.hedonic._sums.Sums`."""

    def __init__(self, table: ir.Table, columns: Columns) -> None:
        self._columns, self._design = columns, design(table, columns)
        found = check(self._design, columns)
        self.periods = found.periods
        self.clusters = self._count_clusters(int(found.rows.sum()))
        _refusals.require_clusters(self.clusters)
        self.price_changes, self.matched = repeats(self._design, found, ceil(6 * found.rows.sum() / BLOCK))
        self._centred = Centred(self._design, found, is_weighted=columns.weights is not None)
        self.moments = self._centred.moments(self._clusters_by_period(found.rows))

    @property
    def _is_by_product(self) -> bool:
        return self._columns.grouped_by in (None, self._columns.product)

    def _count_clusters(self, rows: int) -> int:
        if self._columns.grouped_by is None:
            return rows
        return int(self._design.rows.cluster.nunique().to_pyarrow().as_py())

    def _clusters_by_period(self, rows: Codes) -> Codes:
        if self._is_by_product:
            return rows
        pairs = self._design.rows.select("period", "cluster").distinct()
        found = pairs.group_by("period").agg(number=pairs.count()).to_pyarrow().to_pandas()
        return np.asarray(found.sort_values("period").number, dtype="int64")

    def scores(self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None) -> Scores:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        plans = [part for plan in plans for part in _split(plan, len(self.periods))]
        crossing = max(self._rows_with(plan) * (plan.target.shape[1] + 2) for plan in plans)
        if self._columns.grouped_by is None:
            return self._scores_of_rows(plans, sums, spans, base, crossing)
        count = len(self.periods)
        blocks = ceil(max(crossing, self.clusters * (sums + count)) / BLOCK)
        gram, clusters = np.zeros((sums, sums)), np.zeros(len(spans), dtype="int64")
        for rows, lookup in self._blocks("cluster", blocks):
            number = int(rows.cluster.nunique().to_pyarrow().as_py())
            gatherer, seen = Gatherer(number, sums), np.zeros((number, count), dtype=bool)
            for plan in plans:
                scored = with_scores(self._centred.keyed(rows, lookup, plan, base), plan)
                self._add_sums(gatherer, seen, rows, scored, plan)
            gram += gatherer.gram()
            clusters += np.array([seen[:, slice(*span)].any(axis=1).sum() for span in spans], dtype="int64")
        return Scores(gram, clusters)

    def pairs(self, base: Base) -> Pairs:
        """See :class:`~cloudmarket.measures.hedonic._sums.Sums`."""
        width = len(self._design.traits)
        found = Pairs.none(len(self.periods) - 1, width)
        blocks = ceil(int(self.moments.rows.sum()) * (width + 4) / BLOCK)
        for number in range(blocks):
            rows = self._centred.rows(block(self._design.rows, "product", number, blocks))
            self._centred.add_pairs(found, rows, base)
        return found

    def _rows_with(self, plan: Slots) -> int:
        count = len(self.periods)
        return int(self.moments.rows[np.where(plan.keys < count, plan.keys, 0)].sum())

    def _blocks(self, column: str, blocks: int) -> Iterator[tuple[ir.Table, ir.Table]]:
        """Give rows block by block, and with them the rows that have the other prices of their products."""
        everything = self._centred.rows(self._design.rows)
        for number in range(blocks):
            rows = self._centred.rows(block(self._design.rows, column, number, blocks))
            yield rows, rows if self._is_by_product else everything

    def _scores_of_rows(
        self, plans: list[Slots], sums: int, spans: list[tuple[int, int]], base: Base | None, crossing: int
    ) -> Scores:
        """Return sums of products of scores where each row has an error of its own: only these sums cross."""
        gatherer = Gatherer(0, sums)
        blocks = ceil(crossing / BLOCK) if base is not None else 1
        for rows, lookup in self._blocks("product", blocks):
            for plan in plans:
                scored = with_scores(self._centred.keyed(rows, lookup, plan, base), plan)
                _add_products(gatherer, scored, plan)
        return Scores(gatherer.gram(), np.array([self.moments.rows[slice(*span)].sum() for span in spans], int))

    def _add_sums(self, gatherer: Gatherer, seen: Seen, rows: ir.Table, scored: ir.Table, plan: Slots) -> None:
        """Add sums by cluster and key; of scores that go to one sum whatever the key, by cluster."""
        order = ibis.window(order_by="cluster")
        ranks = rows.select("cluster").distinct().mutate(code=ibis.row_number().over(order).cast("int32"))
        coded = scored.join(ranks, "cluster")
        is_common = (plan.target == plan.target[0]).all(axis=0) & (len(plan.keys) > 1)
        common, own = np.flatnonzero(is_common), np.flatnonzero(~is_common)
        if len(common):
            sums = coded.group_by("code").agg(**{f"score{at}": coded[f"score{at}"].sum() for at in common})
            found = sums.to_pyarrow()
            for slot in common:
                codes, values = found.column("code").to_numpy(), found.column(f"score{slot}").to_numpy()
                gatherer.add(codes, plan.target[0, [slot]], values[:, None])
        cells = coded.select("code", "key", *(f"score{at}" for at in own))
        # A row for each product and period is a sum already.
        if not self._is_by_product:
            grouped = cells.group_by(["code", "key"])
            cells = grouped.agg(**{f"score{at}": cells[f"score{at}"].sum() for at in own})
        found = cells.to_pyarrow()
        codes, keys = found.column("code").to_numpy(), found.column("key").to_numpy()
        place = np.zeros(int(plan.keys.max()) + 1, dtype="int64")
        place[plan.keys] = np.arange(len(plan.keys))
        for slot in own:
            gatherer.add_each(codes, plan.target[place[keys], slot], found.column(f"score{slot}").to_numpy())
        if keys.max(initial=-1) < seen.shape[1]:
            seen[codes, keys] = True


def _add_products(gatherer: Gatherer, scored: ir.Table, plan: Slots) -> None:
    """Add the sums by key of products of scores."""
    slots = range(plan.target.shape[1])
    both = [(one, two) for one in slots for two in slots if one <= two]
    products = {f"of{one}and{two}": (scored[f"score{one}"] * scored[f"score{two}"]).sum() for one, two in both}
    found = scored.group_by("key").agg(**products).to_pyarrow().to_pandas().set_index("key")
    for at, key in enumerate(plan.keys):
        gram = np.zeros((len(slots), len(slots)))
        for one, two in both:
            gram[one, two] = gram[two, one] = found.at[key, f"of{one}and{two}"]
        used = np.flatnonzero(plan.target[at] >= 0)
        gatherer.add_products(plan.target[at, used], gram[np.ix_(used, used)])


def _split(plan: Slots, count: int) -> list[Slots]:
    """Return a plan's keys that are periods, and those that are not, each by themselves."""
    return [plan.of(is_here) for is_here in (plan.keys < count, plan.keys >= count) if is_here.any()]
