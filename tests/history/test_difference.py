"""What changed between two days, against a comparison of the two rebuilt snapshots."""

from datetime import UTC, date, datetime, timedelta

import ibis
import pyarrow as pa
import pytest

from cloudmarket import engine, store
from cloudmarket.history import Moment, changes, fold, snapshot_rows
from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs

COLUMNS = pa.schema([("label", pa.string()), ("part", pa.string()), ("price", pa.float64())])
START = datetime(2025, 1, 1, tzinfo=UTC)
SNAPSHOTS = [
    [("kept", "", 1.0), ("gone", None, 2.0), ("moved", "", 3.0), ("lost price", "", 4.0)],
    [("kept", "", 1.0), ("moved", "", 3.5), ("lost price", "", None), ("new", None, 5.0)],
]


def test_each_kind_of_change() -> None:
    moments = [Moment(f"{n}.0", START + timedelta(days=n)) for n in range(len(SNAPSHOTS))]
    folded = fold(zip(moments, SNAPSHOTS, strict=True), COLUMNS, 2)
    found = changes(ibis.memtable(folded), COLUMNS, 2, date(2025, 1, 1), date(2025, 1, 2))
    assert engine.connection().to_pyarrow(found).to_pylist() == [
        {"label": "gone", "part": None, "change": "removed", "price_before": 2.0, "price_after": None},
        {"label": "lost price", "part": "", "change": "changed", "price_before": 4.0, "price_after": None},
        {"label": "moved", "part": "", "change": "changed", "price_before": 3.0, "price_after": 3.5},
        {"label": "new", "part": None, "change": "added", "price_before": None, "price_after": 5.0},
    ]


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_shipped_histories(source) -> None:
    folded, moments = inputs.folded(source.name), inputs.moments(source.name)
    # The last snapshot of its day, since a day is asked for at its end.
    first, last = moments[len(moments) // 2], moments[-1]
    first = [moment for moment in moments if moment.observed_at.date() == first.observed_at.date()][-1]
    sides = []
    for moment in (first, last):
        rows = snapshot_rows(folded, moment.observed_at, source.columns).to_pylist()
        sides.append({tuple(row.values())[: source.key_count]: tuple(row.values()) for row in rows})
    old, new = sides
    expected = {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "changed": sum(old[key] != new[key] for key in old.keys() & new.keys()),
    }
    table = engine.parquet(store.raw(source.name) / "history.parquet")
    days = (first.observed_at.date(), last.observed_at.date())
    found = changes(table, source.columns, source.key_count, *days).change.value_counts(name="rows")
    counts = engine.connection().to_pyarrow(found).to_pylist()
    # A kind of change that did not happen has no row.
    assert {row["change"]: row["rows"] for row in counts} == {kind: rows for kind, rows in expected.items() if rows}
