"""All tables as they were known on a day, read once for everything that is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.evidence import archive
from cloudmarket.tables import coverage, inputs


@dataclass(frozen=True, eq=False)
class State:
    """What was known on a day.

    ``known``: every table but coverage, by name; ``coverage``: that table, of these; ``fresh`` and ``seen``: see
    :func:`~cloudmarket.arguments.evidence.archive.freshness` and ``snapshots``.
    """

    day: date
    known: Mapping[str, pd.DataFrame]
    coverage: pd.DataFrame
    fresh: pd.DataFrame
    seen: pd.DataFrame


def state(day: date) -> State:
    """Return all that was known on a day."""
    names = [name for name in tables.TABLES if name != coverage.TABLE.name]
    known = {name: tables.load(name, known_on=day) for name in names}
    sources = {source for table in tables.TABLES.values() for source in table.sources}
    lines = coverage.until({source: inputs.moments(source) for source in sorted(sources)}, day)
    covered = coverage.build(known, tables.TABLES, lines)
    return State(day, known, covered, archive.freshness(day), archive.snapshots(day))
