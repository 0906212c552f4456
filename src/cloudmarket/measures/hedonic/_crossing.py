"""Sums of scores as they come from an engine."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cloudmarket.measures.hedonic._scoring import Gatherer
from cloudmarket.measures.hedonic._sums import Slots

Mask = NDArray[np.bool_]

_ROWS_AT_ONCE = 2**18


def common_slots(plan: Slots) -> Mask:
    """Return which slots go to one sum whatever the key, so that sums by cluster will do."""
    return np.asarray((plan.target == plan.target[0]).all(axis=0) & (len(plan.keys) > 1))


def add_sums(gatherer: Gatherer, seen: Mask, scored: ir.Table, plan: Slots, *, is_summed: bool) -> None:
    """Add sums by cluster, and by cluster and key, and note which clusters are ``seen`` (clusters, T) when.

    ``is_summed``: each cluster has one row in a period, which is a sum already.
    """
    is_common = common_slots(plan)
    common, own = np.flatnonzero(is_common), np.flatnonzero(~is_common)
    if len(common):
        found = scored.group_by("cluster").agg(**_sums(scored, common)).to_pyarrow()
        for slot in common:
            values = found.column(f"score{slot}").to_numpy()
            gatherer.add(found.column("cluster").to_numpy(), plan.target[0, [slot]], values[:, None])
    cells = scored.select("cluster", scored["key"].cast("int32").name("key"), *(f"score{at}" for at in own))
    if not is_summed:
        cells = cells.group_by(["cluster", "key"]).agg(**_sums(cells, own))
    place = np.zeros(int(plan.keys.max()) + 1, dtype="int64")
    place[plan.keys] = np.arange(len(plan.keys))
    is_period = int(plan.keys.max()) < seen.shape[1]
    for batch in cells.to_pyarrow().to_batches(max_chunksize=_ROWS_AT_ONCE):
        codes, keys = batch.column("cluster").to_numpy(), batch.column("key").to_numpy()
        for slot in own:
            gatherer.add_each(codes, plan.target[place[keys], slot], batch.column(f"score{slot}").to_numpy())
        if is_period:
            seen[codes, keys] = True


def _sums(rows: ir.Table, slots: NDArray[np.intp]) -> dict[str, ir.Value]:
    return {f"score{at}": rows[f"score{at}"].sum() for at in slots}


def add_products(gatherer: Gatherer, scored: ir.Table, plan: Slots) -> None:
    """Add the sums by key of products of scores."""
    slots = range(plan.target.shape[1])
    both = [(one, two) for one in slots for two in slots if one <= two]
    products = {f"of{one}and{two}": (scored[f"score{one}"] * scored[f"score{two}"]).sum() for one, two in both}
    found = scored.group_by("key").agg(**products).to_pyarrow().to_pandas().set_index("key")
    for at, key in enumerate(plan.keys):
        # A block may have no row with this key.
        if key not in found.index:
            continue
        gram = np.zeros((len(slots), len(slots)))
        for one, two in both:
            gram[one, two] = gram[two, one] = found.at[key, f"of{one}and{two}"]
        used = np.flatnonzero(plan.target[at] >= 0)
        gatherer.add_products(plan.target[at, used], gram[np.ix_(used, used)])
